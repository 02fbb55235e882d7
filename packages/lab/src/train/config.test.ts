import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ConfigError } from "@scenograph/graph/errors";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { z } from "zod";
import { configSchema, hashOf, loadConfig, resolveConfig } from "./config.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "config-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function file(name: string, text: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
}

const schema = z.strictObject({
  name: z.string().default("x"),
  boxes: z
    .object({
      sizes: z.array(z.int()).default([1, 2]),
      train: z.strictObject({ batch: z.int().min(1).default(64), rate: z.number().default(0.1) }).prefault({}),
    })
    .prefault({}),
});

describe("hostile files", () => {
  const nested = (n: number) => `${"[".repeat(n)}${"]".repeat(n)}`;
  it.each([
    ["an alias without an anchor", "seed: *there", /Unresolved alias/],
    ["a circle", "seed: &a [*a]", /config: seed: Invalid input: .* got \[\[\[\[\.\.\.\]\]\]\]/],
    [
      "aliases that multiply",
      `a: &a [x,x]\n${[..."bcdefghij"].map((c, i) => `${c}: &${c} [${new Array(9).fill(`*${"abcdefghij"[i]}`)}]`).join("\n")}`,
      /alias count/,
    ],
    ["brackets without end", `seed: ${nested(1e4)}`, /nested at most 64 deep/],
    [
      "steps without end",
      Array.from({ length: 300 }, (_, i) => `${" ".repeat(i)}a:`).join("\n"),
      /nested at most 64 deep/,
    ],
    ["megabytes", `name: ${"x".repeat(2e6)}`, /at most 65536 characters, got 2000006/],
    ["__proto__", "boxes: {__proto__: {hidden: 3}}", /unknown key "boxes.__proto__"/],
  ])("%s", async (_, text, message) => {
    const path = await file("hostile.yaml", text);
    await expect(loadConfig(path)).rejects.toThrow(ConfigError);
    await expect(loadConfig(path)).rejects.toThrow(message);
  });

  it("--set too", async () => {
    await expect(loadConfig(undefined, [`seed=${nested(1e5)}`])).rejects.toThrow(/--set seed: nested at most 64 deep/);
  });
});

describe("reading", () => {
  it("without a file gives the defaults of every stage", async () => {
    const config = await loadConfig(undefined);
    expect(config).toMatchObject({ name: "default", seed: 0, trainer: { keep: 2 } });
    expect(config.boxes).toBeDefined();
    expect(configSchema.parse(config)).toEqual(config);
  });

  it("a file extends another, --set wins over both, lists are replaced", async () => {
    await file("base.yaml", "# why\nname: base\nboxes:\n  sizes: [3, 4, 5]\n  train:\n    batch: 16\n    rate: 1e-3\n");
    const top = await file("top.yaml", "extends: base.yaml\nname: top\nboxes: { sizes: [6] }\n");
    expect(await resolveConfig(schema, top, [])).toEqual({
      name: "top",
      boxes: { sizes: [6], train: { batch: 16, rate: 1e-3 } },
    });
    const set = await resolveConfig(schema, top, ["boxes.train.rate=2e-4", "boxes.train.batch = 8", "name='=a'"]);
    expect(set).toEqual({ name: "=a", boxes: { sizes: [6], train: { batch: 8, rate: 2e-4 } } });
  });

  it("a resolved configuration reads back as itself", async () => {
    const config = await loadConfig(undefined, ["seed=7", "name=again"]);
    const path = await file("resolved.yaml", stringify(config));
    expect(await loadConfig(path)).toEqual(config);
  });

  it("hashes do not depend on the order of keys", () => {
    expect(hashOf({ a: 1, b: { c: [1, 2], d: 3 } })).toBe(hashOf({ b: { d: 3, c: [1, 2] }, a: 1 }));
    expect(hashOf({ a: 1 })).not.toBe(hashOf({ a: 2 }));
  });
});

describe("mistakes are told with their place", () => {
  const reading = async (text: string, sets: string[] = []) => {
    const path = await file("wrong.yaml", text);
    return resolveConfig(schema, path, sets);
  };

  it.each([
    [
      "boxes:\n  train:\n    bacth: 3",
      /unknown key "boxes.train.bacth" \(.*wrong.yaml\); did you mean "boxes.train.batch"/,
    ],
    // zod alone would drop this key without a word
    ["boxes:\n  size: [3]", /unknown key "boxes.size" .*did you mean "boxes.sizes"/],
    ["qqqqqqqqqq: 1", /unknown key "qqqqqqqqqq" .*known are name, boxes/],
    ["boxes:\n  train:\n    batch: 0", /boxes.train.batch: .*>=1, got 0 \(.*wrong.yaml\)/],
    ["boxes:\n  train:\n    batch: many", /boxes.train.batch: .*expected number.*got "many"/],
    ["boxes:\n  sizes: [1, two]", /boxes.sizes.1: .*expected number.*got "two"/],
    ["boxes: 3", /boxes: .*expected object.*got 3/],
    ["name: a\nname: b", /line 2: Map keys must be unique/],
    ["- 1", /holds "key: value" lines/],
    ["extends: 3", /extends names a YAML file, got 3/],
    ["extends: wrong.yaml", /extends itself/],
    ["extends: absent.yaml", /absent.yaml" cannot be read \(ENOENT\)/],
    ["__proto__: { name: q }", /unknown key "__proto__"/],
  ])("%j", async (text, message) => {
    await expect(reading(text)).rejects.toThrow(message);
    await expect(reading(text)).rejects.toBeInstanceOf(ConfigError);
  });

  it.each([
    ["boxes.train.batches=3", /unknown key "boxes.train.batches" \(--set\); did you mean "boxes.train.batch"/],
    ["boxes.train.batch=-1", /boxes.train.batch: .*got -1 \(--set\)/],
    ["boxes.train.batch", /wants key.path=value/],
    ["=3", /wants key.path=value/],
    ["a..b=3", /wants key.path=value/],
    ["name=[1", /--set name: /],
  ])("--set %s", async (set, message) => {
    await expect(reading("name: ok", [set])).rejects.toThrow(message);
  });

  it("a misspelt key of the real schema", async () => {
    await expect(loadConfig(undefined, ["boxes.train.bacth=3"])).rejects.toThrow(/did you mean "boxes.train.batch"/);
    await expect(loadConfig(undefined, ["trainer.keeep=3"])).rejects.toThrow(/did you mean "trainer.keep"/);
  });
});
