/** Recurrent layers, unrolled in time: LSTM (gates i, f, g, o), GRU (r, z, n), convolutional LSTM (i, f, o, g). @module */
import { fanInUniform, heNormal, type Init, zeros } from "../init.ts";
import { full } from "../leaves.ts";
import { conv2d } from "../ops/convolution.ts";
import { add, mul, sigmoid, sub, tanh } from "../ops/elementwise.ts";
import { matmul } from "../ops/matmul.ts";
import { sum } from "../ops/reduce.ts";
import { concat, reshape, slice, split } from "../ops/shape.ts";
import { type Shape, Tensor } from "../tensor.ts";
import type { Params } from "./params.ts";

/** Hidden and cell state: [N, hidden] (LSTM) or [N, hidden, H, W] (convolutional LSTM). */
export interface State {
  readonly h: Tensor;
  readonly c: Tensor;
}

export function zeroState(shape: Shape): State {
  const z = full(shape, 0);
  return { h: z, c: z };
}

interface LstmWeights {
  readonly input: Tensor;
  readonly recurrent: Tensor;
  readonly bias: Tensor;
}

/** PyTorch's layouts: [4 hidden, in], [4 hidden, hidden]; one bias; the forget gate's bias starts at 1. */
function lstmWeights(p: Params, size: number, hidden: number): LstmWeights {
  const bias = new Float32Array(4 * hidden).fill(1, hidden, 2 * hidden);
  return {
    input: p.get("input", [4 * hidden, size], fanInUniform(hidden)),
    recurrent: p.get("recurrent", [4 * hidden, hidden], { kind: "orthogonal", gain: 1, blocks: 4 }),
    bias: p.get("bias", [4 * hidden], { kind: "values", values: bias }),
  };
}

/** `state` undefined: the zero state, from which nothing is kept. */
function gates(z: Tensor, state: State | undefined): State {
  const [i, f, g, o] = split(z, 4, 1);
  const fresh = mul(sigmoid(i), tanh(g));
  const c = state ? add(mul(sigmoid(f), state.c), fresh) : fresh;
  return { h: mul(sigmoid(o), tanh(c)), c };
}

/** One LSTM step. x [N, in]; state [N, hidden]. i, f, o = sigmoid, g = tanh; c' = f c + i g; h' = o tanh(c'). */
export function lstmCell(p: Params, x: Tensor, state: State): State {
  const hidden = state.h.shape[1];
  const w = lstmWeights(p, x.shape[1], hidden);
  const z = add(matmul(x, w.input, { transposeB: true }), w.bias);
  return gates(add(z, matmul(state.h, w.recurrent, { transposeB: true })), state);
}

/** T steps: a list of [N, ...], or one tensor [T, N, ...]. */
export type Sequence = readonly Tensor[] | Tensor;

/**
 * How long the sequences are: `valid` is 1 for the steps of a sequence and 0 after its end, [N, 1] each. What comes after the
 * end has no effect on `last` nor, in reverse, on any step; the outputs there mean nothing.
 */
export interface Lengths {
  readonly valid?: Sequence;
  readonly reverse?: boolean;
}

/**
 * LSTM over xs (T of [N, in]); the input products of all steps are one matrix product. `context` [N, C] is a further
 * input that is the same at every step, multiplied once. -> the T hidden states and the last state.
 */
export function lstm(
  p: Params,
  xs: Sequence,
  hidden: number,
  options: Lengths & { initial?: State; context?: Tensor } = {},
): { outputs: Tensor[]; last: State } {
  const { count, n, flat } = packed(xs);
  const w = lstmWeights(p, flat.shape[1], hidden);
  let bias = w.bias;
  if (options.context) {
    const weight = p.get("context", [4 * hidden, options.context.shape[1]], fanInUniform(hidden));
    bias = add(matmul(options.context, weight, { transposeB: true }), bias);
  }
  const zs = split(matmul(flat, w.input, { transposeB: true }), count, 0).map((z) => add(z, bias));
  const step = (t: number, state: State | undefined) =>
    // from the zero state the recurrent product is zero
    gates(state ? add(matmul(state.h, w.recurrent, { transposeB: true }), zs[t]) : zs[t], state);
  return recur(step, { count, n, initial: options.initial }, options);
}

/** GRU over xs (T of [N, in]), PyTorch's form: n = tanh(W x + b + r (U h + b')); h' = (1 - z) n + z h. */
export function gru(
  p: Params,
  xs: Sequence,
  hidden: number,
  options: Lengths & { initial?: Tensor } = {},
): { outputs: Tensor[]; last: Tensor } {
  const { count, n, flat } = packed(xs);
  const input = p.get("input", [3 * hidden, flat.shape[1]], fanInUniform(hidden));
  const recurrent = p.get("recurrent", [3 * hidden, hidden], { kind: "orthogonal", gain: 1, blocks: 3 });
  const bias = p.get("bias", [3 * hidden], zeros);
  const recurrentBias = p.get("recurrentBias", [3 * hidden], zeros);
  // r and z side by side, n apart: its recurrent part is gated before the sum
  const two = (w: Tensor, axis = 0) => slice(w, axis, 0, 2 * hidden);
  const third = (w: Tensor, axis = 0) => slice(w, axis, 2 * hidden, 3 * hidden);
  const zs = matmul(flat, input, { transposeB: true });
  const gate = split(add(two(zs, 1), add(two(bias), two(recurrentBias))), count, 0);
  const fresh = split(add(third(zs, 1), third(bias)), count, 0);
  const step = (t: number, state: { readonly h: Tensor } | undefined) => {
    const h = state?.h;
    const times = (w: Tensor) => matmul(h!, w, { transposeB: true });
    const [r, z] = split(sigmoid(h ? add(times(two(recurrent)), gate[t]) : gate[t]), 2, 1);
    const own = third(recurrentBias);
    const x = tanh(add(mul(r, h ? add(times(third(recurrent)), own) : own), fresh[t]));
    return { h: add(x, mul(z, h ? sub(h, x) : mul(x, -1))) };
  };
  const initial = options.initial && { h: options.initial };
  const { outputs, last } = recur(step, { count, n, initial }, options);
  return { outputs, last: last.h };
}

/** Both directions; outputs [N, 2 hidden] a step, forward half first. */
export function bidirectionalLstm(
  p: Params,
  xs: Sequence,
  hidden: number,
  valid?: Sequence,
): { outputs: Tensor[]; forward: State; backward: State } {
  const f = lstm(p.scope("forward"), xs, hidden, { valid });
  const b = lstm(p.scope("backward"), xs, hidden, { valid, reverse: true });
  return {
    outputs: f.outputs.map((h, t) => concat([h, b.outputs[t]], 1)),
    forward: f.last,
    backward: b.last,
  };
}

/** Both directions: all states [T, N, 2 hidden] and the last [N, 2 hidden], forward half first. */
export function bidirectionalGru(
  p: Params,
  xs: Sequence,
  hidden: number,
  valid?: Sequence,
): { states: Tensor; last: Tensor } {
  const f = gru(p.scope("forward"), xs, hidden, { valid });
  const b = gru(p.scope("backward"), xs, hidden, { valid, reverse: true });
  return { states: concat([inTime(f.outputs), inTime(b.outputs)], 2), last: concat([f.last, b.last], 1) };
}

/**
 * Convolutional LSTM (Shi et al. 2015, without peepholes) over xs (T of [N, C, H, W]); "same" padding. The
 * convolutions of the inputs of all steps are one convolution. Weights: input [4 hidden, C, k, k], recurrent
 * [4 hidden, hidden, k, k], gates in the order i, f, o, g.
 */
export function convLstm(
  p: Params,
  xs: Sequence,
  hidden: number,
  options: Lengths & { kernel?: number; initial?: State } = {},
): { outputs: Tensor[]; last: State } {
  const kernel = options.kernel ?? 3;
  const { count, n, flat } = packed(xs);
  const channels = flat.shape[1];
  const area = kernel * kernel;
  const he = (fanIn: number): Init => heNormal(fanIn, 1);
  const input = p.get("input", [4 * hidden, channels, kernel, kernel], he(channels * area));
  const recurrent = p.get("recurrent", [4 * hidden, hidden, kernel, kernel], he(hidden * area));
  const bias = new Float32Array(4 * hidden).fill(1, hidden, 2 * hidden);
  const b = p.get("bias", [4 * hidden], { kind: "values", values: bias });
  const padding = Math.floor(kernel / 2);
  const zs = split(conv2d(flat, input, b, { padding }), count, 0);
  const step = (t: number, state: State | undefined) => {
    // from the zero state the recurrent convolution is zero
    const z = state ? add(zs[t], conv2d(state.h, recurrent, undefined, { padding })) : zs[t];
    const [i, f, o, g] = split(z, 4, 1);
    const fresh = mul(sigmoid(i), tanh(g));
    const c = state ? add(mul(sigmoid(f), state.c), fresh) : fresh;
    return { h: mul(sigmoid(o), tanh(c)), c };
  };
  return recur(step, { count, n, initial: options.initial }, options);
}

/** Both directions over the objects; outputs [N, 2 hidden, H, W] a step, forward half first. */
export function bidirectionalConvLstm(
  p: Params,
  xs: Sequence,
  hidden: number,
  options: { kernel?: number; valid?: Sequence } = {},
): Tensor[] {
  const f = convLstm(p.scope("forward"), xs, hidden, options);
  const b = convLstm(p.scope("backward"), xs, hidden, { ...options, reverse: true });
  return f.outputs.map((x, t) => concat([x, b.outputs[t]], 1));
}

/** [T N, ...]: all steps below each other. */
function packed(xs: Sequence): { count: number; n: number; flat: Tensor } {
  if (xs instanceof Tensor) {
    const [count, n, ...rest] = xs.shape;
    return { count, n, flat: reshape(xs, [count * n, ...rest]) };
  }
  return { count: xs.length, n: xs[0].shape[0], flat: concat(xs, 0) };
}

/** T of [N, ...] -> [T, N, ...]. */
function inTime(steps: readonly Tensor[]): Tensor {
  return reshape(concat(steps, 0), [steps.length, ...steps[0].shape]);
}

/**
 * A recurrence `step(t, state)` with an output h, over sequences that end. Forward nothing has to be held after the end: the
 * last state is taken from where it was; in reverse the state is held at its beginning until the sequence begins.
 */
function recur<S extends { readonly h: Tensor }>(
  step: (t: number, state: S | undefined) => S,
  { count, n, initial }: { readonly count: number; readonly n: number; readonly initial?: S },
  { valid, reverse }: Lengths,
): { outputs: Tensor[]; last: S } {
  const lengths = valid && reshape(packed(valid).flat, [count * n, 1]);
  const marks = lengths && split(lengths, count, 0);
  const each = (s: S, change: (part: Tensor, name: keyof S) => Tensor) =>
    Object.fromEntries(Object.entries(s).map(([name, part]) => [name, change(part, name as keyof S)])) as S;
  const states = new Array<S>(count);
  let state = initial;
  const order = Array.from({ length: count }, (_, t) => (reverse ? count - 1 - t : t));
  for (const t of order) {
    const next = step(t, state);
    const held = (part: Tensor, name: keyof S) => {
      const mark = broadcastable(marks![t], part);
      return initial ? select(mark, part, state![name] as Tensor) : mul(mark, part);
    };
    state = marks && reverse ? each(next, held) : next;
    states[t] = state;
  }
  const outputs = states.map((s) => s.h);
  if (reverse || !lengths) return { outputs, last: state! };
  // 1 at the last step of each sequence
  const marked = reshape(lengths, [count, n, 1]);
  const none = full([1, n, 1], 0);
  const ends = sub(marked, count > 1 ? concat([slice(marked, 0, 1, count), none], 0) : none);
  const last = each(states[0], (_, name) => {
    const steps = inTime(states.map((s) => s[name] as Tensor));
    const found = sum(mul(steps, reshape(ends, [count, n, ...steps.shape.slice(2).map(() => 1)])), 0);
    return initial ? add(found, mul(sub(1, broadcastable(marks![0], found)), initial[name] as Tensor)) : found;
  });
  return { outputs, last };
}

/** [N, 1] with as many axes as `like`. */
function broadcastable(mark: Tensor, like: Tensor): Tensor {
  return like.rank === 2 ? mark : reshape(mark, [mark.shape[0], ...like.shape.slice(1).map(() => 1)]);
}

/** mask ? a : b for a mask of 0 and 1 that broadcasts. */
function select(mask: Tensor, a: Tensor, b: Tensor): Tensor {
  return add(b, mul(mask, sub(a, b)));
}
