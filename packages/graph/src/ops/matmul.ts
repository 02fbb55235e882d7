/** Matrix products. @module */
import { apply, check, checkFloat, type Op, show, type Tensor } from "../tensor.ts";
import { broadcast } from "./elementwise.ts";
import { sumTo } from "./reduce.ts";

type Flags = { readonly transposeA: boolean; readonly transposeB: boolean };

const matmulOp: Op<Flags> = {
  name: "matmul",
  infer([a, b], { transposeA, transposeB }) {
    checkFloat(a, "matmul()");
    checkFloat(b, "matmul()");
    check(a.rank >= 2 && b.rank >= 2, "matmul()", `needs matrices, got ${show(a.shape)} and ${show(b.shape)}`);
    const [m, k] = transposeA ? [a.shape.at(-1)!, a.shape.at(-2)!] : [a.shape.at(-2)!, a.shape.at(-1)!];
    const [k2, n] = transposeB ? [b.shape.at(-1)!, b.shape.at(-2)!] : [b.shape.at(-2)!, b.shape.at(-1)!];
    check(
      k === k2,
      "matmul()",
      `inner sizes ${k} and ${k2} differ: ${show(a.shape)}${transposeA ? "^T" : ""} x ${show(b.shape)}${transposeB ? "^T" : ""}`,
    );
    const lead = broadcast(a.shape.slice(0, -2), b.shape.slice(0, -2), "matmul()");
    return [{ shape: [...lead, m, n], dtype: "float32" }];
  },
  emit(e, [a, b], { inputs, attrs }) {
    const { transposeA, transposeB } = attrs;
    if (inputs.every((t) => t.rank === 2))
      return [e.op("Gemm", [a, b], { transA: transposeA ? 1 : 0, transB: transposeB ? 1 : 0 })];
    const swapped = (name: string, rank: number) =>
      e.transpose(name, [...Array.from({ length: rank - 2 }, (_, i) => i), rank - 1, rank - 2]);
    return [e.op("MatMul", [transposeA ? swapped(a, inputs[0].rank) : a, transposeB ? swapped(b, inputs[1].rank) : b])];
  },
  gradient({ inputs: [a, b], attrs: { transposeA, transposeB } }, [g]) {
    // Y = A' B' with A' = A or A^T: dA' = G B'^T, dB' = A'^T G
    const ga = transposeA
      ? matmul(b, g!, { transposeA: transposeB, transposeB: true })
      : matmul(g!, b, { transposeB: !transposeB });
    const gb = transposeB
      ? matmul(g!, a, { transposeA: true, transposeB: transposeA })
      : matmul(a, g!, { transposeA: !transposeA });
    return [sumTo(ga, a.shape), sumTo(gb, b.shape)];
  },
  sumsOverFirstAxis: ({ inputs, attrs }) => attrs.transposeA && !attrs.transposeB && inputs.every((t) => t.rank === 2),
};

/** [..., M, K] x [..., K, N] -> [..., M, N]; leading axes broadcast; flags transpose the last two axes first. */
export function matmul(a: Tensor, b: Tensor, flags: Partial<Flags> = {}): Tensor {
  return apply(matmulOp, [a, b], { transposeA: flags.transposeA ?? false, transposeB: flags.transposeB ?? false });
}
