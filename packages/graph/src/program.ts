/**
 * A program: a graph written out as one static ONNX model, with its inputs, outputs and state. Plain data, so it can be
 * posted to a worker or saved.
 * @module
 */

import { Emitter } from "./emitter.ts";
import { attributeKey } from "./equal.ts";
import { ShapeError } from "./errors.ts";
import { fuseSums } from "./fuse.ts";
import { ancestorsOf } from "./gradients.ts";
import { type Init, initialValue } from "./init.ts";
import {
  constantOp,
  type InputAttributes,
  inputOp,
  type ParameterAttributes,
  parameterOf,
  parameterOp,
} from "./leaves.ts";
import { onnxBytes } from "./onnx.ts";
import { type DType, type Node, type Op, type Shape, sameShape, show, type Tensor } from "./tensor.ts";
import { workOf } from "./work.ts";

export interface PortSpec {
  readonly name: string;
  readonly shape: Shape;
  readonly dtype: DType;
}

export interface StateSpec {
  readonly name: string;
  readonly shape: Shape;
  readonly init: Init;
  /** True when the program computes a next value (output "next:<name>"). */
  readonly updated: boolean;
}

export interface Program {
  readonly bytes: Uint8Array;
  readonly inputs: readonly PortSpec[];
  readonly outputs: readonly PortSpec[];
  readonly state: readonly StateSpec[];
  /** ONNX nodes, for reports. */
  readonly nodeCount: number;
  /** Multiply-adds of a run: see work.ts. */
  readonly work: number;
}

export interface ProgramSpec {
  readonly outputs: Readonly<Record<string, Tensor>>;
  /** [parameter, its next value]: applied after every run. */
  readonly updates?: Iterable<readonly [Tensor, Tensor]>;
  readonly metadata?: Record<string, string>;
  /** Tensors that are fed under a name instead of computed: see hoist.ts. */
  readonly given?: ReadonlyMap<Tensor, string>;
}

/** Output name of a parameter's next value. */
export function nextName(state: string): string {
  return `next:${state}`;
}

/**
 * Write a graph out. Nodes that no output needs are not visited (dead-node removal); equal operators on equal inputs are
 * emitted once (common-subexpression elimination). Throws ShapeError where two inputs, two
 * parameters, or an output and one of these have one name.
 */
export function compile(spec: ProgramSpec): Program {
  const updates = [...(spec.updates ?? [])];
  for (const [p, next] of updates)
    if (!sameShape(p.shape, next.shape))
      throw new ShapeError(
        `compile(): update of ${parameterOf(p).name} has shape ${show(next.shape)}, parameter has ${show(p.shape)}`,
      );
  const roots = [...Object.values(spec.outputs), ...updates.flat()];
  const given = spec.given ?? new Map<Tensor, string>();
  const computedRoots = roots.filter((t) => !given.has(t)).map((t) => t.node);
  const order = [...ancestorsOf(computedRoots, given)].sort((a, b) => a.serial - b.serial);

  const e = new Emitter();
  const names = new Map<Node, readonly string[]>();
  const emitted = new Map<string, readonly string[]>();
  const shapes = new Map<string, Shape>();
  const inputs = new Map<string, PortSpec>();
  const state = new Map<string, StateSpec>();
  let work = 0;
  const updated = new Set(updates.map(([p]) => parameterOf(p).name));
  const leaf = <T extends { shape: Shape }>(table: Map<string, T>, kind: string, name: string, entry: T): void => {
    if (table.has(name)) throw new ShapeError(`compile(): two ${kind}s are called "${name}"`);
    table.set(name, entry);
  };

  const nameOf = (t: Tensor): string => {
    const name = given.get(t);
    if (name === undefined) return names.get(t.node)![t.index];
    if (!inputs.has(name)) inputs.set(name, { name, shape: t.shape, dtype: t.dtype });
    shapes.set(name, t.shape);
    return name;
  };

  for (const node of order) {
    if (node.op === (inputOp as Op)) {
      const { name, shape, dtype } = node.attrs as InputAttributes;
      leaf(inputs, "input", name, { name, shape, dtype });
      names.set(node, [name]);
    } else if (node.op === (parameterOp as Op)) {
      const { name, shape, init } = node.attrs as ParameterAttributes;
      leaf(state, "parameter", name, { name, shape, init, updated: updated.has(name) });
      names.set(node, [name]);
    } else {
      const args = node.inputs.map(nameOf);
      // constants are interned by the emitter
      const key = node.op === (constantOp as Op) ? undefined : `${node.op.name}(${args})${attributeKey(node.attrs)}`;
      const known = key === undefined ? undefined : emitted.get(key);
      const out = known ?? node.op.emit(e, args, node);
      if (known === undefined) work += workOf(node);
      if (key !== undefined) emitted.set(key, out);
      names.set(node, out);
    }
    for (const [i, name] of names.get(node)!.entries()) shapes.set(name, node.outputs[i].shape);
  }

  const outputs: PortSpec[] = [];
  const computed = new Set(e.graph.nodes.flatMap((n) => n.outputs));
  const renamed = new Map<string, string>();
  const emitOutput = (name: string, t: Tensor) => {
    const value = nameOf(t);
    if (inputs.has(name) || state.has(name))
      throw new ShapeError(`compile(): output "${name}" has the name of an input or a parameter; rename it`);
    // a copy only for a leaf and for a value that serves as several outputs
    if (computed.has(value) && !renamed.has(value)) renamed.set(value, name);
    else e.graph.nodes.push({ type: "Identity", inputs: [value], outputs: [name], attributes: {} });
    e.graph.outputs.push({ name, shape: t.shape, dtype: t.dtype });
  };
  for (const [name, t] of Object.entries(spec.outputs)) {
    emitOutput(name, t);
    outputs.push({ name, shape: t.shape, dtype: t.dtype });
  }
  for (const [p, next] of updates) emitOutput(nextName(parameterOf(p).name), next);
  const nodes = fuseSums(e.graph.nodes, shapes, new Set(renamed.keys()));
  for (const n of nodes)
    for (const list of [n.inputs, n.outputs])
      list.forEach((name, i) => {
        list[i] = renamed.get(name) ?? name;
      });
  e.graph.inputs.push(...inputs.values(), ...[...state.values()].map((s) => ({ ...s, dtype: "float32" as const })));

  return {
    bytes: onnxBytes({ ...e.graph, nodes }, spec.metadata),
    inputs: [...inputs.values()],
    outputs,
    state: [...state.values()],
    nodeCount: nodes.length,
    work,
  };
}

/**
 * Initial values of all state of a program: a function of the seed and each parameter's name. A moving average ("ema/...")
 * begins at its parameter's initial value.
 */
export function initialise(program: Pick<Program, "state">, seed: number): Record<string, Float32Array> {
  return Object.fromEntries(
    program.state.map((s) => [s.name, initialValue(s.name.replace(/^ema\//, ""), s.shape, s.init, seed)]),
  );
}
