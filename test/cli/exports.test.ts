/** layout and generate --format, convert, render: as a user calls them, with a model of random weights. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { drawnBy, sceneFromPng } from "scenograph/scene/png";
import sharp from "sharp";
import { afterAll, beforeAll, expect, test } from "vitest";
import { comfyContract, sdwebuiContract } from "../../packages/scenograph/src/interchange/drive/servers.fixture.ts";
import { offCentre } from "../../packages/scenograph/src/interchange/scene.fixture.ts";
import { runBin, runHere } from "./run.fixture.ts";
import { tinyModel } from "./tinyModel.fixture.ts";

const folder = mkdtempSync(join(tmpdir(), "scenograph-exports-"));
let model: string[];
let scene: string;

beforeAll(async () => {
  model = ["--model", (await tinyModel(folder)).path];
  scene = join(folder, "cat.scene.json");
  writeFileSync(scene, JSON.stringify(offCentre));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const SENTENCE = "a red couch and a cat on it";

/** Exit code 2, nothing on stdout, one line on stderr. */
async function refused(args: string[], message: RegExp): Promise<void> {
  const { code, stdout, stderr } = await runHere(...args);
  expect(stderr).toMatch(message);
  expect({ code, stdout, lines: stderr.trimEnd().split("\n").length }).toEqual({ code: 2, stdout: "", lines: 1 });
}

test("layout --format: text to standard output, files where --out says, drawn first where it has layers", async () => {
  const ideogram = await runHere("layout", SENTENCE, "--format", "ideogram", ...model);
  expect(ideogram.code).toBe(0);
  expect(JSON.parse(ideogram.stdout)).toMatchObject({ high_level_description: SENTENCE });
  const out = join(folder, "a.ora");
  const ora = await runHere("layout", SENTENCE, "--format", "ora", "--size", "96x64", "--out", out, ...model);
  expect(ora.stdout).toBe(`${out}\n`);
  expect(readFileSync(out).subarray(30, 38).toString()).toBe("mimetype");
  const many = await runHere(
    "layout",
    SENTENCE,
    "-n",
    "2",
    "--format",
    "gligen",
    "--out",
    join(folder, "many"),
    ...model,
  );
  expect(many.code).toBe(0);
  expect(readdirSync(join(folder, "many"))).toEqual([
    "a-red-couch-and-a-cat-on-it-0.json",
    "a-red-couch-and-a-cat-on-it-1.json",
  ]);
  await refused(
    ["layout", SENTENCE, "--format", "ideagram", ...model],
    /no format "ideagram" to write; did you mean ideogram/,
  );
  await refused(["layout", SENTENCE, "--size", "64", ...model], /--size and --out go with --format/);
  await refused(["layout", SENTENCE, "--format", "svg", "--json", ...model], /got both; leave one out/);
  for (const size of ["0", "64x", "9999", "a", "64x64x64", "-5"])
    await refused(
      ["layout", SENTENCE, "--format", "svg", "--size", size, ...model],
      /--size: a size like 1024 or 1024x768/,
    );
});

test("generate --format adds a file to the others; --size may be a rectangle", async () => {
  const out = join(folder, "drawn");
  const { code, stdout } = await runHere(
    "generate",
    SENTENCE,
    "--format",
    "psd",
    "--size",
    "96x64",
    "--no-panels",
    "--out",
    out,
    ...model,
  );
  expect(code).toBe(0);
  const psd = join(out, "a-red-couch-and-a-cat-on-it-0.psd");
  expect(stdout).toContain(psd);
  expect(readFileSync(psd).subarray(0, 4).toString()).toBe("8BPS");
  const png = readFileSync(join(out, "a-red-couch-and-a-cat-on-it-0.png"));
  expect(await sharp(png).metadata()).toMatchObject({ width: 96, height: 64 });
  await refused(["generate", "--from-file", scene, "--format", "psd", ...model], /--format goes with one sentence/);
});

test("convert: from and to other programs, standard input, folders and archives", async () => {
  const lmd = await runHere("convert", scene, "--to", "lmd");
  expect(lmd.stdout).toMatch(/^Objects: \[\('a red couch', \[256, 307, 128, 103\]\)/);
  const piped = await runBin(["convert", "-", "--to", "gligen"], { stdin: `Here you are:\n${lmd.stdout}` });
  expect(piped.code).toBe(0);
  expect(JSON.parse(piped.stdout).phrases).toEqual(["a red couch", "a cat", "a lamp"]);
  expect(piped.stderr).toMatch(/note: -: read as lmd/);
  const zip = join(folder, "cuts.zip");
  expect((await runHere("convert", scene, "--to", "cutouts", "--out", zip)).stdout).toBe(`${zip}\n`);
  expect(readFileSync(zip).subarray(0, 2).toString()).toBe("PK");
  const one = join(folder, "one.scene.json");
  writeFileSync(one, JSON.stringify({ ...offCentre, objects: offCentre.objects.slice(0, 1) }));
  await runHere("convert", one, "--to", "cutouts", "--out", join(folder, "one.zip"));
  expect(readFileSync(join(folder, "one.zip")).subarray(0, 2).toString()).toBe("PK");
  const cuts = await runHere(
    "convert",
    scene,
    "--to",
    "cutouts",
    "--size",
    "64x32",
    "--out",
    `${join(folder, "cuts")}/`,
  );
  expect(
    cuts.stdout
      .trimEnd()
      .split("\n")
      .map((f) => f.slice(folder.length + 1)),
  ).toEqual(["cuts/cat-1-a-red-couch.png", "cuts/cat-2-a-cat.png", "cuts/cat-3-a-lamp.png"]);
  expect((await runHere("convert", "--list")).stdout).toMatch(/^ideogram +out, in +Ideogram 4 caption/);
  await refused(
    ["convert", scene, "--to", "cutouts", "--out", join(folder, "one.png")],
    /makes 3 files, got the name of one/,
  );
  expect(existsSync(join(folder, "one.png"))).toBe(false);
  // one number is the longer side
  const long = await runHere("convert", scene, "--to", "diffusers", "--size", "640");
  expect(JSON.parse(long.stdout)).toMatchObject({ width: 640, height: 320 });
  await refused(["convert", scene], /needs --to/);
  await refused(["convert", join(folder, "none.json"), "--to", "svg"], /cannot read .*none\.json \(ENOENT\)/);
  const boxes = join(folder, "boxes.json");
  writeFileSync(boxes, '[{"label": "cat", "bbox": [10, 20, 30, 40]}]');
  await refused(["convert", boxes, "--to", "scene"], /never guessed; for \[10, 20, 30, 40\] name --order/);
  await refused(["convert", boxes, "--to", "scene", "--order", "xywh"], /name it: --canvas/);
  const read = await runHere("convert", boxes, "--to", "scene", "--order", "xywh", "--canvas", "100x80");
  expect(JSON.parse(read.stdout).objects[0].box).toEqual([0.1, 0.25, 0.3, 0.5]);
});

test("render: ComfyUI and the SD web UI bring the picture back, with the scene in it", async () => {
  const comfy = await comfyContract();
  const webui = await sdwebuiContract();
  try {
    const made = await runHere("render", scene, "--with", "comfyui", comfy.url);
    expect(made.stdout).toBe(`${join(folder, "cat.comfyui.png")}\n`);
    const png = readFileSync(join(folder, "cat.comfyui.png"));
    expect(sceneFromPng(png)).toEqual({ ...offCentre, width: 64, height: 32 });
    expect(drawnBy(png)).toBe("ComfyUI");
    // the user's own workflow, with masks beside it
    await runHere("convert", scene, "--to", "comfyui-mask", "--out", `${join(folder, "wf")}/`);
    const file = join(folder, "wf", "cat.workflow.json");
    const own = await runHere(
      "render",
      "--with",
      "comfyui",
      comfy.url,
      scene,
      "--workflow",
      file,
      "--out",
      join(folder, "own.png"),
    );
    expect(own.code).toBe(0);
    expect([...comfy.uploads.keys()].sort()).toEqual(["cat-1-a-red-couch.png", "cat-2-a-cat.png", "cat-3-a-lamp.png"]);
    const other = await runHere("render", join(folder, "own.png"), "--with", "sdwebui", webui.url, "--size", "128x64");
    expect(other.stdout).toBe(`${join(folder, "own.sdwebui.png")}\n`);
    expect(sceneFromPng(readFileSync(join(folder, "own.sdwebui.png")))).toMatchObject({
      width: 128,
      height: 64,
      caption: offCentre.caption,
    });
    await refused(
      ["render", scene, "--with", "comfyui", comfy.url, "--checkpoint", "none.ckpt", "--out", join(folder, "no.png")],
      /refuses the workflow: CheckpointLoaderSimple \(node 1\): Value not in list/,
    );
    expect(existsSync(join(folder, "no.png"))).toBe(false);
    await refused(["render", scene, "--with", "comfyui", "http://192.0.2.7:8188"], /another machine.*--allow-remote/);
    await refused(["render", scene, "--with", "krita", comfy.url], /--with is a server and its address, got "krita/);
    await refused(["render", scene], /--with is a server and its address/);
    await refused(["render", scene, "--with", "comfyui", comfy.url, "--workflow", scene], /a workflow is \{"1"/);
  } finally {
    await comfy.close();
    await webui.close();
  }
});

test("render: Ctrl-C stops the server's drawing too, and leaves nothing", async () => {
  const servers = { comfyui: await comfyContract({ hang: true }), sdwebui: await sdwebuiContract({ hang: true }) };
  const out = join(folder, "stopped", "cat.png");
  try {
    const stopped = Object.entries(servers).map(async ([name, { url, calls }]) => {
      const { code, stdout, stderr } = await runBin(["render", scene, "--with", name, url, "--out", out], {
        onOutput: (child, _, said) => said.includes("drawing") && !child.killed && child.kill("SIGINT"),
      });
      expect(stderr).toMatch(/drawing.*\nscenograph: interrupted\n$/s);
      expect([code, stdout]).toEqual([130, ""]);
      expect(calls.filter((c) => c.endsWith("/interrupt"))).toHaveLength(1);
    });
    await Promise.all(stopped);
    expect(existsSync(join(folder, "stopped"))).toBe(false);
  } finally {
    for (const server of Object.values(servers)) await server.close();
  }
});
