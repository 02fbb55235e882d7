/** The detector's TensorFlow.js weights -> our names and layouts, batch norm folded in. @module */
import { FormatError } from "@scenograph/graph/errors";
import type { Weight } from "@scenograph/graph/nn/perceptual/weights";
import { batchNormAffine, convWeight, depthwiseWeight } from "scenograph/formats/tfjs";

/** Epsilon of the predictors' batch norm, as in the model's graph. */
const EPSILON = 0.001;
const BLOCKS = 17;
const EXTRAS = ["2_1x1_256 2_3x3_s2_512", "3_1x1_128 3_3x3_s2_256", "4_1x1_128 4_3x3_s2_256", "5_1x1_64 5_3x3_s2_128"];
const PREDICTORS = 6;

/**
 * Names of the result: stem; block<i>.expand, .depthwise, .project (i = 0..16, block 0 without expand); head (Conv_1);
 * extra<i>.reduce, .depthwise, .project (i = 0..3); predictor<i>.box and .class, each .depthwise and .project (i = 0..5);
 * each with .weight [O, I, kh, kw] and .bias [O]; anchors [1917, 4] as ymin, xmin, ymax, xmax.
 */
export function convertCocoSsd(tfjs: ReadonlyMap<string, Weight>): Map<string, Weight> {
  const out = new Map<string, Weight>();
  const get = (name: string): Weight => {
    const w = tfjs.get(name);
    if (!w) throw new FormatError(`convertCocoSsd(): the package has "${name}", this one does not; fetch it again`);
    return w;
  };
  const put = (name: string, weight: Weight, bias: Float32Array) => {
    out.set(`${name}.weight`, weight);
    out.set(`${name}.bias`, { shape: [bias.length], data: bias });
  };
  const root = "FeatureExtractor/MobilenetV2/";
  // the converter that made the package had folded the scale of ordinary convolutions already
  const merged = (to: string, from: string) =>
    put(to, convWeight(get(`${root}${from}/Conv2D/merged_input`)), get(`${root}${from}/BatchNorm/batchnorm/sub`).data);
  const depthwise = (to: string, from: string) =>
    put(
      to,
      depthwiseWeight(get(`${root}${from}/depthwise_weights`), get(`${root}${from}/BatchNorm/batchnorm/mul`).data),
      get(`${root}${from}/BatchNorm/batchnorm/sub`).data,
    );

  merged("stem", "Conv");
  for (let i = 0; i < BLOCKS; i++) {
    const from = i === 0 ? "expanded_conv" : `expanded_conv_${i}`;
    if (i > 0) merged(`block${i}.expand`, `${from}/expand`);
    depthwise(`block${i}.depthwise`, `${from}/depthwise`);
    merged(`block${i}.project`, `${from}/project`);
  }
  merged("head", "Conv_1");
  for (const [i, names] of EXTRAS.entries()) {
    const [reduce, down] = names.split(" ");
    merged(`extra${i}.reduce`, `layer_19_1_Conv2d_${reduce}`);
    depthwise(`extra${i}.depthwise`, `layer_19_2_Conv2d_${down}_depthwise`);
    merged(`extra${i}.project`, `layer_19_2_Conv2d_${down}`);
  }
  for (let i = 0; i < PREDICTORS; i++)
    for (const [to, from] of [
      ["box", "BoxEncodingPredictor"],
      ["class", "ClassPredictor"],
    ]) {
      const path = `BoxPredictor_${i}/${from}`;
      const bn = (part: string) => get(`${path}_depthwise/BatchNorm/${part}`).data;
      const { scale, shift } = batchNormAffine(
        bn("gamma"),
        bn("beta"),
        bn("moving_mean"),
        bn("moving_variance"),
        EPSILON,
      );
      put(`predictor${i}.${to}.depthwise`, depthwiseWeight(get(`${path}_depthwise/depthwise_weights`), scale), shift);
      put(`predictor${i}.${to}.project`, convWeight(get(`${path}/weights`)), get(`${path}/biases`).data);
    }
  const anchors = get("Postprocessor/ExpandDims");
  out.set("anchors", { shape: anchors.shape.slice(1), data: anchors.data });
  return out;
}
