import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { node } from "@scenograph/graph/check.fixture";
import { ConfigError, FormatError, UserError } from "@scenograph/graph/errors";
import { writeSafetensors } from "@scenograph/graph/formats/safetensors";
import type { Picture } from "scenograph/scene/scene";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { evaluateCaptions, type JudgedPicture, openCaptioner, type PictureCaptioner } from "./judge.ts";
import { scoreCaptions } from "./score.ts";

const picture: Picture = { width: 1, height: 1, data: new Uint8Array(3) };
const SENTENCES = ["a dog on the grass", "two people ski", "a plate with food", "a red bus"];
const pictures: JudgedPicture[] = SENTENCES.map((sentence, id) => ({
  id,
  picture,
  sentence,
  references: [sentence, `there is ${sentence}`],
}));

/** Says these sentences. */
const saying = (captions: readonly string[]): Pick<PictureCaptioner, "id" | "caption"> => ({
  id: "parrot",
  caption: async (asked) => asked.map((_, i) => captions[i]),
});

describe("evaluateCaptions", () => {
  test("a captioner that reads the sentences beats one that says the neighbour's, on every metric", async () => {
    const right = await evaluateCaptions(saying(SENTENCES), pictures);
    const shifted = [...SENTENCES.slice(1), SENTENCES[0]];
    const wrong = await evaluateCaptions(saying(shifted), pictures);
    expect(right.sentence["BLEU-4"]!.value).toBeGreaterThan(0.7);
    for (const against of ["sentence", "references"] as const)
      for (const [name, { value, low, high, n }] of Object.entries(right[against])) {
        expect(n).toBe(4);
        expect(low).toBeLessThanOrEqual(value);
        expect(high).toBeGreaterThanOrEqual(value);
        expect(wrong[against][name as "BLEU-1"]!.value, `${against} ${name}`).toBeLessThan(value);
      }
    expect(right.captions[1]).toEqual({ id: 1, caption: SENTENCES[1] });
  });

  test("the numbers are those of scoreCaptions, the protocol says how they came about", async () => {
    const said = ["a dog", "people ski down", "a plate", "a red car"];
    const got = await evaluateCaptions(saying(said), pictures, { tokenizer: "words", beam: 3, synonyms: null });
    const { corpus } = scoreCaptions(
      said.map((caption, id) => ({ id, caption })),
      new Map(pictures.map((p) => [p.id, p.references])),
      { tokenizer: "words", synonyms: null },
    );
    expect(got.references["CIDEr-D"]!.value).toBe(corpus["CIDEr-D"]);
    expect(got.sentence).not.toHaveProperty("METEOR");
    expect(got.protocol).toMatchObject({ captioner: "parrot", beam: 3, items: 4 });
  });

  test("no pictures, repeated ids, no references", async () => {
    await expect(evaluateCaptions(saying([]), [])).rejects.toThrow(/at least one picture/);
    await expect(evaluateCaptions(saying(SENTENCES), [pictures[0], pictures[0]])).rejects.toThrow(/duplicate ids 0/);
    await expect(evaluateCaptions(saying(SENTENCES), [{ ...pictures[0], references: [] }])).rejects.toThrow(UserError);
  });
});

describe("openCaptioner", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "scenograph-captioner-"));
  });
  afterAll(() => rm(folder, { recursive: true }));

  test("a missing file and the weights of something else: one line each", async () => {
    await expect(openCaptioner(join(folder, "none"), { runtime: node })).rejects.toThrow(ConfigError);
    const file = join(folder, "other.safetensors");
    const one = { dtype: "F32", shape: [1], data: Float32Array.of(1) } as const;
    await writeFile(file, writeSafetensors([["a", one]], { words: "[]" }));
    await expect(openCaptioner(file, { runtime: node })).rejects.toThrow(FormatError);
  });
});
