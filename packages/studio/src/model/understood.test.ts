import { Categories, COCO } from "scenograph/scene/categories";
import { expect, test } from "vitest";
import { counted, marked, replaced, understood } from "./understood.ts";

test("every character is in one piece; things, what is not there, and what cannot be drawn are told apart", () => {
  const sentence = "two crimson dogs left of a unicorn, but no cats";
  const pieces = marked(understood(sentence, COCO));
  expect(pieces.map((p) => p.text).join("")).toBe(sentence);
  expect(pieces.find((p) => p.kind === "thing")).toMatchObject({ category: "dog", count: "2", colours: ["red"] });
  expect(pieces.find((p) => p.kind === "not")?.text).toContain("cats");
  expect(pieces.find((p) => p.kind === "undrawable")?.text).toContain("unicorn");
});

test("the categories are the model's", () => {
  const fruit = new Categories([
    { id: 1, name: "pear", synonyms: ["nashi"] },
    { id: 2, name: "plum" },
  ]);
  const pieces = marked(understood("a nashi and a dog", fruit));
  expect(pieces.find((p) => p.kind === "thing")).toMatchObject({ category: "pear" });
  expect(pieces.find((p) => p.kind === "undrawable")?.text).toContain("dog");
});

test("numbers and replacing", () => {
  expect([counted([1, 1]), counted([3, 3]), counted([2, 5])]).toEqual(["", "3", "2 to 5"]);
  expect(replaced("a unicorn and unicorns (unicorn)", "unicorn", "horse")).toBe("a horse and unicorns (horse)");
});
