import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { loadCoco, objectMask } from "../coco.ts";
import { synthesise } from "../synth.ts";
import { illustrate } from "./dataset.ts";
import { swapSides } from "./picture.ts";

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), "illustrate-"));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

test("left and right change sides, verbs and adverbs stay", () => {
  expect(swapSides("A dog to the left of a cat, right next to a tree")).toBe(
    "A dog to the right of a cat, right next to a tree",
  );
  expect(swapSides("Left hand")).toBe("Right hand");
});

const settings = { split: "train", size: 32, variants: 2, seed: 7, minimum: 0, colours: 0.5, times: 0.3 };

test("a written folder loads, and neither the number of threads nor an interruption changes a byte", async () => {
  await synthesise({ out: dir, split: "train", count: 70, seed: 5 });
  const run = (name: string, jobs: number, signal?: AbortSignal, onProgress?: (done: number) => void) =>
    illustrate({ dir, out: path.join(dir, name), ...settings, jobs, signal, onProgress });
  const one = await run("one", 1);
  const stop = new AbortController();
  const interrupted = run("two", 2, stop.signal, (done) => done >= 65 && stop.abort(new Error("stopped")));
  await expect(interrupted).rejects.toThrow("stopped");
  expect(await run("two", 2)).toEqual(one);
  const files = [
    "annotations/instances_train.json",
    "annotations/captions_train.json",
    "images/000009.png",
    "images/000138.png",
  ];
  for (const file of files)
    expect(await readFile(path.join(dir, "two", file)), file).toEqual(await readFile(path.join(dir, "one", file)));

  const { samples, dropped } = await loadCoco(path.join(dir, "one"), "train", {
    need: ["pixels", "captions", "masks"],
  });
  expect(samples.length).toBe(one.pictures);
  expect(dropped.segmentations).toBe(0);
  const [sample] = samples;
  expect(objectMask(sample, sample.objects[0], 32, 32)?.some((bit) => bit === 1)).toBe(true);
  for (const object of samples.flatMap((s) => s.objects))
    expect(object.attributes).toMatchObject({
      facing: expect.stringMatching(/^(left|right)$/),
      pose: expect.any(String),
      style: expect.stringMatching(/^(own|flat|noto|figure)$/),
      hex: expect.stringMatching(/^#[0-9a-f]{6}$/),
      colour: expect.any(String),
    });
  const again = illustrate({ dir, out: path.join(dir, "one"), ...settings, size: 16, jobs: 1 });
  await expect(again).rejects.toThrow("holds another");
});

test("a part of a set at another size and shape has the same captions, ids and looks", async () => {
  const read = async (name: string) => {
    const { samples } = await loadCoco(path.join(dir, name), "train");
    return samples.map((s) => ({ id: s.imageId, captions: s.captions, looks: s.objects.map((o) => o.attributes) }));
  };
  await illustrate({ dir, out: path.join(dir, "part"), ...settings, size: 64, every: 5, jobs: 1 });
  const whole = await read("one");
  const part = await read("part");
  expect(part.length).toBeGreaterThan(20);
  for (const picture of part) expect(picture).toEqual(whole.find((w) => w.id === picture.id));
});
