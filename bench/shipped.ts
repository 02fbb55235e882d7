/** The shipped models as a user meets them: sentence -> boxes, sentence -> picture, and how both grow. */
import { input } from "@scenograph/graph/leaves";
import { matmul } from "@scenograph/graph/ops/matmul";
import { compile } from "@scenograph/graph/program";
import { stream } from "@scenograph/graph/random";
import { createNodeRuntime } from "@scenograph/graph/runtime/node";
import type { Runtime } from "@scenograph/graph/runtime/runtime";
import { loadModel } from "scenograph/model/load.node";
import { generate, type StageName } from "scenograph/pipeline";
import { extentOf } from "scenograph/scene/geometry";
import type { Scene, SceneObject } from "scenograph/scene/scene";

export const SENTENCES = [
  "a dog and a cat on the grass",
  "two people riding horses on the beach",
  "a red bus in the street",
  "a man with a laptop on a couch",
  "three sheep in a field",
  "a pizza on a table with a fork",
  "a woman holding an umbrella in the rain",
  "a train next to a platform with people",
];
/** Of each picture size a shipped model. */
const MODELS: Readonly<Record<string, string>> = { "64": "illustrated-64", "128": "illustrated" };

export interface Shipped {
  readonly ms: {
    /** Sentence -> boxes, median over the sentences and seeds. */
    readonly layout: number;
    /** Sentence -> picture, by side in pixels. */
    readonly picture: Readonly<Record<string, number>>;
    /** Of the 128-pixel pictures, by stage. */
    readonly stages: Readonly<Record<StageName, number>>;
  };
  readonly growth: {
    /** Masks of one picture, ms by number of objects. */
    readonly objects: Readonly<Record<string, number>>;
    /** Layouts a second by batch size. */
    readonly layoutsPerSecond: Readonly<Record<string, number>>;
    /** Pictures of 128 pixels a second by batch size, from boxes and masks that are given. */
    readonly picturesPerSecond: Readonly<Record<string, number>>;
  };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return (sorted[Math.floor((sorted.length - 1) / 2)] + sorted[Math.floor(sorted.length / 2)]) / 2;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/** Median of `runs` after one run that does not count. */
async function steady(work: (run: number) => Promise<unknown>, runs: number): Promise<number> {
  await work(0);
  const times: number[] = [];
  for (let run = 0; run < runs; run++) times.push(await timed(() => work(run)));
  return median(times);
}

export async function shipped(threads: number, rounds: number): Promise<Shipped> {
  const runtime = createNodeRuntime({ threads });
  const picture: Record<string, number> = {};
  let layout = Number.NaN;
  const stages: Record<StageName, number> = { text: 0, boxes: 0, masks: 0, image: 0 };
  let growth: Shipped["growth"] = { objects: {}, layoutsPerSecond: {}, picturesPerSecond: {} };
  for (const [size, name] of Object.entries(MODELS)) {
    const { stages: model, info, release } = await loadModel(name, runtime);
    const scene = (i: number): Scene => ({
      version: 2,
      caption: SENTENCES[i % SENTENCES.length],
      ...extentOf(info.size),
      seed: i,
      objects: [],
    });
    const runs = SENTENCES.length * rounds;
    // every sentence once, so that all programs are compiled
    for (let i = 0; i < SENTENCES.length; i++) await generate(model, [scene(i)]);
    for (let i = 0; i < SENTENCES.length; i++) await generate(model, [scene(i)]);
    const each: Record<StageName, number[]> = { text: [], boxes: [], masks: [], image: [] };
    const onStage = (stage: StageName, ms: number) => each[stage].push(ms);
    picture[size] = await steady((i) => generate(model, [scene(i)], { onStage }), runs);
    if (size === "128") {
      for (const stage of Object.keys(each) as StageName[]) stages[stage] = median(each[stage]);
      layout = await steady((i) => generate(model, [scene(i)], { to: "boxes" }), runs);
      growth = await growthOf(model, scene);
    }
    await release();
  }
  return { ms: { layout, picture, stages }, growth };
}

async function growthOf(
  model: Awaited<ReturnType<typeof loadModel>>["stages"],
  scene: (i: number) => Scene,
): Promise<Shipped["growth"]> {
  const objects: Record<string, number> = {};
  for (const count of [1, 2, 4, 8, 16]) {
    const list = Array.from({ length: count }, (_, i): SceneObject => {
      return { id: `o${i}`, label: "person", box: [0.05 * (i % 10), 0.1, 0.3, 0.5] };
    });
    objects[count] = await steady((seed) => model.masks.infer([{ objects: list, seed }]), 9);
  }
  const layoutsPerSecond: Record<string, number> = {};
  const picturesPerSecond: Record<string, number> = {};
  for (const batch of [1, 2, 4, 8]) {
    const scenes = Array.from({ length: batch }, (_, i) => scene(i));
    layoutsPerSecond[batch] = (1000 * batch) / (await steady(() => generate(model, scenes, { to: "boxes" }), 9));
    const whole = (await generate(model, scenes, { to: "masks" })).map((r) => r.scene);
    picturesPerSecond[batch] = (1000 * batch) / (await steady(() => generate(model, whole, { from: "image" }), 9));
  }
  return { objects, layoutsPerSecond, picturesPerSecond };
}

/** Speed of our matrix products, 512 x 512, GFLOP a second: the limit of what can be reached. */
export async function peak(runtime: Runtime): Promise<number> {
  const side = 512;
  const y = matmul(input("a", [side, side]), input("b", [side, side]));
  const product = await runtime.load(compile({ outputs: { y } }));
  const random = stream(1, "peak");
  const feeds = { a: random.normals(side * side), b: random.normals(side * side) };
  const ms = await steady(() => product.run(feeds), 21);
  await product.release();
  return (2 * side ** 3) / ms / 1e6;
}

/**
 * Milliseconds of a fixed computation in one thread of JavaScript, the fastest and the median of 15: equal on an idle machine; the
 * median grows with other work.
 */
export function calibrate(): { readonly best: number; readonly median: number } {
  const times = Array.from({ length: 15 }, () => {
    const start = performance.now();
    let x = 1;
    for (let i = 0; i < 5e6; i++) x = (Math.imul(x, 1664525) + 1013904223) | 0;
    return performance.now() - start + (x === 0 ? 1e-9 : 0);
  });
  return { best: Math.min(...times), median: median(times) };
}
