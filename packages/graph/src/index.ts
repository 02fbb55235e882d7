/**
 * The graph engine: symbolic tensors, operators, gradients, optimisers, ONNX programs.
 * @module
 * @example
 * const x = input("x", [8, 4]);
 * const w = parameter("w", [1, 4], zeros);
 * const loss = mean(square(sub(matmul(x, w, { transposeB: true }), 1)));
 * const [g] = gradients(loss, [w]);
 * const program = compile({ outputs: { loss }, updates: [[w, sub(w, mul(g, 0.1))]] });
 */
export * from "./gradients.ts";
export * from "./init.ts";
export { constant, full, input, parameter, parameterOf, scalar } from "./leaves.ts";
export * from "./ops/convolution.ts";
export * from "./ops/elementwise.ts";
export * from "./ops/gather.ts";
export * from "./ops/matmul.ts";
export * from "./ops/normalize.ts";
export * from "./ops/pooling.ts";
export * from "./ops/reduce.ts";
export * from "./ops/shape.ts";
export * from "./optimizers.ts";
export * from "./program.ts";
export { type DType, type Shape, sameShape, show, sizeOf, Tensor } from "./tensor.ts";
