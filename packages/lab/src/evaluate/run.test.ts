import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UserError } from "@scenograph/graph/errors";
import { constant, input } from "@scenograph/graph/leaves";
import { conv2d } from "@scenograph/graph/ops/convolution";
import { compile } from "@scenograph/graph/program";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { tinyModel } from "../../../../test/cli/tinyModel.fixture.ts";
import { caption, image, makeFolder, object } from "../data/coco.fixture.ts";
import { isValidation } from "../data/split.ts";
import { defaultPart, defaultSplit } from "./protocol.ts";
import { writeReport } from "./report/index.ts";
import { type EvaluateOptions, evaluate, plainResult, type StageReport } from "./run.ts";

let folder: string;
let model: string;
let data: string;
let remove: () => Promise<void>;

/** Forty pictures of which some are the validation part, each with a dog and a car and two captions. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "scenograph-evaluate-"));
  model = (await tinyModel(folder)).path;
  const ids = [...Array.from({ length: 300 }, (_, i) => i + 1)];
  const chosen = [...ids.filter(isValidation).slice(0, 8), ...ids.filter((i) => !isValidation(i)).slice(0, 24)];
  const square = (x: number, y: number, w: number) => ({ segmentation: [[x, y, x + w, y, x + w, y + w, x, y + w]] });
  const made = await makeFolder({
    instances: {
      train: {
        images: chosen.map((id) => image(id, 64, 64)),
        annotations: chosen.flatMap((id, i) => [
          object(2 * id, id, [4 + i / 2, 8, 30, 30], square(4 + i / 2, 8, 30)),
          object(2 * id + 1, id, [30, 20, 20, 20], { category_id: 3, ...square(30, 20, 20) }),
        ]),
      },
      boxes: {
        images: [image(1, 64, 64), image(2, 64, 64)],
        annotations: [object(1, 1, [1, 1, 9, 9]), object(2, 2, [40, 40, 9, 9])],
      },
    },
    captions: {
      train: {
        images: chosen.map((id) => image(id, 64, 64)),
        annotations: chosen.flatMap((id) => [
          caption(2 * id, id, "a dog on the beach with a car"),
          caption(2 * id + 1, id, "two people in the snow"),
        ]),
      },
      boxes: { images: [], annotations: [caption(1, 1, "a dog"), caption(2, 2, "a cat")] },
    },
    images: Object.fromEntries(chosen.map((id) => [`${id}.jpg`, [64, 64] as const])),
  });
  ({ dir: data, remove } = made);
});
afterAll(async () => {
  await remove();
  await rm(folder, { recursive: true, force: true });
});

const options = (more: Partial<EvaluateOptions> = {}): EvaluateOptions => ({
  model,
  data,
  split: "train",
  part: "validation",
  seed: 3,
  jobs: 1,
  shown: 2,
  // judges are not installed here
  cache: join(folder, "no-judges"),
  classifierSteps: 8,
  ...more,
});

/** The evaluation of the boxes that several tests look at. */
let boxes: Promise<StageReport[]> | undefined;
const boxesReport = () => {
  boxes ??= evaluate(["boxes"], options());
  return boxes;
};

const value = (report: StageReport, row: string, metric: string) =>
  report.rows.find((r) => r.name === row)?.metrics[metric]?.value;

describe("boxes", () => {
  test("rows, ceilings and floors; the same for any number of jobs", async () => {
    const [report] = await boxesReport();
    expect(report.rows.map((r) => [r.name, r.kind])).toEqual([
      ["model", "model"],
      ["model, as learnt", "model"],
      ["model, most likely", "model"],
      ["true layouts", "ceiling"],
      ["nearest training caption", "floor"],
      ["shuffled layouts", "floor"],
      ["another sentence", "floor"],
    ]);
    expect([value(report, "true layouts", "f1"), value(report, "true layouts", "r@0.5")]).toEqual([1, 1]);
    // half of the captions name dog and car, which are there; the other half people, who are not
    expect(value(report, "true layouts", "named")).toBeCloseTo(2 / 3, 10);
    expect(value(report, "model", "nll-label")).toBeGreaterThan(0);
    expect(report.protocol).toMatchObject({ stage: "boxes", seed: 3, data: { pictures: 8, part: "validation" } });
    const [again] = await evaluate(["boxes"], options({ jobs: 2 }));
    expect(plainResult([again])).toEqual(plainResult([report]));
    const [other] = await evaluate(["boxes"], options({ seed: 4 }));
    expect(other.rows).not.toEqual(report.rows);
  });

  test("--json holds the protocol and four numbers a metric", async () => {
    const reports = await evaluate(["boxes"], options({ count: 3 }));
    const plain = JSON.parse(JSON.stringify(plainResult(reports)));
    expect(Object.keys(plain)).toEqual(["protocol", "rows"]);
    for (const metrics of Object.values(plain.rows as Record<string, Record<string, object>>))
      for (const metric of Object.values(metrics)) expect(Object.keys(metric)).toEqual(["value", "low", "high", "n"]);
    expect(plain.protocol.data.pictures).toBe(3);
    expect(Object.keys(plainResult([reports[0], { ...reports[0], stage: "masks" }]).rows)[0]).toBe("boxes: model");
  });

  test("no pixels and no training part are needed", async () => {
    const notes: string[] = [];
    const [report] = await evaluate(["boxes"], options({ split: "boxes", part: "all", log: (l) => notes.push(l) }));
    const names = report.rows.map((r) => r.name);
    // both pictures are judged, so each takes the other's layout
    expect(names).toContain("nearest other caption");
    expect(value(report, "nearest other caption", "f1")).toBe(1);
    expect(value(report, "nearest other caption", "r@0.5")).toBe(0);
    expect(notes.join("\n")).toMatch(/no training part/);
  });
});

describe("partial results", () => {
  test("an interrupted evaluation goes on where it stopped", async () => {
    const out = join(folder, "resumed");
    const stop = new AbortController();
    stop.abort();
    await expect(evaluate(["boxes"], options({ out, signal: stop.signal }))).rejects.toThrow(/abort/i);
    const [whole] = await evaluate(["boxes"], options({ out }));
    const [kept] = await readdir(join(out, "partial"));
    const file = join(out, "partial", kept, "captions-0000.json");
    const pieces = JSON.parse(await readFile(file, "utf8"));
    for (const piece of pieces) piece.layouts[0] = [];
    await writeFile(file, JSON.stringify(pieces));
    // what was kept is what counts
    const [resumed] = await evaluate(["boxes"], options({ out }));
    expect(value(resumed, "model", "objects")).toBe(0);
    expect(value(resumed, "true layouts", "f1")).toBe(1);
    // another protocol has its own
    const [other] = await evaluate(["boxes"], options({ out, seed: 5 }));
    expect(value(other, "model", "objects")).toBeGreaterThan(0);
    await writeReport(out, [whole], { command: "scenograph evaluate boxes" });
    expect((await readdir(out)).sort()).toEqual(["report.html", "report.json", "report.md"]);
  });
});

describe("masks and pictures", () => {
  test("without judges their metrics say so and the rest runs; a report of it", async () => {
    const notes: string[] = [];
    const reports = await evaluate(["masks", "image"], options({ jobs: 2, count: 5, log: (line) => notes.push(line) }));
    const [masks, pictures] = reports;
    expect(value(masks, "real masks", "iou")).toBeGreaterThan(0.9);
    expect(value(masks, "full box", "iou")).toBeGreaterThan(0.9);
    expect(value(masks, "model", "real-or-generated")).toBeGreaterThanOrEqual(0);
    // floors draw as often as the model, and tell a floor from real masks
    expect(masks.verdicts.find((v) => v.metric === "diversity")).toMatchObject({ useful: true });

    expect(pictures.rows.map((r) => r.name)).toEqual([
      "predicted boxes and masks",
      "true boxes, predicted masks",
      "true boxes and masks",
      "real pictures",
      "another sentence",
      "shuffled real pictures",
      "nearest training picture",
      "nearest training, shuffled",
      "mean colours",
      "noise",
    ]);
    expect(value(pictures, "real pictures", "L1")).toBe(0);
    expect(value(pictures, "noise", "L1")).toBeGreaterThan(0.3);
    expect(value(pictures, "predicted boxes and masks", "L1")).toBeUndefined();
    expect(value(pictures, "real pictures", "categories found")).toBeGreaterThanOrEqual(0);
    for (const judge of ["coco-ssd", "inception-mixed5"])
      expect(notes.join("\n")).toMatch(
        new RegExp(`"${judge}": not installed.*; the metrics that need it are left out`),
      );
    expect(notes.join("\n")).toMatch(/"background" is left out: .* at least 40 real pictures .*, got 24/);

    const out = join(folder, "report");
    await writeReport(out, reports, { command: "scenograph evaluate all" });
    const html = await readFile(join(out, "report.html"), "utf8");
    expect(html).not.toMatch(/<script|src="(?!data:)|href="(?!#)|url\(/);
    expect(html.match(/data:image\/png;base64/g)!.length).toBe(2 * 3 + 2 * 6);
    const json = JSON.parse(await readFile(join(out, "report.json"), "utf8"));
    expect(json.rows["image: noise"].L1.n).toBe(5);
    expect(await readFile(join(out, "report.md"), "utf8")).toMatch(/\| L1 \|/);
  });

  test("only the rows that are asked for, with the numbers that they have among all", async () => {
    const [boxes] = await evaluate(["boxes"], options({ rows: ["true-layouts", "another-sentence"] }));
    expect(boxes.rows.map((r) => r.name)).toEqual(["model", "true layouts", "another sentence"]);
    const [all] = await boxesReport();
    expect(boxes.rows[2].metrics).toEqual(all.rows.find((r) => r.name === "another sentence")?.metrics);
    const [masks] = await evaluate(["masks"], options({ rows: ["ellipse"], count: 5, anonymous: true }));
    expect(masks.rows.map((r) => r.name)).toEqual(["model", "ellipse"]);
    expect(masks.samples.map((s) => s.caption)).toEqual(["no. 1", "no. 2"]);
    await expect(evaluate(["boxes"], options({ rows: ["nearst"] }))).rejects.toThrow(
      /rows of boxes are model, .*, got "nearst"; did you mean "nearest"\?/,
    );
  });

  test("another model's pictures beside one's own, one sample", async () => {
    const rows = ["true-masks", "against", "noise"];
    const [report] = await evaluate(["image"], options({ rows, samples: 1, against: model, count: 4 }));
    expect(report.rows.map((r) => [r.name, r.kind])).toEqual([
      ["true boxes and masks", "model"],
      ["tiny, 32 px", "baseline"],
      ["noise", "floor"],
    ]);
    // the same model draws the same
    expect(report.rows[1].metrics.L1).toEqual(report.rows[0].metrics.L1);
    expect(report.protocol.samples.picturesASentence).toBe(1);
    // nothing to compare: no ceiling
    expect(report.tables.map((t) => t.title)).toEqual(["Categories found, by class"]);
  });

  test("a user's own judge; fewer pictures than features are flagged", async () => {
    const file = join(folder, "judge.onnx");
    const weight = constant(
      Array.from({ length: 20 * 3 }, (_, i) => Math.sin(i)),
      [20, 3, 1, 1],
    );
    await writeFile(file, compile({ outputs: { y: conv2d(input("x", [4, 3, 8, 8]), weight) } }).bytes);
    const [judged] = await evaluate(["image"], options({ judge: file, part: "all", classifierSteps: 2 }));
    expect(value(judged, "noise", "FD (judge.onnx)")).toBeGreaterThan(0);
    expect(judged.notes.join("\n")).toMatch(/no training part: half of the pictures/);
    expect(judged.notes.join("\n")).toMatch(/FD \(judge.onnx\): fewer pictures than features, .* singular/);
    expect(judged.verdicts.find((v) => v.metric === "FD (judge.onnx)")).toMatchObject({ headline: false });
    expect(value(judged, "noise", "KID (judge.onnx)")).toBeGreaterThan(0);
  });
});

describe("what cannot be judged", () => {
  test("one stage: an error; several: the others run", async () => {
    const boxes = options({ split: "boxes", part: "all" });
    await expect(evaluate(["masks"], boxes)).rejects.toThrow(/evaluate masks: split boxes has no true mask/);
    const notes: string[] = [];
    const reports = await evaluate(["boxes", "masks", "image", "captions"], { ...boxes, log: (l) => notes.push(l) });
    expect(reports.map((r) => r.stage)).toEqual(["boxes"]);
    expect(notes.filter((n) => /is left out/.test(n) && /^evaluate: (masks|image|captions)/.test(n))).toHaveLength(3);
    await expect(evaluate(["masks", "image"], boxes)).rejects.toThrow(/none of masks, image can be judged/);
  });

  test.each([
    ["an unknown split", { split: "tests" }, /has no split "tests"|tests/],
    ["an unknown model", { model: "none" }, /unknown model "none"/],
    ["no folder", { data: "/nowhere" }, /cannot be read; check the path/],
    ["jobs", { jobs: 0 }, /jobs is a whole number from 1, got 0/],
    ["one picture", { count: 1 }, /at least 2 pictures/],
  ] as const)("%s", async (_, more, message) => {
    const error = await evaluate(["boxes"], options(more)).catch((e: Error) => e);
    expect(error).toBeInstanceOf(UserError);
    expect((error as Error).message).toMatch(message);
  });

  test("a captioner that is not there, a judge that is none", async () => {
    await expect(evaluate(["captions"], options({ captioner: join(folder, "none.safetensors") }))).rejects.toThrow(
      /captioner: .*none.safetensors cannot be read/,
    );
    await expect(evaluate(["image"], options({ judge: join(folder, "none.onnx") }))).rejects.toThrow(/check the path/);
  });
});

test("the split of a folder where none is asked for", async () => {
  const json = { images: [], annotations: [] };
  const splitOf = async (...names: string[]) => {
    const made = await makeFolder({ instances: Object.fromEntries(names.map((n) => [n, json])) });
    return defaultSplit(made.dir).finally(made.remove);
  };
  expect(await splitOf("mine")).toBe("mine");
  expect(await splitOf("train", "val2017", "zebra")).toBe("val2017");
  expect(await splitOf("train", "train_fullmask")).toBe("train");
  await expect(splitOf("one", "two")).rejects.toThrow(/a split is needed, .* has one, two; pass --split NAME/);
});

test("held-out splits are taken whole, of others the validation part", () => {
  expect(["test", "val2017", "heldout,test"].map(defaultPart)).toEqual(["all", "all", "all"]);
  expect(["train", "layoutllm_val2014"].map(defaultPart)).toEqual(["validation", "validation"]);
  // split by split where they are joined
  expect(defaultPart("test,train")).toBe("held-out");
});
