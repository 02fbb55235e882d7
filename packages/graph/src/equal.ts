/** Nodes that compute one value: equal operators on equal inputs. @module */
import { type ConstantAttributes, constantOp } from "./leaves.ts";
import type { Node, Op } from "./tensor.ts";

/** JSON writes infinities of either sign and NaN alike. */
export function attributeKey(attributes: Node["attrs"]): string {
  return JSON.stringify(attributes, (_, v) => (typeof v === "number" && !Number.isFinite(v) ? String(v) : v));
}

/** Constants of more numbers are told apart by identity, as the emitter does. */
const LARGE = 4096;

/**
 * `nodes`, inputs before their users -> for each the first of those that compute the same. Other leaves than small constants,
 * and the nodes of `apart`, are equal to themselves alone.
 */
export function representatives(nodes: readonly Node[], apart: ReadonlySet<Node>): Map<Node, Node> {
  const first = new Map<string, Node>();
  const found = new Map<Node, Node>();
  for (const node of nodes) {
    const key = apart.has(node) ? undefined : keyOf(node, found);
    const known = key === undefined ? undefined : first.get(key);
    if (key !== undefined && !known) first.set(key, node);
    found.set(node, known ?? node);
  }
  return found;
}

function keyOf(node: Node, found: ReadonlyMap<Node, Node>): string | undefined {
  if (node.op === (constantOp as Op)) {
    const { data } = node.attrs as ConstantAttributes;
    const numbers = () => Array.from(data, (v) => (Object.is(v, -0) ? "-0" : v));
    return data.length > LARGE ? undefined : `constant [${node.outputs[0].shape}] ${numbers()}`;
  }
  if (node.inputs.length === 0) return undefined;
  const inputs = node.inputs.map((t) => `${(found.get(t.node) ?? t.node).serial}.${t.index}`);
  return `${node.op.name}(${inputs})${attributeKey(node.attrs)}`;
}
