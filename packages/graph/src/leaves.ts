/** The leaves of a graph: inputs, parameters (state that training changes) and constants. @module */
import type { Init } from "./init.ts";
import { apply, check, type DType, type Op, type Shape, sizeOf, type Tensor } from "./tensor.ts";

function unreachable(): string[] {
  throw new Error("leaves are named by the program, never emitted");
}

export type InputAttributes = { readonly name: string; readonly shape: Shape; readonly dtype: DType };
export const inputOp: Op<InputAttributes> = {
  name: "input",
  infer: (_, a) => [{ shape: a.shape, dtype: a.dtype }],
  emit: unreachable,
};

/** A tensor that the caller feeds at every run. */
export function input(name: string, shape: Shape, dtype: DType = "float32"): Tensor {
  return apply(inputOp, [], { name, shape, dtype });
}

export type ParameterAttributes = { readonly name: string; readonly shape: Shape; readonly init: Init };
export const parameterOp: Op<ParameterAttributes> = {
  name: "parameter",
  infer: (_, a) => [{ shape: a.shape, dtype: "float32" }],
  emit: unreachable,
};

/** Named state, float32, kept between runs. The same name twice in one program is an error. */
export function parameter(name: string, shape: Shape, init: Init): Tensor {
  return apply(parameterOp, [], { name, shape, init });
}

/** The attributes of a parameter tensor. */
export function parameterOf(t: Tensor): ParameterAttributes {
  check(t.node.op === (parameterOp as Op), "parameterOf()", "tensor is not a parameter");
  return t.node.attrs as ParameterAttributes;
}

export type ConstantAttributes = { readonly data: Float32Array; readonly shape: Shape };
export const constantOp: Op<ConstantAttributes> = {
  name: "constant",
  infer(_, a) {
    check(a.data.length === sizeOf(a.shape), "constant()", `${a.data.length} values for shape [${a.shape}]`);
    return [{ shape: a.shape, dtype: "float32" }];
  },
  emit: (e, _, node) => [e.floats(node.attrs.data, node.attrs.shape)],
  gradient: () => [],
};

export function constant(data: Float32Array | readonly number[], shape: Shape): Tensor {
  return apply(constantOp, [], { data: Float32Array.from(data), shape });
}

export function scalar(value: number): Tensor {
  return constant([value], []);
}

/** A constant of one repeated value. */
export function full(shape: Shape, value: number): Tensor {
  return constant(new Float32Array(sizeOf(shape)).fill(value), shape);
}
