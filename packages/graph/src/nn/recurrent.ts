/** Recurrent layers, unrolled in time: LSTM (gates i, f, g, o), GRU (r, z, n), convolutional LSTM (i, f, o, g). @module */
import { fanInUniform, heNormal, type Init, zeros } from "../init.ts";
import { full } from "../leaves.ts";
import { conv2d } from "../ops/convolution.ts";
import { add, mul, sigmoid, sub, tanh } from "../ops/elementwise.ts";
import { matmul } from "../ops/matmul.ts";
import { concat, reshape, split } from "../ops/shape.ts";
import type { Shape, Tensor } from "../tensor.ts";
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

/**
 * LSTM over xs (T tensors [N, in]); the input products of all steps are one matrix product. `context` [N, C] is a further
 * input that is the same at every step, multiplied once. `valid[t]` [N, 1] of 0/1 freezes the state of a finished
 * sequence. -> the T hidden states and the last state.
 */
export function lstm(
  p: Params,
  xs: readonly Tensor[],
  hidden: number,
  options: { initial?: State; context?: Tensor; valid?: readonly Tensor[]; reverse?: boolean } = {},
): { outputs: Tensor[]; last: State } {
  const [n, size] = xs[0].shape;
  const w = lstmWeights(p, size, hidden);
  let bias = w.bias;
  if (options.context) {
    const weight = p.get("context", [4 * hidden, options.context.shape[1]], fanInUniform(hidden));
    bias = add(matmul(options.context, weight, { transposeB: true }), bias);
  }
  const zs = split(matmul(concat(xs, 0), w.input, { transposeB: true }), xs.length, 0).map((z) => add(z, bias));
  let state = options.initial;
  const outputs = new Array<Tensor>(xs.length);
  for (const t of timeOrder(xs.length, options.reverse)) {
    // from the zero state the recurrent product is zero
    const z = state ? add(zs[t], matmul(state.h, w.recurrent, { transposeB: true })) : zs[t];
    const next = gates(z, state);
    const v = options.valid?.[t];
    const old = state ?? zeroState([n, hidden]);
    state = v ? { h: select(v, next.h, old.h), c: select(v, next.c, old.c) } : next;
    outputs[t] = state.h;
  }
  return { outputs, last: state! };
}

/**
 * GRU over xs (T tensors [N, in]), PyTorch's form: n = tanh(W x + b + r (U h + b')); h' = (1 - z) n + z h.
 * `valid` as in lstm.
 */
export function gru(
  p: Params,
  xs: readonly Tensor[],
  hidden: number,
  options: { initial?: Tensor; valid?: readonly Tensor[]; reverse?: boolean } = {},
): { outputs: Tensor[]; last: Tensor } {
  const [count, size] = xs[0].shape;
  const input = p.get("input", [3 * hidden, size], fanInUniform(hidden));
  const recurrent = p.get("recurrent", [3 * hidden, hidden], { kind: "orthogonal", gain: 1, blocks: 3 });
  const bias = p.get("bias", [3 * hidden], zeros);
  const recurrentBias = p.get("recurrentBias", [3 * hidden], zeros);
  const zs = split(add(matmul(concat(xs, 0), input, { transposeB: true }), bias), xs.length, 0);
  let h = options.initial ?? full([count, hidden], 0);
  const outputs = new Array<Tensor>(xs.length);
  for (const t of timeOrder(xs.length, options.reverse)) {
    const u = add(matmul(h, recurrent, { transposeB: true }), recurrentBias);
    const [xr, xz, xn] = split(zs[t], 3, 1);
    const [hr, hz, hn] = split(u, 3, 1);
    const n = tanh(add(xn, mul(sigmoid(add(xr, hr)), hn)));
    const next = add(n, mul(sigmoid(add(xz, hz)), sub(h, n)));
    const v = options.valid?.[t];
    h = v ? select(v, next, h) : next;
    outputs[t] = h;
  }
  return { outputs, last: h };
}

/** Both directions; outputs [N, 2 hidden] a step, forward half first. */
export function bidirectionalLstm(
  p: Params,
  xs: readonly Tensor[],
  hidden: number,
  valid?: readonly Tensor[],
): { outputs: Tensor[]; forward: State; backward: State } {
  const f = lstm(p.scope("forward"), xs, hidden, { valid });
  const b = lstm(p.scope("backward"), xs, hidden, { valid, reverse: true });
  return {
    outputs: f.outputs.map((h, t) => concat([h, b.outputs[t]], 1)),
    forward: f.last,
    backward: b.last,
  };
}

export function bidirectionalGru(
  p: Params,
  xs: readonly Tensor[],
  hidden: number,
  valid?: readonly Tensor[],
): { outputs: Tensor[]; last: Tensor } {
  const f = gru(p.scope("forward"), xs, hidden, { valid });
  const b = gru(p.scope("backward"), xs, hidden, { valid, reverse: true });
  return {
    outputs: f.outputs.map((h, t) => concat([h, b.outputs[t]], 1)),
    last: concat([f.last, b.last], 1),
  };
}

/**
 * Convolutional LSTM (Shi et al. 2015, without peepholes) over xs (T tensors [N, C, H, W]); "same" padding. The
 * convolutions of the inputs of all steps are one convolution. Weights: input [4 hidden, C, k, k], recurrent
 * [4 hidden, hidden, k, k], gates in the order i, f, o, g.
 */
export function convLstm(
  p: Params,
  xs: readonly Tensor[],
  hidden: number,
  options: { kernel?: number; initial?: State; valid?: readonly Tensor[]; reverse?: boolean } = {},
): { outputs: Tensor[]; last: State } {
  const kernel = options.kernel ?? 3;
  const [n, channels, h, w] = xs[0].shape;
  const area = kernel * kernel;
  const he = (fanIn: number): Init => heNormal(fanIn, 1);
  const input = p.get("input", [4 * hidden, channels, kernel, kernel], he(channels * area));
  const recurrent = p.get("recurrent", [4 * hidden, hidden, kernel, kernel], he(hidden * area));
  const bias = new Float32Array(4 * hidden).fill(1, hidden, 2 * hidden);
  const b = p.get("bias", [4 * hidden], { kind: "values", values: bias });
  const padding = Math.floor(kernel / 2);
  const zs = split(conv2d(concat(xs, 0), input, b, { padding }), xs.length, 0);
  const start = options.initial;
  let state: State | undefined = start;
  const outputs = new Array<Tensor>(xs.length);
  for (const t of timeOrder(xs.length, options.reverse)) {
    // from the zero state the recurrent convolution is zero
    const z = state ? add(zs[t], conv2d(state.h, recurrent, undefined, { padding })) : zs[t];
    const old: State = state ?? zeroState([n, hidden, h, w]);
    const [i, f, o, g] = split(z, 4, 1);
    const c = add(mul(sigmoid(f), old.c), mul(sigmoid(i), tanh(g)));
    const next: State = { h: mul(sigmoid(o), tanh(c)), c };
    const v = options.valid?.[t];
    const mask = v && reshape(v, [n, 1, 1, 1]);
    state = mask ? { h: select(mask, next.h, old.h), c: select(mask, next.c, old.c) } : next;
    outputs[t] = state.h;
  }
  return { outputs, last: state! };
}

/** Both directions over the objects; outputs [N, 2 hidden, H, W] a step, forward half first. */
export function bidirectionalConvLstm(
  p: Params,
  xs: readonly Tensor[],
  hidden: number,
  options: { kernel?: number; valid?: readonly Tensor[] } = {},
): Tensor[] {
  const f = convLstm(p.scope("forward"), xs, hidden, options);
  const b = convLstm(p.scope("backward"), xs, hidden, { ...options, reverse: true });
  return f.outputs.map((x, t) => concat([x, b.outputs[t]], 1));
}

/** mask ? a : b for a mask of 0 and 1 that broadcasts. */
function select(mask: Tensor, a: Tensor, b: Tensor): Tensor {
  return add(b, mul(mask, sub(a, b)));
}

function timeOrder(length: number, reverse = false): number[] {
  const order = Array.from({ length }, (_, t) => t);
  return reverse ? order.reverse() : order;
}
