import { expect, test } from "vitest";
import { tfIdf } from "./tfidf.ts";

const corpus = ["A cat on a sofa", "a dog on the beach", "Two dogs on a beach at sunset", "a cat"];

test("rare words decide, whatever the case", () => {
  const { nearest } = tfIdf(corpus);
  expect(nearest("the DOG at the beach!")).toBe(1);
  expect(nearest("sunset")).toBe(2);
  expect(nearest("a sofa with a cat")).toBe(0);
});

test("captions can be left out, and nothing shared gives none", () => {
  const { nearest } = tfIdf(corpus);
  expect(nearest("a dog on the beach", (i) => i === 1)).toBe(2);
  expect(nearest("zebra")).toBe(-1);
  expect(tfIdf([]).nearest("a cat")).toBe(-1);
});

test("equal cosines: the first of the corpus", () => {
  expect(tfIdf(["red bus", "red bus", "a tree"]).nearest("bus")).toBe(0);
});
