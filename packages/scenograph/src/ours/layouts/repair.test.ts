import { stream } from "@scenograph/graph/random";
import { describe, expect, it } from "vitest";
import type { Box } from "../../scene/scene.ts";
import { RELATION_KINDS, type RelationKind } from "../../understand/types.ts";
import { COCO_STATISTICS } from "./cocoStatistics.ts";
import { type Part, type Problem, repair } from "./repair.ts";
import { SizeTable } from "./statistics.ts";

const table = new SizeTable(COCO_STATISTICS);
const part = (name: string, proposal: Box, fixed = false): Part => ({
  name,
  proposal,
  fixed,
  prior: table.prior(name)!,
});
const problem = (parts: Part[], ...relations: [RelationKind, number, number[]][]): Problem => ({
  parts,
  constraints: relations.map(([kind, subject, objects]) => ({ kind, subject, objects, negated: false })),
  ratio: (i, j) => table.ratio(parts[i].name, parts[j].name),
});
const same: Box = [0.3, 0.3, 0.4, 0.4];

describe("repair", () => {
  it("brings every relation about, from boxes that lie on each other", () => {
    const pairs: [string, string][] = [
      ["cat", "dining table"],
      ["person", "horse"],
      ["bird", "truck"],
      ["apple", "bowl"],
    ];
    const carried: [string, string][] = [
      ["person", "tie"],
      ["person", "umbrella"],
      ["dog", "tie"],
      ["person", "backpack"],
    ];
    for (const kind of RELATION_KINDS) {
      if (kind === "with" || kind === "between") continue;
      let broken = 0;
      for (const [a, b] of kind === "wearing" || kind === "holding" ? carried : pairs)
        for (let seed = 0; seed < 5; seed++) {
          const objects = kind.startsWith("at-") ? [] : [1];
          broken += repair(problem([part(a, same), part(b, same)], [kind, 0, objects]), stream(seed, kind)).broken;
        }
      expect(broken, kind).toBeLessThanOrEqual(1);
    }
  });
  it("holds several relations at once", () => {
    const parts = [part("car", same), part("elephant", same), part("train", same), part("dog", same)];
    const all = problem(parts, ["left", 0, [1]], ["under", 0, [2]], ["between", 3, [0, 1]]);
    expect(repair(all, stream(1)).broken).toBe(0);
  });
  it("leaves fixed objects where they are and moves the others about them", () => {
    const fixed = part("dog", [0.05, 0.5, 0.2, 0.3], true);
    const { boxes, broken } = repair(problem([part("cat", same), fixed], ["left", 1, [0]]), stream(2));
    expect(boxes[1]).toEqual(fixed.proposal);
    expect(broken).toBe(0);
  });
  it("keeps a good layout nearly as it is, and everything in the picture", () => {
    const parts = [part("dog", [0.1, 0.5, 0.3, 0.35]), part("cat", [0.6, 0.55, 0.25, 0.3])];
    const { boxes } = repair(problem(parts), stream(3));
    boxes.forEach((box, i) => {
      for (let k = 0; k < 4; k++) expect(Math.abs(box[k] - parts[i].proposal[k])).toBeLessThan(0.12);
    });
    const { boxes: outside } = repair(problem([part("dog", [0.9, 0.9, 0.6, 0.6])]), stream(4));
    for (const [x, y, w, h] of outside) expect(x >= 0 && y >= 0 && x + w <= 1.0001 && y + h <= 1.0001).toBe(true);
  });
  it("mends sizes that no picture has: a dog 25 times its table", () => {
    const parts = [part("dog", [0.02, 0.02, 0.95, 0.95]), part("dining table", [0.4, 0.7, 0.2, 0.19])];
    const { boxes } = repair(problem(parts), stream(5));
    expect(Math.log((boxes[0][2] * boxes[0][3]) / (boxes[1][2] * boxes[1][3]))).toBeLessThan(2.2);
  });
  it("is fixed by its random stream", () => {
    const one = () => repair(problem([part("dog", same), part("cat", same)], ["left", 0, [1]]), stream(6)).boxes;
    expect(one()).toEqual(one());
  });
});
