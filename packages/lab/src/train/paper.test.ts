import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { packageFolder } from "scenograph/model/package.node";
import { expect, test } from "vitest";
import { configSchema, loadConfig } from "./config.ts";

const PAPER = join(packageFolder(), "configs", "paper.yaml");
const OURS = join(packageFolder(), "configs", "illustrated-128.yaml");

/** Ideas of ours that are not below a key "ours" yet, and what turns each of them off. */
const OFF: Readonly<Record<string, unknown>> = {
  "image.boundary": false,
  "image.grain": false,
  "image.position": 0,
  "image.objects.width": 0,
  "image.decoderNorm": "group",
  "image.discriminator.spectral": false,
  "image.discriminator.features.channels": 0,
  "image.train.loss": "bce",
  "image.train.l1": 0,
  "image.train.l1Final": 0,
  "image.train.adversarialFrom": 0,
  "image.train.r1": 0,
  "image.train.augment": false,
  "image.train.flip": false,
  "image.train.balanced": false,
};

/** All values by their paths; lists are values. */
function valuesOf(value: unknown, path: readonly string[] = []): [string, unknown][] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [[path.join("."), value]];
  return Object.entries(value).flatMap(([key, v]) => valuesOf(v, [...path, key]));
}

/** Ideas that are on in a configuration file. */
async function ideasIn(file: string): Promise<string[]> {
  const defaults = new Map(valuesOf(configSchema.parse({})));
  const found = valuesOf(await loadConfig(file)).filter(([key, value]) => {
    const off = key.includes(".ours.") ? defaults.get(key) : OFF[key];
    return (key.includes(".ours.") || key in OFF) && JSON.stringify(value) !== JSON.stringify(off);
  });
  return found.map(([key]) => key);
}

test("the paper's configuration extends nothing and has no idea of ours on", async () => {
  expect(await readFile(PAPER, "utf8")).not.toMatch(/^extends:/m);
  expect(await ideasIn(PAPER)).toEqual([]);
});

test("every idea of the list is a key, and ours has many of them on", async () => {
  const keys = valuesOf(await loadConfig(OURS)).map(([key]) => key);
  for (const key of Object.keys(OFF)) expect(keys).toContain(key);
  const on = await ideasIn(OURS);
  expect(on).toEqual(expect.arrayContaining(["boxes.ours.candidates", "masks.ours.frame", "image.objects.width"]));
});

test("an earlier version's keys are read from files and --set", async () => {
  const { boxes } = await loadConfig(undefined, ["boxes.endBias=0.5", "boxes.train.window=0.1"]);
  expect([boxes.ours.endBias, boxes.ours.window]).toEqual([0.5, 0.1]);
  await expect(loadConfig(undefined, ["boxes.endBais=1"])).rejects.toThrow(/unknown key "boxes.endBais"/);
});
