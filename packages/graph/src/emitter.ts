/** Collects ONNX nodes and constants while a graph is written out. Equal constants are stored once. @module */
import type { AttributeValue, OnnxGraph, OnnxTensor } from "./onnx.ts";
import type { DType, Shape } from "./tensor.ts";

export class Emitter {
  readonly graph: OnnxGraph = { nodes: [], initializers: [], inputs: [], outputs: [] };
  #next = 0;
  #constants = new Map<string, string>();

  name(): string {
    // a prefix that no input, output or parameter begins with
    return `%${this.#next++}`;
  }

  /** One ONNX node with one output; its name. */
  op(type: string, inputs: readonly string[], attributes: Record<string, AttributeValue> = {}): string {
    return this.ops(type, inputs, attributes, 1)[0];
  }

  /** One ONNX node with `count` outputs; their names. */
  ops(
    type: string,
    inputs: readonly string[],
    attributes: Record<string, AttributeValue> = {},
    count: number = 1,
  ): string[] {
    const outputs = Array.from({ length: count }, () => this.name());
    this.graph.nodes.push({ type, inputs: [...inputs], outputs, attributes });
    return outputs;
  }

  /** A one-dimensional int64 constant. */
  ints(values: readonly number[]): string {
    return this.#constant(`i${values.join(",")}`, () => ({
      name: this.name(),
      dtype: "int64",
      shape: [values.length],
      data: BigInt64Array.from(values, BigInt),
    }));
  }

  /** A float32 constant of any shape. */
  floats(data: Float32Array, shape: Shape): string {
    const make = (): OnnxTensor => ({ name: this.name(), dtype: "float32", shape, data });
    if (data.length > 4096) {
      const tensor = make();
      this.graph.initializers.push(tensor);
      return tensor.name;
    }
    return this.#constant(`f${shape.join(",")}:${Array.from(data).join(",")}`, make);
  }

  scalar(value: number): string {
    return this.floats(Float32Array.of(value), []);
  }

  reshape(x: string, shape: Shape): string {
    return this.op("Reshape", [x, this.ints(shape)]);
  }

  transpose(x: string, perm: readonly number[]): string {
    return this.op("Transpose", [x], { perm });
  }

  slice(x: string, starts: readonly number[], ends: readonly number[], axes: readonly number[]): string {
    return this.op("Slice", [x, this.ints(starts), this.ints(ends), this.ints(axes)]);
  }

  sum(x: string, axes: readonly number[], keepDims = false): string {
    return this.op("ReduceSum", [x, this.ints(axes)], { keepdims: keepDims ? 1 : 0 });
  }

  #constant(key: string, make: () => OnnxTensor): string {
    let name = this.#constants.get(key);
    if (name === undefined) {
      const tensor = make();
      this.graph.initializers.push(tensor);
      name = tensor.name;
      this.#constants.set(key, name);
    }
    return name;
  }
}

export const ONNX_DTYPE: Record<DType, number> = { float32: 1, uint8: 2, int64: 7, bool: 9 };
