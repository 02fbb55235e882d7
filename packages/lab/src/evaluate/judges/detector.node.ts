/** COCO-SSD as a detector of the 80 categories: semantic object accuracy and layout fidelity. @module */
import { FormatError } from "@scenograph/graph/errors";
import { input } from "@scenograph/graph/leaves";
import { loadWeights } from "@scenograph/graph/nn/perceptual/cache.node";
import type { Weights } from "@scenograph/graph/nn/perceptual/weights";
import { compile } from "@scenograph/graph/program";
import type { Runtime } from "@scenograph/graph/runtime/runtime";
import { COCO } from "scenograph/scene/categories";
import type { Picture } from "scenograph/scene/scene";
import { inBatches } from "./batches.ts";
import { type Detection, suppress } from "./boxes.ts";
import { decodeBox, SSD_SIZE, ssdHead } from "./ssd.ts";

export interface JudgeOptions {
  readonly runtime: Runtime;
  /** Cache folder; default: the user's. */
  readonly cache?: string;
  /** Pictures a run. Default 8. */
  readonly batch?: number;
}

export interface DetectOptions {
  /** Boxes with a lower score are left out. Default 0.3. */
  readonly minScore?: number;
  /** Of two boxes of a class with a larger IoU the better stays. Default 0.6, as the model was made with. */
  readonly maxIou?: number;
  /** At most this many boxes a picture. Default 100. */
  readonly limit?: number;
}

export interface Detector {
  /** For reports: "COCO-SSD". */
  readonly label: string;
  /** sha256 of the weights. */
  readonly hash: string;
  /** Detections of each picture, best first. Pictures of any size are resized to 300 x 300. */
  detect(
    pictures: readonly Picture[],
    options?: DetectOptions,
    onProgress?: (done: number) => void,
  ): Promise<Detection[][]>;
  release(): Promise<void>;
}

/** @throws ConfigError when the network is not installed */
export async function createDetector(options: JudgeOptions): Promise<Detector> {
  const { weights, sha256 } = await loadWeights("coco-ssd", options.cache);
  return detectorOf(weights, sha256, options);
}

/** The detector of any SSD weights with anchors for pictures of size x size. */
export async function detectorOf(
  weights: Weights,
  hash: string,
  { runtime, batch = 8 }: JudgeOptions,
  size = SSD_SIZE,
): Promise<Detector> {
  const { codes, scores } = ssdHead(weights)(input("x", [batch, 3, size, size]));
  const [, count, classes] = scores.shape;
  const anchors = weights.get("anchors");
  if (anchors?.shape[0] !== count)
    throw new FormatError(`detector: ${count} anchors for pictures of ${size}, got ${anchors?.shape[0] ?? 0}`);
  const executable = await runtime.load(compile({ outputs: { codes, scores } }));
  return {
    label: "COCO-SSD",
    hash,
    async detect(pictures, { minScore = 0.3, maxIou = 0.6, limit = 100 } = {}, onProgress) {
      const results: Detection[][] = [];
      await inBatches(executable, pictures, (out, first, n) => {
        const all = out.scores as Float32Array;
        for (let row = 0; row < n * count; row += count) {
          const found: Detection[] = [];
          for (let a = 0; a < count; a++)
            for (let id = 1; id < classes; id++) {
              const score = all[(row + a) * classes + id];
              const classIndex = score >= minScore ? COCO.indexOfId(id) : -1;
              if (classIndex < 0) continue;
              const box = decodeBox(anchors.data, a, out.codes as Float32Array, (row + a) * 4);
              found.push({ classIndex, score, box });
            }
          results.push(suppress(found, maxIou, limit));
        }
        onProgress?.(first + n);
      });
      return results;
    },
    release: () => executable.release(),
  };
}
