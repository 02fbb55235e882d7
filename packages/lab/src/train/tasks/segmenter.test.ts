import { createHash } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { writeSafetensors } from "@scenograph/graph/formats/safetensors";
import { initialise } from "@scenograph/graph/program";
import { createNodeRuntime } from "@scenograph/graph/runtime/node";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { CATEGORY_LIST, image, makeFolder, object } from "../../data/coco.fixture.ts";
import { isValidation } from "../../data/split.ts";
import { tinyConfig } from "../../segmenter/segmenter.fixture.ts";
import type { Config } from "../config.ts";
import type { TaskContext } from "./index.ts";
import { createSegmenterTask } from "./segmenter.ts";

const ids = Array.from({ length: 40 }, (_, i) => i + 1);
const held = ids.filter(isValidation);
const lines: string[] = [];
let folder: Awaited<ReturnType<typeof makeFolder>>;

/** The form of the pretrained network with one channel everywhere, in a cache folder of its own. */
async function installTinyNetwork(cache: string): Promise<void> {
  const fixture = JSON.parse(
    await readFile(new URL("../../../../../test/fixtures/mobilenet.json", import.meta.url), "utf8"),
  ) as { weights: Record<string, { shape: number[]; weight: number[]; bias: number[] }> };
  const tensors = Object.entries(fixture.weights).flatMap(([name, { shape, weight, bias }]) => [
    [`${name}.weight`, { dtype: "F32" as const, shape, data: Float32Array.from(weight) }] as const,
    [`${name}.bias`, { dtype: "F32" as const, shape: [bias.length], data: Float32Array.from(bias) }] as const,
  ]);
  const bytes = writeSafetensors(tensors);
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  await mkdir(join(cache, "judges"));
  await writeFile(join(cache, "judges", "coco-ssd.safetensors"), bytes);
  await writeFile(join(cache, "judges", "judges.json"), JSON.stringify({ "coco-ssd": { sha256 } }));
}

beforeAll(async () => {
  // of three objects one has an annotator's mask, one a segmenter's, one none
  const annotations = ids.flatMap((id) => [
    object(3 * id, id, [10, 10, 40, 50], { segmentation: [[10, 60, 50, 60, 30, 10]] }),
    object(3 * id + 1, id, [50, 10, 40, 50], { segmentation: [[50, 60, 90, 60, 70, 10]], mask_source: "inferred" }),
    object(3 * id + 2, id, [20, 5, 30, 70], { category_id: 1 }),
  ]);
  folder = await makeFolder({
    instances: { train: { images: ids.map((id) => image(id)), annotations, categories: CATEGORY_LIST } },
    images: Object.fromEntries(ids.map((id) => [`${id}.jpg`, [100, 80] as const])),
  });
  await installTinyNetwork(folder.dir);
  vi.stubEnv("SCENOGRAPH_CACHE", folder.dir);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await folder.remove();
});

const context = (): TaskContext => ({
  config: { segmenter: tinyConfig({ batch: 2 }) } as Config,
  data: folder.dir,
  split: "train",
  seed: 3,
  runtime: { threads: 1 },
  cacheDir: folder.dir,
  log: (line) => lines.push(line),
});

it("trains on annotators' masks alone, and is judged on those of other pictures", async () => {
  const task = await createSegmenterTask(context());
  expect(held.length).toBeGreaterThan(0);
  expect(task.sampleCount).toBe(ids.length - held.length);
  expect(lines.at(-1)).toContain(`${held.length} pictures to validate`);

  const runtime = createNodeRuntime({ threads: 1 });
  const run = await runtime.load(task.program);
  await run.writeState(initialise(task.program, 3));
  const out = await run.run(await task.batch(0));
  for (const name of task.losses) expect(Number.isFinite(Number(out[name][0])), name).toBe(true);
  const state = await run.readState();
  await run.release();

  const weights = task.exportWeights(state);
  expect([...weights.keys()].every((name) => name.startsWith("segmenter."))).toBe(true);
  const { metrics, score } = await task.validate!(weights, runtime);
  expect(score).toBeCloseTo(1 - metrics.iou, 6);
  expect(metrics.iou).toBeGreaterThan(0);
});

it("feeds the same arrays for the same step, whatever was asked for before", async () => {
  const [a, b] = [await createSegmenterTask(context()), await createSegmenterTask(context())];
  await a.batch(7);
  const feeds = await a.batch(30);
  expect(await b.batch(30)).toEqual(feeds);
  expect(await b.batch(31)).not.toEqual(feeds);
});
