/**
 * Values and gradients of layers, losses, mixtures and Adam against PyTorch in float64 (fixtures/golden/networks.json,
 * which says how they were made). Ours are float32: relative 2e-4 plus absolute 2e-5.
 */
import { readFileSync } from "node:fs";
import {
  abs,
  adam,
  add,
  addAll,
  avgPool2d,
  batchNorm,
  compile,
  constant,
  convTranspose2d,
  div,
  elu,
  exp,
  gather,
  gelu,
  globalAvgPool,
  gradients,
  input,
  instanceNorm,
  leakyRelu,
  less,
  logSoftmax,
  matmul,
  maxPool2d,
  mean,
  mul,
  neg,
  oneHot,
  parameter,
  relu,
  reshape,
  resizeBilinear,
  resizeNearest,
  sigmoid,
  slice,
  softmax,
  softplus,
  split,
  sqrt,
  square,
  stack,
  stepCounter,
  sub,
  sum,
  type Tensor,
  tanh,
  upsampleNearest,
  where,
  zeros,
} from "@scenograph/graph";
import { evaluate, node } from "@scenograph/graph/check.fixture";
import { conv, layerNorm, linear } from "@scenograph/graph/nn/layers";
import {
  type MixtureTensors,
  mixtureLogDensity,
  mixtureLogLikelihood,
  mixtureOf,
  mixtureParameters,
} from "@scenograph/graph/nn/mixture";
import { Params } from "@scenograph/graph/nn/params";
import { bidirectionalLstm, convLstm, lstmCell } from "@scenograph/graph/nn/recurrent";
import { SpectralNorms } from "@scenograph/graph/nn/spectralNorm";
import type { Feeds } from "@scenograph/graph/runtime/runtime";
import { fakeLoss, generatorLoss, realLoss } from "scenograph/ours/adversarial";
import { bceWithLogits } from "scenograph/paper/text/loss";
import { describe, expect, test } from "vitest";

interface Values {
  readonly shape: number[];
  readonly data: number[];
}
type Table = Readonly<Record<string, Values>>;
interface GoldenCase {
  readonly id: string;
  readonly op: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly inputs: Table;
  readonly outputs: Table;
  readonly lossWeights: Table;
  readonly loss: number;
  readonly gradients: Table;
  readonly running?: { mean: Values; variance: Values };
  readonly runningBefore?: { mean: Values; variance: Values };
  readonly runningAfter?: { mean: Values; variance: Values };
  readonly u0?: Values;
  readonly iterations?: { u: Values; sigma: number }[];
  readonly exactSigma?: number;
}
interface GoldenMixture {
  readonly id: string;
  readonly point: number[];
  readonly mu: number[][];
  readonly logSigma: number[][];
  readonly rawRho: number[];
  readonly piLogits: number[];
  readonly expected: { nll: number; rawGradients: Readonly<Record<string, number[] | number[][]>> };
}
interface GoldenAdam {
  readonly id: string;
  readonly config: { lr: number; beta1: number; beta2: number; eps: number; clip: number | null };
  readonly x: Values;
  readonly y: Values;
  readonly start: Table;
  readonly steps: {
    readonly step: number;
    readonly lossBefore: number;
    readonly gradNorm: number;
    readonly gradients?: Table;
    readonly parameters?: Table;
  }[];
}
const golden: { cases: GoldenCase[]; mixtures: GoldenMixture[]; adam: GoldenAdam[] } = JSON.parse(
  readFileSync(new URL("fixtures/golden/networks.json", import.meta.url), "utf8"),
);

/** Largest amount by which |got - expected| exceeds relative * |expected|. */
function excess(got: ArrayLike<number>, expected: readonly number[], relative: number): number {
  expect(got.length).toBe(expected.length);
  return Math.max(
    ...expected.map((e, i) => (Number.isFinite(got[i]) ? Math.abs(got[i] - e) - relative * Math.abs(e) : Infinity)),
  );
}

type T = Readonly<Record<string, Tensor>>;
type Config = Readonly<Record<string, never>>;
const flat = (v: Values) => constant(v.data, v.shape);
/** Parameters that are given tensors. */
const given = (table: Record<string, Tensor>) => new Params("", new Map(Object.entries(table)));
const channels = (v: Tensor) => reshape(v, [1, -1, 1, 1]);
const affine = (y: Tensor, { weight, bias }: T) =>
  y.rank === 4 ? add(mul(y, channels(weight)), channels(bias)) : add(mul(y, weight), bias);
const one = (f: (t: T, c: Config, g: GoldenCase) => Tensor) => (t: T, g: GoldenCase) => ({
  output: f(t, g.config as Config, g),
});
const reduce = (x: Tensor, kind: string) => (kind === "mean" ? mean(x) : kind === "sum" ? sum(x) : x);

/** Golden operator -> our function of it. */
const OPERATORS: Record<string, (t: T, g: GoldenCase) => Record<string, Tensor>> = {
  linear: one(({ x, weight, bias }) => linear(given({ weight, bias }), x, weight.shape[0])),
  relu: one(({ x }) => relu(x)),
  leakyRelu: one(({ x }, c) => leakyRelu(x, c.negativeSlope)),
  sigmoid: one(({ x }) => sigmoid(x)),
  tanh: one(({ x }) => tanh(x)),
  softplus: one(({ x }) => softplus(x)),
  elu: one(({ x }) => elu(x)),
  gelu: one(({ x }) => gelu(x)),
  softmax: one(({ x }) => softmax(x)),
  logSoftmax: one(({ x }) => logSoftmax(x)),
  exp: one(({ x }) => exp(x)),
  stableActivations: ({ x }) => ({ sigmoid: sigmoid(x), softplus: softplus(x), logSoftmax: logSoftmax(x) }),
  attentionGate: one(({ a, s }) => mul(a, reshape(sigmoid(s), [...s.shape, 1, 1]))),
  layerNorm: one(({ x, weight, bias }) => layerNorm(given({ scale: weight, shift: bias }), x)),
  conv2d: one(({ x, weight, bias }, c) =>
    conv(given(bias ? { weight, bias } : { weight }), x, weight.shape[0], weight.shape[2], {
      stride: c.stride,
      padding: c.padding,
      bias: bias !== undefined,
    }),
  ),
  convTranspose2d: one(({ x, weight, bias }, c) => add(convTranspose2d(x, weight, c), channels(bias))),
  instanceNorm: one((t) => affine(instanceNorm(t.x), t)),
  batchNormTrain: one((t) => affine(batchNorm(t.x).y, t)),
  batchNormEval: one((t, _, g) => {
    const { mean: m, variance } = g.running!;
    return affine(div(sub(t.x, channels(flat(m))), sqrt(add(channels(flat(variance)), 1e-5))), t);
  }),
  spectralNorm: one(({ weight }, _, g) => {
    const u = constant(g.u0!.data, [g.u0!.data.length, 1]);
    return new SpectralNorms().wrap(given({ "spectral.u": u }), weight);
  }),
  upsampleNearest: one(({ x }, c) => upsampleNearest(x, c.scale)),
  resizeNearest: one(({ x }, c) => resizeNearest(x, c.size[0], c.size[1])),
  upsampleBilinear: one(({ x }) => resizeBilinear(x, 2 * x.shape[2], 2 * x.shape[3])),
  resizeBilinear: one(({ x }, c) => resizeBilinear(x, c.size[0], c.size[1])),
  avgPool2d: one(({ x }, c) => avgPool2d(x, c.kernel, { stride: c.stride, padding: c.padding })),
  globalAvgPool: one(({ x }) => globalAvgPool(x)),
  maxPool2d: one(({ x }, c) => maxPool2d(x, c.kernel, { stride: c.stride, padding: c.padding })),
  embedding: one(({ weight }) => gather(weight, input("indices", [2, 3], "int64"))),
  softmaxCrossEntropy: one(({ logits }, c) => {
    const [n, k] = logits.shape;
    return reduce(neg(sum(mul(logSoftmax(logits), oneHot(input("targets", [n], "int64"), k)), 1)), c.reduction);
  }),
  bceWithLogits: one(({ logits }, c) =>
    reduce(bceWithLogits(logits, constant((c.targets as number[]).flat(), logits.shape)), c.reduction),
  ),
  hingeDiscriminator: one(({ real, fake }) => add(realLoss(real, "hinge"), fakeLoss(fake, "hinge"))),
  hingeGenerator: one(({ fake }) => generatorLoss(fake, "hinge")),
  ganBce: one(({ real, fake }) => add(realLoss(real, "standard"), fakeLoss(fake, "standard"))),
  l1: one(({ a, b }) => mean(abs(sub(a, b)))),
  mse: one(({ a, b }) => mean(square(sub(a, b)))),
  smoothL1: one(({ a, b }) => {
    const d = abs(sub(a, b));
    return mean(where(less(d, 1), mul(square(d), 0.5), sub(d, 0.5)));
  }),
  l2Norm: one(({ a, b }) => sqrt(sum(square(sub(a, b))))),
  lstm({ x, h0, c0, weightIh, weightHh, biasIh, biasHh }) {
    const p = given({ input: weightIh, recurrent: weightHh, bias: add(biasIh, biasHh) });
    let state = { h: h0, c: c0 };
    const states = split(x, x.shape[0], 0).map((s) => {
      state = lstmCell(p, reshape(s, s.shape.slice(1)), state);
      return state;
    });
    return { h: stack(states.map((s) => s.h)), c: stack(states.map((s) => s.c)) };
  },
  bidirectionalLstm: one(({ x, wf, rf, bf, wb, rb, bb }) => {
    const p = given({
      "forward.input": wf,
      "forward.recurrent": rf,
      "forward.bias": bf,
      "backward.input": wb,
      "backward.recurrent": rb,
      "backward.bias": bb,
    });
    const xs = split(x, x.shape[0], 0).map((s) => reshape(s, s.shape.slice(1)));
    return stack(bidirectionalLstm(p, xs, rf.shape[1]).outputs);
  }),
  convLstmCell({ x, h, c, weight, bias }) {
    const { last } = convLstm(convLstmParams(weight, bias, x.shape[1]), [x], h.shape[1], { initial: { h, c } });
    return { h: last.h, c: last.c };
  },
  convLstm: one(({ x, weight, bias }, c) => {
    const xs = split(x, x.shape[0], 0).map((s) => reshape(s, s.shape.slice(1)));
    return stack(convLstm(convLstmParams(weight, bias, x.shape[2]), xs, c.hidden).outputs);
  }),
  mixtureNllBatch({ mu, logSigma, rawRho, piLogits }, g) {
    const [n, t, k] = rawRho.shape;
    const part = (v: Tensor, i: number) => reshape(slice(v, 3, i, i + 1), [n, t, k]);
    const m: MixtureTensors = {
      logPi: logSoftmax(piLogits),
      muX: part(mu, 0),
      muY: part(mu, 1),
      sigmaX: exp(part(logSigma, 0)),
      sigmaY: exp(part(logSigma, 1)),
      rho: tanh(rawRho),
    };
    const points = constant((g.config.points as number[][][]).flat(2), [n, t, 2]);
    const mask = constant((g.config.mask as number[][]).flat(), [n, t]);
    return { meanNll: neg(div(sum(mul(mixtureLogLikelihood(m, points), mask)), sum(mask))) };
  },
};

/** Our two kernels out of the golden one over [x, h]. */
function convLstmParams(weight: Tensor, bias: Tensor, size: number): Params {
  return given({
    input: slice(weight, 1, 0, size),
    recurrent: slice(weight, 1, size, weight.shape[1]),
    bias,
  });
}

const prefixed = (outputs: Record<string, Tensor>) =>
  Object.fromEntries(Object.entries(outputs).map(([name, y]) => [`y:${name}`, y]));

function feedsOf(g: GoldenCase): Feeds {
  const feeds: Feeds = {};
  for (const [name, v] of Object.entries(g.inputs)) feeds[name] = Float32Array.from(v.data);
  if (g.op === "embedding") feeds.indices = BigInt64Array.from((g.config.indices as number[][]).flat(), BigInt);
  if (g.op === "softmaxCrossEntropy") feeds.targets = BigInt64Array.from(g.config.targets as number[], BigInt);
  return feeds;
}

describe("layers and losses", () => {
  test.each(golden.cases.map((g) => [g.id, g] as const))("%s", async (_, g) => {
    const t = Object.fromEntries(Object.entries(g.inputs).map(([name, v]) => [name, input(name, v.shape)]));
    const outputs = OPERATORS[g.op](t, g);
    expect(Object.keys(outputs).sort()).toEqual(Object.keys(g.outputs).sort());
    const loss = addAll(
      Object.entries(outputs).map(([name, y]) => {
        const weights = g.lossWeights?.[name];
        return sum(weights ? mul(y, constant(weights.data, y.shape)) : y);
      }),
    );
    const names = Object.keys(g.gradients);
    const grads = gradients(
      loss,
      names.map((n) => t[n]),
    );
    const program = compile({
      outputs: { ...prefixed(outputs), loss, ...Object.fromEntries(names.map((n, i) => [`d:${n}`, grads[i]])) },
    });
    const used = new Set(program.inputs.map((p) => p.name));
    const feeds = Object.fromEntries(Object.entries(feedsOf(g)).filter(([n]) => used.has(n)));
    const got = await evaluate(node, { program, feeds, state: {} });
    // a channel without variance is divided by sqrt(eps): its own note allows 1e-3
    const absolute = g.id === "instance-norm-constant-channel" ? 1e-3 : 2e-5;
    for (const [name, v] of Object.entries(g.outputs))
      expect(excess(got[`y:${name}`] as Float32Array, v.data, 2e-4), name).toBeLessThan(absolute);
    for (const name of names)
      expect(excess(got[`d:${name}`] as Float32Array, g.gradients[name].data, 2e-4), `d ${name}`).toBeLessThan(
        absolute,
      );
    expect(excess(got.loss as Float32Array, [g.loss], 2e-4)).toBeLessThan(absolute * 5);
  });

  test("running statistics of batch norm", async () => {
    const g = golden.cases.find((c) => c.id === "batch-norm-train")!;
    const { mean: m, variance } = batchNorm(input("x", g.inputs.x.shape));
    const running = (before: Values, now: Tensor) => add(mul(flat(before), 0.9), mul(now, 0.1));
    const program = compile({
      outputs: { mean: running(g.runningBefore!.mean, m), variance: running(g.runningBefore!.variance, variance) },
    });
    const got = await evaluate(node, { program, feeds: { x: Float32Array.from(g.inputs.x.data) }, state: {} });
    expect(excess(got.mean as Float32Array, g.runningAfter!.mean.data, 2e-4)).toBeLessThan(2e-5);
    expect(excess(got.variance as Float32Array, g.runningAfter!.variance.data, 2e-4)).toBeLessThan(2e-5);
  });

  test("power iteration of spectral norm over five runs", async () => {
    const g = golden.cases.find((c) => c.id === "spectral-norm")!;
    const norms = new SpectralNorms();
    const p = new Params("");
    const weight = constant(g.inputs.weight.data, g.inputs.weight.shape);
    const ratio = div(sum(abs(weight)), sum(abs(norms.wrap(p, weight))));
    const executable = await node.load(compile({ outputs: { sigma: ratio }, updates: norms.updates }));
    await executable.writeState({ "spectral.u": Float32Array.from(g.u0!.data) });
    for (const { u, sigma } of g.iterations!) {
      const out = await executable.run({});
      expect(excess(out.sigma as Float32Array, [sigma], 2e-4)).toBeLessThan(2e-5);
      const state = await executable.readState();
      expect(excess(state["spectral.u"], u.data, 2e-4)).toBeLessThan(2e-5);
    }
    for (let i = 0; i < 200; i++) await executable.run({});
    expect((await executable.run({})).sigma[0]).toBeCloseTo(g.exactSigma!, 4);
  });
});

describe("bivariate mixtures", () => {
  const columns = (m: GoldenMixture) => [
    m.piLogits,
    m.mu.map((v) => v[0]),
    m.mu.map((v) => v[1]),
    m.logSigma.map((v) => v[0]),
    m.logSigma.map((v) => v[1]),
    m.rawRho,
  ];

  test.each(golden.mixtures.map((m) => [m.id, m] as const))("%s", async (_, m) => {
    const k = m.piLogits.length;
    const raw = input("raw", [1, 6 * k]);
    const point = input("point", [1, 2]);
    const [pi, muX, muY, sx, sy, rho] = split(raw, 6, 1);
    // below exp(-6) a sigma is out of the layer's range: there the density alone is checked
    const inRange = m.logSigma.flat().every((s) => s > -6);
    const mixture = inRange
      ? mixtureParameters(raw, { sigmaFloor: 0, rhoLimit: 1 })
      : { logPi: logSoftmax(pi), muX, muY, sigmaX: exp(sx), sigmaY: exp(sy), rho: tanh(rho) };
    const nll = neg(mixtureLogLikelihood(mixture, point));
    const [graw, gpoint] = gradients(nll, [raw, point]);
    const got = await evaluate(node, {
      program: compile({ outputs: { nll, draw: graw, dpoint: gpoint } }),
      feeds: { raw: Float32Array.from(columns(m).flat()), point: Float32Array.from(m.point) },
      state: {},
    });
    const hard = m.id === "rho-near-one" || m.id === "tiny-sigma-far";
    // at 1 - |rho| = 2.5e-4 the last bit of rho is a relative 2.4e-4 of 1 - rho^2
    const absolute = m.id === "rho-near-one" ? 2.4e-4 : 2e-5;
    expect(excess(got.nll as Float32Array, [m.expected.nll], hard ? 1e-3 : 2e-4)).toBeLessThan(absolute);
    const { piLogits, mu, logSigma, rawRho, point: dPoint } = m.expected.rawGradients;
    const pairs = (v: number[] | number[][], i: number) => (v as number[][]).map((x) => x[i]);
    const expected = [
      ...(piLogits as number[]),
      ...pairs(mu, 0),
      ...pairs(mu, 1),
      ...pairs(logSigma, 0),
      ...pairs(logSigma, 1),
      ...(rawRho as number[]),
    ];
    expect(excess(got.draw as Float32Array, expected, 1e-3)).toBeLessThan(2e-5);
    expect(excess(got.dpoint as Float32Array, dPoint as number[], 1e-3)).toBeLessThan(2e-5);
  });

  test.each(golden.mixtures.filter((m) => m.logSigma.flat().every((s) => s > -6)).map((m) => [m.id, m] as const))(
    "%s as plain numbers",
    (_, m) => {
      const plain = mixtureOf(columns(m).flat(), 1, { sigmaFloor: 0, rhoLimit: 1 });
      expect(excess([-mixtureLogDensity(plain, m.point[0], m.point[1])], [m.expected.nll], 1e-8)).toBeLessThan(1e-8);
    },
  );
});

describe("Adam", () => {
  test.each(golden.adam.map((a) => [a.id, a] as const))("%s", async (_, a) => {
    const p = Object.fromEntries(Object.entries(a.start).map(([name, v]) => [name, parameter(name, v.shape, zeros)]));
    const hidden = tanh(add(matmul(flat(a.x), p.w1, { transposeB: true }), p.b1));
    const y = add(matmul(hidden, p.w2, { transposeB: true }), p.b2);
    const loss = mean(square(sub(y, flat(a.y))));
    const { step, update } = stepCounter("step");
    const { lr, beta1, beta2, eps, clip } = a.config;
    const list = Object.values(p);
    const grads = gradients(loss, list);
    const { updates, norm } = adam("adam", list, grads, step, {
      learningRate: lr,
      beta1,
      beta2,
      epsilon: eps,
      clipNorm: clip ?? undefined,
    });
    const program = compile({
      outputs: { loss, norm, ...Object.fromEntries(Object.keys(p).map((n, i) => [`d:${n}`, grads[i]])) },
      updates: [update, ...updates],
    });
    const executable = await node.load(program);
    await executable.writeState(
      Object.fromEntries(Object.entries(a.start).map(([n, v]) => [n, Float32Array.from(v.data)])),
    );
    for (const s of a.steps) {
      const out = await executable.run({});
      expect(excess(out.loss as Float32Array, [s.lossBefore], 2e-4), `loss before ${s.step}`).toBeLessThan(2e-5);
      expect(excess(out.norm as Float32Array, [s.gradNorm], 2e-4), `norm before ${s.step}`).toBeLessThan(2e-5);
      const state = await executable.readState();
      for (const [n, v] of Object.entries(s.gradients ?? {}))
        expect(excess(out[`d:${n}`] as Float32Array, v.data, 2e-4), `d ${n} at ${s.step}`).toBeLessThan(2e-5);
      for (const [n, v] of Object.entries(s.parameters ?? {}))
        expect(excess(state[n], v.data, 2e-4), `${n} after ${s.step}`).toBeLessThan(2e-5);
    }
  });
});
