import { readFile } from "node:fs/promises";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { FormatError, ShapeError, UserError } from "./errors.ts";
import { ProtoWriter } from "./formats/protobuf.ts";
import { importOnnx } from "./importOnnx.ts";
import * as g from "./index.ts";
import { createNodeRuntime } from "./runtime/node.ts";
import type { TypedArray } from "./runtime/runtime.ts";

const runtime = createNodeRuntime({ threads: 1 });
async function run(outputs: Record<string, g.Tensor>, feeds: Record<string, TypedArray>) {
  const executable = await runtime.load(g.compile({ outputs }));
  return executable.run(feeds) as Promise<Record<string, Float32Array>>;
}

function close(got: ArrayLike<number>, expected: ArrayLike<number>, tolerance = 1e-5): void {
  expect(got.length).toBe(expected.length);
  const worst = Math.max(...Array.from(expected, (e, i) => Math.abs(e - got[i])));
  expect(worst).toBeLessThan(tolerance);
}

interface Case {
  readonly name: string;
  readonly onnx: string;
  readonly x: { readonly shape: number[]; readonly data: number[] };
  readonly outputs: readonly { readonly shape: number[]; readonly data: number[] }[];
  readonly gradient: number[];
}

const { cases }: { cases: Case[] } = JSON.parse(
  await readFile(new URL("../../../test/fixtures/onnx-import.json", import.meta.url), "utf8"),
);

describe("files of torch.onnx.export", () => {
  test.each(cases.map((c) => [c.name, c] as const))("%s: outputs and gradient are PyTorch's", async (_, c) => {
    const network = importOnnx(Buffer.from(c.onnx, "base64"));
    const x = g.input("x", c.x.shape);
    const outputs = network.apply([x]);
    expect(outputs.map((o) => o.shape)).toEqual(c.outputs.map((o) => o.shape));
    const weighted = outputs.map((o) =>
      g.sum(
        g.mul(
          o,
          g.constant(
            Float32Array.from({ length: o.size }, (_, i) => -1 + (2 * i) / (o.size - 1)),
            o.shape,
          ),
        ),
      ),
    );
    const [gradient] = g.gradients(g.addAll(weighted), [x]);
    const named = Object.fromEntries(outputs.map((o, i) => [`out${i}`, o]));
    const got = await run({ ...named, gradient }, { x: Float32Array.from(c.x.data) });
    for (const [i, { data }] of c.outputs.entries()) close(got[`out${i}`], data);
    close(got.gradient, c.gradient, 2e-5);
  });

  test("a wrong input is refused by its name", () => {
    const network = importOnnx(Buffer.from(cases[0].onnx, "base64"));
    expect(network.inputs).toEqual([{ name: "x", shape: [2, 3, 8, 6] }]);
    expect(() => network.apply([g.input("y", [1, 3, 8, 6])])).toThrow(/input "x" is \[2,3,8,6\], got \[1,3,8,6\]/);
    expect(() => network.apply([])).toThrow(ShapeError);
    const open = importOnnx(Buffer.from(cases[2].onnx, "base64"));
    expect(open.inputs).toEqual([{ name: "x", shape: [undefined, 3, 8, 6] }]);
    expect(open.apply([g.input("y", [5, 3, 8, 6])])[0].shape).toEqual([5, 4]);
  });
});

/** A network of our own: its parameters are inputs of the ONNX file. */
function ownNetwork() {
  const x = g.input("x", [2, 3, 9, 9]);
  const weight = g.parameter("weight", [4, 3, 3, 3], { kind: "normal", std: 0.3 });
  const bias = g.parameter("bias", [4], { kind: "normal", std: 0.3 });
  const table = g.parameter("table", [5, 4], { kind: "normal", std: 0.5 });
  const h = g.leakyRelu(g.conv2d(x, weight, bias, { stride: 2, padding: [0, 0, 1, 1] }), 0.2);
  const n = g.add(g.instanceNorm(g.clip(h, -0.5, 0.8)), g.maxPool2d(h, 3, { stride: 1, padding: 1 }));
  const pooled = g.mean(g.pad(n, [0, 0, 1, 0], [0, 0, 0, 2], 0.25), [2, 3]);
  const y = g.softmax(g.matmul(pooled, table, { transposeB: true }), 1);
  return { x, parameters: [weight, bias, table], y: g.mul(y, g.constant([1, 2, 3, 4, 5], [1, 5])) };
}

test("round trip: our own program, imported again, gives the same numbers and gradients", async () => {
  const own = ownNetwork();
  const program = g.compile({ outputs: { y: own.y } });
  const network = importOnnx(program.bytes);
  expect(network.inputs.map((v) => v.name)).toEqual(["x", "weight", "bias", "table"]);
  const leaves = [own.x, ...own.parameters];
  const [again] = network.apply(leaves);
  const both = { own: own.y, again };
  const named = Object.entries(both).flatMap(([name, y]) => [
    [name, y] as const,
    ...g.gradients(g.sum(g.square(y)), leaves).map((t, i) => [`${name}Gradient${i}`, t] as const),
  ]);
  const compiled = g.compile({ outputs: Object.fromEntries(named) });
  const executable = await runtime.load(compiled);
  await executable.writeState(g.initialise(compiled, 1));
  const x = Float32Array.from({ length: 2 * 3 * 81 }, (_, i) => Math.sin(i * i));
  const got = (await executable.run({ x })) as Record<string, Float32Array>;
  close(got.again, got.own, 1e-6);
  for (let i = 0; i < leaves.length; i++) {
    expect(Math.max(...got[`ownGradient${i}`])).toBeGreaterThan(1e-4);
    close(got[`againGradient${i}`], got[`ownGradient${i}`], 1e-6);
  }
});

/** A model of hand-made nodes on an input x [1, 2, 4, 4]. */
function model(nodes: ProtoWriter[], tensors: ProtoWriter[] = [], opset = 17): Uint8Array {
  const graph = new ProtoWriter();
  for (const n of nodes) graph.message(1, n);
  for (const t of tensors) graph.message(5, t);
  const value = (name: string) => new ProtoWriter().string(1, name);
  const dims = new ProtoWriter();
  for (const d of [1, 2, 4, 4]) dims.message(1, new ProtoWriter().uint(1, d));
  const type = new ProtoWriter().message(1, new ProtoWriter().uint(1, 1).message(2, dims));
  graph.message(11, value("x").message(2, type)).message(12, value("y"));
  return new ProtoWriter()
    .uint(1, 8)
    .message(7, graph)
    .message(8, new ProtoWriter().string(1, "").uint(2, opset))
    .finish();
}

function node(type: string, inputs: string[], attributes: ProtoWriter[] = []): ProtoWriter {
  const n = new ProtoWriter();
  for (const name of inputs) n.string(1, name);
  n.string(2, "y").string(3, "here").string(4, type);
  for (const a of attributes) n.message(5, a);
  return n;
}

const intsOf = (name: string, ...values: number[]) =>
  new ProtoWriter().string(1, name).packedInts(8, values).uint(20, 7);
const intOf = (name: string, value: number) => new ProtoWriter().string(1, name).varint(3, value).uint(20, 2);
const x = g.input("x", [1, 2, 4, 4]);

describe("tensors of the file", () => {
  const add = node("Add", ["x", "w"]);
  const w = (type: number, fill: (t: ProtoWriter) => ProtoWriter) =>
    fill(new ProtoWriter().packedInts(1, [2, 1, 1]).uint(2, type).string(8, "w"));
  const raw = (a: { buffer: ArrayBuffer }) => new Uint8Array(a.buffer);

  test.each<[string, ProtoWriter]>([
    ["float32 raw", w(1, (t) => t.bytes(9, raw(Float32Array.of(1.5, -2))))],
    ["float32 typed", w(1, (t) => t.packedFloats(4, [1.5, -2]))],
    ["float32 typed, one by one", w(1, (t) => t.float(4, 1.5).float(4, -2))],
    ["float16 raw", w(10, (t) => t.bytes(9, raw(Uint16Array.of(0x3e00, 0xc000))))],
    ["float16 typed", w(10, (t) => t.packedInts(5, [0x3e00, 0xc000]))],
    ["double raw", w(11, (t) => t.bytes(9, raw(Float64Array.of(1.5, -2))))],
  ])("%s", async (_, t) => {
    const [y] = importOnnx(model([add], [t])).apply([x]);
    const got = await run({ y }, { x: new Float32Array(32) });
    expect([got.y[0], got.y[31]]).toEqual([1.5, -2]);
  });

  test.each<[string, ProtoWriter, RegExp]>([
    ["too few values", w(1, (t) => t.packedFloats(4, [1])), /"w" \[2,1,1\] has 2 values, got 1/],
    ["another type", w(8, (t) => t), /got data type 8/],
    ["data in another file", w(1, (t) => t.uint(14, 1)), /lies in another file/],
  ])("%s: refused", (_, t, message) => {
    expect(() => importOnnx(model([add], [t]))).toThrow(FormatError);
    expect(() => importOnnx(model([add], [t]))).toThrow(message);
  });

  test("int64 shapes, raw and typed, with 0 and -1", () => {
    const shape = (fill: (t: ProtoWriter) => ProtoWriter) =>
      fill(new ProtoWriter().packedInts(1, [3]).uint(2, 7).string(8, "s"));
    for (const s of [
      shape((t) => t.bytes(9, raw(BigInt64Array.of(0n, -1n, 8n)))),
      shape((t) => t.packedInts(7, [0, -1, 8])),
    ])
      expect(importOnnx(model([node("Reshape", ["x", "s"])], [s])).apply([x])[0].shape).toEqual([1, 4, 8]);
  });
});

describe("what is not supported is named", () => {
  test("an operator, at once", () => {
    expect(() => importOnnx(model([node("LSTM", ["x"])]))).toThrow(
      /operator "LSTM" \(node "here"\) is not supported; supported are Abs, Add,/,
    );
    expect(() => importOnnx(model([node("Relu", ["x"]).string(7, "com.example")]))).toThrow(/"com.example.Relu"/);
  });

  test.each<[string, ProtoWriter, RegExp]>([
    ["two strides", node("MaxPool", ["x"], [intsOf("kernel_shape", 2, 2), intsOf("strides", 1, 2)]), /one stride/],
    ["ceil_mode", node("MaxPool", ["x"], [intsOf("kernel_shape", 2, 2), intOf("ceil_mode", 1)]), /ceil_mode .* got 1/],
    ["an oblong kernel", node("AveragePool", ["x"], [intsOf("kernel_shape", 2, 3)]), /square kernels/],
    ["dilations", node("Conv", ["x", "x"], [intsOf("dilations", 2, 2)]), /dilations are 1, got 2,2/],
    ["a missing value", node("Add", ["x", "nowhere"]), /reads "nowhere"/],
    ["a missing input", node("Add", ["x"]), /input 1 is needed/],
    ["a tensor as a shape", node("Reshape", ["x", "x"]), /known beforehand/],
    ["an axis too many", node("ReduceMean", ["x"], [intsOf("axes", 7)]), /node "here" of the ONNX file/],
  ])("%s", (_, n, message) => {
    const network = importOnnx(model([n]));
    expect(() => network.apply([x])).toThrow(UserError);
    expect(() => network.apply([x])).toThrow(message);
  });
});

describe("lists without end", () => {
  const ints = (name: string, n: number) =>
    new ProtoWriter()
      .packedInts(1, [n])
      .uint(2, 7)
      .string(8, name)
      .bytes(9, new Uint8Array(8 * n));

  test("an attribute of 300,000 numbers does not fill the stack", () => {
    const pads = new ProtoWriter().string(1, "pads").packedInts(8, new Array<number>(3e5).fill(0)).uint(20, 7);
    const network = importOnnx(model([node("Pad", ["x"], [pads])], [], 10));
    expect(() => network.apply([x])).toThrow(/pads are two numbers an axis/);
    const many = new ProtoWriter().packedInts(1, new Array<number>(3e5).fill(1)).uint(2, 1).string(8, "w");
    expect(() => importOnnx(model([node("Add", ["x", "w"])], [many]))).toThrow(/at most 8 sizes, got \[1,1,/);
  });

  test("integers that double from node to node, or come by the hundred thousand, are refused", () => {
    const doubling = Array.from({ length: 40 }, (_, i) =>
      new ProtoWriter()
        .string(1, i === 0 ? "s" : `d${i - 1}`)
        .string(1, i === 0 ? "s" : `d${i - 1}`)
        .string(2, `d${i}`)
        .string(4, "Concat")
        .message(5, intOf("axis", 0)),
    );
    expect(() => importOnnx(model(doubling, [ints("s", 4)])).apply([x])).toThrow(/at most 4096 integers, got 8192/);
    const wide = importOnnx(model([node("Unsqueeze", ["x", "s"])], [ints("s", 1e5)]));
    expect(() => wide.apply([x])).toThrow(/at most 4096 integers, got 100000/);
  });
});

test("any damage gives a network or a user's error", () => {
  const bytes = Buffer.from(cases[2].onnx, "base64");
  const tryIt = (damaged: Uint8Array) => {
    try {
      importOnnx(damaged).apply([g.input("x", [1, 3, 8, 6])]);
    } catch (error) {
      expect(error).toBeInstanceOf(UserError);
    }
  };
  for (let n = 0; n < bytes.length; n += 7) tryIt(bytes.subarray(0, n));
  fc.assert(
    fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 0, max: 255 }), (at, value) => {
      tryIt(bytes.with(at, value));
    }),
    { numRuns: 400 },
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), (junk) => {
      expect(() => importOnnx(junk)).toThrow(FormatError);
    }),
  );
});
