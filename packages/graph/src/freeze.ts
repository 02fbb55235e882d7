/**
 * A program with its weights inside: constants instead of inputs. onnxruntime folds, packs and lays out what is constant
 * when it makes a session; of an input it can know nothing.
 * @module
 */

import { ShapeError } from "./errors.ts";
import { type Constant, lengthOf } from "./formats/packed.ts";
import { ProtoWriter, readFields } from "./formats/protobuf.ts";
import type { Program } from "./program.ts";
import { type Shape, sizeOf } from "./tensor.ts";

// fields of onnx.proto
const MODEL_GRAPH = 7;
const GRAPH_NODE = 1;
const GRAPH_INITIALIZER = 5;
const GRAPH_INPUT = 11;
const VALUE_NAME = 1;
const FLOAT = 1;
const INT8 = 3;
const FLOAT16 = 10;

/**
 * The same program without state. `values` are those of its state by name; others are ignored. Packed ones stay so: nodes in front of
 * the others widen them, which onnxruntime computes once, when it makes the session.
 * @throws ShapeError for a program with updates, and where a value is missing or has another size
 */
export function freeze(program: Program, values: Readonly<Record<string, Constant>>): Program {
  const isState = new Set(program.state.map((s) => s.name));
  for (const { name, shape, updated } of program.state) {
    if (updated) throw new ShapeError(`freeze(): a constant does not change, got an update of "${name}"`);
    const got = Object.hasOwn(values, name) ? lengthOf(values[name]) : undefined;
    if (got !== sizeOf(shape))
      throw new ShapeError(`freeze(): "${name}" wants ${sizeOf(shape)} values [${shape}], got ${got ?? "none"}`);
  }
  const model = new ProtoWriter();
  for (const field of readFields(program.bytes)) {
    if (field.field !== MODEL_GRAPH || field.wire !== 2) {
      copy(model, field);
      continue;
    }
    const graph = new ProtoWriter();
    for (const { name, shape } of program.state) writeConstant(graph, name, shape, values[name]);
    for (const part of readFields(field.value)) {
      if (part.field === GRAPH_INPUT && part.wire === 2 && isState.has(valueName(part.value))) continue;
      copy(graph, part);
    }
    model.message(MODEL_GRAPH, graph);
  }
  return { ...program, bytes: model.finish(), state: [] };
}

function writeConstant(graph: ProtoWriter, name: string, shape: Shape, constant: Constant): void {
  const stored = `${name}.stored`;
  if (constant instanceof Float32Array) initializer(graph, name, shape, FLOAT, constant);
  else if (constant.dtype === "F16") {
    initializer(graph, stored, shape, FLOAT16, constant.values);
    node(graph, "Cast", [stored], name, FLOAT);
  } else {
    initializer(graph, stored, shape, INT8, constant.values);
    initializer(graph, `${name}.scales`, constant.scaleShape, FLOAT, constant.scales);
    node(graph, "Cast", [stored], `${name}.whole`, FLOAT);
    node(graph, "Mul", [`${name}.whole`, `${name}.scales`], name);
  }
}

function initializer(
  graph: ProtoWriter,
  name: string,
  shape: Shape,
  type: number,
  { buffer, byteOffset, byteLength }: ArrayBufferView,
): void {
  const tensor = new ProtoWriter();
  for (const d of shape) tensor.varint(1, d);
  tensor.uint(2, type);
  tensor.string(8, name);
  tensor.bytes(9, new Uint8Array(buffer, byteOffset, byteLength));
  graph.message(GRAPH_INITIALIZER, tensor);
}

/** @param to of a Cast */
function node(graph: ProtoWriter, op: string, inputs: readonly string[], output: string, to?: number): void {
  const one = new ProtoWriter();
  for (const input of inputs) one.string(1, input);
  one.string(2, output).string(3, output).string(4, op);
  if (to !== undefined) one.message(5, new ProtoWriter().string(1, "to").uint(3, to).uint(20, 2));
  graph.message(GRAPH_NODE, one);
}

function valueName(valueInfo: Uint8Array): string {
  for (const f of readFields(valueInfo))
    if (f.field === VALUE_NAME && f.wire === 2) return new TextDecoder().decode(f.value);
  return "";
}

/** One field again, as it was; ONNX models of ours have varints, floats and bytes. */
function copy(into: ProtoWriter, field: ReturnType<typeof readFields> extends Iterable<infer F> ? F : never): void {
  if (field.wire === 2) into.bytes(field.field, field.value);
  else if (field.wire === 0) into.varint(field.field, field.value);
  else if (field.wire === 5) into.float(field.field, field.value);
  else into.double(field.field, field.value);
}
