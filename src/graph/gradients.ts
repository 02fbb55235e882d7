/** Reverse-mode differentiation. The result is made of operators and can be differentiated again. @module */
import { full, scalar } from "./leaves.ts";
import { add } from "./ops/elementwise.ts";
import { check, type Node, sameShape, show, type Tensor } from "./tensor.ts";

/**
 * d loss / d x for every x of `wrt`. `cotangent` (shape of `loss`) weighs the elements of a loss that is not a scalar.
 * A tensor that the loss does not depend on gets zeros.
 */
export function gradients(loss: Tensor, wrt: readonly Tensor[], cotangent?: Tensor): Tensor[] {
  check(loss.dtype === "float32", "gradients()", `loss must be float32, got ${loss.dtype}`);
  if (cotangent)
    check(
      sameShape(cotangent.shape, loss.shape),
      "gradients()",
      `cotangent ${show(cotangent.shape)} does not fit loss ${show(loss.shape)}`,
    );
  else check(loss.size === 1, "gradients()", `loss must be a scalar, got ${show(loss.shape)}; pass a cotangent`);

  const live = dependents(loss.node, new Set(wrt.map((t) => t.node)));
  const cotangents = new Map<Node, (Tensor | undefined)[]>();
  const accumulate = (t: Tensor, g: Tensor) => {
    const list = cotangents.get(t.node) ?? [];
    const old = list[t.index];
    list[t.index] = old ? add(old, g) : g;
    cotangents.set(t.node, list);
  };
  accumulate(loss, cotangent ?? (loss.rank === 0 ? scalar(1) : full(loss.shape, 1)));

  for (const node of [...live].sort((a, b) => b.serial - a.serial)) {
    const gs = cotangents.get(node);
    if (!gs || node.inputs.length === 0) continue;
    check(
      node.op.gradient !== undefined,
      "gradients()",
      `operator ${node.op.name} has no gradient; use stopGradient()`,
    );
    node.op
      .gradient(
        node,
        node.outputs.map((_, i) => gs[i]),
      )
      .forEach((g, i) => {
        if (g && live.has(node.inputs[i].node)) accumulate(node.inputs[i], g);
      });
  }
  return wrt.map((t) => cotangents.get(t.node)?.[t.index] ?? full(t.shape, 0));
}

/** Ancestors of `root` that depend on a node of `leaves`; operators without gradient cut the dependence. */
function dependents(root: Node, leaves: ReadonlySet<Node>): Set<Node> {
  const ancestors = [...ancestorsOf([root])].sort((a, b) => a.serial - b.serial);
  const live = new Set<Node>();
  for (const node of ancestors) {
    const differentiable = node.op.gradient !== undefined || leaves.has(node);
    if (leaves.has(node) || (differentiable && node.inputs.some((t) => live.has(t.node)))) live.add(node);
  }
  return live;
}

/** All nodes that `roots` are computed from, themselves included. */
export function ancestorsOf(roots: readonly Node[]): Set<Node> {
  const seen = new Set<Node>(roots);
  const open = [...roots];
  for (let node = open.pop(); node; node = open.pop())
    for (const t of node.inputs)
      if (!seen.has(t.node)) {
        seen.add(t.node);
        open.push(t.node);
      }
  return seen;
}
