import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { readSafetensors, readSafetensorsHeader } from "@scenograph/graph/formats/safetensors";
import { stream } from "@scenograph/graph/random";
import { createNodeRuntime } from "@scenograph/graph/runtime/node";
import type { Runtime } from "@scenograph/graph/runtime/runtime";
import * as ort from "onnxruntime-node";
import { encodePng } from "scenograph/draw/draw";
import { loadModel } from "scenograph/model/load.node";
import { fromPlanes } from "scenograph/paper/image/data";
import { STAGES } from "scenograph/pipeline";
import { sceneToPng } from "scenograph/scene/png";
import type { Scene } from "scenograph/scene/scene";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runBin, runHere } from "./run.fixture.ts";
import { tinyModel } from "./tinyModel.fixture.ts";

const folder = mkdtempSync(join(tmpdir(), "scenograph-model-"));
let tiny: Awaited<ReturnType<typeof tinyModel>>;

beforeAll(async () => {
  tiny = await tinyModel(folder);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const scene: Scene = { version: 2, caption: "a dog", width: 32, height: 32, seed: 1, objects: [] };

test("assembling keeps what generating needs, as float16, and word vectors as they are", () => {
  expect(readdirSync(tiny.path).sort()).toEqual([...STAGES.map((s) => `${s}.safetensors`), "model.json"].sort());
  const types = new Map<string, Set<string>>();
  for (const stage of STAGES) {
    const { entries } = readSafetensorsHeader(readFileSync(join(tiny.path, `${stage}.safetensors`)));
    for (const { name, dtype } of entries) {
      expect(name).not.toMatch(/heads|critic|discriminator|adam|ema/);
      const kind = name.startsWith("vocabulary.") || name === "boxes.statistics" ? name : stage;
      types.set(kind, (types.get(kind) ?? new Set()).add(dtype));
    }
  }
  expect(Object.fromEntries([...types].map(([k, v]) => [k, [...v].join()]))).toEqual({
    text: "F16",
    boxes: "F16",
    masks: "F16",
    image: "F16",
    "boxes.statistics": "F32",
    "vocabulary.vectors": "I8",
    "vocabulary.scales": "F32",
    "vocabulary.words": "U8",
    "vocabulary.delta": "I32",
  });
});

test("the command: configurations from the runs, values that are set, a neighbour's files shared", async () => {
  const out = join(folder, "models", "second");
  const shared = (stage: string) => [`--${stage}`, join(tiny.path, `${stage}.safetensors`)];
  const own = (stage: string) => [`--${stage}`, join(tiny.runs, stage)];
  const args = [...own("masks"), ...own("image"), ...shared("text"), ...shared("boxes"), "--json"];
  const config = ["--config", "configs/tiny.yaml", "--set", "boxes.endBias=0.5", "--licence", "MIT"];
  writeFileSync(join(tiny.runs, "image", "run.json"), '{"starts": [{"git": null}, {"git": {"commit": "abc123"}}]}');
  const { code, stdout, stderr } = await runHere(
    "model",
    "assemble",
    "--name",
    "second",
    "--out",
    out,
    ...config,
    ...args,
  );
  expect(stderr).toBe("");
  expect(code).toBe(0);
  const info = JSON.parse(stdout);
  expect(info.files).toEqual({
    text: "../tiny/text.safetensors",
    boxes: "../tiny/boxes.safetensors",
    masks: "masks.safetensors",
    image: "image.safetensors",
  });
  expect(info.config.boxes.ours.endBias).toBe(0.5);
  const { text, boxes } = tiny.info.sha256 as Record<string, string>;
  expect(info.sha256).toMatchObject({ text, boxes });
  // where a file came from stands in it, beside the same numbers
  const [here, there] = [out, tiny.path].map((dir) => readSafetensors(readFileSync(join(dir, "image.safetensors"))));
  expect(here.metadata).toMatchObject({ name: "second", stage: "image", licence: "MIT", commit: "abc123" });
  expect(here.tensors).toEqual(there.tensors);
  expect(existsSync(join(out, "text.safetensors"))).toBe(false);

  const noted = STAGES.flatMap(own);
  const third = await runHere(
    "model",
    "assemble",
    "--name",
    "third",
    "--out",
    join(folder, "third"),
    ...noted,
    "--json",
  );
  expect(third.stderr).toBe("");
  expect(JSON.parse(third.stdout).config).toEqual(tiny.info.config);
});

test("assembling refuses the wrong run, an unfitting configuration, a missing file, and leaves nothing", async () => {
  const run = (stage: string) => join(tiny.runs, stage);
  const out = join(folder, "models", "none");
  const assemble = (sources: Record<string, string>, ...more: string[]) => {
    const given = { text: run("text"), boxes: run("boxes"), masks: run("masks"), image: run("image"), ...sources };
    const flags = Object.entries(given).flatMap(([stage, path]) => [`--${stage}`, path]);
    return runHere("model", "assemble", "--name", "none", "--out", out, ...flags, ...more);
  };
  const wrong = await assemble({ masks: run("image") });
  expect(wrong.stderr).toMatch(/--masks wants a run of stage masks, got one of image/);
  const hidden = await assemble({ masks: run("image") }, "--config", "configs/tiny.yaml");
  expect(hidden.stderr).toMatch(/image.weights\.safetensors holds no weights of stage masks/);
  const unfitting = await assemble({}, "--set", "image.fused=9");
  expect(unfitting.stderr).toMatch(
    /none\/image\.safetensors: weights: "image\..*" has shape .* the configuration wants/,
  );
  const missing = await assemble({ text: join(folder, "nowhere") });
  expect(missing.stderr).toMatch(/--text is a weights\.safetensors or a run folder/);
  const named = await assemble({}, "--name", "a/b");
  expect(named.stderr).toMatch(/model assemble: name: /);
  for (const { code, stderr } of [wrong, hidden, unfitting, missing, named]) {
    expect(code).toBe(2);
    expect(stderr.trimEnd().split("\n")).toHaveLength(1);
  }
  expect(existsSync(out)).toBe(false);
});

test("stages are read when they are first used; preparing compiles without computing", async () => {
  const inner = createNodeRuntime({ threads: 1 });
  const calls = { loads: 0, runs: 0 };
  const runtime: Runtime = {
    ...inner,
    async load(program, constants) {
      calls.loads++;
      const executable = await inner.load(program, constants);
      return {
        program: executable.program,
        run: (feeds) => {
          calls.runs++;
          return executable.run(feeds);
        },
        readState: (names) => executable.readState(names),
        writeState: (values) => executable.writeState(values),
        release: () => executable.release(),
      };
    },
  };
  const model = await loadModel(tiny.path, runtime);
  expect(calls).toEqual({ loads: 0, runs: 0 });
  await Promise.all((["text", "boxes", "image"] as const).map((stage) => model.prepare(stage, [scene])));
  expect(calls).toEqual({ loads: 6, runs: 0 });
  const [sentence] = await model.stages.text.encode(["a dog"]);
  expect(sentence.embedding.some((v) => v !== 0)).toBe(true);
  await model.stages.image.infer([{ scene, sentence }]);
  expect(calls).toEqual({ loads: 6, runs: 2 });
  const next = await model.stages.boxes.next(sentence, [], "dog", { rows: 4, columns: 4 });
  expect(next.density.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 4);
  // what was compiled can be freed, and is compiled again when it is needed
  await model.release();
  const { loads } = calls;
  await model.stages.image.infer([{ scene, sentence }]);
  expect(calls.loads).toBe(loads + 1);
  await expect(loadModel("./models/nowhere", runtime)).rejects.toThrow(/folder with a model\.json/);
});

test("exported networks run in onnxruntime alone and agree with the stage", async () => {
  const out = join(folder, "onnx");
  const { stdout } = await runHere("export", "--onnx", "--model", tiny.path, "--out", out, "--objects", "2", "--json");
  const files = (JSON.parse(stdout) as { file: string }[]).map((r) => r.file);
  const names = ["text", "boxes-sentence", "boxes-step", "boxes-xy", "boxes-wh", "masks", "image"];
  expect(files).toEqual(names.map((name) => join(out, `${name}.onnx`)));
  const readme = readFileSync(join(out, "README.md"), "utf8");
  for (const name of names) expect(readme).toContain(`## ${name}.onnx`);
  expect(readme).toContain("| `noise` | float32 | 1 x 2 x 4 |");

  const session = await ort.InferenceSession.create(join(out, "image.onnx"));
  expect([...session.inputNames].sort()).toEqual(["layout.boundary", "layout.classes", "noise", "text"]);
  const model = await loadModel(tiny.path, createNodeRuntime({ threads: 1 }));
  const [sentence] = await model.stages.text.encode(["a dog"]);
  const blank = new Uint8Array(32 * 32);
  const { picture } = await session.run({
    "layout.classes": new ort.Tensor("uint8", blank.slice().fill(80), [1, 1, 32, 32]),
    "layout.boundary": new ort.Tensor("uint8", blank, [1, 1, 32, 32]),
    text: new ort.Tensor("float32", sentence.embedding, [1, sentence.embedding.length]),
    noise: new ort.Tensor("float32", stream(1, "image").normals(4), [1, 4]),
  });
  const [expected] = await model.stages.image.infer([{ scene, sentence }]);
  expect(fromPlanes(picture.data as Float32Array)).toEqual(expected.data);
});

test("inspect and doctor", async () => {
  const inspected = async (path: string) => JSON.parse((await runHere("inspect", path, "--json")).stdout);
  const model = await inspected(tiny.path);
  expect(model).toMatchObject({ kind: "model", name: "tiny", size: 32, whole: true });
  const weights = await inspected(join(tiny.path, "text.safetensors"));
  expect(weights).toMatchObject({ kind: "safetensors", metadata: { stage: "text", name: "tiny" } });
  expect(weights.tensors).toContainEqual({ name: "vocabulary.delta", dtype: "I32", shape: [1], bytes: 4 });
  const text = (await runHere("inspect", tiny.path)).stdout;
  expect(text).toMatch(/masks +masks\.safetensors: [\d.]+ MB, \d+ numbers\n/);
  expect((await runHere("inspect", join(folder, "nothing"))).stderr).toMatch(/cannot read .*ENOENT/);
  expect((await runHere("inspect", "package.json")).stderr).toMatch(/package\.json: restoreScene\(\)/);
  expect((await runHere("inspect", "packages")).stderr).toMatch(/model\.json or run\.json/);

  const file = join(folder, "a.scene.json");
  writeFileSync(file, JSON.stringify(scene));
  expect(await inspected(file)).toEqual({ kind: "scene", file, scene, notes: [] });
  const png = sceneToPng(await encodePng({ width: 8, height: 8, data: new Uint8Array(192) }), scene);
  writeFileSync(join(folder, "a.png"), png);
  expect(await inspected(join(folder, "a.png"))).toMatchObject({ scene: { caption: "a dog" } });
  const coco = join(folder, "annotations", "instances_train.json");
  mkdirSync(dirname(coco));
  writeFileSync(coco, '{"images": [], "annotations": []}');
  for (const path of [coco, folder]) {
    const { code, stderr } = await runHere("inspect", path);
    expect(code).toBe(2);
    expect(stderr).toMatch(/COCO folder; scenograph data check/);
  }

  const { stdout, stderr } = await runBin(["doctor", "--json"]);
  // libraries that are not there are told in one line each, not by themselves
  expect(stderr).toBe("");
  const found = JSON.parse(stdout);
  expect(found).toMatchObject({ node: process.versions.node, selfTest: { ok: true } });
  expect(found.onnxruntime.devices).toContain("cpu");
  // what this onnxruntime was built with is tried; only what has computed is offered
  const { tried, devices } = found.onnxruntime;
  expect(tried.length).toBeGreaterThan(0);
  expect(devices).toEqual(tried.flatMap((t: { ok: boolean; device: string }) => (t.ok ? [t.device] : [])));
  for (const t of tried) expect(t.ok ? t.runMs >= 0 : t.problem).toBeTruthy();
  expect(found.ok).toBe(found.problems.length === 0);
});
