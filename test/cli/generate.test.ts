import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decodePicture } from "scenograph/draw/picture";
import { sceneFromPng } from "scenograph/scene/png";
import { parseScene } from "scenograph/scene/restore";
import type { Scene } from "scenograph/scene/scene";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runBin, runHere } from "./run.fixture.ts";
import { tinyModel } from "./tinyModel.fixture.ts";

const folder = mkdtempSync(join(tmpdir(), "scenograph-cli-"));
let model: string[];

beforeAll(async () => {
  model = ["--model", (await tinyModel(folder)).path];
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const lines = (text: string) => text.trimEnd().split("\n");

test("the same sentence and seed give the same bytes, in processes of their own and from any folder", async () => {
  const sentence = "two people riding horses on the beach";
  const [a, b] = await Promise.all(
    ["a", "b"].map((out) =>
      runBin(["generate", sentence, "--seed", "7", "--json", "--out", out, ...model], { cwd: folder }),
    ),
  );
  expect(a.stderr).toBe("");
  expect(a.code).toBe(0);
  const result = JSON.parse(a.stdout);
  expect(Object.keys(result)).toEqual([
    "image",
    "panels",
    "scene",
    "coco",
    "model",
    "seed",
    "understood",
    "objects",
    "ms",
  ]);
  expect(Object.keys(result.ms)).toEqual(["text", "boxes", "masks", "image", "total"]);
  expect(result).toMatchObject({
    model: "tiny",
    seed: 7,
    image: join("a", "two-people-riding-horses-on-the-beach-7.png"),
  });
  expect(result.objects.length).toBeGreaterThan(0);
  for (const o of result.objects) {
    expect(Object.keys(o)).toEqual(["id", "label", "box"]);
    for (const v of o.box) expect(v >= 0 && v <= 1).toBe(true);
  }
  expect(JSON.parse(b.stdout).objects).toEqual(result.objects);
  const files = readdirSync(join(folder, "a")).sort();
  expect(files).toHaveLength(4);
  for (const file of files)
    expect(readFileSync(join(folder, "a", file)).equals(readFileSync(join(folder, "b", file)))).toBe(true);

  // the picture carries its scene, which is the scene file's
  const scene = parseScene(readFileSync(join(folder, result.scene), "utf8"));
  expect(sceneFromPng(readFileSync(join(folder, result.image)))).toEqual(scene);
  expect(scene).toMatchObject({ caption: sentence, seed: 7, model: "tiny", width: 32, height: 32 });
  expect(scene.objects.every((o) => o.mask)).toBe(true);
  const coco = JSON.parse(readFileSync(join(folder, result.coco), "utf8"));
  expect(coco.annotations).toHaveLength(scene.objects.length);
});

test("npm start takes a bare sentence; unknown words are told and not fatal", async () => {
  const args = ["a red zorb", "--to", "boxes", "--out", "start", ...model];
  const { code, stdout, stderr } = await runBin(args, { cwd: folder, script: "start.mjs" });
  expect(stderr).toContain('unknown word "zorb"');
  expect(code).toBe(0);
  expect(stdout).toContain(join("start", "a-red-zorb-0.scene.json"));
});

test("a scene of one's own: from masks on with a locked object, from image on with another seed", async () => {
  const mask = { width: 32, height: 32, counts: [100, 20, 904] };
  const scene: Scene = {
    version: 2,
    caption: "a dog",
    width: 32,
    height: 32,
    seed: 3,
    objects: [
      { id: "mine", label: "dog", box: [0.1, 0.1, 0.5, 0.5], mask, locked: true },
      { id: "other", label: "cat", box: [0.5, 0.5, 0.4, 0.4] },
    ],
  };
  const file = join(folder, "mine.scene.json");
  writeFileSync(file, JSON.stringify(scene));
  const out = ["--out", join(folder, "own"), "--json", ...model];
  // the cat has no mask yet, so masks are the first stage that is missing
  const first = JSON.parse((await runHere("generate", "--scene", file, ...out)).stdout);
  expect(first.ms).toMatchObject({ boxes: 0 });
  expect(first.ms.masks).toBeGreaterThan(0);
  const made = parseScene(readFileSync(first.scene, "utf8"));
  expect(made.objects.map((o) => [o.id, o.box])).toEqual(scene.objects.map((o) => [o.id, o.box]));
  expect(made.objects[0].mask).toEqual(mask);
  expect(made.objects[1].mask).toBeDefined();

  const second = JSON.parse((await runHere("generate", "--scene", first.image, "--seed", "4", ...out)).stdout);
  expect(second.ms).toMatchObject({ boxes: 0, masks: 0 });
  const again = parseScene(readFileSync(second.scene, "utf8"));
  expect(again.objects).toEqual(made.objects);
  expect(again.seed).toBe(4);
});

test("many sentences: a line each in their order, a seed each, names of their own", async () => {
  const file = join(folder, "captions.txt");
  // the second has nothing for a file name, the third the same first words as the fourth
  const long = "a red dog and a cat and a dog and a cat and a dog and a cat and a";
  const captions = ["a red dog", "🐕", `${long} bus`, `${long} horse`];
  writeFileSync(file, `${captions.join("\n")}\n`);
  const args = ["--from-file", file, "--seed", "5", "--json", ...model];
  const drawn = await runHere("generate", ...args, "--out", join(folder, "many"), "--size", "48");
  expect(drawn.stderr).toContain("enlarged or shrunk to 48 x 48");
  const rows = lines(drawn.stdout).map((l) => JSON.parse(l));
  expect(rows.map((r) => r.seed)).toEqual([5, 6, 7, 8]);
  const scenes = rows.map((r) => parseScene(readFileSync(r.scene, "utf8")));
  expect(scenes.map((s) => s.caption)).toEqual(captions);
  expect(new Set(rows.map((r) => r.image)).size).toBe(4);
  expect(readFileSync(rows[0].image).readUInt32BE(16)).toBe(48);

  // a sentence of a batch gives the same bytes when it is drawn alone
  const alone = await runHere(
    "generate",
    captions[0],
    "--seed",
    "5",
    "--size",
    "48",
    "--json",
    "--out",
    join(folder, "one"),
    ...model,
  );
  const one = JSON.parse(alone.stdout);
  expect(one.objects).toEqual(rows[0].objects);
  for (const key of ["image", "panels", "scene", "coco"])
    expect(readFileSync(one[key]).equals(readFileSync(rows[0][key]))).toBe(true);

  const laid = await runHere("layout", ...args);
  const layouts = lines(laid.stdout).map((l) => JSON.parse(l));
  expect(layouts.map((l) => l.caption)).toEqual(captions);
  expect(Object.keys(layouts[0])).toEqual(["caption", "understood", "objects"]);
  for (const o of layouts.flatMap((l) => l.objects)) {
    expect(Object.keys(o)).toEqual(expect.arrayContaining(["id", "label", "box", "score"]));
    expect(o.score).toBeGreaterThan(0);
  }
  layouts.forEach((l, i) => {
    expect(l.objects.map((o: { label: string }) => o.label)).toEqual(scenes[i].objects.map((o) => o.label));
  });
});

test("layout reads standard input, counts and temperatures change what comes", async () => {
  const args = ["layout", "--from-file", "-", "--json", "-n", "2", "--max-objects", "3", ...model];
  const { code, stdout } = await runBin(args, { stdin: "a dog\r\na cat\r\n\r\n" });
  expect(code).toBe(0);
  const rows = lines(stdout).map((l) => JSON.parse(l));
  expect(rows.map((r) => r.caption)).toEqual(["a dog", "a dog", "a cat", "a cat"]);
  for (const row of rows) expect(row.objects.length).toBeLessThanOrEqual(3);
  expect(rows[0].objects).not.toEqual(rows[1].objects);
});

test("Ctrl-C ends a long command with 130, whole files and one line", async () => {
  const out = join(folder, "stopped");
  const { code, stdout, stderr } = await runBin(["generate", "a dog", "-n", "500", "--out", out, ...model], {
    onOutput: (child, text) => text.includes(".coco.json") && !child.killed && child.kill("SIGINT"),
  });
  expect(code).toBe(130);
  expect(lines(stderr).at(-1)).toBe("scenograph: interrupted");
  expect(stdout).toContain("a-dog-0.png");
  expect(readdirSync(out).filter((f) => f.endsWith(".partial"))).toEqual([]);
});

test("--enlarge gives the same picture, twice as large; other sizes are refused with it", async () => {
  const args = ["generate", "a dog", "--seed", "3", "--json", ...model];
  const draw = async (out: string, ...more: string[]) => {
    const { code, stdout, stderr } = await runHere(...args, ...more, "--out", join(folder, out));
    expect([code, stderr.includes("enlarged or shrunk")]).toEqual([0, false]);
    const { image, objects } = JSON.parse(stdout);
    const bytes = new Uint8Array(readFileSync(image));
    return { objects, scene: sceneFromPng(bytes), picture: await decodePicture(bytes) };
  };
  const small = await draw("small");
  const large = await draw("large", "--enlarge", "2");
  expect(large.objects).toEqual(small.objects);
  expect(large.scene).toMatchObject({ width: 64, height: 64 });
  expect(large.scene?.objects.map((o) => o.mask)).toEqual(small.scene?.objects.map((o) => o.mask));
  expect([large.picture.width, large.picture.height]).toEqual([64, 64]);
  const at = (y: number, x: number, c: number) => large.picture.data[(y * 64 + x) * 3 + c];
  const off = Array.from(small.picture.data, (v, i) => {
    const [c, x, y] = [i % 3, 2 * (Math.floor(i / 3) % 32), 2 * Math.floor(i / 96)];
    return Math.abs(v - (at(y, x, c) + at(y + 1, x, c) + at(y, x + 1, c) + at(y + 1, x + 1, c)) / 4);
  });
  expect(off.reduce((a, b) => a + b, 0) / off.length).toBeLessThan(3);

  for (const [more, said] of [
    [["--size", "64"], "got --size as well"],
    [["--to", "masks"], "got --to masks as well"],
  ] as const) {
    const { code, stderr } = await runHere(...args, "--enlarge", "2", ...more);
    expect([code, stderr]).toEqual([2, expect.stringContaining(said)]);
  }
});
