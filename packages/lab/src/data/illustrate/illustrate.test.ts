import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { stream } from "@scenograph/graph/random";
import { BACKGROUND_KINDS, TIMES } from "scenograph/paper/text/background";
import { CATEGORIES, classIndex } from "scenograph/scene/categories";
import { afterAll, beforeAll, expect, test } from "vitest";
import { loadCoco, objectMask } from "../coco.ts";
import { synthesise } from "../synth.ts";
import { drawBackdrop } from "./backdrop.ts";
import { illustrate } from "./dataset.ts";
import { swapSides } from "./picture.ts";
import { type LayoutObject, planScene } from "./plan.ts";
import { rasterise } from "./raster.ts";
import { type Rendered, renderPlan } from "./render.ts";
import { sprite, spriteAspect, VIEWS } from "./sprites.ts";
import { appearanceOf, sayColours } from "./words.ts";

const object = (label: string, ...box: [number, number, number, number]): LayoutObject => ({
  classIndex: classIndex(label),
  box,
});
const draw = (caption: string, layout: LayoutObject[]): Rendered =>
  renderPlan(planScene(caption, layout, false, stream(1, "plan")), 64, stream(1, "sky"));

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), "illustrate-"));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

test("every category has a drawing that fills its trimmed box", () => {
  for (const { name } of CATEGORIES)
    for (const view of VIEWS[name]) {
      expect(spriteAspect(view), view.name).toBeGreaterThan(0.1);
      const { data } = sprite(view, { width: 20, height: 20 });
      const opaque = data.filter((v, i) => i % 4 === 3 && v > 127).length;
      expect(opaque, view.name).toBeGreaterThan(40);
    }
});

test("backgrounds cover the whole picture", () => {
  for (const kind of BACKGROUND_KINDS)
    for (const time of TIMES)
      for (const name of ["a", "b", "c"]) {
        const { data } = rasterise(drawBackdrop(kind, time, stream(1, name)), 128);
        expect(
          data.every((v, i) => i % 4 !== 3 || v === 255),
          `${kind} ${time}`,
        ).toBe(true);
      }
});

/** Mean colour over an object's visible pixels. */
function meanColour({ picture, objects }: Rendered): number[] {
  const sum = [0, 0, 0];
  let n = 0;
  objects[0].visible.forEach((bit, p) => {
    if (!bit) return;
    n++;
    for (let c = 0; c < 3; c++) sum[c] += picture.data[p * 3 + c];
  });
  return sum.map((s) => s / n);
}

test("colour words paint the object that they describe", () => {
  const layout = [object("bus", 0.1, 0.4, 0.8, 0.42)];
  const [red, blue, none] = ["A red bus.", "A blue bus.", "A bus by a blue wall."].map((c) =>
    meanColour(draw(c, layout)),
  );
  expect(red[0]).toBeGreaterThan(red[2] + 40);
  expect(blue[2]).toBeGreaterThan(blue[0] + 40);
  expect(none[0]).toBeGreaterThan(none[2] + 20);
});

test("colours are said of painted things that have none, and the drawing's reader understands them", () => {
  const labels = new Set(["bus", "umbrella", "person"]);
  const said = [...Array(20).keys()].map((i) =>
    sayColours("A man and a bus near an umbrella and a red bus, by a giraffe.", labels, stream(i, "colours")),
  );
  // the bus has a colour already, a giraffe is never painted
  for (const caption of said) expect(caption).toMatch(/ and a bus near .* and a red bus, by a giraffe\.$/);
  expect(new Set(said).size).toBeGreaterThan(8);
  expect(said.some((c) => /\ba (?!orange)\w+ umbrella\b/.test(c))).toBe(true);
  const shirts = said.filter((c) => / shirt/.test(c)).map((c) => appearanceOf(c).people[0].colour);
  expect(shirts.length).toBeGreaterThan(5);
  expect(shirts.every((c) => c !== undefined)).toBe(true);
});

test("people and clothes follow the words", () => {
  const layout = [object("person", 0.3, 0.1, 0.3, 0.85)];
  const planned = (caption: string) => planScene(caption, layout, false, stream(1, "plan")).objects[0];
  expect(planned("A woman on the street").view.name).toContain("woman");
  expect(planned("A man wearing a green shirt")).toMatchObject({ colour: "green" });
  expect(planned("A man next to a green car").colour).toBeUndefined();
});

test("who is over a horse rides it", () => {
  const layout = [object("horse", 0.2, 0.4, 0.6, 0.55), object("person", 0.4, 0.1, 0.22, 0.6)];
  const person = planScene("a field", layout, false, stream(1)).objects.find((o) => o.label === "person");
  expect(person?.view.name).toBe("person:person:riding");
});

test("masks are the pixels that changed, and smaller objects hide larger ones", () => {
  const layout = [object("pizza", 0.1, 0.1, 0.8, 0.8), object("apple", 0.4, 0.4, 0.2, 0.2)];
  const bare = draw("in the snow", []);
  const { picture, objects } = draw("in the snow", layout);
  expect(objects.map((o) => o.object.label)).toEqual(["pizza", "apple"]);
  const [pizza, apple] = objects;
  for (let p = 0; p < 64 * 64; p++) {
    expect(pizza.visible[p] & apple.visible[p]).toBe(0);
    expect(pizza.visible[p]).toBe(pizza.silhouette[p] & ~apple.silhouette[p]);
    const changed = [0, 1, 2].some((c) => Math.abs(picture.data[p * 3 + c] - bare.picture.data[p * 3 + c]) > 8);
    if (apple.visible[p] || pizza.visible[p]) expect(changed).toBe(true);
  }
});

test("left and right change sides, verbs and adverbs stay", () => {
  expect(swapSides("A dog to the left of a cat, right next to a tree")).toBe(
    "A dog to the right of a cat, right next to a tree",
  );
  expect(swapSides("Left hand")).toBe("Right hand");
});

test("a written folder loads, and neither the number of threads nor an interruption changes a byte", async () => {
  await synthesise({ out: dir, split: "train", count: 70, seed: 5 });
  const run = (name: string, jobs: number, signal?: AbortSignal, onProgress?: (done: number) => void) =>
    illustrate({
      dir,
      split: "train",
      out: path.join(dir, name),
      size: 32,
      variants: 2,
      seed: 7,
      jobs,
      minimum: 0,
      colours: 0,
      signal,
      onProgress,
    });
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
  await expect(
    illustrate({
      dir,
      split: "train",
      out: path.join(dir, "one"),
      size: 16,
      variants: 1,
      seed: 1,
      jobs: 1,
      minimum: 0,
      colours: 0,
    }),
  ).rejects.toThrow("holds another");
});
