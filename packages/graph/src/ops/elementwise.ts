/** Elementwise operators with NumPy broadcasting. @module */
import type { Emitter } from "../emitter.ts";
import { scalar } from "../leaves.ts";
import { apply, check, checkFloat, type DType, type Op, type Shape, sameShape, show, type Tensor } from "../tensor.ts";
import { sumTo } from "./reduce.ts";

export type Operand = Tensor | number;

export function asTensor(x: Operand): Tensor {
  return typeof x === "number" ? scalar(x) : x;
}

/** The shape that `a` and `b` broadcast to. */
export function broadcast(a: Shape, b: Shape, where: string): Shape {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => {
    const x = a[i - rank + a.length] ?? 1;
    const y = b[i - rank + b.length] ?? 1;
    check(x === y || x === 1 || y === 1, where, `shapes ${show(a)} and ${show(b)} do not broadcast`);
    return x === 1 ? y : x;
  });
}

type None = Record<string, never>;
const none: None = {};

function binary(
  name: string,
  onnx: string,
  gradient?: (a: Tensor, b: Tensor, g: Tensor, y: Tensor) => [Tensor, Tensor],
  out: DType = "float32",
): Op<None> {
  return {
    name,
    infer([a, b]) {
      check(a.dtype === b.dtype, `${name}()`, `operands are ${a.dtype} and ${b.dtype}; use cast()`);
      return [{ shape: broadcast(a.shape, b.shape, `${name}()`), dtype: out }];
    },
    emit: (e: Emitter, inputs) => [e.op(onnx, inputs)],
    gradient: gradient
      ? (node, [g]) => {
          const [a, b] = node.inputs;
          const [ga, gb] = gradient(a, b, g!, node.outputs[0]);
          return [sumTo(ga, a.shape), sumTo(gb, b.shape)];
        }
      : undefined,
  };
}

const addOp = binary("add", "Add", (_a, _b, g) => [g, g]);
const subOp = binary("sub", "Sub", (_a, _b, g) => [g, neg(g)]);
const mulOp = binary("mul", "Mul", (a, b, g) => [mul(g, b), mul(g, a)]);
const divOp = binary("div", "Div", (_a, b, g, y) => [div(g, b), neg(div(mul(g, y), b))]);
// ties send the whole gradient to the first operand
const maximumOp = binary("maximum", "Max", (a, b, g) => {
  const first = cast(greaterEqual(a, b));
  return [mul(g, first), mul(g, sub(1, first))];
});
const minimumOp = binary("minimum", "Min", (a, b, g) => {
  const first = cast(lessEqual(a, b));
  return [mul(g, first), mul(g, sub(1, first))];
});
const greaterOp = binary("greater", "Greater", undefined, "bool");
const lessOp = binary("less", "Less", undefined, "bool");
const greaterEqualOp = binary("greaterEqual", "GreaterOrEqual", undefined, "bool");
const lessEqualOp = binary("lessEqual", "LessOrEqual", undefined, "bool");
const equalOp = binary("equal", "Equal", undefined, "bool");

const two = (op: Op<None>) => (a: Operand, b: Operand) => apply(op, [asTensor(a), asTensor(b)], none);
export const add = two(addOp);
export const sub = two(subOp);
export const mul = two(mulOp);
export const div = two(divOp);
export const maximum = two(maximumOp);
export const minimum = two(minimumOp);
/** Comparisons give bool tensors without gradient: `where` and `cast` take them. */
export const greater = two(greaterOp);
export const less = two(lessOp);
export const greaterEqual = two(greaterEqualOp);
export const lessEqual = two(lessEqualOp);
export const equal = two(equalOp);

/** Sum of any number of equally shaped (or broadcastable) tensors. */
export function addAll(terms: readonly Tensor[]): Tensor {
  check(terms.length > 0, "addAll()", "needs at least one tensor");
  return terms.reduce((a, b) => add(a, b));
}

function unary(
  name: string,
  onnx: string,
  gradient: (x: Tensor, y: Tensor, g: Tensor) => Tensor | undefined,
): (x: Tensor) => Tensor {
  const op: Op<None> = {
    name,
    infer([x]) {
      checkFloat(x, `${name}()`);
      return [{ shape: x.shape, dtype: "float32" }];
    },
    emit: (e, inputs) => [e.op(onnx, inputs)],
    gradient: (node, [g]) => [gradient(node.inputs[0], node.outputs[0], g!)],
  };
  return (x) => apply(op, [x], none);
}

export const neg = unary("neg", "Neg", (_x, _y, g) => neg(g));
export const exp = unary("exp", "Exp", (_x, y, g) => mul(g, y));
export const log = unary("log", "Log", (x, _y, g) => div(g, x));
export const sqrt = unary("sqrt", "Sqrt", (_x, y, g) => div(mul(g, 0.5), y));
export const tanh = unary("tanh", "Tanh", (_x, y, g) => mul(g, sub(1, mul(y, y))));
export const sigmoid = unary("sigmoid", "Sigmoid", (_x, y, g) => mul(g, mul(y, sub(1, y))));
export const relu = unary("relu", "Relu", (_x, y, g) => mul(g, cast(greater(y, 0))));
export const abs = unary("abs", "Abs", (x, _y, g) => mul(g, sign(x)));
export const sign = unary("sign", "Sign", () => undefined);
export const floor = unary("floor", "Floor", () => undefined);
export const sin = unary("sin", "Sin", (x, _y, g) => mul(g, cos(x)));
export const cos = unary("cos", "Cos", (x, _y, g) => neg(mul(g, sin(x))));
/** d/dx erf(x) = 2 / sqrt(pi) exp(-x^2). */
export const erf = unary("erf", "Erf", (x, _y, g) => mul(g, mul(exp(neg(square(x))), 2 / Math.sqrt(Math.PI))));

export function square(x: Tensor): Tensor {
  return mul(x, x);
}

type Slope = { readonly slope: number };
const leakyReluOp: Op<Slope> = {
  name: "leakyRelu",
  infer([x]) {
    checkFloat(x, "leakyRelu()");
    return [{ shape: x.shape, dtype: "float32" }];
  },
  emit: (e, inputs, { attrs }) => [e.op("LeakyRelu", inputs, { alpha: { float: attrs.slope } })],
  gradient(node, [g]) {
    // the output has the input's sign, and keeping the output alive frees the pre-activation
    return [mul(g!, where(greater(node.outputs[0], 0), scalar(1), scalar(node.attrs.slope)))];
  },
};

/** max(x, slope x), slope in (0, 1). */
export function leakyRelu(x: Tensor, slope = 0.2): Tensor {
  return apply(leakyReluOp, [x], { slope });
}

type Exponent = { readonly exponent: number };
const powOp: Op<Exponent> = {
  name: "pow",
  infer([x]) {
    checkFloat(x, "pow()");
    return [{ shape: x.shape, dtype: "float32" }];
  },
  emit: (e, [x], { attrs }) => [e.op("Pow", [x, e.scalar(attrs.exponent)])],
  gradient: ({ inputs: [x], attrs }, [g]) => [mul(g!, mul(pow(x, attrs.exponent - 1), attrs.exponent))],
};

/** x^exponent for a constant exponent. */
export function pow(x: Tensor, exponent: number): Tensor {
  return apply(powOp, [x], { exponent });
}

type Limits = { readonly low: number; readonly high: number };
const clipOp: Op<Limits> = {
  name: "clip",
  infer([x]) {
    checkFloat(x, "clip()");
    return [{ shape: x.shape, dtype: "float32" }];
  },
  emit: (e, [x], { attrs }) => [e.op("Clip", [x, e.scalar(attrs.low), e.scalar(attrs.high)])],
  gradient({ inputs: [x], attrs }, [g]) {
    const inside = mul(cast(greaterEqual(x, attrs.low)), cast(lessEqual(x, attrs.high)));
    return [mul(g!, inside)];
  },
};

/** min(max(x, low), high); gradient 1 inside the closed interval, 0 outside. */
export function clip(x: Tensor, low: number, high: number): Tensor {
  check(low <= high, "clip()", `low ${low} exceeds high ${high}`);
  return apply(clipOp, [x], { low, high });
}

const whereOp: Op<None> = {
  name: "where",
  infer([c, a, b]) {
    check(c.dtype === "bool", "where()", `condition must be bool, got ${c.dtype}`);
    checkFloat(a, "where()");
    checkFloat(b, "where()");
    return [{ shape: broadcast(c.shape, broadcast(a.shape, b.shape, "where()"), "where()"), dtype: "float32" }];
  },
  emit: (e, inputs) => [e.op("Where", inputs)],
  gradient({ inputs: [c, a, b] }, [g]) {
    const yes = cast(c);
    return [undefined, sumTo(mul(g!, yes), a.shape), sumTo(mul(g!, sub(1, yes)), b.shape)];
  },
};

/** Elementwise condition ? a : b. */
export function where(condition: Tensor, a: Operand, b: Operand): Tensor {
  return apply(whereOp, [condition, asTensor(a), asTensor(b)], none);
}

const castOp: Op<None> = {
  name: "cast",
  infer: ([x]) => [{ shape: x.shape, dtype: "float32" }],
  emit: (e, inputs) => [e.op("Cast", inputs, { to: 1 })],
  gradient: () => [undefined],
};

/** To float32; no gradient. */
export function cast(x: Tensor): Tensor {
  return x.dtype === "float32" ? x : apply(castOp, [x], none);
}

const stopGradientOp: Op<None> = {
  name: "stopGradient",
  infer: ([x]) => [{ shape: x.shape, dtype: x.dtype }],
  emit: (_, inputs) => [...inputs],
  gradient: () => [undefined],
};

/** Identity forwards, zero backwards. */
export function stopGradient(x: Tensor): Tensor {
  return apply(stopGradientOp, [x], none);
}

const softplusOp: Op<None> = {
  name: "softplus",
  infer([x]) {
    checkFloat(x, "softplus()");
    return [{ shape: x.shape, dtype: "float32" }];
  },
  emit(e, [x]) {
    const tail = e.op("Log", [e.op("Add", [e.op("Exp", [e.op("Neg", [e.op("Abs", [x])])]), e.scalar(1)])]);
    return [e.op("Add", [e.op("Relu", [x]), tail])];
  },
  // of its own, since the parts' gradients at the kink x = 0 do not add up to 1/2
  gradient: ({ inputs: [x] }, [g]) => [mul(g!, sigmoid(x))],
};

/** log(1 + e^x) without overflow: max(x, 0) + log(1 + e^-|x|). */
export function softplus(x: Tensor): Tensor {
  return apply(softplusOp, [x], none);
}

/** x > 0 ? x : alpha (e^x - 1). */
export function elu(x: Tensor, alpha = 1): Tensor {
  return where(greater(x, 0), x, mul(sub(exp(minimum(x, 0)), 1), alpha));
}

/** Exact GELU: x Phi(x). */
export function gelu(x: Tensor): Tensor {
  return mul(mul(x, 0.5), add(erf(mul(x, Math.SQRT1_2)), 1));
}

/** Do the shapes agree exactly? For operators that do not broadcast. */
export function checkSame(a: Tensor, b: Tensor, where: string): void {
  check(sameShape(a.shape, b.shape), where, `shapes ${show(a.shape)} and ${show(b.shape)} differ`);
}
