/** Parsers of binary files: safetensors, protocol buffers, ONNX, event files, word vectors. @module */

import * as g from "@scenograph/graph";
import { FormatError, ShapeError } from "@scenograph/graph/errors";
import { joinBytes } from "@scenograph/graph/formats/bytes";
import { ProtoWriter, readFields, unpackInts } from "@scenograph/graph/formats/protobuf";
import {
  readSafetensors,
  type Safetensors,
  type Tensor,
  writeSafetensors,
} from "@scenograph/graph/formats/safetensors";
import { importOnnx } from "@scenograph/graph/importOnnx";
import { readVectors, tarMember } from "@scenograph/lab/data/vectors.node";
import { encodeEvent, eventFileHeader, readEvents } from "@scenograph/lab/formats/tfevents";
import fc from "fast-check";
import { crc32c } from "scenograph/formats/crc";
import { Vocabulary, WORD_DIM } from "scenograph/paper/text/vocabulary";
import type { Target } from "../judge.ts";
import { bytesOf, damaged, hostileJson } from "../mutations.ts";

const TENSORS: readonly (readonly [string, Tensor])[] = [
  ["w", { dtype: "F32", shape: [2, 3], data: Float32Array.of(1, -2, 3.5, 0, Number.NaN, Infinity) }],
  ["h", { dtype: "F16", shape: [3], data: Float32Array.of(1, 0.5, 65504) }],
  ["i", { dtype: "I64", shape: [1], data: BigInt64Array.of(-1n) }],
  ["b", { dtype: "BOOL", shape: [2, 1], data: Uint8Array.of(0, 1) }],
  ["e", { dtype: "I8", shape: [0, 4], data: new Int8Array(0) }],
];
const weights = writeSafetensors(TENSORS, { stage: "boxes" });
const headerSize = new DataView(weights.buffer).getUint32(0, true);
const header: unknown = JSON.parse(new TextDecoder().decode(weights.subarray(8, 8 + headerSize)));

/** A file of any header text over the data of `weights`. */
function withHeader(text: string): Uint8Array {
  const size = new Uint8Array(8);
  const bytes = bytesOf(text);
  new DataView(size.buffer).setUint32(0, bytes.length, true);
  return joinBytes([size, bytes, weights.subarray(8 + headerSize)]);
}

const safetensors: Target = {
  name: "safetensors",
  valid: [weights],
  hostile: fc.oneof(hostileJson(header).map(withHeader), damaged([weights])),
  known: {
    "a header of 2^64 - 1 bytes": () => joinBytes([new Uint8Array(8).fill(255), weights]),
    "a tensor of 4 GB": () => withHeader('{"w":{"dtype":"F32","shape":[1073741824],"data_offsets":[0,4294967296]}}'),
    "sizes whose product is not a number": () =>
      withHeader(`{"w":{"dtype":"F32","shape":[0,${new Array(63).fill("9007199254740991")}],"data_offsets":[0,0]}}`),
    "tensors that overlap": () =>
      withHeader(
        '{"a":{"dtype":"U8","shape":[24],"data_offsets":[0,24]},"b":{"dtype":"U8","shape":[24],"data_offsets":[0,24]}}',
      ),
    "a name of a megabyte, over several lines": () => withHeader(`{"${"n\\n".repeat(3e5)}":3}`),
    "100,000 tensors": () =>
      withHeader(
        `{${Array.from({ length: 1e5 }, (_, i) => `"t${i}":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}`)}}`,
      ),
  },
  errors: [FormatError],
  parse: readSafetensors,
  check(value) {
    for (const [name, { shape, data }] of (value as Safetensors).tensors)
      if (data.length !== shape.reduce((a, b) => a * b, 1)) throw new Error(`"${name}" has ${data.length} values`);
  },
};

/** Fields with numbers, names and messages that no writer makes. */
const field: fc.Arbitrary<(w: ProtoWriter) => ProtoWriter> = fc.oneof(
  fc.tuple(fc.integer({ min: 1, max: 30 }), fc.bigInt({ min: -(1n << 63n), max: (1n << 64n) - 1n })).map(
    ([n, v]) =>
      (w: ProtoWriter) =>
        w.varint(n, v),
  ),
  fc.tuple(fc.integer({ min: 1, max: 30 }), fc.uint8Array({ maxLength: 40 })).map(
    ([n, v]) =>
      (w: ProtoWriter) =>
        w.bytes(n, v),
  ),
  fc.tuple(fc.integer({ min: 1, max: 30 }), fc.float()).map(
    ([n, v]) =>
      (w: ProtoWriter) =>
        w.float(n, v),
  ),
  fc.tuple(fc.integer({ min: 1, max: 30 }), fc.double()).map(
    ([n, v]) =>
      (w: ProtoWriter) =>
        w.double(n, v),
  ),
);
const fields = (max: number) =>
  fc.array(field, { maxLength: max }).map((list) => list.reduce((w, f) => f(w), new ProtoWriter()));

/** `bytes` with its fields repeated, dropped, moved and mixed with strange ones, at any depth of `nested` fields. */
function hostileMessage(bytes: Uint8Array, nested: readonly number[]): fc.Arbitrary<Uint8Array> {
  const choices = fc.infiniteStream(
    fc.record({ kind: fc.integer({ min: 0, max: 11 }), times: fc.constantFrom(2, 2, 50), extra: fields(2) }),
  );
  return choices.map((stream) => {
    const rewrite = (message: Uint8Array, depth: number): ProtoWriter => {
      const out = new ProtoWriter();
      for (const f of readFields(message)) {
        const { kind, times, extra } = stream.next().value;
        if (kind === 0) continue;
        for (let i = 0; i < (kind === 1 ? times : 1); i++) {
          const n = kind === 2 ? (f.field % 30) + 1 : f.field;
          if (f.wire === 0) out.varint(n, kind === 3 ? (1n << 63n) - 1n : f.value);
          else if (f.wire === 2) {
            if (nested[depth] === f.field) out.message(n, rewrite(f.value, depth + 1));
            else out.bytes(n, kind === 4 ? f.value.slice(0, f.value.length / 2) : f.value);
          } else if (f.wire === 5) out.float(n, f.value);
          else out.double(n, f.value);
        }
        if (kind === 5) for (const e of readFields(extra.finish())) if (e.wire === 2) out.bytes(e.field, e.value);
        if (kind === 6) out.message(f.field, extra);
      }
      return out;
    };
    return rewrite(bytes, 0).finish();
  });
}

const message = new ProtoWriter()
  .varint(1, -5)
  .uint(2, 300)
  .float(3, 1.5)
  .double(4, -2)
  .string(5, "text")
  .packedInts(6, [1, -1, 2 ** 40])
  .message(7, new ProtoWriter().string(1, "in").message(7, new ProtoWriter().uint(1, 7)))
  .finish();

const protobuf: Target = {
  name: "protocol buffers",
  valid: [message],
  hostile: fc.oneof(hostileMessage(message, [7, 7]), damaged([message])),
  known: {
    "a field of 2^63 bytes": () => Uint8Array.of(0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f),
    "a varint without end": () => new Uint8Array(1000).fill(0xff),
    "a million fields and one": () => new Uint8Array(2_000_004).fill(8),
  },
  errors: [FormatError],
  // big integers are slow; a real file has few
  ms: 3000,
  parse(bytes) {
    const walk = (part: Uint8Array): number => {
      let n = 0;
      for (const f of readFields(part)) n += f.wire === 2 && f.field === 7 ? walk(f.value) : 1;
      return n;
    };
    const n = walk(bytes);
    for (const f of readFields(bytes)) if (f.wire === 2 && f.field === 6) unpackInts(f.value);
    return n;
  },
};

/** A small network: convolution, activation, pooling, reshaping by a constant, product. */
function network(): Uint8Array {
  const x = g.input("x", [1, 2, 4, 4]);
  const weight = g.constant(
    Float32Array.from({ length: 36 }, (_, i) => i / 36),
    [2, 2, 3, 3],
  );
  const h = g.relu(g.conv2d(x, weight, undefined, { stride: 1, padding: 1 }));
  const y = g.matmul(g.reshape(g.maxPool2d(h, 2), [1, 8]), g.constant(new Float32Array(24).fill(0.5), [8, 3]));
  return g.compile({ outputs: { y: g.softmax(y, -1) } }).bytes;
}

const onnxFile = network();
const onnx: Target = {
  name: "ONNX import",
  valid: [onnxFile],
  hostile: fc.oneof(
    // graph 7: node 1 (attribute 5), initializer 5, input 11
    hostileMessage(onnxFile, [7, 1, 5]),
    hostileMessage(onnxFile, [7, 5]),
    hostileMessage(onnxFile, [7, 11, 2]),
    damaged([onnxFile]),
  ),
  known: {
    "a tensor of 2^60 values": () => {
      const huge = new ProtoWriter()
        .packedInts(1, [2 ** 30, 2 ** 30])
        .uint(2, 1)
        .string(8, "w");
      return new ProtoWriter()
        .message(7, new ProtoWriter().message(5, huge))
        .message(8, new ProtoWriter().uint(2, 17))
        .finish();
    },
  },
  errors: [FormatError, ShapeError],
  ms: 300,
  stride: 3,
  parse: (bytes) =>
    importOnnx(bytes)
      .apply([g.input("x", [1, 2, 4, 4])])
      .map((t) => t.shape),
};

/** A record around any bytes, its checksums right. */
function framed(data: Uint8Array): Uint8Array {
  const masked = (bytes: Uint8Array) => {
    const crc = crc32c(bytes);
    return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
  };
  const out = new Uint8Array(data.length + 16);
  const view = new DataView(out.buffer);
  view.setUint32(0, data.length, true);
  view.setUint32(8, masked(out.subarray(0, 8)), true);
  out.set(data, 12);
  view.setUint32(12 + data.length, masked(data), true);
  return out;
}

const record = encodeEvent({
  wallTime: 1.5,
  step: 7,
  scalars: { loss: 0.25 },
  images: { samples: { width: 2, height: 1, bytes: Uint8Array.of(1, 2, 3) } },
});
const events: Target = {
  name: "event files",
  valid: [joinBytes([eventFileHeader(1), record])],
  hostile: fc.oneof(
    hostileMessage(record.slice(12, -4), [5, 1, 4]).map(framed),
    damaged([record.slice(12, -4)]).map(framed),
    damaged([record]),
  ),
  errors: [FormatError],
  parse: readEvents,
  check(value) {
    // a run that goes on writes them again
    for (const event of (value as ReturnType<typeof readEvents>).events) encodeEvent(event);
  },
};

const words = Vocabulary.fromVectors(
  ["a", "dog", "man's"].map((word, i) => ({ word, vector: new Float32Array(WORD_DIM).fill(i - 1) })),
  2,
);
/** Sets of tensors that are no vocabulary: of other types, sizes and contents. */
const strangeTensors = fc
  .array(
    fc.record({
      name: fc.constantFrom("vectors", "scales", "words", "delta", "more"),
      dtype: fc.constantFrom("F32", "I8", "U8", "I32"),
      values: fc.array(fc.oneof(fc.integer({ min: -200, max: 200 }), fc.constantFrom(Number.NaN, Infinity, 1e30, 10)), {
        maxLength: 40,
      }),
    }),
    { minLength: 1, maxLength: 3 },
  )
  .map((list) => {
    const tensors = words.toTensors();
    for (const { name, dtype, values } of list) {
      const shape = [values.length];
      const arrays = { F32: Float32Array, I8: Int8Array, U8: Uint8Array, I32: Int32Array };
      const data = arrays[dtype as "F32"].from(values);
      tensors.set(`vocabulary.${name}`, { dtype: dtype as "F32", shape, data });
    }
    return writeSafetensors(tensors);
  });
const vocabulary: Target = {
  name: "vocabulary",
  valid: [writeSafetensors(words.toTensors())],
  hostile: fc.oneof(strangeTensors, damaged([writeSafetensors(words.toTensors())])),
  errors: [FormatError],
  parse: (bytes) => Vocabulary.fromTensors(readSafetensors(bytes).tensors),
  check(value) {
    for (const { vector } of (value as Vocabulary).lookup(["a", "dogs", "__proto__", "man-dog"]))
      if (!vector.every(Number.isFinite)) throw new Error("a vector holds numbers that are not finite");
  },
};

const numbers = `[${new Array(WORD_DIM).fill("0.5")}]`;
const vectorsJson = `{"size":2,"vectors":{"the":${numbers},"x]":${numbers}},"unk":0}`;
function tar(name: string, content: string): Uint8Array {
  const head = Buffer.alloc(512);
  head.write(name, 0);
  head.write(Buffer.byteLength(content).toString(8).padStart(11, "0"), 124);
  const body = Buffer.alloc(Math.ceil(Buffer.byteLength(content) / 512) * 512);
  body.write(content);
  return new Uint8Array(Buffer.concat([head, body, Buffer.alloc(512)]));
}
async function* pieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let i = 0; i < bytes.length; i += size) yield bytes.subarray(i, i + size);
}
const archive = tar("package/v.json", vectorsJson);
const wordVectors: Target = {
  name: "word vectors",
  valid: [archive],
  hostile: fc.oneof(
    damaged([archive]),
    hostileJson(JSON.parse(vectorsJson)).map((text) => tar("package/v.json", text)),
  ),
  errors: [FormatError],
  // most of an archive's bytes are padding
  stride: 5,
  async parse(bytes) {
    const words: string[] = [];
    for await (const { word, vector } of readVectors(tarMember(pieces(bytes, 700), "package/v.json"))) {
      if (vector.length !== WORD_DIM) throw new Error("a vector has 100 numbers");
      words.push(word);
    }
    return words;
  },
};

export const BYTES: readonly Target[] = [safetensors, protobuf, onnx, events, vocabulary, wordVectors];
