/** The codes of a model in place of the paper's masks and pictures: what `openModel` asks when `ours.poses` or `ours.looks` is on. @module */

import type { Weights } from "@scenograph/graph/nn/weights";
import type { Runtime } from "@scenograph/graph/runtime/runtime";
import type { LoadedImageSampler } from "../paper/image/infer.ts";
import { type Categories, COCO } from "../scene/categories.ts";
import { extentOf, type Size } from "../scene/geometry.ts";
import type { Picture } from "../scene/scene.ts";
import { understand } from "../understand/understand.ts";
import { resample } from "./codes/crops.ts";
import type { OursConfig } from "./config.ts";
import { createLookPictures, type LookPictures } from "./looks/infer.ts";
import type { MasksConfig } from "./masks/index.ts";
import { createPoseMasks, type PoseMasks } from "./poses/infer.ts";
import { createPriors } from "./priors/infer.ts";
import type { CodeCounts } from "./priors/model.ts";
import { wordsOf } from "./text/coco.ts";

/** Shorter sides of pictures that codes draw beside the paper's generator's own. */
const LARGER = [256, 512];

/** Sizes of the pictures that a model with look codes draws, its own generator's first. */
export function pictureSizes(size: Size): Size[] {
  const { width, height } = extentOf(size);
  const least = Math.min(width, height);
  const larger = LARGER.filter((side) => side > least).map((side) => side / least);
  const scaled = (by: number): Size =>
    typeof size === "number" ? size * by : [Math.round(width * by), Math.round(height * by)];
  return [size, ...larger.map(scaled)];
}

function countsOf({ poses, looks }: OursConfig): CodeCounts {
  return { poses: poses.codes, looks: looks.codes, lookWidth: looks.width };
}

/** Weights "poses.*" and "priors.*". */
export function openPoses(
  runtime: Runtime,
  ours: OursConfig,
  masks: { readonly threshold: number; readonly ours: Pick<MasksConfig["ours"], "resolution"> },
  weights: Weights,
  categories: Categories = COCO,
): PoseMasks {
  const counts = countsOf(ours);
  const priors = createPriors(runtime, ours.priors, counts, weights);
  return createPoseMasks(runtime, ours, masks.ours.resolution, masks.threshold, weights, priors, categories);
}

/** Weights "looks.*" and, in `priorWeights`, "priors.*"; `size` is that of the paper's pictures. */
export function openLooks(
  runtime: Runtime,
  ours: OursConfig,
  size: Size,
  weights: Weights,
  priorWeights: Weights,
  paper: LoadedImageSampler,
  categories: Categories = COCO,
): LookPictures {
  const counts = countsOf(ours);
  const options = {
    looks: ours.looks,
    priors: ours.priors,
    poses: ours.poses.codes,
    categories,
    sizes: pictureSizes(size),
    understand: (caption: string) => understand(caption, wordsOf(categories)),
    enlarge: async (pictures: readonly Picture[], width: number, height: number) =>
      pictures.map((p) => stretched(p, width, height)),
  };
  return createLookPictures(runtime, options, weights, createPriors(runtime, ours.priors, counts, priorWeights), paper);
}

/** A picture at another size and aspect. */
function stretched(picture: Picture, width: number, height: number): Picture {
  if (picture.width === width && picture.height === height) return { ...picture, data: picture.data.slice() };
  const part = [0, 0, picture.width, picture.height] as const;
  return {
    width,
    height,
    data: Uint8Array.from(resample({ ...picture, channels: 3 }, part, width, height), Math.round),
  };
}
