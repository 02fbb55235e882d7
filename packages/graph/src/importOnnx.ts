/**
 * A network from an ONNX file as part of a graph, so that it can be differentiated: a user's own perceptual network or
 * judge. Inference operators only; what is not supported is refused by name.
 * @module
 * @example
 * const network = importOnnx(bytes);
 * const [features] = network.apply([input("x", [8, 3, 64, 64])]);
 */
import { FormatError, ShapeError } from "./errors.ts";
import { type FileNode, type FileTensor, readOnnxModel } from "./importOnnxModel.ts";
import { applyOperator, Call, OPERATORS, type Value } from "./importOnnxOps.ts";
import { constant } from "./leaves.ts";
import { show, Tensor } from "./tensor.ts";

/** Operator sets whose definitions were read; from 11 on they are compared with onnxruntime, attribute by attribute. */
const [MIN_OPSET, MAX_OPSET] = [7, 21];

export interface OnnxNetwork {
  /** Inputs in the file's order, initializers left out; undefined: a size that the file leaves open. */
  readonly inputs: readonly { readonly name: string; readonly shape?: readonly (number | undefined)[] }[];
  readonly outputs: readonly string[];
  /**
   * The outputs for tensors in the order of `inputs`. The weights are constants, shared by all calls.
   * @throws ShapeError when inputs do not fit, FormatError for an operator or attribute that is not supported
   */
  apply(inputs: readonly Tensor[]): Tensor[];
}

/**
 * Reads an ONNX model with float weights inside the file. All operators are checked at once, attributes at `apply`.
 * @throws FormatError when the bytes are no model, or an operator is not supported
 */
export function importOnnx(bytes: Uint8Array): OnnxNetwork {
  const model = readOnnxModel(bytes);
  if (model.opset < MIN_OPSET || model.opset > MAX_OPSET)
    throw new FormatError(
      `importOnnx(): operator sets ${MIN_OPSET} to ${MAX_OPSET} are read, got ${model.opset}; export the model with one of these`,
    );
  for (const node of model.nodes)
    if (!(node.domain === "" || node.domain === "ai.onnx") || !OPERATORS.has(node.type))
      throw new FormatError(
        `importOnnx(): operator "${node.domain ? `${node.domain}.` : ""}${node.type}" (node "${node.name}") is not ` +
          `supported; supported are ${[...OPERATORS.keys()].sort().join(", ")}`,
      );
  const initializers = new Map(model.initializers.map((t) => [t.name, t]));
  const inputs = model.inputs.filter((v) => !initializers.has(v.name));
  const constants = new Map<FileTensor, Tensor>();
  const toValue = (t: FileTensor): Value => {
    if (t.ints) return { ints: t.ints, shape: t.shape };
    let made = constants.get(t);
    if (!made) {
      made = constant(t.floats ?? [], t.shape);
      constants.set(t, made);
    }
    return made;
  };

  return {
    inputs: inputs.map(({ name, shape }) => ({ name, shape })),
    outputs: model.outputs.map((o) => o.name),
    apply(given) {
      if (given.length !== inputs.length)
        throw new ShapeError(`importOnnx(): the network has ${inputs.length} inputs, got ${given.length}`);
      const values = new Map<string, Value>();
      for (const t of model.initializers) values.set(t.name, toValue(t));
      for (const [i, { name, shape }] of inputs.entries()) {
        const x = given[i];
        if (shape && !(shape.length === x.rank && shape.every((d, k) => d === undefined || d === x.shape[k])))
          throw new ShapeError(
            `importOnnx(): input "${name}" is [${shape.map((d) => d ?? "?")}], got ${show(x.shape)}`,
          );
        values.set(name, x);
      }
      for (const node of model.nodes) {
        const result = evaluate(node, values, model.opset, toValue);
        if (node.outputs[0]) values.set(node.outputs[0], result);
      }
      return model.outputs.map(({ name }) => {
        const value = values.get(name);
        if (!(value instanceof Tensor))
          throw new FormatError(`importOnnx(): output "${name}" is a float tensor of the graph, got none`);
        return value;
      });
    },
  };
}

/** First output of a node; further ones (masks, statistics) belong to training. */
function evaluate(
  node: FileNode,
  values: ReadonlyMap<string, Value>,
  opset: number,
  toValue: (t: FileTensor) => Value,
): Value {
  const inputs = node.inputs.map((name) => {
    if (name === "") return undefined;
    const value = values.get(name);
    if (!value)
      throw new FormatError(
        `importOnnx(): node "${node.name}" reads "${name}", which no earlier node computes as its first output`,
      );
    return value;
  });
  try {
    return applyOperator(new Call(node, inputs, opset, toValue));
  } catch (error) {
    if (error instanceof ShapeError)
      throw new ShapeError(`${error.message} (${node.type}, node "${node.name}" of the ONNX file)`);
    throw error;
  }
}
