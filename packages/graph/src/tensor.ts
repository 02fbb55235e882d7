/**
 * Symbolic tensors. A tensor is an output of a node; a node is an operator applied to tensors. Shapes are static, and
 * every operator checks them when it is applied, so a mistake shows where it is made and not when the graph runs.
 * @module
 */

import type { Emitter } from "./emitter.ts";
import { ShapeError } from "./errors.ts";

export type DType = "float32" | "int64" | "uint8" | "bool";
export type Shape = readonly number[];

export interface TensorSpec {
  readonly shape: Shape;
  readonly dtype: DType;
}

export type Attributes = Readonly<Record<string, unknown>>;

/** One operator: shape rule, ONNX emission and gradient side by side. */
export interface Op<A extends Attributes = Attributes> {
  readonly name: string;
  /** Shape rule: one spec an output. Throws ShapeError. */
  infer(inputs: readonly Tensor[], attrs: A): TensorSpec[];
  /** Writes standard ONNX nodes; returns one value name an output. */
  emit(e: Emitter, inputs: readonly string[], node: Node<A>): string[];
  /**
   * Vector-Jacobian product: cotangents of the outputs (undefined = zero) -> cotangents of the inputs (undefined = zero).
   * Built from operators, so it can be differentiated again. Absent: the operator has no gradient.
   */
  gradient?(node: Node<A>, cotangents: readonly (Tensor | undefined)[]): (Tensor | undefined)[];
  /** Does this node sum over the first axis of all its inputs? Then a sum of such nodes is the node of the joined inputs. */
  sumsOverFirstAxis?(node: Node<A>): boolean;
}

let counter = 0;

export class Node<A extends Attributes = Attributes> {
  /** Creation order: inputs always have smaller serials than the node that uses them. */
  readonly serial = counter++;
  readonly outputs: readonly Tensor[];
  constructor(
    readonly op: Op<A>,
    readonly inputs: readonly Tensor[],
    readonly attrs: A,
  ) {
    const specs = op.infer(inputs, attrs);
    this.outputs = specs.map((s, i) => new Tensor(this as unknown as Node, i, s.shape, s.dtype));
  }
}

export class Tensor {
  constructor(
    readonly node: Node,
    readonly index: number,
    readonly shape: Shape,
    readonly dtype: DType,
  ) {}

  get rank(): number {
    return this.shape.length;
  }
  get size(): number {
    return sizeOf(this.shape);
  }
}

/** A node of `op`; all its outputs. */
export function applyAll<A extends Attributes>(op: Op<A>, inputs: readonly Tensor[], attrs: A): readonly Tensor[] {
  return new Node(op, inputs, attrs).outputs;
}

/** A node of a one-output `op`. */
export function apply<A extends Attributes>(op: Op<A>, inputs: readonly Tensor[], attrs: A): Tensor {
  return applyAll(op, inputs, attrs)[0];
}

export function sizeOf(shape: Shape): number {
  return shape.reduce((a, b) => a * b, 1);
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((d, i) => d === b[i]);
}

/** "[2,3,4]", for messages. */
export function show(shape: Shape): string {
  return `[${shape.join(",")}]`;
}

/** Throws ShapeError(`${where}: ${message}`) unless `ok`. */
export function check(ok: boolean, where: string, message: string): asserts ok {
  if (!ok) throw new ShapeError(`${where}: ${message}`);
}

export function checkFloat(x: Tensor, where: string): void {
  check(x.dtype === "float32", where, `needs float32, got ${x.dtype} ${show(x.shape)}; use cast()`);
}

/** Axis in [0, rank), negative ones counted from the end. */
export function normalAxis(axis: number, rank: number, where: string): number {
  const a = axis < 0 ? axis + rank : axis;
  check(Number.isInteger(a) && a >= 0 && a < rank, where, `axis ${axis} is outside a tensor of rank ${rank}`);
  return a;
}
