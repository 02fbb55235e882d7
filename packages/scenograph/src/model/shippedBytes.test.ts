/**
 * What the shipped models draw, as digests of every object, mask and pixel: a change of the code that is not meant to change
 * pictures must not. After one that is, `UPDATE=1 npx vitest run` this file, and say so in CHANGELOG.md.
 * @module
 */
import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { createNodeRuntime } from "@scenograph/graph/runtime/node";
import { afterAll, expect, test } from "vitest";
import { generate } from "../pipeline.ts";
import { extentOf } from "../scene/geometry.ts";
import type { Scene } from "../scene/scene.ts";
import { listModels, loadModel } from "./load.node.ts";

const FILE = fileURLToPath(new URL("../../../../test/fixtures/golden/shippedBytes.json", import.meta.url));
const runtime = createNodeRuntime({ threads: 1 });
afterAll(() => runtime.close());

const SCENES = [
  { caption: "two dogs on the beach", seed: 3 },
  { caption: "a cat sitting on a red couch next to a laptop", seed: 7 },
  { caption: "a man riding a wave", seed: 12 },
];

const digest = (data: string | Uint8Array) => createHash("sha256").update(data).digest("hex").slice(0, 16);

async function drawn(name: string): Promise<Record<string, string>> {
  const { stages, info } = await loadModel(name, runtime);
  const found: Record<string, string> = {};
  // as large as the model's pictures, and once as large as it can
  for (const size of new Set([info.size, stages.image.sizes.at(-1)!])) {
    const scenes = SCENES.slice(0, size === info.size ? 3 : 1).map(
      (s): Scene => ({ version: 2, objects: [], ...extentOf(size), ...s }),
    );
    for (const { scene, picture } of await generate(stages, scenes))
      found[`${scene.caption}, seed ${scene.seed}, ${size}`] =
        `${digest(JSON.stringify(scene.objects))} ${digest(picture!.data)}`;
  }
  // the sampler's other uses: a locked object, what may come next, the text gate
  const [start] = SCENES;
  const locked: Scene["objects"] = [{ id: "o1", label: "person", box: [0.2, 0.1, 0.3, 0.8], locked: true }];
  const [given] = await generate(stages, [{ version: 2, ...extentOf(info.size), ...start, seed: 4, objects: locked }]);
  found["with a locked object"] = digest(JSON.stringify(given.scene.objects));
  const next = await stages.boxes.next(given.sentence, locked, "dog", { rows: 8, columns: 8 });
  found["next object"] = digest(JSON.stringify([[...next.labels], [...next.density]]));
  found["text gate"] = digest(JSON.stringify(await stages.image.gate(given.scene, given.sentence)));
  return found;
}

test("the shipped models draw the same bytes as when they were last looked at", async () => {
  const found: Record<string, Record<string, string>> = {};
  for (const name of await listModels()) found[name] = await drawn(name);
  if (process.env.UPDATE) await writeFile(FILE, `${JSON.stringify(found, null, 2)}\n`);
  expect(found).toEqual(JSON.parse(await readFile(FILE, "utf8")));
});
