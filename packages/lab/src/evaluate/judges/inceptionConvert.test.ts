import { FormatError } from "@scenograph/graph/errors";
import { expect, test } from "vitest";
import { convertCocoSsd } from "./cocoSsdConvert.ts";
import { CONVOLUTIONS, convertInception, weightSpecs } from "./inceptionConvert.ts";

/** A package like nsfwjs', every layer of one channel; kernel k is the byte k, the norms are mean 1, variance .999. */
function nsfwjs() {
  const specs: string[] = [];
  const bytes: number[] = [];
  const add = (name: string, shape: string, byte: number, min = "0", scale = "1") => {
    specs.push(
      `{name:"${name}",shape:[${shape}],dtype:"float32",quantization:{min:${min},scale:${scale},dtype:"uint8"}}`,
    );
    bytes.push(byte);
  };
  for (let k = 1; k <= CONVOLUTIONS; k++) {
    add(`conv2d_${k}/kernel`, "1,1,1,1", k);
    add(`batch_normalization_${k}/beta`, "1", 3, "-.5", "5e-1");
    add(`batch_normalization_${k}/moving_mean`, "1", 1);
    add(`batch_normalization_${k}/moving_variance`, "1", 0, ".999");
  }
  const half = bytes.length / 2;
  const script = (part: number[]) => `!function(){n.exports="${Buffer.from(part).toString("base64")}"}();`;
  return {
    model: `n.exports={modelTopology:{name:"x"},weightsManifest:[{paths:["a","b"],weights:[${specs.join(",")}]}]}`,
    shards: [script(bytes.slice(0, half)), script(bytes.slice(half))],
  };
}

test("nsfwjs' scripts are read, not run", () => {
  const weights = convertInception(nsfwjs());
  expect(weights.size).toBe(2 * CONVOLUTIONS);
  // scale 1 / sqrt(.999 + .001), shift 1 - 1 * scale
  expect(weights.get("conv50.weight")?.data[0]).toBeCloseTo(50, 4);
  expect(weights.get("conv7.bias")?.data[0]).toBeCloseTo(0, 5);
});

test("another package is refused", () => {
  const { model, shards } = nsfwjs();
  expect(() => convertInception({ model, shards: shards.slice(1) })).toThrow(FormatError);
  expect(() => convertInception({ model, shards: ["", ""] })).toThrow(/shard 1 holds a base64 string/);
  expect(() => weightSpecs(model.replace('dtype:"float32"', "dtype:5"))).toThrow(/200 weights listed, 199 understood/);
  expect(() => weightSpecs("")).toThrow(FormatError);
  expect(() => convertCocoSsd(new Map())).toThrow(/Conv\/Conv2D\/merged_input/);
});
