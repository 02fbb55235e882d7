/**
 * Spectral normalisation (Miyato et al. 2018): W / sigma(W), sigma estimated by power iteration on a stored left vector u.
 * u is state: `SpectralNorms` collects its next values, which go into the program's updates.
 * @module
 */
import { add, div, sqrt, square, stopGradient } from "../ops/elementwise.ts";
import { matmul } from "../ops/matmul.ts";
import { sum } from "../ops/reduce.ts";
import { reshape } from "../ops/shape.ts";
import type { Updates } from "../optimizers.ts";
import type { Tensor } from "../tensor.ts";
import type { Params } from "./params.ts";

const EPSILON = 1e-12;

function unit(v: Tensor): Tensor {
  return div(v, add(sqrt(sum(square(v))), EPSILON));
}

export class SpectralNorms {
  readonly #done = new Map<Tensor, Tensor>();
  /** Next values of the stored vectors: leave them out of a program that must not move them (evaluation, generator step). */
  readonly updates: Updates = [];

  /**
   * weight [O, ...] -> weight / sigma. One power iteration: v = unit(W^T u), u' = unit(W v), sigma = u'^T W v; u and v
   * are constants to the gradient. A weight met twice is normalised once.
   */
  readonly wrap = (p: Params, weight: Tensor): Tensor => {
    const old = this.#done.get(weight);
    if (old) return old;
    const rows = weight.shape[0];
    const w = reshape(weight, [rows, weight.size / rows]);
    const fixed = stopGradient(w);
    const u = p.get("spectral.u", [rows, 1], { kind: "normal", std: 1 });
    const v = stopGradient(unit(matmul(fixed, u, { transposeA: true })));
    const next = stopGradient(unit(matmul(fixed, v)));
    const sigma = sum(matmul(next, matmul(w, v), { transposeA: true }));
    const normal = div(weight, sigma);
    this.#done.set(weight, normal);
    this.updates.push([u, next]);
    return normal;
  };
}

/** True for the stored vectors of spectral norm: they are state, not trained. */
export function isSpectralVector(name: string): boolean {
  return name.endsWith("spectral.u");
}
