/** Reverse-mode differentiation. The result is made of operators and can be differentiated again. @module */
import { representatives } from "./equal.ts";
import { full, scalar } from "./leaves.ts";
import { addAll } from "./ops/elementwise.ts";
import { concat } from "./ops/shape.ts";
import { apply, check, type Node, sameShape, show, type Tensor } from "./tensor.ts";

/**
 * d loss / d x for every x of `wrt`. `cotangent` (shape of `loss`) weighs the elements of a loss that is not a scalar.
 * A tensor that the loss does not depend on gets zeros. A value that was written down twice (a picture judged with two
 * sentences) is differentiated once, with all that comes back to it; tensors of `wrt` stay apart.
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

  const leaves = new Set(wrt.map((t) => t.node));
  const ancestors = [...ancestorsOf([loss.node])].sort((a, b) => a.serial - b.serial);
  const one = representatives(ancestors, leaves);
  const live = dependents(ancestors, leaves);
  /** A list an output: what each of its uses sends back. */
  const received = new Map<Node, Tensor[][]>();
  const accumulate = (t: Tensor, g: Tensor) => {
    const node = one.get(t.node)!;
    const lists = received.get(node) ?? node.outputs.map(() => []);
    lists[t.index].push(g);
    received.set(node, lists);
  };
  const totals = new Map<Node, (Tensor | undefined)[]>();
  const totalOf = (node: Node) => {
    let total = totals.get(node);
    if (!total) {
      total = received.get(node)?.map((list) => (list.length === 0 ? undefined : addAll(pooled(list)))) ?? [];
      totals.set(node, total);
    }
    return total;
  };
  accumulate(loss, cotangent ?? (loss.rank === 0 ? scalar(1) : full(loss.shape, 1)));

  for (const node of [...live].sort((a, b) => b.serial - a.serial)) {
    if (!received.has(node) || node.inputs.length === 0) continue;
    const gs = totalOf(node);
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
  return wrt.map((t) => totalOf(t.node)[t.index] ?? full(t.shape, 0));
}

/**
 * The same sum in fewer terms. A weight that is used several times (every step of a recurrence) receives products of one
 * kind; side by side along the axis that they sum over they are one product, which is faster and spares the additions:
 * sum_i A_i^T B_i = [A_1; A_2; ...]^T [B_1; B_2; ...].
 */
function pooled(terms: readonly Tensor[]): readonly Tensor[] {
  if (terms.length === 1) return terms;
  const groups = new Map<string, Tensor[]>();
  terms.forEach((t, i) => {
    const { op, attrs, inputs } = t.node;
    const sizes = inputs.map((x) => x.shape.slice(1));
    // joining copies the inputs: worth it where they are smaller than the sums that it spares
    const worth = inputs.reduce((n, x) => n + x.size, 0) < t.size && op.sumsOverFirstAxis?.(t.node);
    const key = worth ? op.name + JSON.stringify([attrs, sizes]) : String(i);
    groups.set(key, [...(groups.get(key) ?? []), t]);
  });
  return [...groups.values()].map((group) => {
    if (group.length === 1) return group[0];
    const { op, inputs, attrs } = group[0].node;
    // gradients arrive from the last use to the first
    const parts = [...group].reverse();
    return apply(
      op,
      inputs.map((_, k) =>
        concat(
          parts.map((t) => t.node.inputs[k]),
          0,
        ),
      ),
      attrs,
    );
  });
}

/** Those of `ancestors`, in order of creation, that depend on a node of `leaves`; operators without gradient cut the dependence. */
function dependents(ancestors: readonly Node[], leaves: ReadonlySet<Node>): Set<Node> {
  const live = new Set<Node>();
  for (const node of ancestors) {
    const differentiable = node.op.gradient !== undefined || leaves.has(node);
    if (leaves.has(node) || (differentiable && node.inputs.some((t) => live.has(t.node)))) live.add(node);
  }
  return live;
}

/** All nodes that `roots` are computed from, themselves included; what only `given` tensors are computed from left out. */
export function ancestorsOf(roots: readonly Node[], given: ReadonlyMap<Tensor, unknown> = new Map()): Set<Node> {
  const seen = new Set<Node>(roots);
  const open = [...roots];
  for (let node = open.pop(); node; node = open.pop())
    for (const t of node.inputs)
      if (!seen.has(t.node) && !given.has(t)) {
        seen.add(t.node);
        open.push(t.node);
      }
  return seen;
}
