/**
 * Vector quantisation (van den Oord et al. 2017): an encoding picks the nearest of K code vectors, and its gradient passes straight
 * through. Nothing that a code says is averaged away, so what is drawn from it is one pose or one look [ours].
 * @module
 */
import { constant, input } from "@scenograph/graph/leaves";
import type { Params } from "@scenograph/graph/nn/params";
import {
  add,
  cast,
  greater,
  less,
  log,
  mul,
  neg,
  square,
  stopGradient,
  sub,
  where,
} from "@scenograph/graph/ops/elementwise";
import { gather, oneHot } from "@scenograph/graph/ops/gather";
import { matmul } from "@scenograph/graph/ops/matmul";
import { argMax, mean, sum } from "@scenograph/graph/ops/reduce";
import { reshape } from "@scenograph/graph/ops/shape";
import type { Updates } from "@scenograph/graph/optimizers";
import type { Random } from "@scenograph/graph/random";
import type { Feeds } from "@scenograph/graph/runtime/runtime";
import type { Tensor } from "@scenograph/graph/tensor";

/** The code vectors [K, Z]. */
export function codebook(p: Params, count: number, width: number): Tensor {
  return p.get("codebook", [count, width], { kind: "normal", std: 0.5 });
}

export interface Quantized {
  /** Index of the nearest code, int64 [B]. */
  readonly codes: Tensor;
  /** [B, Z]: the code vectors, with the gradient of the encodings. */
  readonly vectors: Tensor;
  /** Scalar: codes move to their encodings, encodings commit to their codes. */
  readonly loss: Tensor;
}

/** Nearest code of each encoding h [B, Z]; `commitment` weighs the second half of the loss (.25 in the paper of VQ-VAE). */
export function quantize(h: Tensor, codes: Tensor, commitment: number): Quantized {
  const indices = nearestCode(h, codes);
  const q = gather(codes, indices);
  // a mean over the numbers too: a sum would outweigh what is drawn, and all encodings become one
  const distance = (a: Tensor, b: Tensor) => mean(square(sub(a, b)));
  return {
    codes: indices,
    vectors: add(h, stopGradient(sub(q, h))),
    loss: add(distance(q, stopGradient(h)), mul(distance(stopGradient(q), h), commitment)),
  };
}

/** Index of the code nearest to each of h [B, Z], int64 [B]. */
export function nearestCode(h: Tensor, codes: Tensor): Tensor {
  // |h - e|^2 = |h|^2 - 2 h e + |e|^2, of which |h|^2 is the same for all codes
  const far = sub(reshape(sum(square(codes), 1), [1, codes.shape[0]]), mul(matmul(h, codes, { transposeB: true }), 2));
  return argMax(neg(far), 1);
}

/** A code that gets less than this share of an even split of the encodings is dead. */
const DEAD = 0.1;

/**
 * Usage of the codes as a moving average, and the re-seeding of dead ones with encodings h of this step, where the input "revive"
 * [1] is 1. Code k becomes the row b of h that is largest in 2 log |h_b - its code| + revival[k, b] (input, Gumbel noise): a row drawn
 * with a probability that grows as its squared error, as k-means++ draws its centres. `next` is the codebook after the optimiser's
 * step. -> updates of the usage and of the codebook.
 */
export function reviveCodes(p: Params, codes: Tensor, next: Tensor, h: Tensor, indices: Tensor): Updates {
  const [k] = codes.shape;
  const [b] = h.shape;
  const usage = p.get("usage", [k], { kind: "constant", value: 1 / k });
  const used = mul(sum(oneHot(indices, k), 0), 1 / b);
  const average = add(mul(usage, 0.99), mul(used, 0.01));
  const errors = sum(square(sub(h, gather(codes, indices))), 1);
  const rows = argMax(add(reshape(log(add(errors, 1e-6)), [1, b]), input("revival", [k, b])), 1);
  const seeds = gather(stopGradient(h), rows);
  const dead = greater(mul(cast(less(average, DEAD / k)), input("revive", [1])), 0.5);
  return [
    // a re-seeded code has to prove itself anew
    [usage, where(dead, constant([(2 * DEAD) / k], [1]), average)],
    [codes, where(reshape(dead, [k, 1]), seeds, next)],
  ];
}

/** Feeds of `reviveCodes` for `count` codes and a batch, and whether now is the time. */
export function revivalFeeds(count: number, batch: number, due: boolean, random: Random): Feeds {
  const gumbel = () => -Math.log(-Math.log(1e-9 + (1 - 2e-9) * random.uniform()));
  const revival = Float32Array.from({ length: count * batch }, due ? gumbel : () => 0);
  return { revival, revive: Float32Array.of(due ? 1 : 0) };
}
