/** Perceptual networks: features of a fixed network as a loss. @module */
export { CONV_1, cocoSsdFeatures } from "./cocoSsd.ts";
export { type FeatureNorm, type Features, featureDistance, perceptualLoss } from "./loss.ts";
export { type Perceptual, type PerceptualKind, perceptualKind } from "./setting.ts";
export { readWeights, type Weight, type Weights } from "./weights.ts";
