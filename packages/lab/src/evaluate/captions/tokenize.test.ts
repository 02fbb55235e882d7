import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { tokenize } from "./tokenize.ts";

const ptb = (text: string) => tokenize(text, "ptb").join(" ");

test("words: lower-case runs of ASCII letters and digits", () => {
  expect(tokenize("A well-dressed café owner's 9th-inning HIT", "words").join(" ")).toBe(
    "a well dressed caf owner s 9th inning hit",
  );
  expect(tokenize("?! …", "words")).toEqual([]);
});

describe("ptb", () => {
  test.each([
    ["A man doesn't look; he's waiting.", "a man does n't look he 's waiting"],
    ["They'll say I'm where you've been, she'd go", "they 'll say i 'm where you 've been she 'd go"],
    ["I cannot, I'm gonna.", "i can not i 'm gon na"],
    ["'Tis a dog", "'t is a dog"],
    ["the dogs' bowls", "the dogs bowls"],
    ["\"A red sign\" (with 'stop' on it)", "a red sign with stop on it"],
    ["a black-and-white cat", "a black-and-white cat"],
    ["1,000 people, 3.5 miles at 10:30 in the 1950s", "1,000 people 3.5 miles at 10:30 in the 1950s"],
    ["A sign on St. Mark Ave. in the U.S. today", "a sign on st. mark ave. in the u.s. today"],
    ["salt & pepper cost $5", "salt & pepper cost $ 5"],
    ["wait... what -- no!?", "wait what no"],
    ["A grey colour", "a gray color"],
    ["A café’s sign", "a café 's sign"],
    ["two dogs\n\tplay  .", "two dogs play"],
    ["", ""],
  ])("%s", (text, tokens) => {
    expect(ptb(text)).toBe(tokens);
  });

  test("any text: lower-case tokens without spaces, quotes or sentence marks; a second pass of words keeps the words", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        for (const token of tokenize(text, "ptb")) {
          expect(token).toMatch(/^\S+$/);
          expect(token).toBe(token.toLowerCase());
          expect(["'", '"', ".", ",", "!", "?", ";", ":", "(", ")"]).not.toContain(token);
        }
      }),
      { numRuns: 200, seed: 3 },
    );
  });

  test("long runs without a space stay fast", () => {
    const start = performance.now();
    for (const text of ["a.".repeat(20000), "'".repeat(20000), "1,".repeat(20000), "a-'".repeat(20000)])
      tokenize(text, "ptb");
    expect(performance.now() - start).toBeLessThan(2000);
  });
});
