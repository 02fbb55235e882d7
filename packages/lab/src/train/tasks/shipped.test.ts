import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { readSafetensorsHeader } from "@scenograph/graph/formats/safetensors";
import { packageFolder } from "scenograph/model/package.node";
import { afterEach, expect, test } from "vitest";
import { CATEGORY_LIST, caption, image, makeFolder, object } from "../../data/coco.fixture.ts";
import { loadConfig } from "../config.ts";
import { createBoxesTask } from "./boxes.ts";

const cleanUps: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const remove of cleanUps.splice(0)) await remove();
});

test("a text encoder that ships, without training's list of words, is one to train boxes on", async () => {
  const ids = Array.from({ length: 40 }, (_, i) => i + 1);
  const { dir, remove } = await makeFolder({
    instances: {
      train: {
        images: ids.map((id) => image(id)),
        annotations: ids.map((id) => object(id, id, [10, 10, 20 + id, 30])),
        categories: CATEGORY_LIST,
      },
    },
    captions: { train: { annotations: ids.map((id) => caption(id, id, `a dog number ${id} on the beach`)) } },
  });
  cleanUps.push(remove);
  const text = join(packageFolder(), "models", "illustrated", "text.safetensors");
  expect(readSafetensorsHeader(await readFile(text)).metadata.words).toBeUndefined();
  const config = await loadConfig(join(packageFolder(), "configs", "illustrated-128.yaml"), ["boxes.train.batch=4"]);
  const said: string[] = [];
  const task = await createBoxesTask({
    config,
    data: dir,
    split: "train",
    seed: 1,
    runtime: {},
    cacheDir: dir,
    text,
    log: (line) => said.push(line),
  });
  expect(said.join("\n")).toMatch(/lists no frequent words: \d+ of the training captions are taken instead/);
  const words = JSON.parse(task.metadata!.words) as string[];
  expect(words).toContain("dog");
  expect(words).not.toContain("the");
  const feeds = await task.batch(0);
  expect(Object.keys(feeds).sort()).toEqual(
    task.program.inputs
      .map((i) => i.name)
      .filter((n) => n in feeds)
      .sort(),
  );
});
