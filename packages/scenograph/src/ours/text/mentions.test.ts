import { expect, test } from "vitest";
import { tokenize } from "../../paper/text/tokenize.ts";
import { classIndex } from "../../scene/categories.ts";
import { mentionsOf } from "./mentions.ts";

test("mentions are the tokens of the noun, with its class and number", () => {
  const caption = "Two men in red shirts, near a fire hydrant and some dogs.";
  const { tokens } = tokenize(caption);
  const shown = mentionsOf(caption).map((m) => [tokens.slice(m.from, m.to).join(" "), m.classIndex, m.count]);
  expect(shown).toEqual([
    ["men", classIndex("person"), 2],
    ["fire hydrant", classIndex("fire hydrant"), 1],
    ["dogs", classIndex("dog"), undefined],
  ]);
});

test("a sentence without a category has none; what is cut off is not mentioned", () => {
  expect(mentionsOf("the quiet of the evening")).toEqual([]);
  expect(mentionsOf(`${"very ".repeat(200)}big dog`)).toEqual([]);
});
