/**
 * Parting a graph that runs many times with some inputs unchanged: what follows from those alone is computed once, by a
 * program of its own. The network is described once and need not know where it is parted.
 * @module
 */
import { ancestorsOf } from "./gradients.ts";
import { constantOp, type InputAttributes, inputOp, parameterOp } from "./leaves.ts";
import type { Node, Op, Tensor } from "./tensor.ts";

type Tensors = Readonly<Record<string, Tensor>>;

export interface Parted {
  /** Outputs of the program that runs once: "<name>0", "<name>1" ... */
  readonly once: Record<string, Tensor>;
  /** The same tensors by what they are called as inputs of the program that runs again and again: see `ProgramSpec.given`. */
  readonly given: ReadonlyMap<Tensor, string>;
}

/**
 * Finds the tensors that follow from `fixed` inputs (and parameters) alone and are read by what does not, or are asked for.
 * An input that is read on both sides stays an input of both.
 */
export function hoist(outputs: Tensors, fixed: readonly string[], name: string): Parted {
  const roots = Object.values(outputs);
  const order = [...ancestorsOf(roots.map((t) => t.node))].sort((a, b) => a.serial - b.serial);
  const isLeaf = ({ op }: Node) => [inputOp, parameterOp, constantOp].includes(op as never);
  /** Depends on: nothing but constants and parameters, on fixed inputs too, on others. */
  const kind = new Map<Node, "constant" | "fixed" | "free">();
  for (const node of order) {
    const kinds = node.inputs.map((t) => kind.get(t.node)!);
    if (node.op === (inputOp as Op))
      kind.set(node, fixed.includes((node.attrs as InputAttributes).name) ? "fixed" : "free");
    else if (kinds.includes("free")) kind.set(node, "free");
    else kind.set(node, kinds.includes("fixed") ? "fixed" : "constant");
  }
  const cut = new Set<Tensor>();
  const consider = (t: Tensor) => {
    if (kind.get(t.node) === "fixed" && !isLeaf(t.node)) cut.add(t);
  };
  for (const node of order) if (kind.get(node) === "free") node.inputs.forEach(consider);
  roots.forEach(consider);
  const given = new Map([...cut].map((t, i) => [t, `${name}${i}`]));
  return { once: Object.fromEntries([...given].map(([t, key]) => [key, t])), given };
}
