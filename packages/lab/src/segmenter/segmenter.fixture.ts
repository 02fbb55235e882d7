/** A tiny segmenter with an encoder of averaged pixels, and pictures on which it has something to find. */

import type { Weights } from "@scenograph/graph/nn/weights";
import { avgPool2d } from "@scenograph/graph/ops/pooling";
import { concat } from "@scenograph/graph/ops/shape";
import { initialise } from "@scenograph/graph/program";
import type { Random } from "@scenograph/graph/random";
import type { Picture } from "scenograph/scene/scene";
import { type SegmenterConfig, segmenterConfig } from "./config.ts";
import type { BoxedObject } from "./data.ts";
import type { Encoder } from "./model.ts";
import { segmenterStep } from "./step.ts";

/** Mean colours at strides 2, 2, 4, 8 and 16. */
export const toyEncoder: Encoder = (x) => {
  const at2 = avgPool2d(x, 2);
  return [at2, concat([at2, at2], 1), avgPool2d(x, 4), avgPool2d(x, 8), avgPool2d(x, 16)];
};

export function tinyConfig(train: Partial<SegmenterConfig["train"]> = {}): SegmenterConfig {
  return segmenterConfig.parse({
    crop: 32,
    decoder: [16, 12, 8, 8],
    taps: [8, 8, 8, 8],
    classWidth: 4,
    condition: 8,
    leastSide: 3,
    mirror: true,
    train: { batch: 8, steps: 80, learningRate: 0.02, warmup: 5, emaDecay: 0.9, ...train },
  });
}

export function randomWeights(config: SegmenterConfig, seed = 1): Weights {
  const program = segmenterStep(config, toyEncoder);
  const state = initialise(program, seed);
  return new Map(
    program.state
      .filter(({ name }) => name.startsWith("segmenter."))
      .map(({ name, shape }) => [name, { dtype: "F32" as const, shape, data: state[name] }]),
  );
}

export interface Drawn {
  readonly picture: Picture;
  readonly object: BoxedObject;
  readonly mask: Uint8Array;
}

/** A bright triangle on dark ground: its upper or its lower edge is a point, so that its box says little about it. */
export function drawTriangle(random: Random, size = 48): Drawn {
  const [left, top] = [4 + random.int(12), 4 + random.int(12)];
  const [w, h] = [16 + random.int(16), 16 + random.int(16)];
  const upright = random.bool();
  const mask = new Uint8Array(size * size);
  const data = new Uint8Array(size * size * 3).fill(60);
  for (let y = 0; y < h; y++) {
    const share = (upright ? y + 1 : h - y) / h;
    const from = Math.round(left + (w * (1 - share)) / 2);
    for (let x = from; x < Math.round(from + w * share); x++) {
      mask[(top + y) * size + x] = 1;
      data.fill(200, ((top + y) * size + x) * 3, ((top + y) * size + x + 1) * 3);
    }
  }
  const box = [left / size, top / size, w / size, h / size] as const;
  return { picture: { width: size, height: size, data }, object: { classIndex: 3, box: [...box] }, mask };
}
