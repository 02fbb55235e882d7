/** Where ideas beside the paper enter the shape generator. Without them it is the paper's. @module */
import type { Adversarial } from "@scenograph/graph/nn/adversarial";
import type { Params } from "@scenograph/graph/nn/params";
import type { SpectralNorms } from "@scenograph/graph/nn/spectralNorm";
import type { Tensor } from "@scenograph/graph/tensor";
import type { Extent, Size } from "../../scene/geometry.ts";
import type { Box } from "../../scene/scene.ts";
import type { Layout } from "./boxes.ts";
import type { PaperMasks } from "./config.ts";
import type { LayoutObject } from "./data.ts";
import type { Generated, Judgement, Wrap } from "./model.ts";

export interface MaskSeams {
  readonly frame?: MaskFrame;
  /** What a class's channels of the box tensor hold beside the box: [N T, C, H, W]. */
  readonly channels?: (layout: Layout) => Tensor;
  /** Added to the decoder's features at H / 2 x W / 2 before they are rectified; `maps` are the class's channels of the box tensor. */
  readonly refine?: (p: Params, config: PaperMasks, maps: Tensor, labels: Tensor) => Tensor;
  /** The GAN losses. Default: the standard ones. */
  readonly adversarial?: Adversarial;
  /** Normalises the discriminators' weights, for one program. */
  readonly norms?: () => SpectralNorms;
  /** What the discriminators see of generated masks. */
  readonly shown?: (masks: Tensor) => Tensor;
  /** Share of the adversarial terms at a step, in [0, 1]. Default 1. */
  readonly ramp?: (step: Tensor) => Tensor;
  readonly terms?: MaskTerms;
  /** Wraps the drawing of shapes when sampling. */
  readonly sampling?: (draw: DrawShapes) => DrawShapes;
}

/** The frame that masks are drawn and judged in. The paper's is the picture. */
export interface MaskFrame {
  /** Pixels of an object's shape in the frame; h x w below. */
  readonly shape: Extent;
  /** Logits [M, 1, h, w] of features [M, trunk, H / 4, W / 4] and noise [M, Z]. */
  draw(p: Params, config: PaperMasks, layout: Layout, features: Tensor, noise: Tensor): Tensor;
  /** D_inst; masks [N, T, h, w] -> score [N, T]. */
  judge(p: Params, config: PaperMasks, layout: Layout, masks: Tensor, wrap: Wrap): Judgement;
  /** Masks [N, T, h, w] as the picture shows them, [N, T, H, W]. */
  pictured(layout: Layout, masks: Tensor): Tensor;
  /** Size of inferred masks. */
  readonly size: Size;
  /** A shape [h * w] in its box, over the picture, of that size. */
  paste(shape: Float32Array, box: Box): Float32Array;
}

/** Further terms of L_shape. */
export interface MaskTerms {
  /** Masks that are drawn of each object, of other noise; the discriminators see the first. */
  readonly samples: number;
  /** real [N, T, h, w], zero outside `inside`. `total` is weighted, `parts` are not. */
  build(
    samples: readonly Generated[],
    real: Tensor,
    inside: Tensor,
  ): { readonly total?: Tensor; readonly parts: Readonly<Record<string, Tensor>> };
}

/** What a picture's shapes are drawn from. */
export interface ShapeRequest {
  readonly objects: readonly LayoutObject[];
  /** z_t of each object. */
  readonly noise: readonly Float32Array[];
  readonly seed: number;
  /** Names of the objects, for further streams of chance. */
  readonly ids: readonly string[];
}

/** Probabilities [h * w] of each object, in the network's frame. */
export type DrawShapes = (request: ShapeRequest) => Promise<Float32Array[]>;
