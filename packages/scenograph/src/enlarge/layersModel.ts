/**
 * Networks of Keras as TensorFlow.js stores them ("layers-model"): a functional graph of layers in model.json, read into
 * our graph. Only what super-resolution networks are made of: convolutions of stride 1 that keep the size, ReLU,
 * concatenation, addition, nearest up-sampling.
 * @module
 */

import { FormatError } from "@scenograph/graph/errors";
import { joinBytes } from "@scenograph/graph/formats/bytes";
import { constant } from "@scenograph/graph/leaves";
import { conv2d } from "@scenograph/graph/ops/convolution";
import { addAll, relu } from "@scenograph/graph/ops/elementwise";
import { upsampleNearest } from "@scenograph/graph/ops/pooling";
import { concat } from "@scenograph/graph/ops/shape";
import type { Tensor } from "@scenograph/graph/tensor";
import { convWeight, readTfjsWeights, type TfjsWeight, type TfjsWeightSpec } from "../formats/tfjs.ts";

interface Layer {
  readonly class_name: string;
  readonly name: string;
  readonly config: Readonly<Record<string, unknown>>;
  /** One call: [[name of the layer before, node, tensor, arguments], ...]. */
  readonly inbound_nodes: readonly (readonly (readonly [string, number, number, object])[])[];
}

interface ModelJson {
  readonly modelTopology: { readonly model_config: { readonly config: { readonly layers: readonly Layer[] } } };
  readonly weightsManifest: readonly {
    readonly paths: readonly string[];
    readonly weights: readonly TfjsWeightSpec[];
  }[];
}

export interface LayersModel {
  /** [N, C, H, W] -> [N, C', H', W']. The network itself is NHWC. */
  apply(x: Tensor): Tensor;
  /** Output pixels an input pixel, along a side. */
  readonly scale: number;
  /** How many input pixels away a pixel can still change an output pixel. */
  readonly reach: number;
}

/**
 * @param read bytes of a file beside model.json, or "model.json" itself
 * @throws FormatError for damaged files and for layers that are not understood
 */
export async function readLayersModel(read: (path: string) => Promise<Uint8Array>): Promise<LayersModel> {
  const { layers, manifest } = parse(new TextDecoder().decode(await read("model.json")));
  const weights = new Map<string, TfjsWeight>();
  for (const group of manifest) {
    const shards = await Promise.all(group.paths.map(read));
    for (const [name, weight] of readTfjsWeights(group.weights, joinBytes(shards))) weights.set(name, weight);
  }
  const { scale, reach } = extent(layers);
  return { scale, reach, apply: (x) => applied(layers, weights, x) };
}

function parse(json: string): { layers: readonly Layer[]; manifest: ModelJson["weightsManifest"] } {
  try {
    const { modelTopology, weightsManifest } = JSON.parse(json) as ModelJson;
    const { layers } = modelTopology.model_config.config;
    if (layers.length === 0 || weightsManifest.length === 0) throw new Error("no layers or no weights");
    return { layers, manifest: weightsManifest };
  } catch (error) {
    const reason = (error as Error).message;
    throw new FormatError(`readLayersModel(): model.json holds layers and weights, got ${reason}; fetch it again`);
  }
}

function inputsOf(layer: Layer): string[] {
  return (layer.inbound_nodes[0] ?? []).map(([name]) => name);
}

const refuse = (layer: Layer, what: string): never => {
  throw new FormatError(`readLayersModel(): layer "${layer.name}" is ${what}, which is not supported`);
};

/** Side of a layer's kernel, after all else about the convolution has been found to be understood. */
function kernelOf(layer: Layer): number {
  const { kernel_size, strides, dilation_rate, activation, groups } = layer.config;
  const [kh, kw] = kernel_size as [number, number];
  // Keras calls a 1x1 convolution "valid" or "same" alike
  const keeps = layer.config.padding === "same" || (kh === 1 && kw === 1);
  const plain = [strides, dilation_rate].every((pair) => String(pair) === "1,1") && (groups ?? 1) === 1;
  if (kh !== kw || kh % 2 === 0 || !keeps || !plain || activation !== "linear")
    refuse(layer, "a convolution other than square, odd, of stride 1, size-keeping and linear");
  return kh;
}

function sizeOf(layer: Layer): number {
  const [h, w] = layer.config.size as [number, number];
  if (h !== w || layer.config.interpolation !== "nearest") refuse(layer, "another up-sampling than nearest");
  return h;
}

/** Scale and reach of the whole network: along every path, a k x k kernel reaches (k - 1) / 2 of its own pixels. */
function extent(layers: readonly Layer[]): { scale: number; reach: number } {
  const found = new Map<string, { scale: number; reach: number }>();
  for (const layer of layers) {
    const before = inputsOf(layer).map((name) => found.get(name) ?? refuse(layer, "fed by a later layer"));
    const scale = Math.max(1, ...before.map((b) => b.scale));
    const reach = Math.max(0, ...before.map((b) => b.reach));
    if (layer.class_name === "Conv2D")
      found.set(layer.name, { scale, reach: reach + (kernelOf(layer) - 1) / 2 / scale });
    else if (layer.class_name === "UpSampling2D") found.set(layer.name, { scale: scale * sizeOf(layer), reach });
    else found.set(layer.name, { scale, reach });
  }
  const last = found.get(layers[layers.length - 1].name)!;
  return { scale: last.scale, reach: Math.ceil(last.reach) };
}

function applied(layers: readonly Layer[], weights: ReadonlyMap<string, TfjsWeight>, input: Tensor): Tensor {
  const outputs = new Map<string, Tensor>();
  const weight = (name: string) =>
    weights.get(name) ??
    (() => {
      throw new FormatError(`readLayersModel(): weight "${name}" is missing; fetch the package again`);
    })();
  let last = input;
  for (const layer of layers) {
    const before = inputsOf(layer).map((name) => outputs.get(name)!);
    last = one(layer, before);
    outputs.set(layer.name, last);
  }
  return last;

  function one(layer: Layer, before: readonly Tensor[]): Tensor {
    switch (layer.class_name) {
      case "InputLayer":
        return input;
      case "Conv2D": {
        const kernel = convWeight(weight(`${layer.name}/kernel`));
        const bias = layer.config.use_bias ? weight(`${layer.name}/bias`) : undefined;
        return conv2d(before[0], constant(kernel.data, kernel.shape), bias && constant(bias.data, bias.shape), {
          padding: (kernelOf(layer) - 1) / 2,
        });
      }
      case "Activation":
        return layer.config.activation === "relu" ? relu(before[0]) : refuse(layer, `${layer.config.activation}`);
      case "Concatenate":
        return concat(before, 1);
      case "Add":
        return addAll(before);
      case "UpSampling2D":
        return upsampleNearest(before[0], sizeOf(layer));
      default:
        return refuse(layer, `of the kind ${layer.class_name}`);
    }
  }
}
