/** Sums after matrix products as part of the product: ONNX's Gemm adds a third operand while it writes. @module */
import type { OnnxNode } from "./onnx.ts";
import type { Shape } from "./tensor.ts";

/**
 * `nodes` with every Gemm whose result is only added to something, once, made one with that Add. `shapes`: of the values
 * whose shape is known; `kept`: values that are read from outside.
 */
export function fuseSums(
  nodes: readonly OnnxNode[],
  shapes: ReadonlyMap<string, Shape>,
  kept: ReadonlySet<string>,
): OnnxNode[] {
  const uses = new Map<string, number>();
  for (const n of nodes) for (const name of n.inputs) uses.set(name, (uses.get(name) ?? 0) + 1);
  const products = new Map<string, OnnxNode>();
  for (const n of nodes) if (n.type === "Gemm" && n.inputs.length === 2) products.set(n.outputs[0], n);
  const gone = new Set<OnnxNode>();
  const fused = nodes.map((node) => {
    if (node.type !== "Add") return node;
    const shape = shapes.get(node.outputs[0]);
    for (const [product, other] of [node.inputs, [...node.inputs].reverse()]) {
      const gemm = products.get(product);
      if (!gemm || gone.has(gemm) || uses.get(product) !== 1 || kept.has(product)) continue;
      if (!fits(shapes.get(other), shapes.get(product)) || shape?.length !== 2) continue;
      gone.add(gemm);
      return { ...gemm, inputs: [...gemm.inputs, other], outputs: node.outputs };
    }
    return node;
  });
  return fused.filter((n) => !gone.has(n));
}

/** Whether `c` broadcasts to the matrix `y` without making it larger. */
function fits(c: Shape | undefined, y: Shape | undefined): boolean {
  if (!c || y?.length !== 2 || c.length > 2) return false;
  return c.every((d, i) => d === 1 || d === y[i + 2 - c.length]);
}
