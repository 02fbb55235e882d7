import { describe, expect, it } from "vitest";
import { COCO_VOCABULARY } from "../ours/text/coco.ts";
import { describeUnderstanding } from "./describe.ts";
import { nearestCategories } from "./nearest.ts";
import { understand, understoodNothing } from "./understand.ts";

const of = (sentence: string) => understand(sentence, COCO_VOCABULARY);

describe("understand", () => {
  it("gives the words of the sentence and their place", () => {
    const sentence = "A big red bus, and two dogs.";
    const { things } = of(sentence);
    expect(things.map((t) => t.phrase)).toEqual(["A big red bus", "two dogs"]);
    for (const { phrase, span } of things) expect(sentence.slice(...span)).toBe(phrase);
    expect(things[0]).toMatchObject({
      noun: "bus",
      category: "bus",
      count: 1,
      colours: ["red"],
      attributes: ["big"],
      plural: false,
    });
    expect(things[1]).toMatchObject({ count: 2, range: [2, 2], plural: true });
  });

  it("takes the vocabulary that it is given, and no other", () => {
    const vocabulary = {
      categories: [
        { name: "lamp", synonyms: ["lantern"] },
        { name: "ox", plural: "oxen" },
      ],
    };
    const { things } = understand("two lanterns, three oxen and a dog", vocabulary);
    expect(things.map((t) => [t.category, t.count])).toEqual([
      ["lamp", 2],
      ["ox", 3],
      [null, 1],
    ]);
    expect(understand("nobody on a lamp", vocabulary).things.map((t) => t.category)).toEqual([null, "lamp"]);
  });

  it.each([
    ["a woman in a green dress", ["wearing", 0, 1]],
    ["a shoe in a hat", ["in", 0, 1]],
    ["a monk on horseback", ["riding", 0, 1]],
  ])("%j: who wears and who rides", (sentence, [kind, subject, object]) => {
    expect(of(sentence).relations).toEqual([{ kind, subject, objects: [object] }]);
  });

  it("joins relations to the same things", () => {
    const { relations } = of("a kite above and left of a tree");
    expect(relations.map((r) => r.kind)).toEqual(["above", "left"]);
    expect(relations.every((r) => r.subject === 0 && r.objects[0] === 1)).toBe(true);
  });

  it.each([
    ["a dog with brown fur", "brown"],
    ["a sheep whose wool is black", "black"],
    ["a chair covered in red leather", "red"],
  ])("%j: what a thing is all over colours it", (sentence, colour) => {
    const { things } = of(sentence);
    expect(things.map((t) => t.colours)).toEqual([[colour]]);
    // hair is not all over
    expect(of("a woman with red hair").things[0].colours).toEqual([]);
  });

  it("says place, time and weather", () => {
    expect(of("a dog on a beach at sunset on a rainy day")).toMatchObject({
      place: "beach",
      time: "sunset",
      weather: "rainy",
    });
  });

  it("names what it does not know and the nearest that can be drawn", () => {
    const vectors: Record<string, number[]> = { unicorn: [1, 0.1], horse: [1, 0], cup: [0, 1], dog: [0.8, 0.5] };
    const nearest = nearestCategories(COCO_VOCABULARY, (word) => vectors[word], { count: 2 });
    expect(understand("a unicorn and a cup", COCO_VOCABULARY, { nearest }).undrawable).toEqual([
      { word: "unicorn", nearest: ["horse", "dog"] },
    ]);
    expect(nearest("xyzzy")).toEqual([]);
  });

  it("understands nothing of words that name nothing, and something of a place", () => {
    expect(understoodNothing(of("asdf qwerty"))).toBe(true);
    expect(understoodNothing(of("no dogs"))).toBe(true);
    expect(understoodNothing(of("a beach"))).toBe(false);
    expect(understoodNothing(of("a unicorn"))).toBe(false);
  });

  it("reads anything without an error", () => {
    for (const text of [
      "",
      " ",
      "...",
      "🐕",
      "猫が二匹",
      "a",
      "a ".repeat(400),
      "no no no not without",
      "1".repeat(300),
      "of of of",
      "left right above",
      "between and",
      "\u0000",
    ])
      expect(() => of(text)).not.toThrow();
  });

  it("says in one line what it understood", () => {
    expect(describeUnderstanding(of("two dogs left of a blue bus on a beach, no cats"))).toBe(
      "2 dog, 1 blue bus; dog left of bus; no cat; place: beach",
    );
    expect(describeUnderstanding(of("hello"))).toBe("nothing");
  });
});
