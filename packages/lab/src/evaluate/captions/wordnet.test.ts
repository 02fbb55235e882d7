import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FormatError } from "@scenograph/graph/errors";
import { describe, expect, test } from "vitest";
import { loadWordNet } from "./wordnet.node.ts";

const share = (lookup: ReturnType<typeof loadWordNet>, a: string, b: string): boolean =>
  [...lookup(a)].some((id) => lookup(b).has(id));

describe("loadWordNet", () => {
  const wordnet = loadWordNet();

  test.each([
    ["bike", "bicycle"],
    ["sofa", "couch"],
    ["photo", "picture"],
    ["3", "three"],
    ["children", "kid"],
    ["women", "woman"],
    ["rode", "riding"],
    ["sitting", "sits"],
    ["carried", "carry"],
    ["bikes", "bicycles"],
  ])("%s and %s share a synset", (a, b) => {
    expect(share(wordnet, a, b)).toBe(true);
  });

  test.each([
    ["dog", "cat"],
    ["table", "chair"],
    ["zzzz", "dog"],
  ])("%s and %s do not", (a, b) => {
    expect(share(wordnet, a, b)).toBe(false);
  });

  test("a folder's exception files replace the built-in irregular forms", () => {
    const folder = mkdtempSync(join(tmpdir(), "scenograph-wordnet-"));
    const index = (part: string, lines: string) =>
      writeFileSync(join(folder, `index.${part}`), `  1 licence\n${lines}`);
    index("noun", "child n 1 1 @ 1 0 00000100  \nkid n 2 1 @ 2 0 00000100 00000200  \n");
    index("verb", "sit v 1 1 @ 1 0 00000100  \n");
    index("adj", "");
    index("adv", "");
    writeFileSync(join(folder, "noun.exc"), "kinder child\n");
    const small = loadWordNet(folder);
    rmSync(folder, { recursive: true });
    expect([...small("kid")]).toEqual([100, 200]);
    expect(share(small, "kinder", "kid")).toBe(true);
    expect(small("children").size).toBe(0);
    // the same offset in another file is another synset
    expect(share(small, "sit", "child")).toBe(false);
    expect(() => loadWordNet(folder)).toThrow(FormatError);
  });
});
