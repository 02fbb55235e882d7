/**
 * The detector's head (SSDLite; Liu et al. 2016, Sandler et al. 2018): on six maps, a depthwise 3x3 and a 1x1
 * convolution predict, for each anchor box of each cell, four box codes and a logit a class.
 * @module
 */

import { CONV_1, extract, sameConv } from "@scenograph/graph/nn/perceptual/cocoSsd";
import { Constants, type Weights } from "@scenograph/graph/nn/perceptual/weights";
import { clip, sigmoid } from "@scenograph/graph/ops/elementwise";
import { concat, reshape, transpose } from "@scenograph/graph/ops/shape";
import type { Tensor } from "@scenograph/graph/tensor";
import { type Box, clamp01 } from "./boxes.ts";

/** Side of the pictures that the anchors were made for. */
export const SSD_SIZE = 300;
const EXTRAS = 4;

const relu6 = (x: Tensor) => clip(x, 0, 6);

export interface SsdOutput {
  /** [N, A, 4] ty, tx, th, tw of each anchor. */
  readonly codes: Tensor;
  /** [N, A, K] in (0, 1), each class on its own; column 0 is the background, column c COCO's category id c. */
  readonly scores: Tensor;
  /** [N, C, h, w] features of Conv_1 after ReLU6, stride 32. */
  readonly features: Tensor;
}

/** Pictures [N, 3, H, W] in [-1, 1] -> codes and scores; H = W = SSD_SIZE for the anchors of the weights file. */
export function ssdHead(weights: Weights): (x: Tensor) => SsdOutput {
  const c = new Constants(weights);
  return (x) => {
    const { taps, conv1 } = extract(c, x, CONV_1);
    const features = conv1!;
    const maps = [taps.at(-2)!, features];
    for (let i = 0; i < EXTRAS; i++) {
      const reduced = relu6(sameConv(c, `extra${i}.reduce`, maps.at(-1)!));
      const down = relu6(sameConv(c, `extra${i}.depthwise`, reduced, 2));
      maps.push(relu6(sameConv(c, `extra${i}.project`, down)));
    }
    const rows = (map: Tensor, i: number, kind: "box" | "class", width: number) => {
      const hidden = relu6(sameConv(c, `predictor${i}.${kind}.depthwise`, map));
      const y = sameConv(c, `predictor${i}.${kind}.project`, hidden);
      // cells row by row, the anchors of a cell together
      return reshape(transpose(y, [0, 2, 3, 1]), [y.shape[0], -1, width]);
    };
    const anchorsOf = (i: number) => c.get(`predictor${i}.box.project.bias`).size / 4;
    const classes = c.get("predictor0.class.project.bias").size / anchorsOf(0);
    return {
      codes: concat(
        maps.map((map, i) => rows(map, i, "box", 4)),
        1,
      ),
      scores: sigmoid(
        concat(
          maps.map((map, i) => rows(map, i, "class", classes)),
          1,
        ),
      ),
      features,
    };
  };
}

/**
 * The box of anchor `a` under its code (Faster R-CNN's box coder, scales 10, 10, 5, 5), clipped to the picture.
 * @param anchors [A, 4] ymin, xmin, ymax, xmax in fractions
 * @param at index of ty in `codes`
 */
export function decodeBox(anchors: Float32Array, a: number, codes: Float32Array, at: number): Box {
  const [ymin, xmin, ymax, xmax] = anchors.subarray(4 * a, 4 * a + 4);
  const [ah, aw] = [ymax - ymin, xmax - xmin];
  const cy = (codes[at] / 10) * ah + ymin + ah / 2;
  const cx = (codes[at + 1] / 10) * aw + xmin + aw / 2;
  const h = Math.exp(codes[at + 2] / 5) * ah;
  const w = Math.exp(codes[at + 3] / 5) * aw;
  const [left, top] = [clamp01(cx - w / 2), clamp01(cy - h / 2)];
  return [left, top, clamp01(cx + w / 2) - left, clamp01(cy + h / 2) - top];
}
