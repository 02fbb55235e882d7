import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeSafetensors } from "@scenograph/graph/formats/safetensors";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runBin, runHere } from "./run.fixture.ts";
import { tinyModel } from "./tinyModel.fixture.ts";

const folder = mkdtempSync(join(tmpdir(), "scenograph-bad-"));
let tiny: string;

beforeAll(async () => {
  tiny = (await tinyModel(folder)).path;
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

/** Exit code 2, nothing on stdout, one line on stderr that names the trouble. */
async function refused(args: string[], message: RegExp): Promise<void> {
  const { code, stdout, stderr } = await runHere(...args);
  expect(stderr).toMatch(message);
  expect({ code, stdout, lines: stderr.trimEnd().split("\n").length }).toEqual({ code: 2, stdout: "", lines: 1 });
}

describe("sentences", () => {
  test.each([
    ["empty", "", /generate: sentence is empty, got ""/],
    ["blank", "  \t ", /sentence is empty/],
    ["without a word", "?! ...", /sentence is empty, got "\?! \.\.\."/],
    ["of 10,000 words", "dog ".repeat(10_000), /at most 4000 characters, got 39999; shorten it/],
  ])("%s", async (_, sentence, message) => {
    await refused(["generate", sentence, "--model", tiny], message);
  });

  test.each([
    ["emoji", "🐕 on the 🏖️, and a dog", /unknown words "🐕", "🏖️"/],
    ["more words than are read", "dog ".repeat(90), /the sentence is long, its last 26 words are not read/],
  ])("%s: a note, and a layout all the same", async (_, sentence, message) => {
    const { code, stdout, stderr } = await runHere("layout", sentence, "--model", tiny, "--json");
    expect(stderr).toMatch(message);
    expect(stderr.trimEnd().split("\n")).toHaveLength(1);
    expect(code).toBe(0);
    expect(JSON.parse(stdout).objects.length).toBeGreaterThan(0);
  });

  test.each([
    ["another script", "海辺で馬に乗る二人"],
    ["emoji alone", "🐕 on the 🏖️"],
  ])("%s: nothing is understood, nothing is drawn", async (_, sentence) => {
    await refused(["layout", sentence, "--model", tiny], /nothing in ".*" names a thing or a place; /);
  });

  test("files of sentences", async () => {
    await refused(["layout", "--from-file", join(folder, "none.txt")], /cannot read .*none\.txt \(ENOENT\)/);
    await refused(["layout", "--from-file", file("gap.txt", "a dog\n\na cat\n")], /gap\.txt line 2: sentence is empty/);
    await refused(["layout", "--from-file", file("void.txt", "\n\n")], /holds a sentence a line, got none/);
    await refused(["layout", "a dog", "--from-file", "x.txt"], /a sentence or --from-file, got both/);
    await refused(["layout"], /needs a sentence, got none/);
  });
});

describe("options", () => {
  test.each([
    [["generate", "a dog", "--seed", "-1"], /--seed: a whole number from 0/],
    [["generate", "a dog", "-n", "many"], /-n: a whole number from 1 to 10000, got "many"/],
    [["generate", "a dog", "-t", "9"], /-t: a number from 0 to 2/],
    [["generate", "a dog", "--sed", "1"], /unknown option '--sed' \(Did you mean --seed\?\)/],
    [["generate", "a dog", "--to", "picture"], /--to <stage>' argument 'picture' is invalid/],
    [["generate", "a dog", "--from", "image", "--to", "boxes"], /--from image comes after --to boxes/],
    [["generate", "a dog", "--from", "masks"], /begins with your own scene, got none/],
    [["generat", "a dog"], /unknown command "generat"; did you mean generate\?/],
    [["a dog on the beach"], /write: scenograph generate "a dog on the beach"/],
    [["export", "--out", "x"], /needs a format/],
  ])("%j", async (args, message) => {
    await refused(args, message);
  });

  test("the real program: exit code 2 and one line; the stack only with --debug", async () => {
    const args = ["generate", "a dog", "--model", "./nowhere"];
    const [plain, debug] = await Promise.all([runBin(args), runBin([...args, "--debug"])]);
    expect(plain).toEqual({
      code: 2,
      stdout: "",
      stderr: 'scenograph: model: a model is a folder with a model.json, got "./nowhere" without; check the path\n',
    });
    expect(debug.code).toBe(2);
    expect(debug.stderr).toMatch(/UserError: model: .*\n\s+at findModel/);
  });
});

test("a device that this machine lacks: the last line says which and what to do, in place of an endless wait", async () => {
  const args = ["layout", "a dog", "--model", tiny, "--json", "--device"];
  const [dml, cuda] = await Promise.all(["dml", "cuda"].map((device) => runBin([...args, device])));
  for (const [device, { code, stderr }] of Object.entries({ dml, cuda })) {
    // a machine that has it computes
    if (code === 0) continue;
    expect(code).toBe(2);
    // onnxruntime itself may print lines before
    expect(stderr.trimEnd().split("\n").at(-1)).toMatch(
      new RegExp(
        `^scenograph: device: "${device}" (is not in this onnxruntime; choose|could not start .*; use --device cpu)`,
      ),
    );
  }
});

describe("scenes", () => {
  test.each([
    ["no JSON", "{", /broken\.json is no valid JSON: .*; mend the file/],
    ["of a newer version", '{"version": 9, "width": 32, "height": 32}', /broken\.json: .*versions 1 and 2, got 9/],
    ["an unknown label", '{"width":32,"height":32,"objects":[{"label":"dgo","box":[0,0,1,1]}]}', /did you mean "dog"/],
  ])("%s", async (_, json, message) => {
    await refused(["generate", "a dog", "--scene", file("broken.json", json), "--model", tiny], message);
  });

  test("missing, a picture without a scene, objects without masks", async () => {
    await refused(["generate", "a", "--scene", join(folder, "none.json")], /cannot read --scene .*ENOENT/);
    const { encodePng } = await import("scenograph/draw/draw");
    const png = await encodePng({ width: 8, height: 8, data: new Uint8Array(192) });
    await refused(["generate", "a", "--scene", file("plain.png", png)], /without a scene inside; chat programs/);
    await refused(["generate", "a", "--scene", file("cut.png", png.slice(0, 40))], /cut\.png: readPng\(\).*damaged/);
    const json =
      '{"version":1,"caption":"a","seed":1,"width":32,"height":32,"objects":[{"id":"o1","label":"dog","box":[0,0,1,1]}]}';
    await refused(["generate", "--scene", file("bare.json", json), "--from", "image"], /needs a mask for every object/);
  });
});

describe("models", () => {
  /** A copy of the tiny model that `spoil` has been at. */
  function spoilt(name: string, spoil: (path: string) => void): string {
    const path = join(folder, "models", name);
    cpSync(tiny, path, { recursive: true });
    spoil(path);
    return path;
  }
  const edit = (path: string, change: (info: Record<string, unknown>) => void) => {
    const info = JSON.parse(readFileSync(join(path, "model.json"), "utf8"));
    change(info);
    writeFileSync(join(path, "model.json"), JSON.stringify(info));
  };

  test.each<[string, (path: string) => void, RegExp]>([
    ["missing", (p) => rmSync(join(p, "masks.safetensors")), /masks\.safetensors: is missing; restore it/],
    [
      "truncated",
      (p) => truncateSync(join(p, "image.safetensors"), 5000),
      /image\.safetensors: readSafetensors\(\): .*5000; .*; restore it, or assemble the model again/,
    ],
    [
      "foreign",
      (p) => writeFileSync(join(p, "text.safetensors"), writeSafetensors([])),
      /text\.safetensors: sha256 is \w+\.\.\. in model\.json, got/,
    ],
    ["nojson", (p) => writeFileSync(join(p, "model.json"), "{"), /model\.json: a model\.json is JSON/],
    ["newer", (p) => edit(p, (i) => Object.assign(i, { format: 2 })), /reads models of format 1, got 2/],
    [
      "misspelt",
      (p) => edit(p, (i) => Object.assign((i.config as Record<string, object>).boxes, { hiden: 3 })),
      /model\.json: config\.boxes: .*hiden/,
    ],
    [
      "outside",
      (p) => edit(p, (i) => Object.assign(i.files as object, { text: "../../secret/a/b.safetensors" })),
      /files\.text lies in the model's folder or a neighbour's/,
    ],
  ])("a %s file", async (name, spoil, message) => {
    await refused(["generate", "a dog", "--model", spoilt(name, spoil), "--out", join(folder, "no")], message);
  });

  test("weights of another configuration", async () => {
    const path = spoilt("other", (p) =>
      edit(p, (i) => Object.assign((i.config as Record<string, object>).boxes, { hidden: 17 })),
    );
    await refused(["layout", "a dog", "--model", path], /boxes\.safetensors: weights: "boxes\..*" has shape/);
  });

  test("an unknown name lists what there is", async () => {
    await refused(["layout", "a dog", "--model", "nope"], /unknown model "nope", (there are|none is installed)/);
  });

  test("a place that cannot be written", async () => {
    const blocked = file("blocked", "a file, no folder");
    await refused(
      ["generate", "a dog", "--to", "boxes", "--model", tiny, "--json", "--out", blocked],
      /blocked cannot be written \(EEXIST\); choose another --out/,
    );
    mkdirSync(join(folder, "sub"));
    const deep = join(blocked, "deeper");
    await refused(
      ["generate", "a dog", "--to", "boxes", "--model", tiny, "--json", "--out", deep],
      /cannot be written \(ENOTDIR\)/,
    );
  });
});
