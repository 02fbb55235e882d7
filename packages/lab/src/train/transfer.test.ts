import { input } from "@scenograph/graph/leaves";
import type { Program } from "@scenograph/graph/program";
import { stream } from "@scenograph/graph/random";
import { boxStep } from "scenograph/ours/boxes/index";
import { imageStep } from "scenograph/ours/image/index";
import { maskStep } from "scenograph/ours/masks/index";
import { poseStep } from "scenograph/ours/poses/step";
import { priorStep } from "scenograph/ours/priors/step";
import { textStep } from "scenograph/paper/text/step";
import { Vocabulary, WORD_DIM } from "scenograph/paper/text/vocabulary";
import { Categories, COCO } from "scenograph/scene/categories";
import { expect, test } from "vitest";
import { type Config, loadConfig } from "./config.ts";
import { type Weights, weightsOf } from "./task.ts";
import { withClasses } from "./tasks/index.ts";
import { categorySources, ontoCategories, ontoWords } from "./transfer.ts";

const random = stream(1, "transfer");
const axis = (i: number) => Float32Array.from({ length: WORD_DIM }, (_, k) => (k === i ? 1 : 0));
const near = (i: number) => axis(i).map((v) => v + 0.1 * random.normal());
const own = new Categories(
  ["dragon", "sofa", "castle", "person", "griffin"].map((name, id) => ({
    ...{ id, name },
    ...(name === "castle" && { synonyms: ["hot dog stand"] }),
  })),
);
// a dragon is a bird here, a griffin a cow; of castles nothing is known
const vectors = Vocabulary.fromVectors(
  [
    { word: "bird", vector: axis(0) },
    { word: "cow", vector: axis(1) },
    { word: "dragon", vector: near(0) },
    { word: "griffin", vector: near(1) },
  ],
  2,
);

test("known by name or synonym, else like the nearest by word vector, else like the mean", () => {
  const sources = categorySources(COCO, own, vectors);
  const expected = ["bird", "couch", undefined, "person", "cow"].map((n) => (n ? COCO.indexOf(n) : undefined));
  expect(sources.map((s) => s.from)).toEqual(expected);
  expect(sources.map((s) => s.known)).toEqual([false, true, false, true, false]);
  expect(categorySources(COCO, own).map((s) => s.from)).toEqual([undefined, 57, undefined, 0, undefined]);
});

/** What each stage exports, with random values. */
async function exported(classes: number): Promise<Record<string, Weights>> {
  const read = await loadConfig("tiny", [
    ...["ours.poses.codes=4", "ours.priors.width=4", "boxes.ours.coverage=4", "image.ours.objects.width=4"],
    ...["ours.poses.side=64", "masks.ours.boxTensor=position"],
  ]);
  const config: Config = withClasses(read, classes);
  const sentence = { embedding: input("embedding", [config.boxes.train.batch, 32]), parameters: [] };
  const programs: Record<string, Program> = {
    text: textStep(config.text, 3, 5),
    boxes: boxStep(config.boxes, sentence).program,
    masks: maskStep(config.masks, { pictures: 2, objects: 3 }),
    image: imageStep(config.image, 32),
    poses: poseStep(config.ours.poses),
    priors: priorStep(config.ours.priors, { poses: 4, looks: 0, lookWidth: 16 }, 3),
  };
  return Object.fromEntries(
    Object.entries(programs).map(([stage, program]) => {
      const names = program.state.map((s) => s.name).filter((name) => name.startsWith("ema/"));
      const state = program.state.map(({ name, shape }) => [name, random.normals(shape.reduce((a, b) => a * b, 1))]);
      return [stage, weightsOf(program, Object.fromEntries(state), names)];
    }),
  );
}

test("every tensor of every stage that depends on the categories gets the other vocabulary's shape", async () => {
  const [from, to] = [await exported(COCO.count), await exported(own.count)];
  const sources = categorySources(COCO, own, vectors);
  for (const [stage, weights] of Object.entries(from)) {
    const moved = ontoCategories({ weights, categories: COCO }, own, sources);
    const shapes = (w: Weights) => Object.fromEntries([...w].map(([name, { shape }]) => [name, shape]));
    expect(shapes(moved), stage).toEqual(shapes(to[stage]));
  }
  const boxes = from.boxes;
  const moved = ontoCategories({ weights: boxes, categories: COCO }, own, sources);
  const row = (w: Weights, name: string, i: number) => {
    const { shape, data } = w.get(name)!;
    return [...(data as Float32Array).subarray(i * shape[1], (i + 1) * shape[1])];
  };
  const column = (w: Weights, name: string, i: number) => {
    const { shape, data } = w.get(name)!;
    return Array.from({ length: shape[0] }, (_, r) => (data as Float32Array)[r * shape[1] + i]);
  };
  // the kept rows, the neighbour's, the end and the start
  const pairs = [
    [0, COCO.indexOf("bird")],
    [1, COCO.indexOf("couch")],
    [3, 0],
    [5, 80],
    [6, 81],
  ];
  const hidden = boxes.get("boxes.labels.weight")!.shape[1];
  for (const [mine, theirs] of pairs) {
    expect(row(moved, "boxes.label.weight", mine)).toEqual(row(boxes, "boxes.label.weight", theirs));
    const mixture = "boxes.whMixture.inner.weight";
    expect(column(moved, mixture, hidden + mine)).toEqual(column(boxes, mixture, hidden + theirs));
  }
  const place = boxes.get("boxes.whMixture.inner.weight")!.shape[1] - 1;
  expect(column(moved, "boxes.whMixture.inner.weight", place - 75)).toEqual(
    column(boxes, "boxes.whMixture.inner.weight", place),
  );
  const all = Array.from({ length: 80 }, (_, c) => row(boxes, "boxes.label.weight", c)[0]);
  expect(row(moved, "boxes.label.weight", 2)[0]).toBeCloseTo(all.reduce((a, b) => a + b) / 80, 5);
  // a convolution over box tensors: the channels of a category lie together
  const first = "masks.generator.encoder.first.weight";
  const masks = ontoCategories({ weights: from.masks, categories: COCO }, own, sources).get(first)!;
  const given = from.masks.get(first)!;
  const [group, c] = [(given.shape[1] / 80) * 9, COCO.indexOf("cow")];
  expect(group).toBeGreaterThan(9);
  expect((masks.data as Float32Array).subarray(4 * group, 5 * group)).toEqual(
    (given.data as Float32Array).subarray(c * group, (c + 1) * group),
  );
});

test("corrections of words follow their words", () => {
  const other = Vocabulary.fromVectors(
    ["cow", "knight", "bird"].map((word) => ({ word, vector: axis(0) })),
    3,
  );
  const data = Float32Array.from({ length: 3 * WORD_DIM }, (_, i) => Math.floor(i / WORD_DIM));
  const weights: Weights = new Map([
    ...vectors.toTensors(),
    ["text.correction", { dtype: "F32", shape: [3, WORD_DIM], data }],
  ]);
  const table = ontoWords(weights, other).get("text.correction")!;
  expect(table.shape).toEqual([4, WORD_DIM]);
  expect([0, 1, 2, 3].map((row) => (table.data as Float32Array)[row * WORD_DIM])).toEqual([0, 2, 0, 1]);
});
