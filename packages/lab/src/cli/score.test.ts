import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UserError } from "@scenograph/graph/errors";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { scoreCommand } from "./score.ts";

const golden: {
  items: { id: string; references: string[]; hypothesis: string }[];
  corpus: { bleu: number[]; rougeL: number; cider: number; meteorNoParaphrase: number };
} = JSON.parse(readFileSync(new URL("../../../../test/fixtures/caption-metrics.json", import.meta.url), "utf8"));

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "scenograph-score-"));
});
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => vi.restoreAllMocks());

function file(name: string, content: unknown): string {
  const path = join(folder, name);
  writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
  return path;
}

async function score(hyp: unknown, ref: unknown, ...more: string[]): Promise<string> {
  let output = "";
  vi.spyOn(process.stdout, "write").mockImplementation((chunk) => {
    output += chunk;
    return true;
  });
  const args = ["captions", "--hyp", file("hyp.json", hyp), "--ref", file("ref.json", ref), ...more];
  await scoreCommand().exitOverride().parseAsync(args, { from: "user" });
  return output;
}

const hyp = golden.items.map((item, i) => ({ image_id: i, caption: item.hypothesis }));
const ref = {
  annotations: golden.items.flatMap((item, i) => item.references.map((caption) => ({ image_id: i, caption }))),
};

describe("score captions", () => {
  test("--json gives the golden corpus numbers with the words tokeniser", async () => {
    const report = JSON.parse(await score(hyp, ref, "--json", "--tokenizer", "words"));
    const { bleu, rougeL, cider, meteorNoParaphrase } = golden.corpus;
    const expected = [...bleu, rougeL, cider, meteorNoParaphrase];
    const names = ["BLEU-1", "BLEU-2", "BLEU-3", "BLEU-4", "ROUGE-L", "CIDEr-D", "METEOR"];
    // METEOR's function words are our own: see meteor.test.ts
    for (const [i, name] of names.entries())
      expect(Math.abs(report.corpus[name] - expected[i]), name).toBeLessThan(name === "METEOR" ? 0.005 : 1e-9);
    expect(report.items).toHaveLength(golden.items.length);
    expect(report.items[0]).toMatchObject({ image_id: 0, METEOR: 1 });
    expect(report.protocol.tokenizer).toContain("/[a-z0-9]+/g");
    expect(report.protocol.METEOR).toContain("METEOR (no paraphrase table)");
  });

  test("the text report names the tokeniser; words is the default", async () => {
    const text = await score(hyp, ref);
    expect(text).toMatch(/^BLEU-1 +0\.\d{4} {2}\[0\.\d{4}, 0\.\d{4}\]$/m);
    expect(text).toMatch(/^METEOR \(no paraphrase table\) +0\.\d{4}/m);
    expect(text).toMatch(/tokenizer: words/);
  });

  const one = { image_id: 1, caption: "a dog" };
  const oneRef = { annotations: [{ id: 1, ...one }] };
  test.each<[string, unknown, unknown, RegExp]>([
    ["duplicate ids", [one, one], oneRef, /duplicate ids 1/],
    ["a caption without references", [one, { image_id: 2, caption: "a cat" }], oneRef, /needs references.* 2/],
    [
      "references without a caption",
      [one],
      { annotations: [one, { image_id: 9, caption: "x" }] },
      /needs a caption.* 9/,
    ],
    ["an empty caption", [{ image_id: 1, caption: "  " }], oneRef, /not empty.* 1/],
    [
      "an empty reference",
      [one],
      { annotations: [{ image_id: 1, caption: "" }] },
      /reference captions are not empty.* 1/,
    ],
    [
      "a duplicate annotation id",
      [one],
      { annotations: [...oneRef.annotations, ...oneRef.annotations] },
      /got 1 twice/,
    ],
    ["broken JSON", "[{", oneRef, /hyp\.json: must be JSON/],
    ["captions format given as results", oneRef, oneRef, /hyp\.json: must be COCO results/],
    ["results format given as references", [one], [one], /ref\.json: must be COCO captions/],
    ["a missing field", [{ image_id: 1 }], oneRef, /must be COCO results.*0\.caption/],
    ["no captions", [], { annotations: [] }, /at least one caption/],
  ])("%s: one line, exit code 2", async (_name, h, r, message) => {
    const error = await score(h, r).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(UserError);
    expect((error as UserError).exitCode).toBe(2);
    expect((error as UserError).message).toMatch(message);
    expect((error as UserError).message).not.toContain("\n");
  });

  test("a missing file and a folder that is no WordNet", async () => {
    const run = (...args: string[]) => scoreCommand().exitOverride().parseAsync(args, { from: "user" });
    await expect(run("captions", "--hyp", join(folder, "none.json"), "--ref", "x")).rejects.toThrow(
      /cannot read.*ENOENT/,
    );
    await expect(score([one], oneRef, "--wordnet", folder)).rejects.toThrow(/WordNet.s dict folder/);
  });
});

describe("what would give false numbers", () => {
  const pair = (caption: string, reference: string) =>
    [[{ image_id: 7, caption }], { annotations: [{ image_id: 7, caption: reference }] }] as const;

  test.each([
    ["Chinese", "一只狗在沙滩上", "一只猫在床上"],
    ["Chinese with a number, which alone would be equal", "一只狗在沙滩上 2", "一只猫在床上 2"],
    ["Thai", "สุนัขบนชายหาด", "แมวบนเตียง"],
    ["emoji", "🐕🏖", "🐈🛏"],
    ["punctuation", "!!", "..."],
  ])("%s is refused with its id", async (_, caption, reference) => {
    await expect(score(...pair(caption, reference))).rejects.toThrow(/is words under the tokenizer .* for ids 7;/);
  });

  test("ptb takes a Chinese text for one word: equal or not", async () => {
    const rouge = async (a: string, b: string) =>
      JSON.parse(await score(...pair(a, b), "--tokenizer", "ptb", "--json")).corpus["ROUGE-L"];
    expect(await rouge("一只狗", "一只猫")).toBe(0);
    expect(await rouge("一只狗", "一只狗")).toBe(1);
    expect(await rouge("un café ☕", "un café ☕")).toBeGreaterThan(0.9);
  });

  test("files with a byte-order mark, and in UTF-16, give the same numbers", async () => {
    const [h, r] = pair("a dog", "a dog runs");
    const plain = await score(h, r, "--json");
    expect(await score(`\ufeff${JSON.stringify(h)}`, `\ufeff${JSON.stringify(r)}`, "--json")).toBe(plain);
    const utf16 = join(folder, "utf16.json");
    writeFileSync(utf16, Buffer.from(`\ufeff${JSON.stringify(r)}`, "utf16le"));
    vi.restoreAllMocks();
    let output = "";
    vi.spyOn(process.stdout, "write").mockImplementation((chunk) => {
      output += chunk;
      return true;
    });
    const args = ["captions", "--hyp", file("hyp.json", h), "--ref", utf16, "--json"];
    await scoreCommand().exitOverride().parseAsync(args, { from: "user" });
    expect(output).toBe(plain);
  });

  test('ids 1 and "1" are said to differ in type', async () => {
    const refs = { annotations: [{ image_id: "1", caption: "a dog" }] };
    await expect(score([{ image_id: 1, caption: "a dog" }], refs)).rejects.toThrow(
      /for ids 1; 1 and "1" differ in type: write the ids of both files as text/,
    );
  });

  test("intervals stay in the range of their metric", async () => {
    const captions = ["a dog runs", "a cat", "two men", "zebra"];
    const hyps = captions.map((caption, image_id) => ({ image_id, caption }));
    const others = ["a dog runs", "one bird", "the bus", "an elephant"];
    const refs = { annotations: others.map((caption, image_id) => ({ image_id, caption })) };
    const { intervals } = JSON.parse(await score(hyps, refs, "--json"));
    for (const [name, { value, low, high }] of Object.entries<Record<string, number>>(intervals)) {
      expect(low, name).toBeGreaterThanOrEqual(0);
      expect(high, name).toBeLessThanOrEqual(name === "CIDEr-D" ? 10 : 1);
      expect(low <= value && value <= high, name).toBe(true);
    }
    expect(intervals["ROUGE-L"].low).toBe(0);
  });
});
