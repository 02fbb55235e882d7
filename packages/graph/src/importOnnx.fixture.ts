/** ONNX models of one node, written byte by byte, with attributes that proto3 leaves out as writers do. @module */
import { ProtoWriter } from "./formats/protobuf.ts";

export interface Attribute {
  readonly name: string;
  /** `zero`: the type alone, as proto3 writes 0, 0.0 and "". */
  readonly value:
    | { readonly int: number }
    | { readonly float: number }
    | { readonly ints: readonly number[] }
    | { readonly text: string }
    | { readonly floats: readonly number[] };
}

const intTensor = (name: string, values: readonly number[], dims: readonly number[] = [values.length]) =>
  new ProtoWriter()
    .packedInts(1, [...dims])
    .uint(2, 7)
    .string(8, name)
    .bytes(9, new Uint8Array(BigInt64Array.from(values.map(BigInt)).buffer));
const floatTensor = (name: string, values: readonly number[], dims: readonly number[] = [values.length]) =>
  new ProtoWriter()
    .packedInts(1, [...dims])
    .uint(2, 1)
    .string(8, name)
    .bytes(9, new Uint8Array(Float32Array.from(values).buffer));

export interface NodeCase {
  readonly op: string;
  readonly opset: number;
  /** Names; "" is left out. "x" is the input of the graph, others are `ints` or `floats`. */
  readonly inputs: readonly string[];
  readonly attributes?: readonly Attribute[];
  readonly x: readonly number[];
  readonly ints?: Readonly<Record<string, { readonly values: readonly number[]; readonly dims?: readonly number[] }>>;
  readonly floats?: Readonly<Record<string, { readonly values: readonly number[]; readonly dims?: readonly number[] }>>;
  /** The output is integers: turned to floats for comparing. */
  readonly integers?: true;
}

/** Zeros are left out, as proto3 writers do; their type stays. */
function attributeProto({ name, value }: Attribute): ProtoWriter {
  const a = new ProtoWriter().string(1, name);
  if ("int" in value) return (value.int === 0 ? a : a.varint(3, value.int)).uint(20, 2);
  if ("float" in value) return (value.float === 0 ? a : a.float(2, value.float)).uint(20, 1);
  if ("text" in value) return (value.text === "" ? a : a.string(4, value.text)).uint(20, 3);
  if ("floats" in value) return (value.floats.length === 0 ? a : a.packedFloats(7, [...value.floats])).uint(20, 6);
  return (value.ints.length === 0 ? a : a.packedInts(8, [...value.ints])).uint(20, 7);
}

function valueInfo(name: string, dims: readonly number[] | undefined): ProtoWriter {
  const shape = new ProtoWriter();
  for (const d of dims ?? []) shape.message(1, new ProtoWriter().varint(1, d));
  const tensor = new ProtoWriter().uint(1, 1);
  if (dims) tensor.message(2, shape);
  return new ProtoWriter().string(1, name).message(2, new ProtoWriter().message(1, tensor));
}

export function modelOf(c: NodeCase, declared: readonly number[] = c.x): Uint8Array {
  const graph = new ProtoWriter();
  const node = new ProtoWriter();
  for (const name of c.inputs) node.string(1, name);
  node
    .string(2, c.integers ? "out" : "y")
    .string(3, "here")
    .string(4, c.op);
  for (const a of c.attributes ?? []) node.message(5, attributeProto(a));
  graph.message(1, node);
  if (c.integers) {
    // integers come out as the sizes of a float tensor would not show them: as the shape of x made to them
    const reshape = new ProtoWriter()
      .string(1, "x")
      .string(1, "out")
      .string(2, "y")
      .string(3, "use")
      .string(4, "Reshape");
    graph.message(1, reshape);
  }
  graph.string(2, "g");
  for (const [name, { values, dims }] of Object.entries(c.ints ?? {})) graph.message(5, intTensor(name, values, dims));
  for (const [name, { values, dims }] of Object.entries(c.floats ?? {}))
    graph.message(5, floatTensor(name, values, dims));
  graph.message(11, valueInfo("x", declared)).message(12, valueInfo("y", undefined));
  return new ProtoWriter()
    .uint(1, 8)
    .message(7, graph)
    .message(8, new ProtoWriter().string(1, "").uint(2, c.opset))
    .finish();
}
