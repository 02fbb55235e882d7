/** The setting that chooses a perceptual network. @module */
import { ConfigError } from "../../errors.ts";
import type { Features } from "./loss.ts";

export type PerceptualKind = "cocossd" | "none" | "discriminator" | "onnx";

/** A perceptual network ready for use; `id` (name and hash of its weights) goes into the run's record. */
export interface Perceptual {
  readonly id: string;
  readonly features: Features;
  /** Where the network has more to say than a loss needs: `features` and deeper maps behind them, for discriminators. */
  readonly deep?: Features;
}

/**
 * What a setting means: "cocossd" (features of the detector), "none", "discriminator" (the stage's own discriminator,
 * feature matching of Wang et al. 2018) or the path of an ONNX file.
 * @throws ConfigError for anything else.
 */
export function perceptualKind(setting: string): PerceptualKind {
  if (setting === "cocossd" || setting === "none" || setting === "discriminator") return setting;
  if (setting.endsWith(".onnx")) return "onnx";
  throw new ConfigError(`perceptual: "cocossd", "none", "discriminator" or a path ending in .onnx, got "${setting}"`);
}
