import { findCategories } from "scenograph/ours/text/categories";
import { classIndex } from "scenograph/scene/categories";
import type { Box } from "scenograph/scene/scene";
import { describe, expect, test } from "vitest";
import { COLOURS, makeProbes, nearestColour, PROBE_KINDS, type Rgb, type Seen } from "./probes.ts";
import { meanColour, tablesOf } from "./run/probes.ts";

const probes = makeProbes();
const probe = (caption: string, kind?: string) => {
  const found = probes.find((p) => p.caption === caption && (kind === undefined || p.kind === kind));
  if (!found) throw new Error(`no probe "${caption}"`);
  return found;
};
const at = (name: string, box: Box, colour?: Rgb): Seen => ({ label: classIndex(name), box, colour });

describe("probes", () => {
  test("cover every kind, in groups of several sentences that differ", () => {
    expect(new Set(probes.map((p) => p.kind))).toEqual(new Set(PROBE_KINDS));
    const keys = probes.map((p) => `${p.kind} ${p.group} ${p.caption}`);
    expect(new Set(keys).size).toBe(keys.length);
    for (const { group } of probes)
      expect(probes.filter((p) => p.group === group).length, group).toBeGreaterThanOrEqual(2);
  });

  test("name categories that the sentence holds", () => {
    for (const { caption } of probes) expect(findCategories(caption).length, caption).toBeGreaterThan(0);
  });

  test("sides: one layout is right for one sentence of a pair, never for both, and wrong when a thing is missing", () => {
    const dog = at("dog", [0.1, 0.4, 0.2, 0.3]);
    const chair = at("chair", [0.6, 0.4, 0.2, 0.3]);
    const left = probe("a dog to the left of a chair", "left-right");
    const right = probe("a dog to the right of a chair");
    expect([left, right].map((p) => p.judge([dog, chair]))).toEqual([1, 0]);
    expect([left, right].map((p) => p.judge([dog]))).toEqual([0, 0]);
    expect(probe("a chair to the left of a dog").judge([dog, chair])).toBe(0);
  });

  test("counts are exact, relations follow the boxes", () => {
    const sheep = at("sheep", [0.1, 0.1, 0.2, 0.2]);
    expect(probe("two sheep in a field").judge([sheep, sheep])).toBe(1);
    expect(probe("two sheep in a field").judge([sheep, sheep, sheep])).toBe(0);
    const chair = at("chair", [0.3, 0.4, 0.4, 0.5]);
    const over = at("cat", [0.4, 0.3, 0.2, 0.3]);
    const below = at("cat", [0.4, 0.75, 0.2, 0.2]);
    const beside = at("cat", [0.75, 0.6, 0.2, 0.3]);
    const scores = (relation: string) =>
      [over, below, beside].map((cat) => probe(`a cat ${relation} a chair`).judge([chair, cat]));
    expect(scores("on")).toEqual([1, 0, 0]);
    expect(scores("under")).toEqual([0, 1, 0]);
    expect(scores("next to")).toEqual([0, 0, 1]);
  });

  test("colours: the nearest word in CIELAB, seen in the picture alone", () => {
    for (const [name, rgb] of Object.entries(COLOURS)) expect(nearestColour(rgb)).toBe(name);
    expect(nearestColour([150, 20, 30])).toBe("red");
    expect(nearestColour([255, 255, 255])).toBe("white");
    const red = probe("a red bus");
    expect(red.judge([at("bus", [0, 0, 1, 1], [190, 50, 45])])).toBe(1);
    expect(red.judge([at("bus", [0, 0, 1, 1], [60, 80, 200])])).toBe(0);
    expect(red.judge([at("bus", [0, 0, 1, 1])])).toBe(0);
  });

  test("the mean colour is that of the pixels inside the mask", () => {
    const data = [10, 20, 30, 50, 60, 70, 90, 100, 110, 250, 250, 250];
    // a mask of 4 x 4 whose left half is set: the picture's left column
    const bitmap = Array.from({ length: 16 }, (_, i) => (i % 4 < 2 ? 1 : 0));
    expect(meanColour({ width: 2, height: 2, data }, bitmap, 4, 4)).toEqual([50, 60, 70]);
    expect(meanColour({ width: 2, height: 2, data }, new Uint8Array(16), 4, 4)).toBeUndefined();
  });
});

test("a model that hears everything scores 1, its chance is what the sentences of a group share", () => {
  const some = probes.filter((p) => p.kind === "count" && p.group === "counts/sheep");
  const sheep = at("sheep", [0.1, 0.1, 0.2, 0.2]);
  const hearing = some.map((_, i) => [Array.from({ length: i + 1 }, () => sheep)]);
  const { rows, tables } = tablesOf(some, hearing, 1);
  expect(rows.map((r) => [r.name, r.kind, r.metrics.count.value])).toEqual([
    ["model", "model", 1],
    ["chance", "floor", 0.2],
  ]);
  expect(tables[0].rows).toEqual([["count counts/sheep", 5, 1, 0.2]]);
  // one that always draws three
  const deaf = some.map(() => [[sheep, sheep, sheep]]);
  for (const row of tablesOf(some, deaf, 1).rows) expect(row.metrics.count.value).toBeCloseTo(0.2, 9);
});
