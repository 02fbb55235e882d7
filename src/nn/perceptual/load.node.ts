/** Loading the perceptual network that a setting names. @module */
import { ConfigError } from "../../errors.ts";
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
      return { id: `cocossd-${sha256.slice(0, 12)}`, features: (x) => features(x) };
    }
    case "discriminator":
      throw new ConfigError('perceptual: "discriminator" is supplied by the picture stage, not loaded from a file');
    case "onnx":
      throw new ConfigError(`perceptual: ONNX files are not read yet, got "${setting}"`);
  }
}
