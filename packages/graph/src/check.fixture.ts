/** Numerical checks of operators and layers, shared by the tests of graph, nn and the stages. */
import { expect } from "vitest";
import { ancestorsOf, gradients } from "./gradients.ts";
import { input, parameterOf, parameterOp } from "./leaves.ts";
import { addAll, mul, square } from "./ops/elementwise.ts";
import { sum } from "./ops/reduce.ts";
import { compile, initialise, type Program } from "./program.ts";
import { type Random, stream } from "./random.ts";
import { createNodeRuntime } from "./runtime/node.ts";
import type { Feeds, Runtime, TypedArray } from "./runtime/runtime.ts";
import { createWebRuntime } from "./runtime/web.ts";
import { type DType, type Op, type Shape, sizeOf, type Tensor } from "./tensor.ts";

export const node = createNodeRuntime({ threads: 1 });
/** onnxruntime-web's wasm, which runs in Node too. */
export const web = createWebRuntime({ threads: 1 });

export interface InputSpec {
  readonly shape: Shape;
  readonly dtype?: DType;
  /** Default: standard normal. */
  readonly data?: (n: number, random: Random) => TypedArray;
}

/** Shuffled numbers a tenth apart and none nearer to 0 than 0.03: no kink and no tie within a step. */
export const distinct = (n: number, random: Random): Float32Array =>
  Float32Array.from(random.shuffle(Array.from({ length: n }, (_, i) => (i - Math.floor(n / 2) + 0.37) * 0.1)));
export const positive = (n: number, random: Random): Float32Array =>
  Float32Array.from({ length: n }, () => random.uniform(0.3, 2));
export const bits = (n: number, random: Random): Float32Array => Float32Array.from({ length: n }, () => random.int(2));
export const indices =
  (below: number) =>
  (n: number, random: Random): BigInt64Array =>
    BigInt64Array.from({ length: n }, () => BigInt(random.int(below)));

export interface Case {
  readonly name: string;
  readonly inputs: Readonly<Record<string, InputSpec>>;
  readonly build: (t: Readonly<Record<string, Tensor>>) => Tensor | readonly Tensor[];
  /** Float inputs and parameters whose derivatives are checked; default all of them. */
  readonly wrt?: (name: string) => boolean;
  /** Of numerical derivatives, absolute and relative. Default 3e-3. */
  readonly tolerance?: number;
  readonly step?: number;
  /** Second derivatives as well. Default true. */
  readonly second?: boolean;
}

export interface Prepared {
  readonly program: Program;
  readonly feeds: Feeds;
  readonly state: Record<string, Float32Array>;
  /** Inputs and parameters that are checked. */
  readonly names: readonly string[];
}

/** Parameters below `roots`, in order of creation. */
export function parametersOf(roots: readonly Tensor[]): Tensor[] {
  const nodes = [...ancestorsOf(roots.map((t) => t.node))].filter((n) => n.op === (parameterOp as Op));
  return nodes.sort((a, b) => a.serial - b.serial).map((n) => n.outputs[0]);
}

/**
 * One program with outputs y0.., "d:<name>": gradients of sum(y weights), "dd:<name>": gradients of the sum of all
 * squared "d:" (a gradient penalty).
 */
export function prepare(c: Case): Prepared {
  const random = stream(7, "case", c.name);
  const ports: Record<string, Tensor> = {};
  const feeds: Feeds = {};
  for (const [name, s] of Object.entries(c.inputs)) {
    ports[name] = input(name, s.shape, s.dtype);
    feeds[name] = s.data?.(sizeOf(s.shape), random) ?? random.normals(sizeOf(s.shape));
  }
  const built = c.build(ports);
  const ys = (Array.isArray(built) ? built : [built]) as Tensor[];
  const outputs: Record<string, Tensor> = Object.fromEntries(ys.map((y, i) => [`y${i}`, y]));

  const variables: Record<string, Tensor> = {};
  for (const [name, t] of Object.entries(ports)) if (t.dtype === "float32") variables[name] = t;
  for (const p of parametersOf(ys)) variables[parameterOf(p).name] = p;
  const names = Object.keys(variables).filter((n) => c.wrt?.(n) ?? true);
  const wrt = names.map((n) => variables[n]);
  const terms = ys.flatMap((y, i) => {
    if (y.dtype !== "float32" || wrt.length === 0) return [];
    const weights = input(`weights${i}`, y.shape);
    feeds[`weights${i}`] = random.normals(y.size);
    return [sum(mul(y, weights))];
  });
  if (terms.length > 0) {
    const first = gradients(addAll(terms), wrt);
    const second = c.second === false ? [] : gradients(addAll(first.map((g) => sum(square(g)))), wrt);
    names.forEach((n, i) => {
      outputs[`d:${n}`] = first[i];
      if (second[i]) outputs[`dd:${n}`] = second[i];
    });
  }
  const program = compile({ outputs });
  const used = new Set(program.inputs.map((p) => p.name));
  const state = initialise(program, 3);
  // zero biases and unit scales would hide errors
  for (const s of program.state)
    if (s.init.kind === "constant" || s.init.kind === "values")
      state[s.name] = Float32Array.from(state[s.name], (v) => v + 0.3 * random.normal());
  return {
    program,
    feeds: Object.fromEntries(Object.entries(feeds).filter(([n]) => used.has(n))),
    state,
    names: names.filter((n) => used.has(n) || n in state),
  };
}

export async function evaluate(
  runtime: Runtime,
  { program, feeds, state }: Pick<Prepared, "program" | "feeds" | "state">,
): Promise<Record<string, TypedArray>> {
  const executable = await runtime.load(program);
  await executable.writeState(state);
  const out = await executable.run(feeds);
  await executable.release();
  return out;
}

/** Weighted sum of the outputs, and the penalty, in double precision. */
function sums(out: Record<string, TypedArray>, feeds: Feeds): { value: number; penalty: number } {
  let value = 0;
  let penalty = 0;
  for (const [name, a] of Object.entries(out)) {
    const w = name.startsWith("y") ? (feeds[`weights${name.slice(1)}`] as Float32Array | undefined) : undefined;
    if (w) for (let i = 0; i < a.length; i++) value += Number(a[i]) * w[i];
    if (name.startsWith("d:")) for (const g of a) penalty += Number(g) ** 2;
  }
  return { value, penalty };
}

/** Central differences along single coordinates and along one direction of all, against the program's derivatives. */
export async function checkDerivatives(c: Case): Promise<void> {
  const p = prepare(c);
  const random = stream(11, "coordinates", c.name);
  const h = c.step ?? 2 ** -7;
  const tolerance = c.tolerance ?? 3e-3;
  const executable = await node.load(p.program);
  await executable.writeState(p.state);
  const exact = await executable.run(p.feeds);
  const at = async (name: string, moved: Float32Array) => {
    if (name in p.state) await executable.writeState({ [name]: moved });
    const feeds = name in p.state ? p.feeds : { ...p.feeds, [name]: moved };
    const result = sums(await executable.run(feeds), p.feeds);
    if (name in p.state) await executable.writeState({ [name]: p.state[name] });
    return result;
  };
  for (const name of p.names) {
    const origin = (p.state[name] ?? p.feeds[name]) as Float32Array;
    const n = origin.length;
    const directions = [Float32Array.from({ length: n }, () => (random.bool() ? 1 : -1) / Math.sqrt(n))];
    for (let k = 0; k < Math.min(3, n); k++) {
      const one = new Float32Array(n);
      one[random.int(n)] = 1;
      directions.push(one);
    }
    for (const d of directions) {
      const plus = Float32Array.from(origin, (v, i) => v + h * d[i]);
      const minus = Float32Array.from(origin, (v, i) => v - h * d[i]);
      const [a, b] = [await at(name, plus), await at(name, minus)];
      // the step that float32 really made
      const length = plus.reduce((s, v, i) => s + (v - minus[i]) * d[i], 0);
      const dot = (g: TypedArray | undefined) => (g ? d.reduce((s, v, i) => s + v * Number(g[i]), 0) : undefined);
      agree(dot(exact[`d:${name}`]), (a.value - b.value) / length, tolerance, `${c.name}: d/d ${name}`);
      agree(dot(exact[`dd:${name}`]), (a.penalty - b.penalty) / length, tolerance, `${c.name}: d penalty/d ${name}`);
    }
  }
  await executable.release();
}

function agree(exact: number | undefined, numeric: number, tolerance: number, what: string): void {
  if (exact === undefined) return;
  const error = Math.abs(exact - numeric);
  expect(error, `${what} is ${exact}, numerically ${numeric}`).toBeLessThan(tolerance * (1 + Math.abs(numeric)));
}

/** Largest |a - b| / (1 + |b|); NaN counts as infinite. */
export function distance(a: ArrayLike<number | bigint>, b: ArrayLike<number | bigint>): number {
  if (a.length !== b.length) return Infinity;
  let worst = 0;
  for (let i = 0; i < a.length; i++) {
    const d = Math.abs(Number(a[i]) - Number(b[i])) / (1 + Math.abs(Number(b[i])));
    worst = Number.isNaN(d) ? Infinity : Math.max(worst, d);
  }
  return worst;
}

/** Every output of the case's program, first and second derivatives included, on both backends. */
export async function checkBackends(c: Case, tolerance = 5e-5): Promise<void> {
  const p = prepare(c);
  const [a, b] = [await evaluate(node, p), await evaluate(web, p)];
  for (const name of Object.keys(a))
    expect(distance(b[name], a[name]), `${c.name}: ${name} on wasm`).toBeLessThan(tolerance);
}

/**
 * d loss / d parameter of a whole network, every parameter along its gradient and along one random direction. The tolerance
 * is relative to the length of the gradient, with room for the rounding of a float32 loss.
 */
export async function checkLoss(
  loss: Tensor,
  feeds: Feeds,
  options: { tolerance?: number; step?: number; seed?: number; wrt?: (name: string) => boolean } = {},
): Promise<void> {
  const { tolerance = 0.01, step = 2 ** -7, seed = 1 } = options;
  const parameters = parametersOf([loss]).filter((p) => options.wrt?.(parameterOf(p).name) ?? true);
  const names = parameters.map((p) => parameterOf(p).name);
  const grads = gradients(loss, parameters);
  const program = compile({ outputs: { loss, ...Object.fromEntries(names.map((n, i) => [`d:${n}`, grads[i]])) } });
  const executable = await node.load(program);
  const random = stream(seed, "loss");
  const state = initialise(program, seed);
  for (const s of program.state)
    if (s.init.kind === "constant") state[s.name] = state[s.name].map((v) => v + 0.2 * random.normal());
  await executable.writeState(state);
  const exact = await executable.run(feeds);
  const value = Number(exact.loss[0]);
  expect(Number.isFinite(value)).toBe(true);
  for (const name of names) {
    const g = exact[`d:${name}`] as Float32Array;
    const length = Math.hypot(...g);
    const noise = random.normals(g.length);
    const scale = Math.hypot(...noise);
    const directions = [noise.map((v) => v / scale)];
    if (length > 0) directions.push(g.map((v) => v / length));
    for (const d of directions) {
      const moved = async (h: number) => {
        await executable.writeState({ [name]: state[name].map((v, i) => v + h * d[i]) });
        return Number((await executable.run(feeds)).loss[0]);
      };
      const numeric = ((await moved(step)) - (await moved(-step))) / (2 * step);
      const dot = g.reduce((s, v, i) => s + v * d[i], 0);
      const rounding = (Math.abs(value) * 2 ** -22) / step;
      expect(Math.abs(dot - numeric), `${name}: ${dot}, numerically ${numeric}, |g| ${length}`).toBeLessThan(
        tolerance * length + rounding + 1e-6,
      );
    }
    await executable.writeState({ [name]: state[name] });
  }
  await executable.release();
}
