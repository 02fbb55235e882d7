import fc from "fast-check";
import * as ort from "onnxruntime-node";
import { describe, expect, test } from "vitest";
import { UserError } from "./errors.ts";
import { type Attribute, modelOf, type NodeCase } from "./importOnnx.fixture.ts";
import { importOnnx } from "./importOnnx.ts";
import * as g from "./index.ts";
import { createNodeRuntime } from "./runtime/node.ts";

const TIMES = Number(process.env.SCENOGRAPH_FUZZ ?? 1);
/** Cases of each operator; SCENOGRAPH_FUZZ=10 takes ten times as many, others each time. */
const RUNS = 40 * TIMES;
const runtime = createNodeRuntime({ threads: 1 });
const data = (shape: readonly number[]) =>
  Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) =>
    Math.fround(Math.sin(i * 12.9898 + 1) * 2.5),
  );

interface Answer {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

async function theirs(bytes: Uint8Array, x: readonly number[]): Promise<Answer | string> {
  try {
    const session = await ort.InferenceSession.create(bytes, {
      intraOpNumThreads: 1,
      graphOptimizationLevel: "disabled",
      logSeverityLevel: 4,
    });
    const { y } = await session.run({ x: new ort.Tensor("float32", data(x), x) });
    await session.release();
    return { shape: y.dims, data: y.data as Float32Array };
  } catch (error) {
    return (error as Error).message;
  }
}

async function ours(bytes: Uint8Array, x: readonly number[]): Promise<Answer | UserError> {
  try {
    const given = g.input("x", x);
    const [y] = importOnnx(bytes).apply([given]);
    // an output that is the input itself, or does not need it, is no program
    const out = g.add(y, g.mul(g.sum(given), 0));
    const executable = await runtime.load(g.compile({ outputs: { y: out } }));
    const { y: values } = (await executable.run({ x: data(x) })) as { y: Float32Array };
    return { shape: out.shape, data: values };
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
}

function equal(a: Answer, b: Answer): boolean {
  if (a.shape.join() !== b.shape.join() || a.data.length !== b.data.length) return false;
  return a.data.every(
    (v, i) =>
      Object.is(v, b.data[i]) || v === b.data[i] || Math.abs(v - b.data[i]) <= 1e-5 + 1e-5 * Math.abs(b.data[i]),
  );
}

const int = (name: string, ...values: number[]) =>
  fc
    .option(fc.constantFrom(...values), { nil: undefined })
    .map((v): Attribute[] => (v === undefined ? [] : [{ name, value: { int: v } }]));
const float = (name: string, ...values: number[]) =>
  fc
    .option(fc.constantFrom(...values), { nil: undefined })
    .map((v): Attribute[] => (v === undefined ? [] : [{ name, value: { float: v } }]));
const ints = (name: string, ...values: (readonly number[])[]) =>
  fc
    .option(fc.constantFrom(...values), { nil: undefined })
    .map((v): Attribute[] => (v === undefined ? [] : [{ name, value: { ints: v } }]));
const text = (name: string, ...values: string[]) =>
  fc
    .option(fc.constantFrom(...values), { nil: undefined })
    .map((v): Attribute[] => (v === undefined ? [] : [{ name, value: { text: v } }]));
const attributes = (...parts: fc.Arbitrary<Attribute[]>[]) => fc.tuple(...parts).map((lists) => lists.flat());
const none = fc.constant<Attribute[]>([]);
const opset = fc.integer({ min: 11, max: 21 });
const from = (least: number) => fc.integer({ min: least, max: 21 });

type Make = fc.Arbitrary<NodeCase>;
const simple = (op: string, atts: fc.Arbitrary<Attribute[]>, shapes: (readonly number[])[], versions = opset): Make =>
  fc
    .record({ opset: versions, attributes: atts, x: fc.constantFrom(...shapes) })
    .map((c) => ({ op, inputs: ["x"], ...c }));
const SHAPES = [[2, 3, 4], [3], [1, 2, 4, 4], [2, 1, 3, 1]];
const PICTURES = [
  [1, 2, 7, 7],
  [2, 2, 6, 5],
  [1, 1, 4, 4],
];
const axes = [[], [0], [-1], [1], [-2], [0, 1], [0, -1], [1, 1], [9], [2]];

const window = (...more: fc.Arbitrary<Attribute[]>[]) =>
  attributes(
    ints("strides", [1, 1], [2, 2], [1, 1], [2, 2], [1, 2], [3, 3], []),
    ints("pads", [0, 0, 0, 0], [1, 1, 1, 1], [0, 1, 1, 0], [1, 0, 0, 1], [2, 2, 2, 2], [0, 0, -1, 0], []),
    text("auto_pad", "NOTSET", "NOTSET", "VALID", "SAME_UPPER", "SAME_LOWER", ""),
    ints("dilations", [1, 1], [1, 1], [1, 1], [2, 2], []),
    ...more,
  );
const reduceOf = (op: string): Make =>
  fc
    .record({
      opset,
      x: fc.constantFrom(...SHAPES),
      list: fc.option(fc.constantFrom(...axes)),
      atts: attributes(int("keepdims", 0, 1), int("noop_with_empty_axes", 0, 1)),
    })
    .map(({ opset: version, x, list, atts }): NodeCase => {
      const asInput = version >= (op === "ReduceSum" ? 13 : 18);
      const known = asInput ? atts : atts.filter((a) => a.name !== "noop_with_empty_axes");
      if (!list) return { op, opset: version, inputs: ["x"], attributes: known, x };
      if (asInput)
        return { op, opset: version, inputs: ["x", "a"], attributes: known, x, ints: { a: { values: list } } };
      return { op, opset: version, inputs: ["x"], attributes: [...known, { name: "axes", value: { ints: list } }], x };
    });
const axesOf = (op: string): Make =>
  fc
    .record({ opset, x: fc.constantFrom(...SHAPES), list: fc.option(fc.constantFrom(...axes)) })
    .map(({ opset: version, x, list }): NodeCase => {
      if (!list) return { op, opset: version, inputs: ["x"], x };
      if (version >= 13) return { op, opset: version, inputs: ["x", "a"], x, ints: { a: { values: list } } };
      return { op, opset: version, inputs: ["x"], attributes: [{ name: "axes", value: { ints: list } }], x };
    });
const kernel = (needed: boolean) =>
  fc
    .constantFrom<(readonly number[] | undefined)[]>([2, 2], [3, 3], [2, 2], [3, 3], [1, 1], [2, 3], undefined)
    .map((v): Attribute[] => (v && (needed || v[0] > 1) ? [{ name: "kernel_shape", value: { ints: v } }] : []));
const weights = (dims: readonly number[]) => ({ dims, values: [...data(dims)].map((v) => v / 2) });

const CASES: Record<string, Make> = {
  Conv: fc
    .record({
      opset,
      x: fc.constantFrom(...PICTURES.slice(0, 2)),
      atts: window(kernel(false), int("group", 1, 2, 0)),
      k: fc.constantFrom(2, 3),
      bias: fc.boolean(),
    })
    .map(({ k, bias, atts, ...c }): NodeCase => {
      const group = atts.find((a) => a.name === "group");
      const per = group && "int" in group.value && group.value.int === 2 ? 1 : 2;
      return {
        op: "Conv",
        ...c,
        attributes: atts,
        inputs: bias ? ["x", "w", "b"] : ["x", "w"],
        floats: { w: weights([4, per, k, k]), ...(bias && { b: weights([4]) }) },
      };
    }),
  ConvTranspose: fc
    .record({
      opset,
      x: fc.constantFrom(...PICTURES.slice(0, 2)),
      atts: window(
        kernel(false),
        int("group", 1, 1, 2),
        ints("output_padding", [0, 0], [1, 1], [1, 0]),
        fc.oneof({ weight: 5, arbitrary: none }, { weight: 1, arbitrary: ints("output_shape", [9, 9]) }),
      ),
      k: fc.constantFrom(2, 3),
    })
    .map(
      ({ k, atts, ...c }): NodeCase => ({
        op: "ConvTranspose",
        ...c,
        attributes: atts,
        inputs: ["x", "w"],
        floats: { w: weights([2, 2, k, k]) },
      }),
    ),
  MaxPool: simple(
    "MaxPool",
    window(kernel(true), int("ceil_mode", 0, 0, 0, 1), int("storage_order", 0, 0, 0, 1)),
    PICTURES,
  ),
  AveragePool: simple(
    "AveragePool",
    window(kernel(true), int("ceil_mode", 0, 0, 0, 1), int("count_include_pad", 0, 1)),
    PICTURES,
  ).map((c) => (c.opset < 19 ? { ...c, attributes: c.attributes?.filter((a) => a.name !== "dilations") } : c)),
  GlobalAveragePool: simple("GlobalAveragePool", none, [...PICTURES, [2, 3, 4], [2, 3]]),
  BatchNormalization: fc
    .record({
      opset,
      x: fc.constantFrom([2, 3, 4], [1, 3, 2, 2], [4, 3]),
      atts: attributes(float("epsilon", 0, 1e-5, 0.1), float("momentum", 0, 0.9), int("training_mode", 0, 1)),
    })
    .map(
      ({ atts, ...c }): NodeCase => ({
        op: "BatchNormalization",
        ...c,
        attributes: c.opset < 14 ? atts.filter((a) => a.name !== "training_mode") : atts,
        inputs: ["x", "s", "b", "m", "v"],
        floats: { s: weights([3]), b: weights([3]), m: weights([3]), v: { dims: [3], values: [0.5, 1, 2] } },
      }),
    ),
  InstanceNormalization: fc
    .record({
      opset,
      x: fc.constantFrom([2, 3, 4, 2], [1, 3, 2, 2], [2, 3, 5]),
      attributes: float("epsilon", 0, 1e-5, 0.1),
    })
    .map(
      (c): NodeCase => ({
        op: "InstanceNormalization",
        ...c,
        inputs: ["x", "s", "b"],
        floats: { s: weights([3]), b: weights([3]) },
      }),
    ),
  LayerNormalization: fc
    .record({
      opset: from(17),
      x: fc.constantFrom([2, 3, 4], [5, 4]),
      attributes: attributes(float("epsilon", 0, 1e-5, 0.1), int("axis", -1, 0, 1, 2, -2), int("stash_type", 0, 1)),
      bias: fc.boolean(),
    })
    .map(
      ({ bias, ...c }): NodeCase => ({
        op: "LayerNormalization",
        ...c,
        inputs: bias ? ["x", "s", "b"] : ["x", "s"],
        floats: { s: weights([4]), ...(bias && { b: weights([4]) }) },
      }),
    ),
  LeakyRelu: simple("LeakyRelu", float("alpha", 0, 0.01, 0.2, -0.5, 1, 2), SHAPES),
  Elu: simple("Elu", float("alpha", 0, 1, 0.3, -0.7), SHAPES),
  Softmax: simple("Softmax", int("axis", 0, 1, 2, -1, -2, 7), SHAPES),
  Clip: fc
    .record({
      opset,
      x: fc.constantFrom(...SHAPES),
      low: fc.option(fc.constantFrom(0, -1, 0.5)),
      high: fc.option(fc.constantFrom(0, 1, -0.5)),
    })
    .map(
      ({ low, high, ...c }): NodeCase => ({
        op: "Clip",
        ...c,
        inputs: ["x", low === null ? "" : "lo", high === null ? "" : "hi"].slice(
          0,
          high === null ? (low === null ? 1 : 2) : 3,
        ),
        floats: {
          ...(low !== null && { lo: { values: [low], dims: [] } }),
          ...(high !== null && { hi: { values: [high], dims: [] } }),
        },
      }),
    ),
  Pow: fc
    .record({
      opset,
      x: fc.constantFrom(...SHAPES),
      e: fc.constantFrom(0, 1, 2, 3, -1, 0.5),
      dims: fc.constantFrom([], [1], [1, 1, 1, 1, 1]),
    })
    .map(
      ({ e, dims, ...c }): NodeCase => ({ op: "Pow", ...c, inputs: ["x", "e"], floats: { e: { values: [e], dims } } }),
    ),
  Gemm: fc
    .record({
      opset,
      x: fc.constantFrom([3, 4], [4, 3], [2, 2]),
      atts: attributes(
        float("alpha", 0, 1, 0.5, -2),
        float("beta", 0, 1, -0.5),
        int("transA", 0, 1),
        int("transB", 0, 1),
      ),
      w: fc.constantFrom([4, 3], [3, 4], [2, 2]),
      c: fc.option(fc.constantFrom([1], [3], [3, 1], [4, 3], [])),
    })
    .map(
      ({ w, c: bias, atts, ...c }): NodeCase => ({
        op: "Gemm",
        ...c,
        attributes: atts,
        inputs: bias ? ["x", "w", "c"] : ["x", "w"],
        floats: { w: weights(w), ...(bias && { c: weights(bias) }) },
      }),
    ),
  MatMul: fc
    .record({ opset, x: fc.constantFrom([2, 3, 4], [4], [3, 4]), w: fc.constantFrom([4, 5], [4], [2, 4, 3], [3, 4]) })
    .map(({ w, ...c }): NodeCase => ({ op: "MatMul", ...c, inputs: ["x", "w"], floats: { w: weights(w) } })),
  ReduceMean: reduceOf("ReduceMean"),
  ReduceSum: reduceOf("ReduceSum"),
  ReduceMax: reduceOf("ReduceMax"),
  Flatten: simple("Flatten", int("axis", 0, 1, 2, 3, 4, -1, -2, -4), SHAPES),
  Transpose: simple(
    "Transpose",
    ints("perm", [], [0, 1, 2], [2, 0, 1], [0, 2, 3, 1], [1, 1, 0], [-1, 0, 1], [0]),
    SHAPES,
  ),
  Squeeze: axesOf("Squeeze"),
  Unsqueeze: axesOf("Unsqueeze"),
  Concat: fc
    .record({
      opset,
      x: fc.constantFrom([2, 3], [1, 2, 2]),
      attributes: int("axis", 0, 1, -1, -2, 2),
      w: fc.constantFrom([2, 3], [1, 3], [1, 2, 2]),
    })
    .map(({ w, ...c }): NodeCase => ({ op: "Concat", ...c, inputs: ["x", "w"], floats: { w: weights(w) } })),
  Slice: fc
    .record({
      opset,
      x: fc.constantFrom([4, 5], [2, 3, 4]),
      s: fc.constantFrom([0], [1], [-2], [9], [1, 0]),
      e: fc.constantFrom([2], [-1], [100], [2 ** 31], [2, 2]),
      a: fc.option(fc.constantFrom([0], [1], [-1], [0, 1], [5], [0, 0])),
      t: fc.option(fc.constantFrom([1], [2], [-1], [1, 1])),
    })
    .map(
      ({ s, e, a, t, ...c }): NodeCase => ({
        op: "Slice",
        ...c,
        inputs: ["x", "s", "e", a ? "a" : "", t ? "t" : ""].slice(0, t ? 5 : a ? 4 : 3),
        ints: { s: { values: s }, e: { values: e }, ...(a && { a: { values: a } }), ...(t && { t: { values: t } }) },
      }),
    ),
  Reshape: fc
    .record({
      opset,
      x: fc.constantFrom([2, 3, 4], [6]),
      atts: int("allowzero", 0, 1),
      to: fc.constantFrom([-1], [6, 4], [0, -1], [0, 0, 4], [2, 0, -1], [3, -1, 2], [-1, -1], [5], [], [6, 0], [1, 6]),
    })
    .map(
      ({ to, atts, ...c }): NodeCase => ({
        op: "Reshape",
        ...c,
        attributes: c.opset < 14 ? [] : atts,
        inputs: ["x", "to"],
        ints: { to: { values: to } },
      }),
    ),
  Pad: fc
    .record({
      opset,
      x: fc.constantFrom([2, 3], [1, 1, 4, 4]),
      atts: text("mode", "constant", "reflect", "edge", "wrap", ""),
      p: fc.constantFrom([0, 0, 0, 0], [1, 0, 0, 2], [0, 0, 1, 1, 0, 0, 1, 1], [0, -1, 0, 0], [1, 1]),
      value: fc.option(fc.constantFrom(0, 1.5)),
      a: fc.option(fc.constantFrom([0, 1], [-1], [1, 0], [0])),
    })
    .map(({ p, value, a, atts, ...c }): NodeCase => {
      const withAxes = c.opset >= 18 && a !== null;
      return {
        op: "Pad",
        ...c,
        attributes: atts,
        inputs: ["x", "p", value === null ? "" : "v", withAxes ? "a" : ""].slice(
          0,
          withAxes ? 4 : value === null ? 2 : 3,
        ),
        ints: { p: { values: p }, ...(withAxes && { a: { values: a } }) },
        floats: { ...(value !== null && { v: { values: [value], dims: [] } }) },
      };
    }),
  Shape: fc
    .record({
      opset,
      x: fc.constantFrom([2, 3, 4], [6]),
      atts: attributes(int("start", 0, 1, -1, 9), int("end", 0, 2, -1, 9)),
    })
    .map(
      ({ atts, ...c }): NodeCase => ({
        op: "Shape",
        ...c,
        attributes: c.opset < 15 ? [] : atts,
        inputs: ["x"],
        integers: true,
      }),
    ),
  Gather: fc
    .record({
      opset,
      attributes: int("axis", 0, 1, -1),
      d: fc.constantFrom([3, 2], [6, 1, 2, 3]),
      i: fc.constantFrom([0, 1], [-1, 0], [1], [9]),
    })
    .map(
      ({ d, i, ...c }): NodeCase => ({
        op: "Gather",
        ...c,
        x: [6],
        inputs: ["d", "i"],
        ints: { d: { values: d }, i: { values: i } },
        integers: true,
      }),
    ),
  Constant: fc
    .record({
      opset: from(12),
      attributes: fc.constantFrom<Attribute[]>(
        [{ name: "value_int", value: { int: 0 } }],
        [{ name: "value_float", value: { float: 0 } }],
        [{ name: "value_float", value: { float: 2.5 } }],
        [{ name: "value_floats", value: { floats: [1, 2] } }],
        [{ name: "value_ints", value: { ints: [6] } }],
        [{ name: "value_floats", value: { floats: [] } }],
        [],
      ),
    })
    .map(
      (c): NodeCase => ({
        op: "Constant",
        ...c,
        x: [6],
        inputs: [],
        ...(c.attributes[0]?.name === "value_ints" && { integers: true }),
      }),
    ),
  ConstantOfShape: fc
    .record({ opset, s: fc.constantFrom([2, 3], [1], [], [0]) })
    .map(
      ({ s, ...c }): NodeCase => ({ op: "ConstantOfShape", ...c, x: [6], inputs: ["s"], ints: { s: { values: s } } }),
    ),
  Dropout: fc.record({ opset, attributes: none, ratio: fc.option(fc.constantFrom(0, 0.5)) }).map(
    ({ ratio, ...c }): NodeCase => ({
      op: "Dropout",
      ...c,
      x: [2, 3],
      inputs: c.opset >= 12 && ratio !== null ? ["x", "r"] : ["x"],
      floats: { ...(c.opset >= 12 && ratio !== null && { r: { values: [ratio], dims: [] } }) },
    }),
  ),
  Cast: simple("Cast", int("to", 0, 1, 6, 7, 10, 11), SHAPES),
  ...Object.fromEntries(
    ["Add", "Sub", "Mul", "Div", "Max", "Min"].map((op) => [
      op,
      fc
        .record({ opset, x: fc.constantFrom([2, 3], [1], [2, 1, 3]), w: fc.constantFrom([3], [2, 3], [1], [], [2, 2]) })
        .map(({ w, ...c }): NodeCase => ({ op, ...c, inputs: ["x", "w"], floats: { w: weights(w) } })),
    ]),
  ),
  ...Object.fromEntries(
    ["Relu", "Sigmoid", "Tanh", "Softplus", "Erf", "Exp", "Log", "Sqrt", "Abs", "Neg", "Identity"].map((op) => [
      op,
      simple(op, none, SHAPES),
    ]),
  ),
};

describe("one node gives onnxruntime's numbers, or is refused by its name", () => {
  test.each(Object.entries(CASES))("%s", { timeout: 30_000 * TIMES }, async (op, make) => {
    let compared = 0;
    await fc.assert(
      fc.asyncProperty(make, async (c) => {
        const bytes = modelOf(c);
        const [a, b] = [await ours(bytes, c.x), await theirs(bytes, c.x)];
        if (a instanceof UserError) {
          expect(a.message).toMatch(new RegExp(`${op}|"use"|output "y"`));
          return;
        }
        if (typeof b === "string") throw new Error(`onnxruntime refuses what we take: ${b}`);
        compared++;
        if (!equal(a, b))
          throw new Error(
            `ours [${a.shape}] ${[...a.data].slice(0, 8)}; onnxruntime [${b.shape}] ${[...b.data].slice(0, 8)}`,
          );
      }),
      { numRuns: RUNS, endOnFailure: true, ...(TIMES === 1 && { seed: 17 }) },
    );
    expect(compared).toBeGreaterThan(RUNS / 15);
  });
});

test("an attribute of another operator, and a newer operator set, are refused by name", () => {
  const relu: NodeCase = {
    op: "Relu",
    opset: 17,
    inputs: ["x"],
    x: [2],
    attributes: [{ name: "alpha", value: { float: 1 } }],
  };
  expect(() => importOnnx(modelOf(relu)).apply([g.input("x", [2])])).toThrow(/Relu .*attribute "alpha"/);
  expect(() => importOnnx(modelOf({ ...relu, opset: 99, attributes: [] }))).toThrow(/operator sets .* got 99/);
});

test("a size of -1 is open, as in onnxruntime", () => {
  const relu: NodeCase = { op: "Relu", opset: 17, inputs: ["x"], x: [2, 3] };
  const network = importOnnx(modelOf(relu, [-1, 3]));
  expect(network.inputs).toEqual([{ name: "x", shape: [undefined, 3] }]);
  expect(network.apply([g.input("x", [5, 3])])[0].shape).toEqual([5, 3]);
});
