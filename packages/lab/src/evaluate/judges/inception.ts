/** InceptionV3 (Szegedy et al. 2016, Keras' layout) up to the concatenation `mixed5`. @module */

import { Constants, type Weights } from "@scenograph/graph/nn/perceptual/weights";
import { avgPoolInside } from "@scenograph/graph/ops/avgPoolInside";
import { conv2d } from "@scenograph/graph/ops/convolution";
import { add, mul, relu } from "@scenograph/graph/ops/elementwise";
import { maxPool2d } from "@scenograph/graph/ops/pooling";
import { concat } from "@scenograph/graph/ops/shape";
import type { Tensor } from "@scenograph/graph/tensor";

/** Side of the pictures that the network was made for. */
export const INCEPTION_SIZE = 299;

/**
 * Pictures [N, 3, 299, 299] in [-1, 1] -> mixed5 [N, 768, 17, 17]. Convolutions are numbered as in Keras; branches are
 * joined in Keras' order. The network itself takes [0, 1], as nsfwjs feeds it: on photographs in that range the inputs
 * of its batch norms have the stored means within .08-.34 standard deviations (in ImageNet's [-1, 1]: .4-1.2).
 */
export function inceptionMixed5(weights: Weights): (x: Tensor) => Tensor {
  const c = new Constants(weights);
  const conv = (k: number, x: Tensor, { stride = 1, same = true } = {}) => {
    const weight = c.get(`conv${k}.weight`);
    const [, , kh, kw] = weight.shape;
    const [py, px] = same ? [(kh - 1) / 2, (kw - 1) / 2] : [0, 0];
    return relu(conv2d(x, weight, c.get(`conv${k}.bias`), { stride, padding: [py, px, py, px] }));
  };
  /** Convolutions first, first + 1, ... one after another. */
  const chain = (first: number, count: number, x: Tensor) => {
    let y = x;
    for (let k = first; k < first + count; k++) y = conv(k, y);
    return y;
  };
  const pooled = (k: number, x: Tensor) => conv(k, avgPoolInside(x, 3, { stride: 1, padding: 1 }));
  const down = { stride: 2, same: false };

  return (x) => {
    const unit = add(mul(x, 0.5), 0.5);
    let h = conv(2, conv(1, unit, down), { same: false });
    h = maxPool2d(conv(3, h), 3, { stride: 2 });
    h = conv(5, conv(4, h, { same: false }), { same: false });
    h = maxPool2d(h, 3, { stride: 2 });
    // mixed0, 1, 2: 1x1, 5x5, double 3x3, pooling
    for (const k of [6, 13, 20]) h = concat([conv(k, h), chain(k + 1, 2, h), chain(k + 3, 3, h), pooled(k + 6, h)], 1);
    // mixed3: to 17 x 17
    h = concat([conv(27, h, down), conv(30, chain(28, 2, h), down), maxPool2d(h, 3, { stride: 2 })], 1);
    // mixed4, 5: 1x1, 7x7 in two factors, twice 7x7, pooling
    for (const k of [31, 41]) h = concat([conv(k, h), chain(k + 1, 3, h), chain(k + 4, 5, h), pooled(k + 9, h)], 1);
    return h;
  };
}
