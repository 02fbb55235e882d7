/** Scenes through a tiny model whose weights are random: which codes stay, which are drawn anew. */

import type { Weights } from "@scenograph/graph/nn/weights";
import { initialise } from "@scenograph/graph/program";
import { createNodeRuntime } from "@scenograph/graph/runtime/node";
import { describe, expect, test } from "vitest";
import { maskArea } from "../formats/rle.ts";
import { generate, type Stages } from "../pipeline.ts";
import type { Scene, SceneObject } from "../scene/scene.ts";
import { oursConfig } from "./config.ts";
import { createImageGenerator, imageConfig, imageProgram } from "./image/index.ts";
import { drawLookProgram } from "./looks/step.ts";
import { openLooks, openPoses } from "./open.ts";
import { decodeProgram } from "./poses/step.ts";
import { colourPriorProgram, lookPriorProgram, posePriorProgram } from "./priors/step.ts";

const runtime = createNodeRuntime({ threads: 1 });
const ours = oursConfig.parse({
  poses: { codes: 8, classWidth: 4, side: 64, decoder: [8, 6, 6, 4, 4] },
  looks: { codes: 8, width: 4, classWidth: 4, side: 64, silhouette: [3, 3, 3], decoder: [8, 6, 6, 6, 6, 4] },
  priors: { width: 4, classWidth: 4, hidden: 6, palette: 6 },
});
const image = imageConfig.parse({
  size: 16,
  layout: 4,
  encoder: [4],
  background: 3,
  noise: 2,
  fused: 6,
  residualBlocks: 1,
  decoder: [6],
});
const TEXT = 5;
const counts = { poses: 8, looks: 8, lookWidth: 4 };

const weights: Weights = new Map(
  [
    decodeProgram(ours.poses, 1),
    drawLookProgram(ours.looks, 1),
    posePriorProgram(ours.priors, counts, 1, 1),
    lookPriorProgram(ours.priors, counts, 1, 1),
    colourPriorProgram(ours.priors, counts, 1, 1),
    imageProgram(image, TEXT, 1),
  ].flatMap((program) =>
    Object.entries(initialise(program, 5)).map(([name, data]) => {
      const { shape } = program.state.find((s) => s.name === name)!;
      // a palette of different colours
      const own = name === "priors.palette" ? data.map((_, i) => ((i * 37) % 100) / 50 - 1) : data;
      return [name, { dtype: "F32" as const, shape, data: own }] as const;
    }),
  ),
);

const paper = createImageGenerator(runtime, image, TEXT, weights);
const masks = openPoses(runtime, ours, { threshold: 0.5, ours: { resolution: 128 } }, weights);
const pictures = openLooks(runtime, ours, 16, weights, weights, paper);
const stages: Stages = {
  text: {
    encode: async (captions) => captions.map((caption) => ({ caption, words: [], embedding: new Float32Array(TEXT) })),
  },
  boxes: { infer: async (requests) => requests.map((r) => [...r.fixed]) },
  masks,
  image: pictures,
};

const dog = (id: string, x: number, more: Partial<SceneObject> = {}): SceneObject => ({
  id,
  label: "dog",
  box: [x, 0.3, 0.4, 0.5],
  ...more,
});
const scene = (seed: number, objects: SceneObject[], caption = "two dogs", size = 64): Scene => ({
  version: 2,
  caption,
  width: size,
  height: size,
  seed,
  objects,
});
const run = async (s: Scene, from: "masks" | "image" = "masks") => {
  const [result] = await generate(stages, [s], { from });
  return { ...result, byId: new Map(result.scene.objects.map((o) => [o.id, o])) };
};
const pair = () => [dog("a", 0.05), dog("b", 0.55)];

describe("poses", () => {
  test("same seed, same bytes; another seed, other poses and masks", async () => {
    const [one, again, other] = [await run(scene(1, pair())), await run(scene(1, pair())), await run(scene(2, pair()))];
    expect(again.scene).toEqual(one.scene);
    expect(again.picture!.data).toEqual(one.picture!.data);
    const poses = ({ scene: s }: { scene: Scene }) => s.objects.map((o) => o.pose);
    expect(poses(other)).not.toEqual(poses(one));
    expect(other.byId.get("a")!.mask).not.toEqual(one.byId.get("a")!.mask);
    for (const o of one.scene.objects) expect(maskArea(o.mask!)).toBeGreaterThan(0);
  });

  test("two of a class differ, but not when they shall be identical", async () => {
    for (let seed = 0; seed < 6; seed++) {
      const { scene: s } = await run(scene(seed, pair()));
      expect(s.objects[0].pose).not.toBe(s.objects[1].pose);
      expect(s.objects[0].look).not.toBe(s.objects[1].look);
      const alike = await run(scene(seed, pair(), "two identical dogs"));
      expect(alike.scene.objects[0].pose).toBe(alike.scene.objects[1].pose);
      expect(alike.scene.objects[0].look).toBe(alike.scene.objects[1].look);
    }
  });

  test("a pose set by hand is drawn; a locked object keeps pose and mask under other seeds", async () => {
    const { byId } = await run(scene(3, [dog("a", 0.05, { pose: 5 }), dog("b", 0.55)]));
    expect(byId.get("a")!.pose).toBe(5);
    const kept = { ...byId.get("a")!, locked: true };
    for (const seed of [4, 5]) {
      const next = await run(scene(seed, [kept, dog("b", 0.55)]));
      expect(next.byId.get("a")).toEqual(kept);
    }
    // unlocked it is drawn anew
    const poses = new Set<number>();
    for (let seed = 4; seed < 12; seed++)
      poses.add((await run(scene(seed, [{ ...kept, locked: false }, dog("b", 0.55)]))).byId.get("a")!.pose!);
    expect(poses.size).toBeGreaterThan(2);
  });

  test("the facing is part of the pose: the mirrored one is its mirror image", async () => {
    const box = [0.25, 0.25, 0.5, 0.5] as const;
    const of = async (pose: number) => {
      const [[mask]] = await masks.infer([{ objects: [dog("a", 0, { pose, box })], seed: 0 }]);
      return mask;
    };
    const [plain, mirrored] = [await of(2), await of(2 + ours.poses.codes)];
    expect(mirrored).not.toEqual(plain);
    // run lengths go down the columns: the mirror image reads them backwards, column by column
    expect(maskArea(mirrored)).toBe(maskArea(plain));
  });

  test("alternatives are different masks, the likeliest first", async () => {
    const found = await masks.alternatives({ objects: pair(), seed: 1 }, "a", 5);
    expect(new Set(found.map((f) => f.pose)).size).toBe(5);
    expect(found.map((f) => f.share)).toEqual([...found.map((f) => f.share)].sort((x, y) => y - x));
    await expect(masks.alternatives({ objects: pair(), seed: 1 }, "x", 5)).rejects.toThrow(/id of the scene/);
  });
});

describe("looks", () => {
  test("from the image on another seed changes looks and not masks", async () => {
    const first = await run(scene(1, pair()));
    const next = await run({ ...first.scene, seed: 9 }, "image");
    const of = (s: Scene, key: "mask" | "pose" | "look") => s.objects.map((o) => o[key]);
    expect(of(next.scene, "mask")).toEqual(of(first.scene, "mask"));
    expect(of(next.scene, "pose")).toEqual(of(first.scene, "pose"));
    expect(of(next.scene, "look")).not.toEqual(of(first.scene, "look"));
    expect(next.picture!.data).not.toEqual(first.picture!.data);
  });

  test("a locked object keeps look and colour; what is said wins over what is drawn; a hand-set colour over both", async () => {
    const first = await run(scene(1, pair(), "a red dog and a dog"));
    const red = first.scene.objects.filter((o) => o.colour === "#e0322f");
    expect(red).toHaveLength(1);
    const kept = { ...first.scene.objects[0], locked: true };
    const next = await run(scene(7, [kept, first.scene.objects[1]], "a dog and a dog"), "image");
    expect(next.byId.get("a")).toEqual(kept);
    const set = await run(scene(7, [dog("a", 0.05, { colour: "#00ff00" }), dog("b", 0.55)], "a red dog and a dog"));
    expect(set.byId.get("a")!.colour).toBe("#00ff00");
  });

  test("any size and aspect; later objects lie in front", async () => {
    const first = await run(scene(1, [dog("a", 0.2), dog("b", 0.3)]));
    for (const [width, height] of [
      [128, 128],
      [192, 128],
      [64, 96],
    ]) {
      const [result] = await generate(stages, [{ ...first.scene, width, height }], { from: "image" });
      expect([result.picture!.width, result.picture!.height]).toEqual([width, height]);
    }
    const locked = first.scene.objects.map((o) => ({ ...o, locked: true }));
    const front = await run({ ...first.scene, objects: locked }, "image");
    const back = await run({ ...first.scene, objects: [...locked].reverse() }, "image");
    expect(back.picture!.data).not.toEqual(front.picture!.data);
  });

  test("alternatives are pictures of the object alone", async () => {
    const { scene: s } = await run(scene(1, pair()));
    const request = { scene: s, sentence: { caption: s.caption, words: [], embedding: new Float32Array(TEXT) } };
    const found = await pictures.alternatives(request, "a", 4, 32);
    expect(new Set(found.map((f) => f.look)).size).toBe(4);
    expect(found[0].picture.data).not.toEqual(found[1].picture.data);
    for (const { picture } of found) expect(picture.data).toHaveLength(32 * 32 * 3);
  });
});
