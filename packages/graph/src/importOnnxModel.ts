/** Reading ONNX bytes (onnx.proto; field numbers from the published schema) into plain nodes and arrays. @module */
import { FormatError, shown } from "./errors.ts";
import { fromFloat16 } from "./formats/float16.ts";
import { type ProtoField, readFields, unpackInts } from "./formats/protobuf.ts";

/** A tensor of the file: floats (float32, float16, double) as float32, integers as numbers. */
export interface FileTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly floats?: Float32Array;
  readonly ints?: readonly number[];
}

export type FileAttribute = number | string | readonly number[] | FileTensor;

export interface FileNode {
  readonly name: string;
  readonly type: string;
  readonly domain: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, FileAttribute>;
}

export interface FileValue {
  readonly name: string;
  /** undefined: a size that the file leaves open. */
  readonly shape: readonly (number | undefined)[] | undefined;
}

export interface FileModel {
  readonly opset: number;
  readonly nodes: readonly FileNode[];
  readonly initializers: readonly FileTensor[];
  readonly inputs: readonly FileValue[];
  readonly outputs: readonly FileValue[];
}

const utf8 = new TextDecoder();
const MAX_RANK = 8;

/** @throws FormatError when the bytes are no ONNX model, or data lie outside the file */
export function readOnnxModel(bytes: Uint8Array): FileModel {
  const model = { opset: 0, nodes: [] as FileNode[], initializers: [] as FileTensor[] };
  const inputs: FileValue[] = [];
  const outputs: FileValue[] = [];
  let graph: Uint8Array | undefined;
  for (const f of readFields(bytes)) {
    if (f.field === 7) graph = message(f, "graph");
    else if (f.field === 8) {
      let domain = "";
      let version = 0;
      for (const o of readFields(message(f, "opset"))) {
        if (o.field === 1) domain = text(o);
        else if (o.field === 2) version = int(o);
      }
      if (domain === "" || domain === "ai.onnx") model.opset = version;
    } else if (f.field === 25) throw bad("functions of a model are not supported; export it without them");
  }
  if (!graph) throw bad("a model has a graph, got none");
  if (model.opset === 0) throw bad("a model names its operator set, got none");
  for (const f of readFields(graph)) {
    if (f.field === 1) model.nodes.push(node(message(f, "node")));
    else if (f.field === 5) model.initializers.push(tensor(message(f, "initializer")));
    else if (f.field === 11) inputs.push(value(message(f, "input")));
    else if (f.field === 12) outputs.push(value(message(f, "output")));
    else if (f.field === 15) throw bad("sparse initializers are not supported; export dense ones");
  }
  return { ...model, inputs, outputs };
}

function node(bytes: Uint8Array): FileNode {
  const inputs: string[] = [];
  const outputs: string[] = [];
  const attributes = new Map<string, FileAttribute>();
  let [name, type, domain] = ["", "", ""];
  for (const f of readFields(bytes)) {
    if (f.field === 1) inputs.push(text(f));
    else if (f.field === 2) outputs.push(text(f));
    else if (f.field === 3) name = text(f);
    else if (f.field === 4) type = text(f);
    else if (f.field === 5) {
      const [key, value] = attribute(message(f, "attribute"));
      if (value !== undefined) attributes.set(key, value);
    } else if (f.field === 7) domain = text(f);
  }
  return { name: name || outputs[0] || "?", type, domain, inputs, outputs, attributes };
}

/** AttributeProto; kinds that no supported operator has (graphs, lists of strings) give undefined. */
function attribute(bytes: Uint8Array): [string, FileAttribute | undefined] {
  let name = "";
  let type = 0;
  let single: FileAttribute | undefined;
  const list: number[] = [];
  for (const f of readFields(bytes)) {
    if (f.field === 1) name = text(f);
    else if (f.field === 2) single = float(f);
    else if (f.field === 3) single = int(f);
    else if (f.field === 4) single = text(f);
    else if (f.field === 5) single = tensor(message(f, "tensor"));
    else if (f.field === 7) appendTo(list, floats(f));
    else if (f.field === 8) appendTo(list, ints(f));
    else if (f.field === 20) type = int(f);
  }
  // an empty list leaves no trace but its type, and neither do 0, 0.0 and "": proto3 does not write them
  if (type === 6 || type === 7 || (type === 0 && list.length > 0)) return [name, list];
  return [name, single ?? ({ 1: 0, 2: 0, 3: "" } as Readonly<Record<number, number | string>>)[type]];
}

function value(bytes: Uint8Array): FileValue {
  let name = "";
  let shape: (number | undefined)[] | undefined;
  for (const f of readFields(bytes)) {
    if (f.field === 1) name = text(f);
    else if (f.field === 2)
      for (const type of readFields(message(f, "type")))
        if (type.field === 1)
          for (const part of readFields(message(type, "tensor type")))
            if (part.field === 2) shape = [...readFields(message(part, "shape"))].flatMap((d) => dimension(d));
  }
  return { name, shape };
}

function dimension(f: ProtoField): (number | undefined)[] {
  if (f.field !== 1) return [];
  let size: number | undefined;
  for (const d of readFields(message(f, "dimension"))) if (d.field === 1) size = int(d);
  // -1 is how some exporters write a size that is open
  return [size !== undefined && size < 0 ? undefined : size];
}

/** TensorProto: data_type 1 float, 6 int32, 7 int64, 9 bool, 10 float16, 11 double. */
function tensor(bytes: Uint8Array): FileTensor {
  const shape: number[] = [];
  let [name, type] = ["", 0];
  let raw: Uint8Array | undefined;
  const typed: number[] = [];
  for (const f of readFields(bytes)) {
    if (f.field === 1) appendTo(shape, ints(f));
    else if (f.field === 2) type = int(f);
    else if (f.field === 4) appendTo(typed, floats(f));
    else if (f.field === 5 || f.field === 7) appendTo(typed, ints(f));
    else if (f.field === 8) name = text(f);
    else if (f.field === 9) raw = message(f, "raw data");
    else if (f.field === 10) appendTo(typed, doubles(f));
    else if (f.field === 13 || (f.field === 14 && int(f) !== 0))
      throw bad(`tensor "${name}" lies in another file; save the model with its data inside`);
  }
  if (shape.length > MAX_RANK || shape.some((d) => !Number.isSafeInteger(d) || d < 0))
    throw bad(`tensor "${name}" has a shape of at most ${MAX_RANK} sizes, got ${shown(shape)}`);
  const size = shape.reduce((a, b) => a * b, 1);
  const count = (n: number): void => {
    if (n !== size) throw bad(`tensor "${name}" [${shape}] has ${size} values, got ${n}`);
  };
  const width = { 1: 4, 6: 4, 7: 8, 9: 1, 10: 2, 11: 8 }[type];
  if (width === undefined)
    throw bad(`tensor "${name}" is float32, float16, double, int32, int64 or bool, got data type ${type}`);
  if (!raw) {
    count(typed.length);
    if (type === 10) return { name, shape, floats: fromFloat16(Uint16Array.from(typed)) };
    if (type === 1 || type === 11) return { name, shape, floats: Float32Array.from(typed) };
    return { name, shape, ints: typed };
  }
  count(raw.length / width);
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  if (type === 10)
    return {
      name,
      shape,
      floats: fromFloat16(Uint16Array.from({ length: size }, (_, i) => view.getUint16(2 * i, true))),
    };
  if (type === 1) {
    const data = new Float32Array(size);
    for (let i = 0; i < size; i++) data[i] = view.getFloat32(4 * i, true);
    return { name, shape, floats: data };
  }
  const read: Record<number, (i: number) => number> = {
    6: (i) => view.getInt32(4 * i, true),
    7: (i) => Number(view.getBigInt64(8 * i, true)),
    9: (i) => view.getUint8(i),
    11: (i) => view.getFloat64(8 * i, true),
  };
  const values = Array.from({ length: size }, (_, i) => read[type](i));
  return type === 11 ? { name, shape, floats: Float32Array.from(values) } : { name, shape, ints: values };
}

/** push(...) of a long list overflows the stack. */
function appendTo(list: number[], more: readonly number[]): void {
  for (const v of more) list.push(v);
}

function message(f: ProtoField, what: string): Uint8Array {
  if (f.wire !== 2) throw bad(`${what} is a message, got wire type ${f.wire}`);
  return f.value;
}

function text(f: ProtoField): string {
  return utf8.decode(message(f, "a name"));
}

function int(f: ProtoField): number {
  if (f.wire !== 0) throw bad(`field ${f.field} is an integer, got wire type ${f.wire}`);
  return Number(BigInt.asIntN(64, f.value));
}

function float(f: ProtoField): number {
  if (f.wire !== 5) throw bad(`field ${f.field} is a float, got wire type ${f.wire}`);
  return f.value;
}

/** A repeated integer field, packed or one by one. */
function ints(f: ProtoField): number[] {
  return f.wire === 2 ? unpackInts(f.value).map((v) => Number(BigInt.asIntN(64, v))) : [int(f)];
}

function floats(f: ProtoField): number[] {
  return f.wire === 2 ? packed(f.value, 4) : [float(f)];
}

function doubles(f: ProtoField): number[] {
  if (f.wire === 1) return [f.value];
  return packed(message(f, "double data"), 8);
}

function packed(bytes: Uint8Array, width: 4 | 8): number[] {
  if (bytes.length % width !== 0) throw bad(`packed numbers of ${width} bytes fill ${bytes.length} bytes`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: bytes.length / width }, (_, i) =>
    width === 4 ? view.getFloat32(4 * i, true) : view.getFloat64(8 * i, true),
  );
}

function bad(what: string): FormatError {
  return new FormatError(`importOnnx(): ${what}`);
}
