/**
 * ONNX model bytes of a graph (onnx.proto, IR version 9, operator set 17; field numbers from the published schema).
 * @module
 */

import { ONNX_DTYPE } from "./emitter.ts";
import { ProtoWriter } from "./formats/protobuf.ts";
import type { DType, Shape } from "./tensor.ts";

export type AttributeValue = number | string | readonly number[] | { readonly float: number } | OnnxTensor;

export interface OnnxTensor {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: Shape;
  readonly data: Float32Array | BigInt64Array | Uint8Array;
}

export interface OnnxNode {
  readonly type: string;
  readonly inputs: string[];
  readonly outputs: string[];
  readonly attributes: Readonly<Record<string, AttributeValue>>;
}

export interface OnnxValue {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: Shape;
}

export interface OnnxGraph {
  readonly nodes: OnnxNode[];
  readonly initializers: OnnxTensor[];
  readonly inputs: OnnxValue[];
  readonly outputs: OnnxValue[];
}

const OPSET = 17;
const IR_VERSION = 9;

/** Serialised ModelProto. */
export function onnxBytes(graph: OnnxGraph, metadata: Record<string, string> = {}): Uint8Array {
  const g = new ProtoWriter();
  for (const node of graph.nodes) {
    const n = new ProtoWriter();
    for (const name of node.inputs) n.string(1, name);
    for (const name of node.outputs) n.string(2, name);
    n.string(3, node.outputs[0]);
    n.string(4, node.type);
    for (const [name, value] of Object.entries(node.attributes)) n.message(5, attribute(name, value));
    g.message(1, n);
  }
  g.string(2, "scenograph");
  for (const t of graph.initializers) g.message(5, tensor(t));
  for (const v of graph.inputs) g.message(11, valueInfo(v));
  for (const v of graph.outputs) g.message(12, valueInfo(v));

  const model = new ProtoWriter();
  model.uint(1, IR_VERSION);
  model.string(2, "scenograph");
  model.message(7, g);
  const opset = new ProtoWriter();
  opset.string(1, "");
  opset.uint(2, OPSET);
  model.message(8, opset);
  for (const [key, value] of Object.entries(metadata)) {
    const entry = new ProtoWriter();
    entry.string(1, key);
    entry.string(2, value);
    model.message(14, entry);
  }
  return model.finish();
}

/** AttributeProto: type 1 float, 2 int, 3 string, 4 tensor, 7 ints. */
function attribute(name: string, value: AttributeValue): ProtoWriter {
  const a = new ProtoWriter();
  a.string(1, name);
  if (typeof value === "number") {
    a.varint(3, value);
    a.uint(20, 2);
  } else if (typeof value === "string") {
    a.bytes(4, new TextEncoder().encode(value));
    a.uint(20, 3);
  } else if ("float" in value) {
    a.float(2, value.float);
    a.uint(20, 1);
  } else if ("dtype" in value) {
    a.message(5, tensor(value));
    a.uint(20, 4);
  } else {
    for (const v of value as readonly number[]) a.varint(8, v);
    a.uint(20, 7);
  }
  return a;
}

function tensor(t: OnnxTensor): ProtoWriter {
  const w = new ProtoWriter();
  for (const d of t.shape) w.varint(1, d);
  w.uint(2, ONNX_DTYPE[t.dtype]);
  w.string(8, t.name);
  w.bytes(9, new Uint8Array(t.data.buffer, t.data.byteOffset, t.data.byteLength));
  return w;
}

function valueInfo(v: OnnxValue): ProtoWriter {
  const shape = new ProtoWriter();
  for (const d of v.shape) {
    const dim = new ProtoWriter();
    dim.varint(1, d);
    shape.message(1, dim);
  }
  const tensorType = new ProtoWriter();
  tensorType.uint(1, ONNX_DTYPE[v.dtype]);
  tensorType.message(2, shape);
  const type = new ProtoWriter();
  type.message(1, tensorType);
  const w = new ProtoWriter();
  w.string(1, v.name);
  w.message(2, type);
  return w;
}
