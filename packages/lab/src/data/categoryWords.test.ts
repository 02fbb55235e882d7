import { Categories } from "scenograph/scene/categories";
import { expect, test } from "vitest";
import { wordnetFolder } from "../formats/wordnet.node.ts";
import { newWords, openNouns } from "./categoryWords.ts";

const NAMES = "castle dragon knight goblin wizard sword shield tower cauldron treasure griffin ox".split(" ");

test("words of twelve categories: the commonest sense alone, irregular plurals, none twice, hand-made ones stay", () => {
  const nouns = openNouns(wordnetFolder("this test"));
  const by = (...own: { name: string; synonyms?: string[]; plural?: string }[]) =>
    Object.fromEntries(newWords(new Categories(own.map((c, id) => ({ id, ...c }))), nouns));
  const words = by(...NAMES.map((name) => ({ name })));
  expect(words).toEqual({
    castle: { synonyms: ["palace"] },
    dragon: { synonyms: ["firedrake"] },
    goblin: { synonyms: ["hob", "hobgoblin"] },
    // the commonest sense is not always the one that is meant
    wizard: { synonyms: "adept maven mavin virtuoso hotshot superstar whiz whizz wiz".split(" ") },
    cauldron: { synonyms: ["caldron"] },
    treasure: { synonyms: ["hoarded wealth"] },
    griffin: { synonyms: ["gryphon", "griffon"] },
    ox: { plural: "oxen" },
  });
  // by hand: kept as it is, and what it names is no other's
  const some = by({ name: "wizard", synonyms: ["mage"] }, { name: "ox", plural: "oxes" }, { name: "castle" });
  expect(some.wizard).toBeUndefined();
  expect(some.ox?.plural).toBeUndefined();
  // two names of one sense: its words are neither's
  expect(nouns("sofa").synonyms).toEqual(["couch", "lounge"]);
  expect(by({ name: "sofa" }, { name: "couch" })).toEqual({});
  expect(by({ name: "no such thing" })).toEqual({});
});
