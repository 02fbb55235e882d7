import { describe, expect, it } from "vitest";
import { understand } from "../../understand/understand.ts";
import { COCO_VOCABULARY } from "../text/coco.ts";
import { demandOf, MOST_OBJECTS } from "./demand.ts";

const of = (sentence: string, options = {}, seed = 0) => demandOf(understand(sentence, COCO_VOCABULARY), seed, options);
const count = (sentence: string, name: string, seed = 0) =>
  of(sentence, {}, seed).wanted.filter((w) => w.name === name).length;

describe("demandOf", () => {
  it("asks for the number that is said, and another one by seed where a range is", () => {
    expect(count("two dozen donuts", "donut")).toBe(24);
    const numbers = new Set(Array.from({ length: 20 }, (_, seed) => count("several boats", "boat", seed)));
    expect(numbers.size).toBeGreaterThan(1);
    for (const n of numbers) expect(n >= 3 && n <= 7).toBe(true);
  });
  it("does the nearest of what is too much, and says so", () => {
    const { wanted, notes } = of("500 dogs and a cat");
    expect(wanted).toHaveLength(MOST_OBJECTS);
    expect(wanted.filter((w) => w.name === "cat")).toHaveLength(1);
    expect(notes).toEqual(['"500 dogs": a layout holds at most 24 objects, 23 are drawn']);
    expect(of("a cat left of a dog and right of the dog").notes).toHaveLength(1);
    expect(of("a cat left of and right of a dog").notes).toHaveLength(1);
    expect(of("a cat bigger than itself").notes).toEqual([
      '"itself": nothing stands in a relation to itself; it is left out',
    ]);
    expect(of("a cat by itself and a dog washing itself").notes).toEqual([]);
  });
  it("leaves out what is not to be there, and closes it and what is counted", () => {
    const { wanted, closed } = of("a horse without a rider");
    expect(wanted.map((w) => w.name)).toEqual(["horse"]);
    expect([...closed].sort()).toEqual(["horse", "person"]);
  });
  it("holds things without a category, unless they are closed out", () => {
    expect(of("a lamp on a table").wanted.map((w) => w.label)).toEqual([null, "dining table"]);
    const closed = of("a lamp on a table", { closed: true });
    expect(closed.wanted.map((w) => w.label)).toEqual(["dining table"]);
    expect(closed.constraints).toEqual([]);
  });
  it("gives each rider a horse, and all pairs of what is left of what", () => {
    const riders = of("three people riding horses");
    expect(riders.constraints.map((c) => [c.subject, c.objects[0]])).toEqual([
      [0, 3],
      [1, 4],
      [2, 5],
    ]);
    expect(of("two cats left of two dogs").constraints).toHaveLength(4);
  });
  it("knows a bare place", () => {
    expect(of("a kitchen").bare).toBe(true);
    expect(of("an empty kitchen").bare).toBe(false);
  });
});
