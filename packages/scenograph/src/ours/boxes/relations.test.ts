import { describe, expect, test } from "vitest";
import { tokenize } from "../../paper/text/tokenize.ts";
import { classIndex } from "../../scene/categories.ts";
import type { Box } from "../../scene/scene.ts";
import { mentionsOf } from "../text/mentions.ts";
import { holds, RELATIONS, relationsHold, relationsOf } from "./relations.ts";

const read = (caption: string) =>
  relationsOf({
    words: tokenize(caption).tokens.map((text) => ({ text, known: true })),
    mentions: mentionsOf(caption),
  });
const relation = (from: string, kind: (typeof RELATIONS)[number], to: string) => ({
  from: classIndex(from),
  to: classIndex(to),
  kind,
});

describe("relations of a sentence", () => {
  test.each([
    ["a dog to the left of a chair", [relation("dog", "left", "chair")]],
    ["A red bus on the right side of a big white truck", [relation("bus", "right", "truck")]],
    ["a cat lying on top of an old laptop", [relation("cat", "on", "laptop")]],
    ["a cat on a chair", [relation("cat", "on", "chair")]],
    [
      "a suitcase under the bench next to a bicycle",
      [relation("suitcase", "under", "bench"), relation("bench", "beside", "bicycle")],
    ],
    ["a kite flying over some people", [relation("kite", "above", "person")]],
    ["a dog and a cat", []],
    ["a man on the phone with a dog", [relation("person", "on", "cell phone")]],
    ["a dog left alone with a cat", []],
    ["a dog next to another dog", []],
  ])("%s", (caption, wanted) => {
    expect(read(caption)).toEqual(wanted);
  });
});

describe("geometry", () => {
  const chair: Box = [0.4, 0.4, 0.2, 0.4];
  const places: Record<string, Box> = {
    left: [0.1, 0.5, 0.15, 0.2],
    right: [0.75, 0.5, 0.15, 0.2],
    above: [0.42, 0.05, 0.15, 0.2],
    on: [0.42, 0.3, 0.15, 0.3],
    under: [0.42, 0.75, 0.15, 0.2],
    beside: [0.61, 0.5, 0.15, 0.2],
  };

  test.each(RELATIONS)("%s holds in its own place", (kind) => {
    expect(holds(kind, places[kind], chair)).toBe(true);
  });

  test("opposites exclude each other", () => {
    for (const box of Object.values(places)) {
      expect(holds("left", box, chair) && holds("right", box, chair)).toBe(false);
      expect(holds("under", box, chair) && (holds("on", box, chair) || holds("above", box, chair))).toBe(false);
      expect(holds("left", box, chair)).toBe(holds("right", chair, box));
    }
  });

  test("asked of either object, whichever is drawn second; of nothing where the other is not there", () => {
    const told = [relation("dog", "left", "chair")];
    const [dog, seat] = [classIndex("dog"), classIndex("chair")];
    const beside = (label: number, box: Box) => (asked: number) => (asked === label ? box : undefined);
    expect(relationsHold(told, dog, places.left, beside(seat, chair))).toBe(true);
    expect(relationsHold(told, dog, places.right, beside(seat, chair))).toBe(false);
    expect(relationsHold(told, seat, chair, beside(dog, places.left))).toBe(true);
    expect(relationsHold(told, seat, chair, beside(dog, places.right))).toBe(false);
    expect(relationsHold(told, dog, places.right, () => undefined)).toBe(true);
    expect(relationsHold(told, classIndex("cat"), places.right, beside(seat, chair))).toBe(true);
  });
});
