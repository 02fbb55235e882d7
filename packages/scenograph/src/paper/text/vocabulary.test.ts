import { FormatError } from "@scenograph/graph/errors";
import { readSafetensors, type Tensor, writeSafetensors } from "@scenograph/graph/formats/safetensors";
import { stream } from "@scenograph/graph/random";
import { describe, expect, it } from "vitest";
import { Vocabulary, WORD_DIM } from "./vocabulary.ts";

const WORDS = ["dog", "man", "color", "grey", "cafe", "puppy", "two", "bus", "black", "white", "and", "shelf", "is"];
const random = stream(1, "vocabulary test");
const ENTRIES = WORDS.map((word) => ({ word, vector: random.normals(WORD_DIM) }));
const vocabulary = Vocabulary.fromVectors(ENTRIES, 3);

describe("Vocabulary", () => {
  it("keeps vectors within half a quantisation step", () => {
    for (const { word, vector } of ENTRIES) {
      const step = Math.max(...vector.map(Math.abs)) / 127;
      vocabulary.vector(word).forEach((v, i) => {
        expect(Math.abs(v - vector[i])).toBeLessThanOrEqual(step / 2 + 1e-6);
      });
    }
  });

  it("numbers corrections from 1 and gives 0 to the rest", () => {
    expect(["dog", "man", "color", "grey", "nothing"].map((w) => vocabulary.deltaIndex(w))).toEqual([1, 2, 3, 0, 0]);
  });

  it("survives its own file", () => {
    const tensors = vocabulary.toTensors();
    expect(tensors.get("vocabulary.vectors")?.shape).toEqual([WORDS.length, WORD_DIM]);
    const again = Vocabulary.fromTensors(readSafetensors(writeSafetensors(tensors)).tensors);
    expect(again.words).toEqual(WORDS);
    expect(again.deltaCount).toBe(3);
    for (const word of WORDS) expect(again.vector(word)).toEqual(vocabulary.vector(word));
  });

  it("falls back to nearby forms, and says which", () => {
    const asked = "man's colours gray café puppies 2 buses shelves isn't black-and-white 99 xyz 🐶".split(" ");
    const taken = "man|color|grey|cafe|puppy|two|bus|shelf|is|black and white".split("|").map((t) => t.split(" "));
    expect(vocabulary.lookup(asked).map((l) => l.as)).toEqual([...taken, undefined, undefined, undefined]);
    const [mans] = vocabulary.lookup(["man's"]);
    expect(mans).toMatchObject({ text: "man's", known: true, delta: 2 });
    expect(mans.vector).toEqual(vocabulary.vector("man"));
  });

  it("gives a zero vector to unknown words and the mean to compounds", () => {
    const [unknown, compound] = vocabulary.lookup(["xyz", "black-dog"]);
    expect(unknown).toMatchObject({ known: false, delta: 0 });
    expect(unknown.vector.every((v) => v === 0)).toBe(true);
    expect(compound.delta).toBe(1);
    expect(compound.vector[7]).toBeCloseTo((vocabulary.vector("black")[7] + vocabulary.vector("dog")[7]) / 2, 6);
  });

  it("finds the nearest words by cosine", () => {
    const twins = Vocabulary.fromVectors(
      [ENTRIES[0], { word: "hound", vector: ENTRIES[0].vector.map((v) => 2 * v) }, ENTRIES[1]],
      0,
    );
    expect(twins.neighbours("dog", 1)[0].word).toBe("hound");
    expect(twins.neighbours("dog", 1)[0].cosine).toBeCloseTo(1, 3);
  });

  it("refuses parts that do not fit", () => {
    const broken: [string, Tensor | undefined][] = [
      ["delta", { dtype: "I32", shape: [1], data: Int32Array.of(99) }],
      ["delta", undefined],
      ["scales", { dtype: "F32", shape: [1], data: Float32Array.of(1) }],
      ["scales", { dtype: "F32", shape: [WORDS.length], data: new Float32Array(WORDS.length).fill(Number.NaN) }],
      ["words", { dtype: "U8", shape: [3], data: new TextEncoder().encode(WORDS.map(() => "same").join("\n")) }],
      ["vectors", { dtype: "I8", shape: [2], data: new Int8Array(2) }],
      ["vectors", { dtype: "U8", shape: [2], data: new Uint8Array(2) }],
    ];
    for (const [name, tensor] of broken) {
      const tensors = vocabulary.toTensors();
      if (tensor) tensors.set(`vocabulary.${name}`, tensor);
      else tensors.delete(`vocabulary.${name}`);
      expect(() => Vocabulary.fromTensors(tensors)).toThrow(FormatError);
    }
  });
});
