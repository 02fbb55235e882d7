import { join } from "node:path";
import { packageFolder } from "scenograph/model/package.node";
import { expect, test } from "vitest";
import { configSchema, loadConfig } from "./config.ts";

/** Values below keys named "ours", by their paths. */
function oursOf(value: unknown, path: string[] = [], isOurs = false): [string, unknown][] {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    return isOurs ? [[path.join("."), value]] : [];
  return Object.entries(value).flatMap(([key, v]) => oursOf(v, [...path, key], isOurs || key === "ours"));
}

test("the paper's configuration has no idea of ours on", async () => {
  const paper = oursOf(await loadConfig(join(packageFolder(), "configs", "paper-128.yaml")));
  const off = new Map(oursOf(configSchema.parse({})));
  expect(paper.length).toBeGreaterThan(10);
  for (const [key, value] of paper) expect([key, value]).toEqual([key, off.get(key)]);
});

test("ours has some on: the test above can fail", async () => {
  const ours = oursOf(await loadConfig(join(packageFolder(), "configs", "illustrated-128.yaml")));
  const off = new Map(oursOf(configSchema.parse({})));
  expect(ours.filter(([key, value]) => off.get(key) !== value).map(([key]) => key)).toContain("boxes.ours.candidates");
});

test("an earlier version's keys are read from files and --set", async () => {
  const { boxes } = await loadConfig(undefined, ["boxes.endBias=0.5", "boxes.train.window=0.1"]);
  expect([boxes.ours.endBias, boxes.ours.window]).toEqual([0.5, 0.1]);
  await expect(loadConfig(undefined, ["boxes.endBais=1"])).rejects.toThrow(/unknown key "boxes.endBais"/);
});
