import { COCO_VOCABULARY } from "scenograph/ours/text/coco";
import { understand } from "scenograph/understand/understand";
import { describe, expect, it, test } from "vitest";
import { compareUnderstanding, readExpectation } from "./expectation.ts";
import { understoodShare } from "./run.ts";
import { SENTENCES } from "./sentences.ts";

describe("the sentences of the test set", () => {
  it("are at least 400, none twice", () => {
    expect(SENTENCES.length).toBeGreaterThanOrEqual(400);
    expect(new Set(SENTENCES.map((s) => s.sentence.toLowerCase())).size).toBe(SENTENCES.length);
  });
  it("are understood where the wording was seen", () => {
    const { right, of } = understoodShare("seen");
    expect(right / of).toBeGreaterThanOrEqual(0.99);
  });
  it("are understood where it was not", () => {
    const { right, of } = understoodShare("unseen");
    expect(right / of).toBeGreaterThanOrEqual(0.88);
  });
});

test.each([
  // what is said against what is not: a judge that says yes to all fails here
  ["two dogs", "dog 3"],
  ["two dogs", "dog 2; cat 1"],
  ["two dogs and a cat", "dog 2"],
  ["no dogs", "dog 2"],
  ["a cat left of a dog", "cat 1; dog 1; right(cat, dog)"],
  ["a cat left of a dog", "cat 1; dog 1"],
  ["a cat and a dog", "cat 1; dog 1; left(cat, dog)"],
  ["a dog that is not on the couch", "dog 1; couch 1; on(dog, couch)"],
  ["a red bus", "bus 1 blue"],
  ["a dog", "nothing"],
  ["only a dog", "dog 1"],
])("the judge finds fault with %s read as %s", (sentence, expected) => {
  expect(compareUnderstanding(understand(sentence, COCO_VOCABULARY), readExpectation(expected))).not.toEqual([]);
});

it("refuses an item that it cannot read", () => {
  expect(() => readExpectation("Dog!")).toThrow("an item is");
});
