import { initialise } from "@scenograph/graph/program";
import { createNodeRuntime } from "@scenograph/graph/runtime/node";
import { readPngHeader } from "scenograph/formats/png";
import { tinyConfig } from "scenograph/paper/masks/masks.fixture";
import { afterAll, beforeAll, expect, it } from "vitest";
import { CATEGORY_LIST, caption, image, makeFolder, object } from "../../data/coco.fixture.ts";
import { isValidation } from "../../data/split.ts";
import type { Config } from "../config.ts";
import type { TaskContext } from "./index.ts";
import { createMasksTask } from "./masks.ts";

const ids = Array.from({ length: 60 }, (_, i) => i + 1);
let folder: Awaited<ReturnType<typeof makeFolder>>;
const lines: string[] = [];

beforeAll(async () => {
  // a dog's triangle in each picture, and a person without a mask in every other one
  const triangle = (id: number) => [[10 + id / 2, 60, 50 + id / 2, 60, 30 + id / 2, 10]];
  // the whole dog is a square
  const square = (id: number) => [[10 + id / 2, 10, 50 + id / 2, 10, 50 + id / 2, 60, 10 + id / 2, 60]];
  const instances = {
    images: ids.map((id) => image(id)),
    annotations: ids.flatMap((id) => [
      object(2 * id, id, [10 + id / 2, 10, 40, 50], { segmentation: triangle(id), amodal_segmentation: square(id) }),
      ...(id % 2 ? [object(2 * id + 1, id, [20, 5, 30, 70], { category_id: 1 })] : []),
    ]),
    categories: CATEGORY_LIST,
  };
  const captions = { images: ids.map((id) => image(id)), annotations: ids.map((id) => caption(id, id, "a dog")) };
  folder = await makeFolder({ instances: { train: instances }, captions: { train: captions } });
});
afterAll(() => folder.remove());

function context(): TaskContext {
  const masks = tinyConfig({ maxObjects: 2, train: { batch: 2, warmup: 0 } });
  return {
    config: { masks, image: { size: 64 } } as Config,
    data: folder.dir,
    split: "train",
    seed: 3,
    runtime: { threads: 1 },
    cacheDir: folder.dir,
    log: (line) => lines.push(line),
  };
}

it("trains, validates on other pictures, draws samples and exports the averaged generator", async () => {
  const task = await createMasksTask(context());
  const held = ids.filter(isValidation).length;
  expect(held).toBeGreaterThan(0);
  expect(lines.at(-1)).toContain(`${ids.length - held} pictures with masks to train on, ${held} to validate`);
  expect(task.sampleCount).toBe(ids.length - held);

  const runtime = createNodeRuntime({ threads: 1 });
  const run = await runtime.load(task.program);
  await run.writeState(initialise(task.program, 3));
  const out = await run.run(await task.batch(0));
  for (const name of task.losses) expect(Number.isFinite(Number(out[name][0])), name).toBe(true);
  const state = await run.readState();
  await run.release();

  const weights = task.exportWeights(state);
  expect([...weights.keys()].every((name) => name.startsWith("masks.generator."))).toBe(true);
  const { metrics, score } = await task.validate!(weights, runtime);
  expect(metrics.iou).toBeGreaterThan(0);
  expect(metrics.best).toBeGreaterThanOrEqual(metrics.iou);
  expect(Number.isFinite(score)).toBe(true);
  const png = await task.sample!(weights, runtime);
  expect(readPngHeader(png).width).toBeGreaterThan(4 * 128);
  expect(await task.sample!(weights, runtime)).toEqual(png);
});

it("feeds the same arrays for the same step, whatever was asked for before", async () => {
  const [a, b] = [await createMasksTask(context()), await createMasksTask(context())];
  await a.batch(0);
  await a.batch(7);
  const feeds = await a.batch(40);
  expect(await b.batch(40)).toEqual(feeds);
  expect(await b.batch(41)).not.toEqual(feeds);
  const masked = [...(feeds.masked as Float32Array)];
  expect(masked.filter((v) => v === 1).length).toBe(2);
});

it("learns what is seen, or whole silhouettes where it is told to", async () => {
  const pixels = async (whole: boolean) => {
    const { config, ...rest } = context();
    const masks = { ...config.masks, ours: { ...config.masks.ours, whole } };
    const task = await createMasksTask({ ...rest, config: { ...config, masks } });
    return ((await task.batch(0)).masks as Uint8Array).reduce((a, b) => a + b, 0);
  };
  const [seen, all] = [await pixels(false), await pixels(true)];
  expect(all / seen).toBeGreaterThan(1.7);
  expect(all / seen).toBeLessThan(2.3);
});

it("names the split when it has no masks", async () => {
  await expect(createMasksTask({ ...context(), split: "other" })).rejects.toThrow(/other/);
});
