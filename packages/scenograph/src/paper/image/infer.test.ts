import { evaluate, node } from "@scenograph/graph/check.fixture";
import { input } from "@scenograph/graph/leaves";
import type { Weights } from "@scenograph/graph/nn/weights";
import { compile, initialise } from "@scenograph/graph/program";
import { stream } from "@scenograph/graph/random";
import { describe, expect, test } from "vitest";
import { bitmapToMask } from "../../formats/rle.ts";
import { boundaries } from "../../ours/image/boundary.ts";
import { createImageGenerator, imageProgram, layoutFeeds } from "../../ours/image/index.ts";
import { mentionOf, SLOTS } from "../../ours/image/slots.ts";
import type { Sentence } from "../../pipeline.ts";
import { COCO } from "../../scene/categories.ts";
import { mirrorMap } from "../../scene/geometry.ts";
import type { Scene, SceneObject } from "../../scene/scene.ts";
import { classMap, composeLayout, fromPlanes, mirrorLayout, toPlanes } from "./data.ts";
import { config, TEXT } from "./image.fixture.ts";
import * as paper from "./infer.ts";
import { sceneLayout } from "./infer.ts";
import { layoutTensor } from "./model.ts";
import * as paperStep from "./step.ts";

const { size } = config;
const rectangle = (x0: number, y0: number, x1: number, y1: number, side = size) =>
  Uint8Array.from({ length: side * side }, (_, i) => {
    const [x, y] = [i % side, Math.floor(i / side)];
    return x >= x0 && x < x1 && y >= y0 && y < y1 ? 1 : 0;
  });
const object = (id: string, label: string, bitmap: Uint8Array, more: Partial<SceneObject> = {}): SceneObject => ({
  id,
  label,
  box: [0, 0, 1, 1],
  mask: bitmapToMask(bitmap, size, size),
  ...more,
});
const person = object("a", "person", rectangle(0, 0, 8, 8));
const dog = object("b", "dog", rectangle(4, 4, 12, 12));
const scene = (objects: SceneObject[], seed = 1): Scene => ({
  version: 2,
  caption: "a caption",
  width: size,
  height: size,
  seed,
  objects,
});
const sentence: Sentence = { caption: "a caption", words: [], embedding: stream(1, "text").normals(TEXT) };

describe("layouts", () => {
  test("later objects are nearer; hidden ones and those without a mask are left out", () => {
    const at = (objects: SceneObject[], x: number, y: number) =>
      classMap(sceneLayout({ objects }, size), COCO.count)[y * size + x];
    expect([at([person, dog], 1, 1), at([person, dog], 6, 6), at([dog, person], 6, 6)]).toEqual([0, 16, 0]);
    expect(at([person, { ...dog, hidden: true }], 6, 6)).toBe(0);
    expect(at([person, { ...dog, mask: undefined }], 10, 10)).toBe(COCO.count);
  });

  test("boundaries part neighbours of one class", () => {
    const left = { classIndex: 3, box: [0, 0, 0.5, 1] as const, bitmap: rectangle(0, 0, 8, 16) };
    const right = { classIndex: 3, box: [0.5, 0, 0.5, 1] as const, bitmap: rectangle(8, 0, 16, 16) };
    const boundary = boundaries(composeLayout([left, right], size).owner, size);
    expect([boundary[7], boundary[6], boundary[8]]).toEqual([1, 0, 0]);
    expect(boundary.reduce((a, b) => a + b, 0)).toBe(size);
  });

  test("M is one-hot over the classes and all zero where there is no object", async () => {
    const x = input("x", [1, 1, 1, 3]);
    const program = compile({ outputs: { m: layoutTensor(x, COCO.count) } });
    const feeds = { x: Float32Array.of(0, COCO.count, 79) };
    const m = (await evaluate(node, { program, feeds, state: {} })).m as Float32Array;
    expect(m.reduce((a, b) => a + b, 0)).toBe(2);
    expect([m[0], m[79 * 3 + 2]]).toEqual([1, 1]);
  });

  test("masks of another resolution are resized", () => {
    const big = { ...person, mask: bitmapToMask(rectangle(0, 0, 32, 32, 64), 64, 64) };
    expect(sceneLayout({ objects: [big] }, size)).toEqual(sceneLayout({ objects: [person] }, size));
  });

  test("bytes to planes and back", () => {
    const rgb = Uint8Array.from({ length: size * size * 3 }, (_, i) => (i * 7) % 256);
    const planes = new Uint8Array(rgb.length);
    toPlanes(rgb, planes, 0);
    expect(fromPlanes(Float32Array.from(planes, (v) => v / 127.5 - 1))).toEqual(rgb);
  });
});

test("objects get slots by size and ranks in their class; u and v run over the box, and mirrored the other way", () => {
  const small = { classIndex: 3, box: [0, 0, 0.25, 0.25] as const, bitmap: rectangle(0, 0, 4, 4) };
  const large = { classIndex: 3, box: [0.5, 0, 0.5, 1] as const, bitmap: rectangle(8, 0, 16, 16) };
  const objects = { width: 4, texture: 2, waves: 2, colour: 1, warmup: 0 };
  const looking = { ...config, ours: { ...config.ours, objects } };
  const layout = composeLayout([small, large], size);
  const words = new Float32Array(3 * 100).fill(0.5);
  const mentions = [
    { classIndex: 3, from: 1, to: 2, count: 1 },
    { classIndex: 3, from: 2, to: 3 },
  ];
  const sentence = { vectors: words, mentions };
  const feeds = layoutFeeds([{ layout, sentence }], 2, looking);
  const [owner, u, v] = ["owner", "u", "v"].map((name) => feeds[`layout.${name}`] as Uint8Array);
  expect([owner[0], owner[8], owner[5 * size], owner[size * size]]).toEqual([1, 0, SLOTS, SLOTS]);
  expect(feeds["objects.ranks"].slice(0, 3)).toEqual(BigInt64Array.of(0n, 1n, 0n));
  expect(feeds["objects.classes"].slice(0, 3)).toEqual(BigInt64Array.of(3n, 3n, 0n));
  expect([u[8], u[15], v[8], v[8 + 15 * size], u[5 * size]]).toEqual([16, 239, 8, 247, 0]);
  // the larger one is the first that is mentioned
  const said = feeds["objects.said"] as Float32Array;
  expect([...said.keys()].filter((i) => said[i] === 1)).toEqual([1, 24 + 2]);
  expect((feeds["words.valid"] as Float32Array).reduce((a, b) => a + b)).toBe(3);
  const mirrored = layoutFeeds([{ layout: mirrorLayout(layout), sentence }], 1, looking);
  expect(mirrored["layout.u"]).toEqual(
    mirrorMap(
      Uint8Array.from(u.slice(0, size * size), (x, i) => (owner[i] < SLOTS ? 255 - x : 0)),
      size,
    ),
  );
});

test("mentions go to objects in order and number; the last one to all that are left", () => {
  const men = { classIndex: 0, from: 1, to: 2, count: 2 };
  const girl = { classIndex: 0, from: 4, to: 5, count: 1 };
  expect([0, 1, 2, 3, 9].map((rank) => mentionOf([men, girl], 0, rank))).toEqual([men, men, girl, girl, girl]);
  expect(mentionOf([men, girl], 1, 0)).toBeUndefined();
});

test("more objects than can be told apart: the smallest are left out", () => {
  const many = Array.from({ length: 300 }, (_, i) => ({
    classIndex: 1,
    box: [0, 0, 0.01 * (i + 1), 1] as const,
    bitmap: rectangle(0, 0, 2, 2),
  }));
  const layout = composeLayout(many, size);
  expect([layout.objects.length, layout.owner[0], layout.objects[0].box[2]]).toEqual([255, 0, 3]);
});

describe("pictures", () => {
  const program = imageProgram(config, TEXT, 1);
  const state = initialise(program, 2);
  const weights: Weights = new Map(
    program.state.map((s) => {
      // the last layer starts all but grey
      const scale = s.name.startsWith("image.out") ? 30 : 1;
      return [s.name, { dtype: "F32", shape: s.shape, data: state[s.name].map((v) => v * scale) }] as const;
    }),
  );
  const generator = createImageGenerator(node, config, TEXT, weights);
  const draw = async (s: Scene, said = sentence) => (await generator.infer([{ scene: s, sentence: said }]))[0];

  test("the same scene gives the same bytes; seed, sentence and layout each change them", async () => {
    const base = await draw(scene([person, dog]));
    expect([base.width, base.height, base.data.length]).toEqual([size, size, size * size * 3]);
    expect(new Set(base.data).size).toBeGreaterThan(10);
    expect(await draw(scene([person, dog]))).toEqual(base);
    expect(await draw(scene([person, dog], 2))).not.toEqual(base);
    expect(await draw(scene([dog, person]))).not.toEqual(base);
    const other = { ...sentence, embedding: stream(2, "text").normals(TEXT) };
    expect(await draw(scene([person, dog]), other)).not.toEqual(base);
  });

  test("a batch of n equals n singles to one level of grey", async () => {
    const scenes = [scene([person]), scene([dog], 5), scene([]), scene([person, dog], 7), scene([dog, person])];
    const batch = await generator.infer(scenes.map((s) => ({ scene: s, sentence })));
    for (const [i, s] of scenes.entries()) {
      const single = await draw(s);
      const worst = Math.max(...single.data.map((v, k) => Math.abs(v - batch[i].data[k])));
      expect(worst).toBeLessThanOrEqual(1);
    }
  });

  test("the paper's alone draws too", async () => {
    const other = paperStep.imageProgram(config, TEXT, 1);
    expect(other.inputs.map((i) => i.name).sort()).toEqual(["layout.classes", "noise", "text"]);
    const start = initialise(other, 2);
    const own: Weights = new Map(
      other.state.map((s) => [s.name, { dtype: "F32", shape: s.shape, data: start[s.name] }] as const),
    );
    const [made] = await paper
      .createImageGenerator(node, config, TEXT, own)
      .infer([{ scene: scene([person]), sentence }]);
    expect(made.data.length).toBe(size * size * 3);
  });

  test("a picture of any aspect: wide and high are told apart", async () => {
    const wide = { ...config, size: [32, 16] as [number, number] };
    const own = paperStep.imageProgram(wide, TEXT, 1);
    expect(own.outputs[0].shape).toEqual([1, 3, 16, 32]);
    const layout = sceneLayout({ objects: [person] }, wide.size);
    expect([layout.width, layout.height, layout.owner.length]).toEqual([32, 16, 512]);
    // the left half of the square is the left half of the wide one
    expect([layout.owner[15], layout.owner[16]]).toEqual([0, 255]);
    const mirrored = mirrorLayout(layout);
    expect([mirrored.owner[15], mirrored.owner[16]]).toEqual([255, 0]);
    const start = initialise(own, 2);
    const weightsOfIt: Weights = new Map(
      own.state.map((s) => [s.name, { dtype: "F32", shape: s.shape, data: start[s.name] }] as const),
    );
    const [made] = await paper
      .createImageGenerator(node, wide, TEXT, weightsOfIt)
      .infer([{ scene: scene([person]), sentence }]);
    expect([made.width, made.height, made.data.length]).toEqual([32, 16, 3 * 512]);
    expect(() => paperStep.imageProgram({ ...wide, size: [32, 15] }, TEXT, 1)).toThrow(/sides are multiples of 2/);
  });

  test("grain comes from the scene's seed: the same bytes for one seed, another texture for another", async () => {
    const grainy = { ...config, noise: 0, ours: { ...config.ours, grain: true } };
    const own = imageProgram(grainy, TEXT, 1);
    const start = initialise(own, 2);
    const drawn = createImageGenerator(
      node,
      grainy,
      TEXT,
      new Map(
        own.state.map(({ name, shape }) => {
          const scale = name.startsWith("image.out") ? 30 : 1;
          return [name, { dtype: "F32" as const, shape, data: start[name].map((v) => v * scale) }];
        }),
      ),
    );
    const at = async (...seeds: number[]) =>
      (await drawn.infer(seeds.map((seed) => ({ scene: scene([person], seed), sentence })))).map((p) => p.data);
    const [one, two, again] = await at(1, 2, 1);
    expect(again).toEqual(one);
    expect(two).not.toEqual(one);
    const [single] = await at(2);
    expect(Math.max(...single.map((v, k) => Math.abs(v - two[k])))).toBeLessThanOrEqual(1);
  });

  test("a hidden object is not there", async () => {
    expect(await draw(scene([person, { ...dog, hidden: true }]))).toEqual(await draw(scene([person])));
  });
});
