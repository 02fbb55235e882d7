/**
 * Picture features that the captioner reads: Conv_1 of SSDLite-MobileNetV2 (trained on MS-COCO), the mean and the maximum
 * of each of its 1280 channels over the picture. Where the picture generator's perceptual loss uses earlier layers of the
 * same network, a captioner's verdict is not independent of that loss: say so beside the numbers.
 * @module
 */
import { input } from "@scenograph/graph/leaves";
import { loadWeights } from "@scenograph/graph/nn/perceptual/cache.node";
import { CONV_1, cocoSsdFeatures } from "@scenograph/graph/nn/perceptual/cocoSsd";
import { max, mean } from "@scenograph/graph/ops/reduce";
import { concat } from "@scenograph/graph/ops/shape";
import { compile } from "@scenograph/graph/program";
import type { Runtime } from "@scenograph/graph/runtime/runtime";
import type { Picture } from "scenograph/scene/scene";
import { inBatches } from "../judges/batches.ts";

export interface CaptionFeatures {
  /** Numbers a picture. */
  readonly width: number;
  /** Name of the network and sha256 of its weights. */
  readonly id: string;
  /** One row a picture, in order. Pictures of any size are resized (bilinear, antialiased) to `size`. */
  rows(pictures: readonly Picture[], onProgress?: (done: number) => void): Promise<Float32Array[]>;
  release(): Promise<void>;
}

/**
 * @param size side in pixels at which the network looks at a picture, from 32
 * @param cache folder of installed networks; default: the user's
 * @throws ConfigError when the network is not installed, FormatError when its file is damaged
 */
export async function captionFeatures(
  runtime: Runtime,
  { size, batch = 8, cache }: { readonly size: number; readonly batch?: number; readonly cache?: string },
): Promise<CaptionFeatures> {
  const { weights, sha256 } = await loadWeights("coco-ssd", cache);
  const conv1 = cocoSsdFeatures(weights)(input("x", [batch, 3, size, size]), CONV_1).at(-1)!;
  const y = concat([mean(conv1, [2, 3]), max(conv1, [2, 3])], 1);
  const executable = await runtime.load(compile({ outputs: { y } }));
  const width = y.shape[1];
  return {
    width,
    id: `COCO-SSD Conv_1, mean and max, ${size} px, ${sha256.slice(0, 12)}`,
    async rows(pictures, onProgress) {
      const rows: Float32Array[] = [];
      await inBatches(executable, pictures, (out, first, count) => {
        for (let i = 0; i < count; i++) rows.push((out.y as Float32Array).slice(i * width, (i + 1) * width));
        onProgress?.(first + count);
      });
      return rows;
    },
    release: () => executable.release(),
  };
}
