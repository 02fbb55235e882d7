import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parseModelInfo } from "../model/info.ts";
import { findModel } from "../model/load.node.ts";
import { boxesConfig, seamsOf } from "./boxes/index.ts";
import { imageConfig, imageSeams } from "./image/index.ts";
import { maskSeams, masksConfig } from "./masks/index.ts";
import { upgradeConfig } from "./upgrade.ts";

test("without anything of ours the box generator is the paper's: no seam is used", () => {
  const { ours } = boxesConfig.parse({});
  expect(seamsOf(boxesConfig.parse({}))).toEqual({ dropout: { context: 0, head: ours.headDropout }, decoding: {} });
});

test("each idea that is on uses its seam, and no other", () => {
  const used = (ours: object) => {
    const { decoding, dropout: _, ...network } = seamsOf(boxesConfig.parse({ ours }));
    return [...Object.keys(network), ...Object.keys(decoding ?? {})].sort();
  };
  expect(used({ head: 8 })).toEqual(["head"]);
  expect(used({ edges: true })).toEqual(["head"]);
  expect(used({ coverage: 4 })).toEqual(["memory"]);
  expect(used({ average: "objects" })).toEqual(["average"]);
  expect(used({ endBias: 1 })).toEqual(["logits"]);
  expect(used({ endSpread: 0 })).toEqual(["length"]);
  expect(used({ candidates: 4 })).toEqual(["draws", "place"]);
  expect(used({ maxOverlap: 0.5 })).toEqual(["place"]);
  expect(used({ relations: true })).toEqual(["place"]);
});

test("without anything of ours masks and pictures are the paper's: no seam is used", () => {
  expect(maskSeams(masksConfig.parse({}))).toEqual({});
  expect(imageSeams(imageConfig.parse({}))).toEqual({});
});

test("each idea of masks and pictures uses its seams, and no other", () => {
  const masks = (ours: object) => Object.keys(maskSeams(masksConfig.parse({ ours }))).sort();
  expect(masks({ frame: "box" })).toEqual(["frame"]);
  expect(masks({ boxTensor: "waves" })).toEqual(["channels"]);
  expect(masks({ boxesInDecoder: true })).toEqual(["refine"]);
  expect(masks({ adversarial: "hinge", spectralNorm: true })).toEqual(["adversarial", "norms"]);
  expect(masks({ hard: true, ramp: [0, 9] })).toEqual(["ramp", "shown"]);
  expect(masks({ bce: 1 })).toEqual(["terms"]);
  for (const ours of [{ candidates: 3 }, { noiseScale: 0.5 }, { mirror: true }])
    expect(masks(ours)).toEqual(["sampling"]);
  const image = (ours: object) => Object.keys(imageSeams(imageConfig.parse({ ours }))).sort();
  expect(image({ boundary: true })).toEqual(["inputs", "layoutFeeds", "painter"]);
  expect(image({ objects: { width: 4 } })).toEqual(["inputs", "layoutFeeds", "painter", "terms"]);
  expect(image({ position: 2 })).toEqual(["beside"]);
  expect(image({ grain: true })).toEqual(["beside", "inputs", "noiseFeeds"]);
  expect(image({ decoderNorm: "none" })).toEqual(["decoderNorm"]);
  expect(image({ adversarialFrom: 5, augment: true })).toEqual(["seen", "started"]);
  for (const ours of [{ l1: 1 }, { r1: 1 }, { featureHeads: { channels: 2 } }]) expect(image(ours)).toEqual(["terms"]);
});

test("a configuration of the paper as earlier versions wrote it has nothing of ours on", () => {
  const masks = {
    ...{ frame: "picture", whole: false, boxTensor: "box", boxesInDecoder: false, spectralNorm: false, mirror: false },
    loss: { kind: "bce", instance: 1, bce: 0, dice: 0, samples: 1, hard: false, ramp: [0, 1] },
    train: { batch: 4, flip: false, unmirror: false, maskedFirst: false, balance: false },
  };
  const image = {
    ...{ boundary: false, position: 0, grain: false, decoderNorm: "group", objects: { width: 0 } },
    discriminator: { text: 8, spectral: false, features: { channels: 0 } },
    train: { loss: "bce", l1: 0, l1Final: 0, adversarialFrom: 0, r1: 0, augment: false, flip: false, balanced: false },
  };
  const now = upgradeConfig({ masks, image }) as { masks: object; image: object };
  const [ofMasks, ofImage] = [masksConfig.parse(now.masks), imageConfig.parse(now.image)];
  expect(ofMasks.ours).toEqual(masksConfig.parse({}).ours);
  expect(ofImage.ours).toEqual(imageConfig.parse({}).ours);
  expect([ofMasks.train.batch, ofImage.discriminator.text]).toEqual([4, 8]);
  const ours = upgradeConfig({
    masks: { loss: { kind: "hinge", ramp: [5, 9] }, train: { inferred: 0.5 } },
    image: { discriminator: { spectral: true, features: { channels: 3 } }, train: { loss: "hinge", balanced: true } },
  });
  expect(ours).toEqual({
    masks: { loss: {}, train: {}, ours: { adversarial: "hinge", ramp: [5, 9], inferred: 0.5 } },
    image: {
      discriminator: {},
      train: {},
      ours: { adversarial: "hinge", spectralNorm: true, featureHeads: { channels: 3 }, balance: true },
    },
  });
});

test("keys of earlier versions are found where they are now; new ones win", () => {
  const old = {
    boxes: { hidden: 8, head: 4, endBias: -1, train: { batch: 2, boxNoise: 0.2 }, ours: { endBias: 3 } },
    seed: 1,
  };
  expect(upgradeConfig(old)).toEqual({
    boxes: { hidden: 8, train: { batch: 2 }, ours: { head: 4, boxNoise: 0.2, endBias: 3 } },
    seed: 1,
  });
  const text = { hidden: 4, train: { steps: 3, named: 1, place: 0.5, words: 0.25 } };
  expect(upgradeConfig({ text })).toEqual({
    text: { hidden: 4, train: { steps: 3, words: 0.25 }, ours: { named: 1, place: 0.5 } },
  });
  for (const other of [undefined, null, 3, [], {}, { boxes: 3 }, { boxes: { hidden: 3 } }])
    expect(upgradeConfig(other)).toEqual(other);
});

test("the shipped models open, with what was on still on", async () => {
  const file = join(await findModel("illustrated"), "model.json");
  const text = await readFile(file, "utf8");
  const raw = (JSON.parse(text) as { config: { boxes: Record<string, unknown> } }).config.boxes;
  const { boxes } = parseModelInfo(text, file).config;
  const before = (key: string) => raw[key] ?? (raw.ours as Record<string, unknown> | undefined)?.[key];
  for (const key of [
    "head",
    "coverage",
    "edges",
    "candidates",
    "agreement",
    "endBias",
    "guidance",
    "relations",
  ] as const)
    expect(boxes.ours[key]).toEqual(before(key));
  expect(boxes.ours.coverage).toBeGreaterThan(0);
});

test("pose codes that all categories shared: off they are forgotten, on the model says what to do", () => {
  const old = {
    codes: 0,
    width: 16,
    encoder: [16, 32, 48, 64],
    train: { steps: 5, reviveEvery: 20, reviveUntil: 0.6 },
  };
  expect(upgradeConfig({ ours: { poses: old } })).toEqual({ ours: { poses: { codes: 0, train: { steps: 5 } } } });
  expect(() => upgradeConfig({ ours: { poses: { ...old, codes: 128 } } })).toThrow(/earlier version; take the model/);
  const now = { ours: { poses: { codes: 96 } } };
  expect(upgradeConfig(now)).toEqual(now);
});
