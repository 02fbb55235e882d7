import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createNodeRuntime } from "@scenograph/graph/runtime/node";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createSegmenter, type SegmenterRequest } from "../segmenter/infer.ts";
import { randomWeights, tinyConfig, toyEncoder } from "../segmenter/segmenter.fixture.ts";
import { CATEGORY_LIST, caption, image, makeFolder, object } from "./coco.fixture.ts";
import { loadCoco, objectMask } from "./coco.ts";
import { pictureReader } from "./coco-pictures.ts";
import { fillMasks } from "./fill.ts";
import { isValidation } from "./split.ts";

const ids = Array.from({ length: 60 }, (_, i) => i + 1);
const held = ids.filter(isValidation);
let folder: Awaited<ReturnType<typeof makeFolder>>;
let out: string;

beforeAll(async () => {
  out = join(await mkdtemp(join(tmpdir(), "scenograph-fill-")), "filled");
  const annotations = ids.flatMap((id) => [
    object(2 * id, id, [10, 10, 40, 50], { segmentation: [[10, 60, 50, 60, 30, 10]] }),
    object(2 * id + 1, id, [20, 5, 30, 70], { category_id: 1 }),
  ]);
  folder = await makeFolder({
    instances: { train: { images: ids.map((id) => image(id)), annotations, categories: CATEGORY_LIST } },
    captions: { train: { annotations: ids.map((id) => caption(id, id, "a dog")) } },
    images: Object.fromEntries(ids.map((id) => [`${id}.jpg`, [100, 80] as const])),
  });
});
afterAll(async () => {
  await folder.remove();
  await rm(join(out, ".."), { recursive: true });
});

it("fills the masks of training pictures alone, and says which they are", async () => {
  const config = tinyConfig();
  const runtime = createNodeRuntime({ threads: 1 });
  const segmenter = createSegmenter(runtime, config, toyEncoder, randomWeights(config));
  const options = { dir: folder.dir, split: "train", out, segmenter, identity: "a", read: pictureReader() };
  const result = await fillMasks(options);
  await segmenter.release();
  expect(held.length).toBeGreaterThan(0);
  const trained = ids.length - held.length;
  expect(result).toMatchObject({ pictures: trained, real: trained, inferred: trained });

  const { samples } = await loadCoco(out, "train", { need: ["pixels", "captions"] });
  expect(samples.length).toBe(ids.length);
  for (const sample of samples) {
    const [dog, person] = sample.objects;
    expect(dog.inferred).toBeUndefined();
    expect(dog.segmentation).toEqual([[10, 60, 50, 60, 30, 10]]);
    expect(person.inferred).toBe(isValidation(sample.imageId) ? undefined : true);
    const bitmap = objectMask(sample, person, 100, 80);
    expect(bitmap === undefined).toBe(isValidation(sample.imageId));
    // inside the box
    bitmap?.forEach((v, i) => {
      if (v) expect([i % 100 >= 20, i % 100 < 50, i >= 500, i < 7500]).toEqual([true, true, true, true]);
    });
  }
  const real = await loadCoco(out, "train", { inferred: false });
  expect(real.samples.every((s) => s.objects[0].segmentation && !s.objects[1].segmentation)).toBe(true);
  const before = await readFile(join(folder.dir, "annotations", "captions_train.json"), "utf8");
  expect(await readFile(join(out, "annotations", "captions_train.json"), "utf8")).toBe(before);
});

it("goes on where it was broken off, with the same segmenter alone", async () => {
  const asked: number[] = [];
  const mask = { width: 100, height: 80, counts: [0, 8000] };
  const segmenter = {
    infer: async (requests: readonly SegmenterRequest[]) => {
      asked.push(requests.length);
      return requests.map(({ wanted }) => wanted.map(() => ({ mask, confidence: 1, kind: "network" as const })));
    },
    release: async () => {},
  };
  const abort = new AbortController();
  const options = {
    dir: folder.dir,
    split: "train",
    out: `${out}-again`,
    segmenter,
    identity: "a",
    read: pictureReader(),
  };
  const broken = fillMasks({
    ...options,
    signal: abort.signal,
    onProgress: (done) => done > 16 && abort.abort(new Error("stop")),
  });
  await expect(broken).rejects.toThrow(/stop/);
  const trained = ids.length - held.length;
  expect(asked).toEqual([16, 16]);
  const result = await fillMasks(options);
  expect(asked.slice(2).reduce((a, b) => a + b)).toBe(trained - 32);
  expect(result).toMatchObject({ inferred: trained });
  expect((await loadCoco(options.out, "train")).samples.length).toBe(ids.length);

  const other = { ...options, out: `${out}-other` };
  const half = new AbortController();
  const first = fillMasks({ ...other, signal: half.signal, onProgress: () => half.abort(new Error("stop")) });
  await expect(first).rejects.toThrow(/stop/);
  asked.length = 0;
  await fillMasks({ ...other, identity: "b" });
  expect(asked.reduce((a, b) => a + b)).toBe(trained);
});

it("refuses to write over what it reads", async () => {
  const segmenter = { infer: async () => [], release: async () => {} };
  const options = {
    dir: folder.dir,
    split: "train",
    out: `${folder.dir}/.`,
    segmenter,
    identity: "a",
    read: pictureReader(),
  };
  await expect(fillMasks(options)).rejects.toThrow(/another folder/);
});
