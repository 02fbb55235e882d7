/** The models of this package: whole, within their size, and able to draw. */
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { createNodeRuntime } from "@scenograph/graph/runtime/node";
import { afterAll, expect, test } from "vitest";
import { generate } from "../pipeline.ts";
import { extentOf } from "../scene/geometry.ts";
import type { Scene } from "../scene/scene.ts";
import { listModels, loadModel } from "./load.node.ts";
import { packageFolder } from "./package.node.ts";

const runtime = createNodeRuntime({ threads: 1 });
afterAll(() => runtime.close());

test.each(await listModels())("%s is as its model.json says, and draws", async (name) => {
  const { stages, info } = await loadModel(name, runtime);
  const size = extentOf(info.size);
  const start: Scene = { version: 2, caption: "two dogs on the beach", seed: 3, objects: [], ...size };
  const [{ scene, picture }] = await generate(stages, [start]);
  expect(scene.objects.filter((o) => o.label === "dog")).toHaveLength(2);
  expect(scene.objects.every((o) => o.mask)).toBe(true);
  expect(picture).toMatchObject(size);
  expect(new Set(picture?.data).size).toBeGreaterThan(50);
});

test("all weights together take at most 30 MB", async () => {
  const folder = join(packageFolder(), "models");
  const files = (await readdir(folder, { recursive: true })).filter((file) => file.endsWith(".safetensors"));
  const sizes = await Promise.all(files.map(async (file) => (await stat(join(folder, file))).size));
  expect(sizes.reduce((a, b) => a + b, 0)).toBeLessThanOrEqual(30e6);
});
