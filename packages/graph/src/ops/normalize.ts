/** Normalisation: one operator, LayerNormalization over the last axis, serves layer, instance and group norm. @module */
import { applyAll, checkFloat, type Op, type Tensor } from "../tensor.ts";
import { add, div, mul, sqrt, square, sub } from "./elementwise.ts";
import { mean } from "./reduce.ts";
import { reshape } from "./shape.ts";

type Epsilon = { readonly epsilon: number };

const normalizeOp: Op<Epsilon> = {
  name: "normalize",
  infer([x]) {
    checkFloat(x, "normalize()");
    const kept = [...x.shape.slice(0, -1), 1];
    return [
      { shape: x.shape, dtype: "float32" },
      { shape: kept, dtype: "float32" },
      { shape: kept, dtype: "float32" },
    ];
  },
  emit(e, [x], { inputs: [t], attrs }) {
    const n = t.shape.at(-1)!;
    const scale = e.floats(new Float32Array(n).fill(1), [n]);
    return e.ops("LayerNormalization", [x, scale], { axis: -1, epsilon: { float: attrs.epsilon } }, 3);
  },
  // y = (x - m) r with m = mean(x), r = (var(x) + eps)^-1/2 over n elements:
  //   dx = r (gy - mean(gy) - y mean(gy y)) + gm / n - gr r^2 y / n
  gradient({ inputs: [x], outputs: [y, , r] }, [gy, gm, gr]) {
    const n = x.shape.at(-1)!;
    const terms: Tensor[] = [];
    if (gy) {
      const centred = sub(sub(gy, mean(gy, -1, true)), mul(y, mean(mul(gy, y), -1, true)));
      terms.push(mul(centred, r));
    }
    if (gm) terms.push(mul(gm, 1 / n));
    if (gr) terms.push(mul(mul(mul(gr, square(r)), y), -1 / n));
    return [terms.length === 0 ? undefined : terms.reduce((a, b) => add(a, b))];
  },
};

/** Over the last axis: (x - mean) / sqrt(var + epsilon), biased variance. -> [y, mean, 1/std], the latter two [..., 1]. */
export function normalize(x: Tensor, epsilon = 1e-5): readonly Tensor[] {
  return applyAll(normalizeOp, [x], { epsilon });
}

/** Ulyanov et al. 2016: each picture and channel over its pixels. x [N, C, H, W]. */
export function instanceNorm(x: Tensor, epsilon = 1e-5): Tensor {
  const [n, c, h, w] = x.shape;
  return reshape(normalize(reshape(x, [n, c, h * w]), epsilon)[0], x.shape);
}

/** Wu & He 2018: each picture over the pixels of C/groups channels. x [N, C, H, W]. */
export function groupNorm(x: Tensor, groups: number, epsilon = 1e-5): Tensor {
  const [n, c, h, w] = x.shape;
  return reshape(normalize(reshape(x, [n, groups, (c / groups) * h * w]), epsilon)[0], x.shape);
}

/**
 * Ioffe & Szegedy 2015, training mode: each channel over batch and pixels (biased variance). x [N, C] or [N, C, H, W].
 * -> y and the batch statistics [C] for running averages (variance unbiased there, as PyTorch keeps it).
 */
export function batchNorm(x: Tensor, epsilon = 1e-5): { y: Tensor; mean: Tensor; variance: Tensor } {
  const axes = x.rank === 4 ? [0, 2, 3] : [0];
  const c = x.shape[1];
  const n = x.size / c;
  const m = mean(x, axes, true);
  const centred = sub(x, m);
  const v = mean(square(centred), axes, true);
  return {
    y: div(centred, sqrt(add(v, epsilon))),
    mean: reshape(m, [c]),
    variance: mul(reshape(v, [c]), n / (n - 1)),
  };
}
