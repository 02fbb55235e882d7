import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createNodeRuntime } from "@scenograph/graph/runtime/node";
import type { Runtime } from "@scenograph/graph/runtime/runtime";
import { fromTypedJson } from "scenograph/formats/typedJson";
import type { Inference } from "scenograph/model/calls";
import { folderReader } from "scenograph/model/load.node";
import { openModel } from "scenograph/model/model";
import { generate } from "scenograph/pipeline";
import type { Scene } from "scenograph/scene/scene";
import { afterAll, beforeAll, expect, test } from "vitest";
import { tinyModel } from "../../../../test/cli/tinyModel.fixture.ts";
import { callsApp } from "./calls.node.ts";

const SCENE: Scene = { version: 2, caption: "two people on the beach", width: 32, height: 32, seed: 3, objects: [] };
const infer = { type: "infer", scene: SCENE, from: "boxes", to: "image", options: {} };

let folder: string;
let model: string;
let runtime: Runtime;
let app: ReturnType<typeof callsApp>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "scenograph-calls-"));
  model = (await tinyModel(folder)).path;
  runtime = createNodeRuntime({ threads: 1 });
  app = callsApp({ models: new Map([["tiny", folderReader(model)]]), runtime, threads: 1 });
}, 120_000);

afterAll(async () => {
  await runtime.close();
  await rm(folder, { recursive: true, force: true });
});

const post = (body: unknown, name = "tiny", type = "application/json") =>
  app.request(`/${name}`, {
    method: "POST",
    headers: { "content-type": type },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });

interface Line {
  readonly stage?: string;
  readonly done?: unknown;
  readonly error?: { readonly name: string; readonly message: string };
}
async function linesOf(response: Response): Promise<Line[]> {
  return (await response.text())
    .trim()
    .split("\n")
    .map((line) => fromTypedJson(line) as Line);
}

test("what it has, and a model's facts", async () => {
  expect(await (await app.request("/")).json()).toEqual({ models: ["tiny"], device: "cpu", threads: 1 });
  const [{ done }] = await linesOf(await post({ type: "open" }));
  expect(done).toMatchObject({ name: "tiny", size: 32, threads: 1 });
});

test("a scene is inferred as the library infers it, stage by stage, bit for bit", async () => {
  const lines = await linesOf(await post(infer));
  expect(lines.map((l) => l.stage)).toEqual(["text", "boxes", "masks", "image", undefined]);
  const { scene, picture, words } = lines[4].done as Inference;
  const { stages } = await openModel(folderReader(model), createNodeRuntime({ threads: 1 }));
  const [wanted] = await generate(stages, [SCENE]);
  expect(scene).toEqual({ ...wanted.scene, model: "tiny" });
  expect(picture?.data).toEqual(wanted.picture?.data);
  expect(words).toEqual(wanted.sentence.words);
});

test("words, and the density of the next box", async () => {
  const [words] = await linesOf(await post({ type: "sentence", caption: "a dog" }));
  expect(words.done).toMatchObject([{ text: "a" }, { text: "dog" }]);
  const next = { type: "next", caption: "a dog", objects: [], label: "dog", rows: 8, columns: 8, temperature: 1 };
  const [{ done }] = await linesOf(await post(next));
  const { density, labels } = done as { density: Float32Array; labels: Float64Array };
  expect(density.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 3);
  expect(labels).toHaveLength(81);
});

test("bad calls are told before they are computed, bad scenes as the command line tells them", async () => {
  const refused = async (response: Response | Promise<Response>) => {
    const { status } = await response;
    return [status, ((await (await response).json()) as { error: string }).error] as const;
  };
  expect(await refused(post("{"))).toEqual([400, "call: the body is no JSON"]);
  expect(await refused(post({ type: "format disk" }))).toEqual([400, expect.stringContaining("type")]);
  expect(await refused(post({ ...infer, from: "text" }))).toEqual([400, expect.stringContaining("from")]);
  expect(await refused(post(infer, "tiny", "text/plain"))).toEqual([400, expect.stringContaining("application/json")]);
  expect(await refused(post(`"${"x".repeat(17 * 2 ** 20)}"`))).toEqual([413, "a call has at most 16 MB"]);
  const bad = { ...infer, scene: { ...SCENE, objects: [{ label: "unicorn", box: [0, 0, 1, 1] }] } };
  const [{ error }] = await linesOf(await post(bad));
  expect(error).toMatchObject({ name: "FormatError", message: expect.stringContaining("unicorn") });
  const [unknown] = await linesOf(await post(infer, "other"));
  expect(unknown.error?.message).toMatch(/unknown model "other", there are tiny/);
});

test("a call that nobody waits for any more ends, and the next is answered", async () => {
  const response = await post(infer);
  await response.body?.cancel();
  const [{ done }] = await linesOf(await post({ type: "sentence", caption: "a dog" }));
  expect(done).toBeDefined();
});

test("more calls than one person has are refused", async () => {
  const many = await Promise.all(Array.from({ length: 20 }, () => post({ type: "sentence", caption: "a dog" })));
  const answers = (await Promise.all(many.map(linesOf))).map(([line]) => line.error?.name ?? "done");
  expect(answers).toContain("done");
  expect(answers).toContain("BusyError");
});
