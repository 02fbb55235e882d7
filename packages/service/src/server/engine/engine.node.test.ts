/** The engine on the tiny model: results do not depend on company, limits hold, threads that die are replaced. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { maskToBitmap } from "scenograph/formats/rle";
import type { Generated } from "scenograph/pipeline";
import type { Scene } from "scenograph/scene/scene";
import { afterAll, beforeAll, expect, test } from "vitest";
import { tinyModel } from "../../../../../test/cli/tinyModel.fixture.ts";
import { Engine, type EngineOptions } from "./engine.node.ts";

let folder: string;
let model: string;
const engines: Engine[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "scenograph-engine-"));
  model = (await tinyModel(folder)).path;
});
afterAll(async () => {
  await Promise.all(engines.map((e) => e.close()));
  await rm(folder, { recursive: true });
});

async function open(options: EngineOptions = {}): Promise<Engine> {
  const engine = await Engine.open({ model, models: [], threads: 1, warm: false, deadlineMs: 240_000, ...options });
  engines.push(engine);
  return engine;
}

const CAPTIONS = [
  "two people with a dog",
  "a cat on the street and a red bus in the snow",
  "horses",
  // longer than the sixteen words that most captions are compiled for
  "the red person and the cat and the dog in the snow on the street with two horses and a bus",
];
function scene(i: number): Scene {
  const objects = i % 3 === 0 ? [{ id: "mine", label: "dog", box: [0.1, 0.2, 0.3, 0.4], locked: true } as const] : [];
  return { version: 2, caption: CAPTIONS[i % CAPTIONS.length], width: 32, height: 32, seed: i, objects };
}

/** The largest difference of two results in what a person can see. */
function difference(a: Generated, b: Generated): { boxes: number; masks: number; pixels: number } {
  expect(a.scene.objects.map((o) => [o.id, o.label])).toEqual(b.scene.objects.map((o) => [o.id, o.label]));
  const most = (x: ArrayLike<number>, y: ArrayLike<number>) =>
    Array.from(x).reduce((max, v, i) => Math.max(max, Math.abs(v - y[i])), 0);
  const pairs = a.scene.objects.map((o, i) => [o, b.scene.objects[i]] as const);
  return {
    boxes: Math.max(0, ...pairs.map(([o, p]) => most(o.box, p.box))),
    masks: Math.max(
      0,
      ...pairs.map(([o, p]) => (o.mask && p.mask ? most(maskToBitmap(o.mask), maskToBitmap(p.mask)) : 0)),
    ),
    pixels: most(a.picture?.data ?? [], b.picture?.data ?? []),
  };
}

test("twelve requests at once are batched, and each result is that of the request alone", async () => {
  const sizes: number[] = [];
  const together = await open({ maxBatch: 4, windowMs: 20, onBatch: (_, size) => sizes.push(size) });
  const alone = await open({ maxBatch: 1 });
  const scenes = Array.from({ length: 12 }, (_, i) => scene(i));
  const batched = await Promise.all(scenes.map(async (s) => (await together.generate([s]))[0]));
  expect(Math.max(...sizes)).toBeGreaterThan(4);
  for (const [i, s] of scenes.entries()) {
    const [single] = await alone.generate([s]);
    expect(difference(batched[i], single)).toEqual({ boxes: 0, masks: 0, pixels: 0 });
  }
});

test("with the shipped model too: the same boxes and masks; pixels differ by 1 of 255 at most", async () => {
  const captions = ["two people riding horses on the beach", "a cat on a sofa", "a man with a surfboard", "a red bus"];
  const start = { version: 2, width: 128, height: 128, objects: [] } as const;
  const scenes = captions.map((caption, seed): Scene => ({ ...start, caption, seed }));
  const shipped = { model: "illustrated" };
  const together = await open({ ...shipped, maxBatch: 4, windowMs: 100 });
  const batched = await together.generate(scenes);
  const alone = await open({ ...shipped, maxBatch: 1 });
  for (const [i, s] of scenes.entries()) {
    const { boxes, masks, pixels } = difference(batched[i], (await alone.generate([s]))[0]);
    expect([boxes, masks]).toEqual([0, 0]);
    // one row of a matrix is summed in another order than several
    expect(pixels).toBeLessThanOrEqual(1);
  }
});

test("a full queue refuses with a time to come back; jobs are admitted in any case", async () => {
  const engine = await open({ maxQueue: 2 });
  const scenes = [scene(1), scene(2)];
  const running = engine.generate(scenes, { to: "boxes" });
  await expect(engine.generate([scene(3)], { to: "boxes" })).rejects.toMatchObject({
    name: "FullError",
    status: 429,
    retryAfter: expect.any(Number),
  });
  const job = engine.generate([scene(3)], { to: "boxes", patient: true });
  await expect(engine.generate([scene(1), scene(2), scene(3)])).rejects.toThrow("at most 2 pictures here, got 3");
  expect((await running).length + (await job).length).toBe(3);
  expect(engine.admitted).toBe(0);
  expect((await engine.generate([scene(3)], { to: "boxes" })).length).toBe(1);
});

test("a deadline and an abort end a request at once, and the next is not hurt", async () => {
  const engine = await open();
  await expect(engine.generate([scene(1)], { deadlineMs: 1 })).rejects.toMatchObject({
    name: "DeadlineError",
    status: 504,
  });
  const stop = new AbortController();
  const asked = engine.generate([scene(1)], { signal: stop.signal });
  stop.abort(new Error("gone"));
  await expect(asked).rejects.toThrow("gone");
  await engine.drained();
  expect((await engine.generate([scene(1)], { to: "boxes" })).length).toBe(1);
});

test("errors of the stages arrive as their class; an unknown model is told with those there are", async () => {
  const engine = await open();
  const empty = { ...scene(1), caption: "!!!" };
  await expect(engine.generate([empty])).rejects.toMatchObject({ name: "UserError", status: 400 });
  expect(() => engine.info("../tiny")).toThrow('there are tiny, got "../tiny"');
});
