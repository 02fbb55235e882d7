import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { packageFolder } from "scenograph/model/package.node";
import { expect, test } from "vitest";
import { configSchema, loadConfig } from "./config.ts";

const PAPER = join(packageFolder(), "configs", "paper.yaml");
const OURS = join(packageFolder(), "configs", "illustrated-128.yaml");

/** All values by their paths; lists are values. */
function valuesOf(value: unknown, path: readonly string[] = []): [string, unknown][] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [[path.join("."), value]];
  return Object.entries(value).flatMap(([key, v]) => valuesOf(v, [...path, key]));
}

/** Ideas that are on in a configuration file: keys below "ours" that are not as the schema has them. */
async function ideasIn(file: string): Promise<string[]> {
  const off = new Map(valuesOf(configSchema.parse({})));
  const values = valuesOf(await loadConfig(file)).filter(([key]) => /(^|\.)ours\./.test(key));
  return values.filter(([key, value]) => JSON.stringify(value) !== JSON.stringify(off.get(key))).map(([key]) => key);
}

test("the paper's configuration extends nothing and has no idea of ours on", async () => {
  expect(await readFile(PAPER, "utf8")).not.toMatch(/^extends:/m);
  expect(await ideasIn(PAPER)).toEqual([]);
});

test("the defaults are the paper's: its configuration is theirs but for sizes, steps and rates", async () => {
  const [paper, defaults] = [await loadConfig(PAPER), configSchema.parse({})];
  expect(paper.masks).toEqual({ ...defaults.masks, ...{ encoder: [24, 32], lstm: 16, trunk: 32 } });
  expect(paper.image).toEqual(defaults.image);
  // a pre-trained CNN, where the schema also offers the discriminator's own features
  expect([paper.masks.loss.perceptualFeatures, paper.image.train.network]).toEqual(["cocossd", "cocossd"]);
});

test("ours has many ideas on", async () => {
  expect(await ideasIn(OURS)).toEqual(
    expect.arrayContaining(["boxes.ours.candidates", "masks.ours.frame", "image.ours.objects.width"]),
  );
});

test("an earlier version's keys are read from files and --set", async () => {
  const { boxes } = await loadConfig(undefined, ["boxes.endBias=0.5", "boxes.train.window=0.1"]);
  expect([boxes.ours.endBias, boxes.ours.window]).toEqual([0.5, 0.1]);
  await expect(loadConfig(undefined, ["boxes.endBais=1"])).rejects.toThrow(/unknown key "boxes.endBais"/);
});
