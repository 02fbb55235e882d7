import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { tokenize } from "./tokenize.ts";

describe("words", () => {
  test("lower-cases and keeps runs of ASCII letters and digits", () => {
    expect(tokenize("A well-dressed café owner's 9th-inning HIT", "words")).toEqual(
      "a well dressed caf owner s 9th inning hit".split(" "),
    );
    expect(tokenize("?! …", "words")).toEqual([]);
  });
});

describe("ptb", () => {
  // expected by the rules of the Penn Treebank and coco-caption's punctuation list
  test.each([
    ["A man's dog doesn't sleep.", "a man 's dog does n't sleep"],
    ["I can't, won't and cannot go", "i ca n't wo n't and can not go"],
    ["they're, we've, I'll, I'm, he'd", "they 're we 've i 'll i 'm he 'd"],
    ["The two boys' bikes", "the two boys bikes"],
    ["A black-and-white t-shirt", "a black-and-white t-shirt"],
    ["5 o'clock, rock 'n' roll", "5 o'clock rock 'n' roll"],
    ["At 10:45 a.m. on St. James St.", "at 10:45 a.m. on st. james st."],
    ["3,000 people; $5.00", "3,000 people $ 5.00"],
    ['He said "hello there" -- and left...', "he said hello there and left"],
    ["It’s the café’s crème brûlée", "it 's the café 's crème brûlée"],
    ["A grey car, a Grey car and a colourful harbour", "a gray car a grey car and a colorful harbor"],
    ["the U.S. flag in the U.S.", "the u.s. flag in the u.s."],
    ["two\nlines", "two lines"],
    ["a dog 😀 runs", "a dog runs"],
  ])("%s", (text, expected) => {
    expect(tokenize(text, "ptb").join(" ")).toBe(expected);
  });

  test("quirks of coco-caption that stay: brackets, repeated marks, escaped slashes", () => {
    expect(tokenize("(really) and/or 1/2!!", "ptb")).toEqual(["-lrb-", "really", "-rrb-", "and\\/or", "1\\/2", "!!"]);
  });

  test("the empty text has no tokens", () => {
    expect(tokenize("", "ptb")).toEqual([]);
    expect(tokenize(" . , ; ", "ptb")).toEqual([]);
  });
});

describe("ptb on any text", () => {
  test("tokens are lower-case, not empty, not removed punctuation, and hold no space", () => {
    const pieces = fc.constantFrom(
      "a",
      "Dog",
      "n't",
      "'s",
      "'",
      '"',
      "-",
      ".",
      "...",
      ",",
      "(",
      "]",
      "/",
      "1",
      "23",
      "é",
    );
    const text = fc.array(fc.oneof(pieces, fc.string({ maxLength: 3, unit: "grapheme" }), fc.constant(" ")));
    fc.assert(
      fc.property(text, (parts) => {
        for (const token of tokenize(parts.join(""), "ptb")) {
          expect(token).toBe(token.toLowerCase());
          expect(token).not.toMatch(/^[.,;:?!'`-]?$|[ \n\r\t]/);
        }
      }),
      { numRuns: 300, seed: 1 },
    );
  });

  test("long runs without a space stay fast", () => {
    const start = performance.now();
    for (const unit of ["a", "1.", "a-", "a.b-", "'", "www.", "a@"]) tokenize(unit.repeat(3000), "ptb");
    expect(performance.now() - start).toBeLessThan(10_000);
  });
});
