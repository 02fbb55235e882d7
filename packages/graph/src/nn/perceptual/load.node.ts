/** Loading the perceptual network that a setting names. @module */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { ConfigError } from "../../errors.ts";
import { importOnnx } from "../../importOnnx.ts";
import { loadWeights } from "./cache.node.ts";
import { cocoSsdFeatures } from "./cocoSsd.ts";
import { type Perceptual, perceptualKind } from "./setting.ts";

/**
 * The network of `setting` (see perceptualKind), its weights from `cache` (default: the user's cache folder).
 * "discriminator" has no weights to load: the picture stage supplies those features itself.
 * @throws ConfigError when the setting is unknown or the network is not installed.
 */
export async function loadPerceptual(setting: string, cache?: string): Promise<Perceptual> {
  switch (perceptualKind(setting)) {
    case "none":
      return { id: "none", features: () => [] };
    case "cocossd": {
      const { weights, sha256 } = await loadWeights("coco-ssd", cache);
      const features = cocoSsdFeatures(weights);
      return { id: `cocossd-${sha256.slice(0, 12)}`, features: (x) => features(x), deep: (x) => features(x, 13) };
    }
    case "discriminator":
      throw new ConfigError('perceptual: "discriminator" is supplied by the picture stage, not loaded from a file');
    case "onnx":
      return onnxPerceptual(setting);
  }
}

/**
 * A network of the user's own: one input, pictures [N, 3, H, W] in [-1, 1] (its own normalisation inside the file, the
 * batch and picture size left open or fitting), and every output a tap.
 */
async function onnxPerceptual(path: string): Promise<Perceptual> {
  const bytes = await readFile(path).catch((error: Error) => {
    throw new ConfigError(`perceptual: an ONNX file, got "${path}" (${error.message}); check the path`);
  });
  const network = importOnnx(bytes);
  if (network.inputs.length !== 1)
    throw new ConfigError(
      `perceptual: a network with one input, the pictures, got ${network.inputs.length} in "${path}"; export it so`,
    );
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  return { id: `onnx-${sha256.slice(0, 12)}`, features: (x) => network.apply([x]) };
}
