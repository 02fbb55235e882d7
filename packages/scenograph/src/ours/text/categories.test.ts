import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CATEGORIES, Categories, classIndex } from "../../scene/categories.ts";
import { findCategories, namedCategories } from "./categories.ts";
import { NOT_CATEGORIES, SYNONYMS } from "./synonyms.ts";

/** "text>category" or "text>category*count" of every find. */
const find = (caption: string) =>
  findCategories(caption).map(
    (c) =>
      `${caption.slice(c.start, c.end)}>${CATEGORIES[c.classIndex].name}${c.count === undefined ? "" : `*${c.count}`}`,
  );

describe("findCategories", () => {
  it.each([
    ["A man rides a bike.", ["man>person*1", "bike>bicycle*1"]],
    ["Three sheep and two small brown puppies", ["sheep>sheep*3", "puppies>dog*2"]],
    ["a couple of Jets over some cows", ["Jets>airplane*2", "cows>cow"]],
    [
      "A pair of skis, a pair of scissors, 4 kites",
      ["pair of skis>skis*1", "pair of scissors>scissors*1", "kites>kite*4"],
    ],
    ["a hot dog and a dog", ["hot dog>hot dog*1", "dog>dog*1"]],
    ["A teddy-bear near a polar bear", ["teddy-bear>teddy bear*1", "polar bear>bear*1"]],
    ["two people with one red umbrella", ["people>person*2", "umbrella>umbrella*1"]],
    ["one of the dogs; a group of women", ["dogs>dog", "women>person"]],
    ["a man's surf board", ["man>person*1", "surf board>surfboard"]],
    ["Two people riding horses", ["people>person*2", "horses>horse*2"]],
    ["three men are on their skateboards", ["men>person*3", "skateboards>skateboard*3"]],
    ["two men and horses on the beach", ["men>person*2", "horses>horse"]],
    ["a glass of wine", ["glass of wine>wine glass*1"]],
    ["a couple on a sofa", ["couple>person*1", "sofa>couch*1"]],
  ])("%s", (caption, expected) => {
    expect(find(caption)).toEqual(expected);
  });

  it.each([
    ["train tracks at the bus stop", []],
    ["an orange and white cat in an orange shirt", ["cat>cat"]],
    ["an orange next to oranges", ["orange>orange*1", "oranges>orange"]],
    ["a mouse in a field", []],
    ["a mouse beside the keyboard", ["mouse>mouse*1", "keyboard>keyboard"]],
    ["a bat in a cave", []],
    ["a baseball bat; the batter drops his bat", ["baseball bat>baseball bat*1", "batter>person", "bat>baseball bat"]],
    ["a baby giraffe with its mother", ["giraffe>giraffe*1"]],
    ["a family of ducks", ["ducks>bird"]],
    ["a passenger train", ["passenger train>train*1"]],
    ["a man tied a rope to tie up a boat", ["man>person*1", "boat>boat*1"]],
    ["a hot, dog", ["dog>dog"]],
    ["", []],
    ["🐶 две собаки", []],
  ])("senses: %s", (caption, expected) => {
    expect(find(caption)).toEqual(expected);
  });

  it("knows every category by its own name, and its synonyms", () => {
    for (const { name } of CATEGORIES)
      if (name !== "orange" && name !== "mouse")
        expect(namedCategories(`the ${name} .`), name).toContain(classIndex(name));
    for (const [name, words] of Object.entries(SYNONYMS)) {
      expect(classIndex(name), name).toBeGreaterThanOrEqual(0);
      for (const word of words.split(", ")) expect([...namedCategories(word)], word).toEqual([classIndex(name)]);
    }
  });

  it("has no phrase both ways", () => {
    const named = new Set(Object.values(SYNONYMS).flatMap((s) => s.split(", ")));
    for (const phrase of NOT_CATEGORIES.split(", ")) expect(named.has(phrase), phrase).toBe(false);
  });

  it("gives ordered spans that do not overlap, for any text", () => {
    const word = fc.oneof(
      fc.constantFrom("dog", "two", "hot", "a", "couple", "of", "orange", ",", "mother"),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(word), (words) => {
        const caption = words.join(" ");
        let last = 0;
        for (const c of findCategories(caption)) {
          expect(c.start).toBeGreaterThanOrEqual(last);
          expect(c.end).toBeGreaterThan(c.start);
          last = c.end;
        }
      }),
    );
  });
});

describe("a vocabulary of one's own", () => {
  const own = new Categories(
    [
      { id: 4, name: "castle", synonyms: ["fortress"] },
      { id: 2, name: "dragon", supercategory: "animal" },
      { id: 9, name: "ox", plural: "oxen" },
      { id: 11, name: "crane", senses: [{ words: ["crane", "cranes"], near: ["lake", "feathers"] }] },
      { id: 12, name: "dog" },
    ],
    ["castle gate"],
  );
  const found = (caption: string) =>
    findCategories(caption, own).map((c) => [own.nameOf(c.classIndex), caption.slice(c.start, c.end), c.count]);

  it("names, synonyms and plurals of the vocabulary, and no others", () => {
    expect(found("a fortress and two dragons beside a cat")).toEqual([
      ["castle", "fortress", 1],
      ["dragon", "dragons", 2],
    ]);
    expect(found("three oxen at the castle gate")).toEqual([["ox", "oxen", 3]]);
  });

  it("a name that COCO has brings its synonyms along", () => {
    expect(found("a puppy")).toEqual([["dog", "puppy", 1]]);
  });

  it("a sense needs its neighbours", () => {
    expect(found("two cranes by the lake")).toEqual([["crane", "cranes", 2]]);
    expect(found("a crane on a building site")).toEqual([]);
  });
});
