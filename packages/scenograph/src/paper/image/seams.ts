/** Where ideas beside the paper enter the image generator. Without them it is the paper's. @module */
import type { Adversarial } from "@scenograph/graph/nn/adversarial";
import type { Params } from "@scenograph/graph/nn/params";
import type { Perceptual } from "@scenograph/graph/nn/perceptual/setting";
import type { SpectralNorms } from "@scenograph/graph/nn/spectralNorm";
import type { Random } from "@scenograph/graph/random";
import type { Feeds } from "@scenograph/graph/runtime/runtime";
import type { Tensor } from "@scenograph/graph/tensor";
import type { Extent, Size } from "../../scene/geometry.ts";
import type { PaperImage } from "./config.ts";
import type { Described } from "./data.ts";
import type { Judgement, LayoutInputs } from "./model.ts";

/** Inputs of ideas by their names. */
export type Given = Readonly<Record<string, Tensor>>;

export interface ImageSeams {
  /** Inputs beside classes, text and noise for n pictures, and their feeds; `chance` has a stream for each picture. */
  readonly inputs?: (n: number, config: PaperImage) => Given;
  readonly layoutFeeds?: (pictures: readonly Described[], n: number, config: PaperImage) => Feeds;
  readonly noiseFeeds?: (chance: readonly Random[], n: number, config: PaperImage) => Feeds;
  /** What the layout says beside the classes, each [N, C, H, W]; it enters wherever the layout does in the generator. */
  readonly painter?: (p: Params, config: PaperImage, given: Given) => readonly Tensor[];
  /** Maps that join the gated layout, background and noise at `width` x `height`, and one for each level of the decoder, coarsest first. */
  readonly beside?: (
    p: Params,
    given: Given,
    at: { readonly n: number; readonly levels: number } & Extent,
  ) => { readonly fused: readonly Tensor[]; readonly decoder?: readonly Tensor[] };
  /** Normalisation in the decoder. Default: as everywhere. */
  readonly decoderNorm?: PaperImage["norm"];
  /** The GAN losses. Default: the standard ones. */
  readonly adversarial?: Adversarial;
  /** Normalises the discriminator's weights, for one program. */
  readonly norms?: () => SpectralNorms;
  /** What discriminators and perceptual network see of pictures [N, 3, H, W], real and generated alike. */
  readonly seen?: (n: number, size: Size) => (pictures: Tensor) => Tensor;
  /** Share of the adversarial terms, and of the discriminator's learning, at a step. Default 1. */
  readonly started?: (step: Tensor) => Tensor;
  readonly terms?: readonly ((at: TermInputs) => Terms)[];
}

/** What a step has computed before further terms. */
export interface TermInputs {
  readonly config: PaperImage;
  readonly generator: Params;
  readonly critic: Params;
  readonly layout: LayoutInputs;
  readonly text: Tensor;
  /** Where the third term of L_adv is on. */
  readonly wrong?: Tensor;
  readonly real: Tensor;
  readonly fake: Tensor;
  readonly seenReal: Tensor;
  readonly seenFake: Tensor;
  readonly onReal: Judgement;
  readonly step: Tensor;
  readonly network?: Pick<Perceptual, "features" | "deep">;
}

/** Weighted addends. */
export interface Terms {
  /** Of the generator's L_adv. */
  readonly adversarial?: Tensor;
  /** Of what the generator minimises. */
  readonly generator?: Tensor;
  /** Of what the discriminator minimises. */
  readonly discriminator?: Tensor;
  /** What the step reports, unweighted. */
  readonly parts?: Readonly<Record<string, Tensor>>;
}
