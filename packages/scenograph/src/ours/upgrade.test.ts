import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parseModelInfo } from "../model/info.ts";
import { findModel } from "../model/load.node.ts";
import { boxesConfig, seamsOf } from "./boxes/index.ts";
import { upgradeConfig } from "./upgrade.ts";

test("without anything of ours the box generator is the paper's: no seam is used", () => {
  const { ours } = boxesConfig.parse({});
  expect(seamsOf(boxesConfig.parse({}))).toEqual({ dropout: { context: 0, head: ours.headDropout }, decoding: {} });
});

test("each idea that is on uses its seam, and no other", () => {
  const used = (ours: object) => {
    const { decoding, dropout: _, ...network } = seamsOf(boxesConfig.parse({ ours }));
    return [...Object.keys(network), ...Object.keys(decoding ?? {})].sort();
  };
  expect(used({ head: 8 })).toEqual(["head"]);
  expect(used({ edges: true })).toEqual(["head"]);
  expect(used({ coverage: 4 })).toEqual(["memory"]);
  expect(used({ average: "objects" })).toEqual(["average"]);
  expect(used({ endBias: 1 })).toEqual(["logits"]);
  expect(used({ endSpread: 0 })).toEqual(["length"]);
  expect(used({ candidates: 4 })).toEqual(["choose", "propose"]);
  expect(used({ maxOverlap: 0.5 })).toEqual(["accept"]);
  expect(used({ relations: true })).toEqual(["accept"]);
});

test("keys of earlier versions are found where they are now; new ones win", () => {
  const old = {
    boxes: { hidden: 8, head: 4, endBias: -1, train: { batch: 2, boxNoise: 0.2 }, ours: { endBias: 3 } },
    seed: 1,
  };
  expect(upgradeConfig(old)).toEqual({
    boxes: { hidden: 8, train: { batch: 2 }, ours: { head: 4, boxNoise: 0.2, endBias: 3 } },
    seed: 1,
  });
  for (const other of [undefined, null, 3, [], {}, { boxes: 3 }, { boxes: { hidden: 3 } }])
    expect(upgradeConfig(other)).toEqual(other);
});

test("the shipped models open, with what was on still on", async () => {
  const file = join(await findModel("illustrated"), "model.json");
  const text = await readFile(file, "utf8");
  const raw = (JSON.parse(text) as { config: { boxes: Record<string, unknown> } }).config.boxes;
  const { boxes } = parseModelInfo(text, file).config;
  const before = (key: string) => raw[key] ?? (raw.ours as Record<string, unknown> | undefined)?.[key];
  for (const key of [
    "head",
    "coverage",
    "edges",
    "candidates",
    "agreement",
    "endBias",
    "guidance",
    "relations",
  ] as const)
    expect(boxes.ours[key]).toEqual(before(key));
  expect(boxes.ours.coverage).toBeGreaterThan(0);
});
