import { distance, evaluate, node } from "@scenograph/graph/check.fixture";
import { Params } from "@scenograph/graph/nn/params";
import { compile, initialise } from "@scenograph/graph/program";
import { stream } from "@scenograph/graph/random";
import { describe, expect, test } from "vitest";
import { embeddingSize, paperText } from "./config.ts";
import { textEncoder, textHeads } from "./model.ts";
import { textInputs } from "./step.ts";
import { WORD_DIM } from "./vocabulary.ts";

const config = paperText.parse({ hidden: 3 });
const CORRECTIONS = 5;

/** Programs of one set of weights for any length and batch. */
function encoder(length: number, n: number) {
  return compile({
    outputs: { embedding: textEncoder(new Params("text"), config, CORRECTIONS, textInputs(length, n)) },
  });
}
const state = initialise(encoder(1, 1), 3);
state["text.correction"] = stream(1, "correction").normals(state["text.correction"].length);

/** Captions as lists of [vector seed, correction row], padded to a length with garbage. */
async function encode(captions: number[][], length: number): Promise<Float32Array[]> {
  const n = captions.length;
  const vectors = stream(9, "garbage").normals(length * n * WORD_DIM);
  const words = new BigInt64Array(length * n).fill(2n);
  const valid = new Float32Array(length * n);
  captions.forEach((caption, i) => {
    caption.forEach((word, t) => {
      vectors.set(stream(word, "word").normals(WORD_DIM), (t * n + i) * WORD_DIM);
      words[t * n + i] = BigInt(word % (CORRECTIONS + 1));
      valid[t * n + i] = 1;
    });
  });
  const feeds = { "text.vectors": vectors, "text.words": words, "text.valid": valid };
  const { embedding } = await evaluate(node, { program: encoder(length, n), feeds, state });
  const size = embeddingSize(config);
  return captions.map((_, i) => (embedding as Float32Array).slice(i * size, (i + 1) * size));
}

describe("textEncoder", () => {
  const caption = [11, 7, 25];

  test("gives 4 hidden numbers in (-1, 1)", async () => {
    const [e] = await encode([caption], 3);
    expect(e).toHaveLength(12);
    expect(e.every((v) => Math.abs(v) < 1 && v !== 0)).toBe(true);
  });

  test("padding and other captions of the batch change nothing, whatever they hold", async () => {
    const [alone] = await encode([caption], 3);
    const [padded] = await encode([caption], 8);
    const [, second] = await encode([[4, 4, 4, 4, 9], caption, [3]], 6);
    expect(distance(padded, alone)).toBeLessThan(1e-6);
    expect(distance(second, alone)).toBeLessThan(1e-6);
  });

  test("words, their order and their corrections matter", async () => {
    const [a] = await encode([caption], 3);
    for (const other of [
      [7, 11, 25],
      [11, 7],
      [11, 7, 26],
    ])
      expect(distance((await encode([other], 3))[0], a)).toBeGreaterThan(1e-3);
  });

  test("row 0 of the correction table has no effect", async () => {
    const kept = state["text.correction"];
    const [a] = await encode([[6, 12]], 2);
    state["text.correction"] = kept.map((v, i) => (i < WORD_DIM ? v + 5 : v));
    const [b] = await encode([[6, 12]], 2);
    state["text.correction"] = kept;
    expect([...b]).toEqual([...a]);
  });
});

test("the heads read an embedding of any width", () => {
  const p = new Params("text");
  const heads = textHeads(p, textEncoder(p, config, CORRECTIONS, textInputs(2, 4)), 9, 80);
  expect([heads.present, heads.counts, heads.words].map((t) => t.shape)).toEqual([
    [4, 80],
    [4, 80],
    [4, 9],
  ]);
});
