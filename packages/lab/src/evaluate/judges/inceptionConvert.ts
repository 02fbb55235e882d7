/** nsfwjs' InceptionV3 -> the layers up to `mixed5`, batch norm folded in. @module */
import { FormatError } from "@scenograph/graph/errors";
import type { Weight } from "@scenograph/graph/nn/perceptual/weights";
import { batchNormAffine, convWeight, readTfjsWeights, type TfjsWeightSpec } from "scenograph/formats/tfjs";

/** Convolutions up to mixed5, in Keras' numbering. */
export const CONVOLUTIONS = 50;
const EPSILON = 0.001;

/** The package's scripts: model.min.js and its shards in order. */
export interface NsfwjsScripts {
  readonly model: string;
  readonly shards: readonly string[];
}

/**
 * Names of the result: conv<k>.weight [O, I, kh, kw] and conv<k>.bias [O], k = 1..50 as in Keras' conv2d_<k>.
 * The package holds JavaScript modules; nothing of them is run: the base64 strings and the weight list are cut out.
 */
export function convertInception({ model, shards }: NsfwjsScripts): Map<string, Weight> {
  const bytes = Buffer.concat(shards.map((text, i) => Buffer.from(longestBase64(text, i), "base64")));
  const tfjs = readTfjsWeights(weightSpecs(model), bytes);
  const get = (name: string): Weight => {
    const w = tfjs.get(name);
    if (!w) throw new FormatError(`convertInception(): the package has "${name}", this one does not; fetch it again`);
    return w;
  };
  const out = new Map<string, Weight>();
  for (let k = 1; k <= CONVOLUTIONS; k++) {
    const bn = (part: string) => get(`batch_normalization_${k}/${part}`).data;
    const { scale, shift } = batchNormAffine(undefined, bn("beta"), bn("moving_mean"), bn("moving_variance"), EPSILON);
    out.set(`conv${k}.weight`, convWeight(get(`conv2d_${k}/kernel`), scale));
    out.set(`conv${k}.bias`, { shape: [shift.length], data: shift });
  }
  return out;
}

function longestBase64(text: string, shard: number): string {
  const found = text.match(/exports="([A-Za-z0-9+/=]+)"/)?.[1];
  if (!found) throw new FormatError(`convertInception(): shard ${shard + 1} holds a base64 string, got none`);
  return found;
}

const NUMBER = "-?[0-9]*\\.?[0-9]+(?:e-?[0-9]+)?";

/** The weight list of a minified model.json: {name:"..",shape:[..],dtype:"..",quantization:{min:..,scale:..,dtype:".."}}. */
export function weightSpecs(script: string): TfjsWeightSpec[] {
  const list = script.slice(script.indexOf("weightsManifest"));
  const entry = new RegExp(
    `\\{name:"([^"]+)",shape:\\[([0-9,]*)\\],dtype:"(\\w+)"` +
      `(?:,quantization:\\{min:(${NUMBER}),scale:(${NUMBER}),dtype:"(\\w+)"\\})?`,
    "g",
  );
  const specs = [...list.matchAll(entry)].map(([, name, shape, dtype, min, scale, stored]): TfjsWeightSpec => {
    const spec = { name, shape: shape === "" ? [] : shape.split(",").map(Number), dtype };
    return stored ? { ...spec, quantization: { dtype: stored, min: Number(min), scale: Number(scale) } } : spec;
  });
  const names = list.match(/\{name:"/g)?.length ?? 0;
  if (specs.length === 0 || specs.length !== names)
    throw new FormatError(
      `weightSpecs(): ${names} weights listed, ${specs.length} understood; fetch the package again`,
    );
  return specs;
}
