/** A researcher's way: twelve categories of one's own, which no part of the code knows, from a COCO folder to a picture. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeSafetensors } from "@scenograph/graph/formats/safetensors";
import { stream } from "@scenograph/graph/random";
import { createNodeRuntime } from "@scenograph/graph/runtime/node";
import { callsApp } from "@scenograph/service/server/calls.node";
import { fromTypedJson } from "scenograph/formats/typedJson";
import { folderReader } from "scenograph/model/load.node";
import { Vocabulary, WORD_DIM } from "scenograph/paper/text/vocabulary";
import sharp from "sharp";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runHere } from "./run.fixture.ts";

const NAMES = "castle dragon knight goblin wizard sword shield tower cauldron treasure griffin ox".split(" ");
const [WIDTH, HEIGHT] = [96, 64];
const folder = mkdtempSync(join(tmpdir(), "scenograph-categories-"));
const [data, vocabulary, model] = ["data", "vocabulary.safetensors", "models/own"].map((f) => join(folder, f));
const runs = join(folder, "runs");

beforeAll(async () => {
  mkdirSync(join(data, "annotations"), { recursive: true });
  mkdirSync(join(data, "images"));
  const random = stream(3, "own");
  const [images, annotations, captions]: Record<string, unknown>[][] = [[], [], []];
  // 33 and 62 are of the validation part
  for (let id = 33; id <= 62; id++) {
    const [first, second] = [id % 12, (5 * id + 3) % 12];
    const boxes = [
      [4, 20, 40, 40],
      [52, 12, 36, 48],
    ];
    const shapes = boxes.map(([x, y, w, h], k) => {
      const hue = 30 * [first, second][k];
      return `<rect x="${x}" y="${y}" width="${w}" height="${h}" fill="hsl(${hue}, 80%, 50%)"/>`;
    });
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}"><rect width="100%" height="100%" fill="#cde"/>${shapes.join("")}</svg>`;
    await sharp(Buffer.from(svg))
      .png()
      .toFile(join(data, "images", `${id}.png`));
    images.push({ id, file_name: `${id}.png`, width: WIDTH, height: HEIGHT });
    boxes.forEach(([x, y, w, h], k) => {
      const polygon = [x, y, x + w, y, x + w, y + h, x, y + h];
      const category_id = 101 + 7 * [first, second][k];
      annotations.push({
        ...{ id: 2 * id + k, image_id: id, category_id, bbox: [x, y, w, h], area: w * h },
        ...{ iscrowd: 0, segmentation: [polygon] },
      });
    });
    captions.push({ id, image_id: id, caption: `a ${NAMES[first]} beside a ${NAMES[second]}` });
  }
  const categories = NAMES.map((name, i) => ({ id: 101 + 7 * i, name }));
  const write = (name: string, value: unknown) => writeFileSync(join(data, "annotations", name), JSON.stringify(value));
  write("instances_train.json", { images, annotations, categories });
  write("captions_train.json", { images, annotations: captions });
  write("vocabulary.json", { words: { castle: { synonyms: ["fortress"] }, ox: { plural: "oxen" } } });
  // in place of `data vectors`, which fetches a package
  const vectors = ["a", "beside", ...NAMES].map((word) => ({ word, vector: random.normals(WORD_DIM) }));
  writeFileSync(vocabulary, writeSafetensors(Vocabulary.fromVectors(vectors, 5).toTensors()));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function done(...args: string[]): Promise<Record<string, unknown>> {
  const { code, stdout, stderr } = await runHere(...args, "--json");
  expect({ code, stderr: code === 0 ? "" : stderr }, args.join(" ")).toEqual({ code: 0, stderr: "" });
  return JSON.parse(stdout);
}

/** Emits one SIGINT, to this process's listeners, as soon as the stage's training listens. */
async function interruptIn(stage: string): Promise<void> {
  const before = process.listenerCount("SIGINT");
  while (!existsSync(join(runs, stage, "run.json")) || process.listenerCount("SIGINT") === before)
    await new Promise((resolve) => setTimeout(resolve, 1));
  process.emit("SIGINT");
}

/** How often a stage's run was begun or gone on with. */
function startsOf(stage: string): number {
  return JSON.parse(readFileSync(join(runs, stage, "run.json"), "utf8")).starts.length;
}

test("check, four stages, a model, a picture of what COCO does not know", async () => {
  expect(await done("data", "check", data)).toMatchObject({ errors: 0, categories: { castle: {}, ox: {} } });
  const all = ["train", "all", "--run", runs, "--cache", folder, "--steps", "2", "--threads", "1"];
  const fresh = ["--config", "tiny", "--data", data, "--vocabulary", vocabulary, "--name", "own", "--out", model];
  fresh.push("--set", `image.size=[${WIDTH}, ${HEIGHT}]`, "--set", `masks.size=[${WIDTH}, ${HEIGHT}]`);
  // words by hand stay, WordNet adds others
  const { words } = await done("data", "words", "--data", data);
  expect(words).toMatchObject({ griffin: { synonyms: ["gryphon", "griffon"] } });
  for (const name of ["castle", "ox"]) expect(words).not.toHaveProperty(name);
  // Ctrl-C in the second stage
  const interrupted = runHere(...all, ...fresh);
  await interruptIn("boxes");
  expect(await interrupted).toMatchObject({ code: 130, stdout: expect.stringMatching(/stage boxes; go on with/) });
  expect((await runHere(...all, ...fresh)).stderr).toMatch(/holds a run already; go on with --resume latest/);
  const { stages } = await done(...all, "--resume", "latest");
  expect(stages).toMatchObject({ text: { done: true }, boxes: { done: true }, masks: {}, image: { done: true } });
  // what was done is not done again, what was begun went on
  expect(["text", "boxes", "masks", "image"].map(startsOf)).toEqual([1, 2, 1, 1]);
  const info = JSON.parse(readFileSync(join(model, "model.json"), "utf8"));
  expect(info.vocabulary.categories.map((c: { name: string }) => c.name)).toEqual(NAMES);
  expect(info.vocabulary.categories[0]).toEqual({ id: 101, name: "castle", synonyms: ["fortress"] });
  expect(info.config.boxes.classes).toBe(12);
  // boxes of the data are 5/12 and 3/8 of the picture's width, high ones
  expect(info.layouts.each.map((row: number[]) => row.length)).toEqual(NAMES.map(() => 8));
  expect(info.layouts.each.every(([pictures, area]: number[]) => pictures > 0 && area > -2 && area < 0)).toBe(true);

  expect(info.size).toEqual([WIDTH, HEIGHT]);

  const out = join(folder, "out");
  const made = await done("generate", "a fortress and two gryphons", "--model", model, "--out", out, "--no-panels");
  const picture = await sharp(made.image as string).metadata();
  expect([picture.width, picture.height]).toEqual([WIDTH, HEIGHT]);
  const labels = (made.objects as { label: string | null }[]).map((o) => o.label);
  expect(labels.every((label) => label === null || NAMES.includes(label))).toBe(true);
  expect((made.understood as { things: { category: string; count?: number }[] }).things).toMatchObject([
    { category: "castle" },
    { category: "griffin", count: 2 },
  ]);

  // a scene of its own categories opens, one of COCO's is refused by name
  const scene = join(folder, "scene.json");
  writeFileSync(scene, JSON.stringify({ caption: "a goblin", objects: [{ label: "goblin" }] }));
  await done("generate", "--scene", scene, "--from", "masks", "--model", model, "--out", out, "--no-panels");
  const gligen = await runHere("convert", scene, "--model", model, "--to", "gligen");
  expect(gligen).toMatchObject({ code: 0, stdout: expect.stringContaining("goblin") });
  writeFileSync(scene, JSON.stringify({ caption: "a dog", objects: [{ label: "dog" }] }));
  const refused = await runHere("generate", "--scene", scene, "--from", "masks", "--model", model, "--out", out);
  expect(refused.code).toBe(2);
  expect(refused.stderr).toMatch(/one of the model's 12 categories, got "dog"/);

  // shipped or own weights to begin from
  const again = ["--init", model, "--run", join(folder, "again"), "--cache", folder, "--steps", "1", "--threads", "1"];
  const tuned = await runHere("train", "masks", ...again, "--data", data);
  expect(tuned).toMatchObject({ code: 0, stderr: expect.stringMatching(/beginning from (\d+) of \1 given tensors\n/) });

  // judged in its own categories; what is about COCO's says so and is left out
  const few = ["--part", "all", "--count", "4", "--jobs", "1", "--samples", "1", "--judges", join(folder, "none")];
  const rows = ["--rows", "model,true-layouts,real,predicted", "--json"];
  const judged = await runHere("evaluate", "all", "--model", model, "--data", data, ...few, ...rows);
  expect(judged).toMatchObject({ code: 0, stderr: expect.stringMatching(/probes is left out: .*has 12 of its own/) });
  const table = JSON.parse(judged.stdout).rows;
  expect(table["boxes: true layouts"]).toMatchObject({ f1: { value: 1 }, named: { value: 1 } });
  expect(table["masks: model"].iou.n).toBe(4);
  expect(table["image: real pictures"].L1.value).toBe(0);

  // the studio's server answers for its labels
  const runtime = createNodeRuntime({ threads: 1 });
  const app = callsApp({ models: new Map([["own", folderReader(model)]]), runtime, threads: 1 });
  const call = async (body: object) => {
    const asked = { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
    const lines = (await (await app.request("/own", asked)).text()).trim().split("\n");
    return fromTypedJson(lines.at(-1) as string) as { done?: Record<string, unknown>; error?: { message: string } };
  };
  const { done: facts } = await call({ type: "open" });
  expect(facts?.vocabulary).toEqual(info.vocabulary);
  const asked = { version: 2, caption: "a goblin", width: 32, height: 32, seed: 1 };
  const infer = (label: string) =>
    call({
      type: "infer",
      scene: { ...asked, objects: [{ label, box: [0.1, 0.1, 0.5, 0.5] }] },
      from: "masks",
      to: "masks",
      options: {},
    });
  expect((await infer("goblin")).done).toMatchObject({ scene: { objects: [{ label: "goblin", mask: {} }] } });
  expect((await infer("dog")).error?.message).toMatch(/one of the model's 12 categories, got "dog"/);
  await runtime.close();
});
