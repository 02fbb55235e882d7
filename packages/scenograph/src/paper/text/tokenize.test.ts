import { UserError } from "@scenograph/graph/errors";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MAX_TOKENS, scanTokens, tokenize } from "./tokenize.ts";

describe("tokenize", () => {
  it("lower-cases, keeps numbers, inner apostrophes and hyphens, drops punctuation", () => {
    expect(tokenize("A man's T-shirt, 2 dogs -- 'and' 3.5 kg.").tokens).toEqual(
      ["a", "man's", "t-shirt", "2", "dogs", "and", "3.5", "kg"], // quotes and dashes around words separate
    );
  });

  it("normalises: full width, ligatures, composed accents, typographic apostrophes", () => {
    expect(tokenize("Ｔｗｏ ﬁsh in a cafe\u0301 – man’s").tokens).toEqual(["two", "fish", "in", "a", "café", "man's"]);
  });

  it("handles other scripts and emoji", () => {
    expect(tokenize("две собаки 猫と犬 🐶👩‍🚀 🇫🇷").tokens).toEqual(["две", "собаки", "猫と犬", "🐶", "👩‍🚀", "🇫🇷"]);
  });

  it("reports what the limit drops, also of 10,000 words", () => {
    const long = tokenize(Array.from({ length: 10_000 }, (_, i) => `word${i}`).join(" "));
    expect(long.tokens).toHaveLength(MAX_TOKENS);
    expect(long.dropped).toBe(10_000 - MAX_TOKENS);
    expect(tokenize("a dog").dropped).toBe(0);
  });

  it("refuses an empty sentence", () => {
    for (const empty of ["", "  \n", "...!?", "- -"]) {
      expect(() => tokenize(empty)).toThrow(UserError);
      expect(() => tokenize(empty)).toThrow(/sentence is empty/);
    }
  });

  it("spans point into the caption", () => {
    const caption = "Two DOGS’ balls";
    expect(scanTokens(caption).map((t) => caption.slice(t.start, t.end))).toEqual(["Two", "DOGS", "balls"]);
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        let last = 0;
        for (const t of scanTokens(text)) {
          expect(t.start).toBeGreaterThanOrEqual(0);
          expect(t.end).toBeGreaterThan(t.start);
          expect(t.end).toBeGreaterThanOrEqual(last);
          expect(t.text).not.toMatch(/\s/);
          last = t.end;
        }
      }),
    );
  });
});
