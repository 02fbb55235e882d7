/**
 * A program with its weights inside: constants instead of inputs. onnxruntime folds, packs and lays out what is constant
 * when it makes a session; of an input it can know nothing.
 * @module
 */

import { ShapeError } from "./errors.ts";
import { type Constant, lengthOf, widened } from "./formats/packed.ts";
import { ProtoWriter, readFields } from "./formats/protobuf.ts";
import type { Program } from "./program.ts";
import { sizeOf } from "./tensor.ts";

// fields of onnx.proto
const MODEL_GRAPH = 7;
const GRAPH_INITIALIZER = 5;
const GRAPH_INPUT = 11;
const VALUE_NAME = 1;
const FLOAT = 1;

/**
 * The same program without state. `values` are those of its state by name; others are ignored. Packed ones are widened here: ten
 * times as fast as onnxruntime folds a Cast and a product.
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
    for (const part of readFields(field.value)) {
      if (part.field === GRAPH_INPUT && part.wire === 2 && isState.has(valueName(part.value))) continue;
      copy(graph, part);
    }
    for (const { name, shape } of program.state) {
      const tensor = new ProtoWriter();
      for (const d of shape) tensor.varint(1, d);
      tensor.uint(2, FLOAT);
      tensor.string(8, name);
      const data = widened(values[name]);
      tensor.bytes(9, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
      graph.message(GRAPH_INITIALIZER, tensor);
    }
    model.message(MODEL_GRAPH, graph);
  }
  return { ...program, bytes: model.finish(), state: [] };
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
