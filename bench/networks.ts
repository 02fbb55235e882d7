/**
 * The training steps that are timed, at the sizes of the default configuration, and random feeds of the right kinds. Timing
 * depends on shapes alone, so the numbers need not mean anything.
 */

import { dropout } from "@scenograph/graph/nn/dropout";
import { Params } from "@scenograph/graph/nn/params";
import type { Program } from "@scenograph/graph/program";
import { stream } from "@scenograph/graph/random";
import type { Feeds } from "@scenograph/graph/runtime/runtime";
import { sizeOf } from "@scenograph/graph/tensor";
import { boxesConfig, boxStep } from "scenograph/ours/boxes/index";
import { imageConfig, imageStep } from "scenograph/ours/image/index";
import { maskStep, masksConfig } from "scenograph/ours/masks/index";
import { textConfig, textSeams } from "scenograph/ours/text/index";
import { embeddingSize } from "scenograph/paper/text/config";
import { textLoss } from "scenograph/paper/text/loss";
import { textEncoder, textHeads } from "scenograph/paper/text/model";
import { textInputs, textTargets } from "scenograph/paper/text/step";
import { COCO } from "scenograph/scene/categories";

export const text = textConfig.parse({ ours: { named: 1, place: 1 } });
export const boxes = boxesConfig.parse({
  order: "largest-first",
  boxTemperature: 0.1,
  ours: { head: 128, headDropout: 0.2 },
});
export const masks = masksConfig.parse({
  order: "largest-first",
  loss: { perceptualFeatures: "discriminator" },
  train: { steps: 6000, learningRateD: 4e-4 },
  ours: {
    ...{ boxTensor: "waves", boxesInDecoder: true, bce: 2, dice: 2, mirror: true },
    ...{ adversarial: "hinge", spectralNorm: true, ramp: [500, 2000] },
  },
});
/** Without the pretrained perceptual network, on either side: the discriminator's own features instead. */
export const image = imageConfig.parse({
  ...{ size: 64, encoder: [32, 64, 128], decoder: [96, 48, 24] },
  discriminator: { channels: [32, 64, 128] },
  train: { steps: 30000, network: "discriminator" },
  ours: {
    ...{ boundary: true, position: 16, decoderNorm: "none", l1: 10, l1Final: 4 },
    ...{ adversarial: "hinge", spectralNorm: true },
  },
});
/** Words with a trainable correction, and words of the recall task: a vocabulary's usual numbers. */
export const CORRECTIONS = 2000;
export const FREQUENT = 1000;

/** Text to boxes, the sentence encoder trained along with its own tasks. */
export function boxesProgram(): Program {
  const n = boxes.train.batch;
  const p = new Params("text");
  const embedding = textEncoder(p, text, CORRECTIONS, textInputs(text.maxTokens, n), (x) =>
    dropout("text.dropout", x, text.train.dropout),
  );
  const { tasks } = textSeams(text);
  const heads = textHeads(p.scope("heads"), embedding, FREQUENT, text.classes, tasks);
  const { total } = textLoss(heads, textTargets(n, FREQUENT, text.classes, tasks), text.train, tasks);
  return boxStep(boxes, { embedding, loss: total, parameters: p.all() }).program;
}

export function masksProgram(): Program {
  return maskStep(masks, { pictures: masks.train.batch, objects: masks.maxObjects });
}

export function imageProgram(): Program {
  return imageStep(image, embeddingSize(text));
}

/** Plausible numbers: indices below the number of classes, 0/1 flags, boxes inside the picture, normals otherwise. */
export function randomFeeds(program: Program, seed = 1): Feeds {
  const random = stream(seed, "bench");
  const feeds: Feeds = {};
  for (const { name, shape, dtype } of program.inputs) {
    const n = sizeOf(shape);
    if (dtype === "int64") feeds[name] = BigInt64Array.from({ length: n }, () => BigInt(random.int(COCO.count)));
    else if (dtype === "uint8") {
      const below = name === "picture" ? 256 : name === "layout.classes" ? COCO.count + 1 : 2;
      feeds[name] = Uint8Array.from({ length: n }, () => random.int(below));
    } else if (/valid|label|weights|boxed|masked|target/.test(name)) feeds[name] = new Float32Array(n).fill(1);
    else if (name === "boxes")
      feeds[name] = Float32Array.from({ length: n }, (_, i) => (i % 4 < 2 ? random.int(32) : 8 + random.int(24)) / 64);
    else feeds[name] = random.normals(n);
  }
  return feeds;
}
