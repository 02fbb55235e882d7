/**
 * Judges: fixed networks that turn pictures into features. They are named by their own names: a Frechet distance over
 * them is "FD (COCO-SSD)", never "FID". A network that served as a loss must not judge that loss.
 * @module
 */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { ConfigError, nearest } from "@scenograph/graph/errors";
import { importOnnx } from "@scenograph/graph/importOnnx";
import { input } from "@scenograph/graph/leaves";
import { loadWeights, type NetworkName } from "@scenograph/graph/nn/perceptual/cache.node";
import type { Weights } from "@scenograph/graph/nn/perceptual/weights";
import { mean } from "@scenograph/graph/ops/reduce";
import { reshape } from "@scenograph/graph/ops/shape";
import { compile } from "@scenograph/graph/program";
import type { Tensor } from "@scenograph/graph/tensor";
import type { Picture } from "scenograph/scene/scene";
import type { Features } from "../distribution/features.ts";
import { inBatches } from "./batches.ts";
import type { JudgeOptions } from "./detector.node.ts";
import { INCEPTION_SIZE, inceptionMixed5 } from "./inception.ts";
import { SSD_SIZE, ssdHead } from "./ssd.ts";

/** Features of pictures, one row each. */
export interface Judge {
  /** For reports, e.g. "COCO-SSD". */
  readonly label: string;
  readonly dimension: number;
  /** sha256 of the weights. */
  readonly hash: string;
  /** Pictures of any size are resized (bilinear, antialiased) to the network's own. */
  features(pictures: readonly Picture[], onProgress?: (done: number) => void): Promise<Features>;
  release(): Promise<void>;
}

interface FeatureNetwork {
  readonly label: string;
  readonly hash: string;
  readonly height: number;
  readonly width: number;
  /** Where the network fixes it. */
  readonly batch?: number;
  features(x: Tensor): Tensor;
}

const OWN: Record<NetworkName, { label: string; size: number; map(weights: Weights): (x: Tensor) => Tensor }> = {
  "coco-ssd": {
    label: "COCO-SSD",
    size: SSD_SIZE,
    map: (weights) => (x) => ssdHead(weights)(x).features,
  },
  "inception-mixed5": {
    label: "nsfwjs Inception mixed5",
    size: INCEPTION_SIZE,
    map: inceptionMixed5,
  },
};

/** Names of the judges that `judges install` provides. */
export const JUDGES = Object.keys(OWN) as NetworkName[];

/**
 * A judge by name: "coco-ssd" (Conv_1 of the detector, pooled: 1280 features), "inception-mixed5" (mixed5 of nsfwjs'
 * InceptionV3, pooled: 768 features), or the path of an ONNX file whose one input takes pictures [N, 3, H, W] in
 * [-1, 1] and whose first output is features [N, D] or maps [N, D, h, w], which are pooled.
 * @throws ConfigError for another name, or when the weights are not installed; FormatError for a damaged file
 */
export async function judge(name: string, options: JudgeOptions): Promise<Judge> {
  const network = name.endsWith(".onnx") ? await onnxNetwork(name) : await ownNetwork(name, options.cache);
  const { label, hash, height, width } = network;
  const batch = network.batch ?? options.batch ?? 8;
  const map = network.features(input("x", [batch, 3, height, width]));
  if ((map.rank !== 2 && map.rank !== 4) || map.shape[0] !== batch || map.shape[1] < 2)
    throw new ConfigError(
      `judge: the first output is features [N, D] or maps [N, D, h, w] with D from 2, got [${map.shape}] for ${batch} pictures from "${name}"; export the network up to a feature layer`,
    );
  const y = map.rank === 4 ? mean(map, [2, 3]) : reshape(map, [batch, -1]);
  const executable = await options.runtime.load(compile({ outputs: { y } }));
  const dimension = y.shape[1];
  return {
    label,
    dimension,
    hash,
    async features(pictures, onProgress) {
      const data = new Float32Array(pictures.length * dimension);
      await inBatches(executable, pictures, (out, first, count) => {
        data.set((out.y as Float32Array).subarray(0, count * dimension), first * dimension);
        onProgress?.(first + count);
      });
      return { count: pictures.length, width: dimension, data };
    },
    release: () => executable.release(),
  };
}

async function ownNetwork(name: string, cache?: string): Promise<FeatureNetwork> {
  const known = JUDGES.find((j) => j === name);
  if (!known) {
    const near = nearest(name, JUDGES);
    throw new ConfigError(
      `judge: ${JUDGES.join(", ")} or a path ending in .onnx, got "${name}"${near ? `; did you mean ${near}?` : ""}`,
    );
  }
  const { label, size, map } = OWN[known];
  const { weights, sha256 } = await loadWeights(known, cache);
  return { label, hash: sha256, height: size, width: size, features: map(weights) };
}

async function onnxNetwork(path: string): Promise<FeatureNetwork> {
  const bytes = await readFile(path).catch((error: Error) => {
    throw new ConfigError(`judge: an ONNX file, got "${path}" (${error.message}); check the path`);
  });
  const network = importOnnx(bytes);
  const [batch, , height = INCEPTION_SIZE, width = INCEPTION_SIZE] = network.inputs[0]?.shape ?? [];
  if (network.inputs.length !== 1)
    throw new ConfigError(`judge: a network with one input, the pictures, got ${network.inputs.length} in "${path}"`);
  return {
    label: basename(path),
    hash: createHash("sha256").update(bytes).digest("hex"),
    height,
    width,
    batch,
    features: (x) => network.apply([x])[0],
  };
}
