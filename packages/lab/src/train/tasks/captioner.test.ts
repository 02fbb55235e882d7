import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { readSafetensors, writeSafetensors } from "@scenograph/graph/formats/safetensors";
import { initialise } from "@scenograph/graph/program";
import { createNodeRuntime } from "@scenograph/graph/runtime/node";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { captionerConfig } from "../../captioner/config.ts";
import { CATEGORY_LIST, caption, image, makeFolder } from "../../data/coco.fixture.ts";
import { isValidation } from "../../data/split.ts";
import { evaluateCaptions, openCaptioner } from "../../evaluate/captions/judge.ts";
import type { Config } from "../config.ts";
import { encodeWeights } from "../export.ts";
import type { Task } from "../task.ts";
import { createCaptionerTask } from "./captioner.ts";
import type { TaskContext } from "./index.ts";

const ids = Array.from({ length: 60 }, (_, i) => i + 1);
const lines: string[] = [];
const runtime = createNodeRuntime({ threads: 1 });
let folder: Awaited<ReturnType<typeof makeFolder>>;
let task: Task;

/** A narrow network of the same form, in a cache folder of its own. */
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
  const images = ids.map((id) => image(id, 40, 30));
  const annotations = ids.flatMap((id) => [caption(2 * id, id, "A red wall."), caption(2 * id + 1, id, "blue or red")]);
  folder = await makeFolder({
    instances: { train: { images, annotations: [], categories: CATEGORY_LIST } },
    captions: { train: { images, annotations } },
    images: Object.fromEntries(ids.map((id) => [`${id}.jpg`, [40, 30] as const])),
  });
  await installTinyNetwork(folder.dir);
  vi.stubEnv("SCENOGRAPH_CACHE", folder.dir);
  task = await createCaptionerTask(context());
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await folder.remove();
});

function context(pictures = 100): TaskContext {
  const captioner = captionerConfig.parse({
    hidden: 6,
    embedding: 5,
    minCount: 2,
    maxWords: 4,
    size: 32,
    resolutions: [16, 24],
    pictures,
    train: { batch: 4, steps: 20 },
  });
  return {
    config: { captioner } as Config,
    data: folder.dir,
    split: "train",
    seed: 3,
    runtime: { threads: 1 },
    cacheDir: join(folder.dir, "derived"),
    log: (line) => lines.push(line),
  };
}

test("learns from the training part; the same step gives the same batch", async () => {
  const held = ids.filter(isValidation).length;
  expect(held).toBeGreaterThan(0);
  expect(task.sampleCount).toBe(ids.length - held);
  expect(lines.at(-1)).toContain(`${ids.length - held} pictures to train on, ${held} to validate, 5 words`);
  expect(await task.batch(4)).toEqual(await task.batch(4));
  expect(await task.batch(4)).not.toEqual(await task.batch(5));
});

test("features are computed once", async () => {
  const files = await readdir(join(folder.dir, "derived"));
  const before = lines.length;
  const again = await createCaptionerTask(context());
  expect(lines.slice(before).filter((line) => line.startsWith("features of"))).toEqual([]);
  expect(await readdir(join(folder.dir, "derived"))).toEqual(files);
  expect(await again.batch(7)).toEqual(await task.batch(7));
});

test("at most so many pictures of each part", async () => {
  const small = await createCaptionerTask(context(1));
  expect(small.sampleCount).toBe(1);
  expect(lines.at(-1)).toContain("1 pictures to train on, 1 to validate");
});

test("a step lowers the loss on its batch; what is exported captions pictures", async () => {
  const run = await runtime.load(task.program);
  await run.writeState(initialise(task.program, 3));
  const losses: number[] = [];
  for (let step = 0; step < 20; step++) losses.push((await run.run(await task.batch(step))).loss[0] as number);
  expect(losses[19]).toBeLessThan(losses[0]);
  const weights = task.exportWeights(await run.readState());
  await run.release();
  const { metrics, score } = await task.validate!(weights, runtime);
  expect(Object.keys(metrics)).toContain("CIDEr-D");
  expect(score).toBe(-metrics["CIDEr-D"]);

  const trained = new Set(task.program.state.map((s) => s.name));
  const bytes = encodeWeights(weights, task.metadata ?? {}, (name) => trained.has(name));
  expect(readSafetensors(bytes).tensors.get("captioner.statistics")?.dtype).toBe("F32");
  const file = join(folder.dir, "captioner.safetensors");
  await writeFile(file, bytes);
  const captioner = await openCaptioner(file, { runtime });
  const picture = { width: 5, height: 4, data: new Uint8Array(60).fill(90) };
  const judged = ids
    .slice(0, 3)
    .map((id) => ({ id, picture, sentence: "a red wall", references: ["a red wall", "red"] }));
  const { captions, sentence } = await evaluateCaptions(captioner, judged, { synonyms: null });
  await captioner.release();
  expect(captions).toHaveLength(3);
  expect(captions[0].caption).toMatch(/^\w+( \w+){0,3}$/);
  expect(sentence["BLEU-1"]!.n).toBe(3);
});

test("weights of another feature network are refused", async () => {
  const file = join(folder.dir, "other.safetensors");
  const one = { dtype: "F32", shape: [2, 4], data: new Float32Array(8) } as const;
  const metadata = { ...task.metadata, features: "another network" };
  await writeFile(file, writeSafetensors([["captioner.statistics", one]], metadata));
  await expect(openCaptioner(file, { runtime })).rejects.toThrow(/trained on another network.*judges install/);
});
