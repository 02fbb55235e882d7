/**
 * Word vectors as shipped: GloVe 100-d (Pennington et al. 2014), trimmed and quantised to int8 with one scale a word.
 * Rows are ordered so that the first K are the most frequent words of the training captions; those have a trainable
 * correction (delta) added to their frozen vector by the text encoder. Made by `vectors.node.ts`.
 * @module
 */
import { FormatError } from "@scenograph/graph/errors";
import type { Tensor } from "@scenograph/graph/formats/safetensors";

/** Width of a word vector. */
export const WORD_DIM = 100;

interface Arrays {
  readonly I8: Int8Array;
  readonly U8: Uint8Array;
  readonly F32: Float32Array;
  readonly I32: Int32Array;
}

export interface Lookup {
  /** The token as asked. */
  readonly text: string;
  readonly known: boolean;
  /** Dequantised, [100]; zeros when unknown. */
  readonly vector: Float32Array;
  /** 1..K: the row of the trainable correction; 0: none. */
  readonly delta: number;
  /** The vocabulary words that stood in, when the token itself is not in it ("colour" -> "color"). */
  readonly as?: readonly string[];
}

export class Vocabulary {
  readonly words: readonly string[];
  /** K: the number of words with a trainable correction. */
  readonly deltaCount: number;
  readonly #vectors: Int8Array;
  readonly #scales: Float32Array;
  readonly #rows: Map<string, number>;

  /**
   * @param words V distinct words, those with a correction first
   * @param vectors [V, 100], value = int8 * scale
   * @param scales [V], at least 0
   * @throws FormatError when the parts do not fit together
   */
  constructor(words: readonly string[], vectors: Int8Array, scales: Float32Array, deltaCount: number) {
    const fail = (rule: string, got: string): never => {
      throw new FormatError(`Vocabulary(): ${rule}, got ${got}; rebuild it with "data vectors"`);
    };
    if (words.length === 0) fail("at least one word", "none");
    if (vectors.length !== words.length * WORD_DIM)
      fail(`${words.length} words need ${words.length * WORD_DIM} numbers`, `${vectors.length}`);
    if (scales.length !== words.length) fail(`one scale a word (${words.length})`, `${scales.length}`);
    if (!Number.isInteger(deltaCount) || deltaCount < 0 || deltaCount > words.length)
      fail(`delta count from 0 to ${words.length}`, `${deltaCount}`);
    // 128 of them must be a number still
    const bad = scales.findIndex((s) => !(s >= 0 && s < 2 ** 120));
    if (bad >= 0) fail("finite scales from 0 to 2^120", `${scales[bad]} for "${words[bad]}"`);
    this.#rows = new Map(words.map((word, row) => [word, row]));
    if (this.#rows.size !== words.length) fail("distinct words", `${words.length - this.#rows.size} repeated`);
    this.words = words;
    this.deltaCount = deltaCount;
    this.#vectors = vectors;
    this.#scales = scales;
  }

  /** Quantise float vectors, symmetric about zero: scale = max|v| / 127. */
  static fromVectors(entries: readonly { word: string; vector: ArrayLike<number> }[], deltaCount: number): Vocabulary {
    const vectors = new Int8Array(entries.length * WORD_DIM);
    const scales = new Float32Array(entries.length);
    entries.forEach(({ vector }, row) => {
      let largest = 0;
      for (let i = 0; i < WORD_DIM; i++) largest = Math.max(largest, Math.abs(vector[i]));
      scales[row] = largest / 127;
      if (largest > 0)
        for (let i = 0; i < WORD_DIM; i++) vectors[row * WORD_DIM + i] = Math.round((vector[i] / largest) * 127);
    });
    return new Vocabulary(
      entries.map((e) => e.word),
      vectors,
      scales,
      deltaCount,
    );
  }

  /** From the tensors of a model file (others in it are ignored); the arrays are not copied. @throws FormatError */
  static fromTensors(tensors: ReadonlyMap<string, Tensor>): Vocabulary {
    const part = <D extends keyof Arrays>(name: string, dtype: D): Arrays[D] => {
      const tensor = tensors.get(`vocabulary.${name}`);
      if (tensor?.dtype !== dtype)
        throw new FormatError(
          `Vocabulary.fromTensors(): "vocabulary.${name}" is ${dtype}, got ${tensor?.dtype ?? "none"}; rebuild the file`,
        );
      return tensor.data as Arrays[D];
    };
    const words = new TextDecoder().decode(part("words", "U8")).split("\n");
    return new Vocabulary(words, part("vectors", "I8"), part("scales", "F32"), part("delta", "I32")[0]);
  }

  /**
   * `vocabulary.vectors` I8 [V, 100], `.scales` F32 [V], `.words` U8 (newline-joined UTF-8), `.delta` I32 [1] = K:
   * ready for `writeSafetensors`, alone or beside the weights of a model.
   */
  toTensors(): Map<string, Tensor> {
    const words = new TextEncoder().encode(this.words.join("\n"));
    return new Map<string, Tensor>([
      ["vocabulary.vectors", { dtype: "I8", shape: [this.words.length, WORD_DIM], data: this.#vectors }],
      ["vocabulary.scales", { dtype: "F32", shape: [this.words.length], data: this.#scales }],
      ["vocabulary.words", { dtype: "U8", shape: [words.length], data: words }],
      ["vocabulary.delta", { dtype: "I32", shape: [1], data: Int32Array.of(this.deltaCount) }],
    ]);
  }

  has(word: string): boolean {
    return this.#rows.has(word);
  }

  /** Dequantised vector [100] of a word itself, without fallbacks; zeros when it is not in the vocabulary. */
  vector(word: string): Float32Array {
    const out = new Float32Array(WORD_DIM);
    const row = this.#rows.get(word);
    if (row === undefined) return out;
    const scale = this.#scales[row];
    for (let i = 0; i < WORD_DIM; i++) out[i] = this.#vectors[row * WORD_DIM + i] * scale;
    return out;
  }

  /** 0: no correction; 1..K: that of the word. */
  deltaIndex(word: string): number {
    const row = this.#rows.get(word);
    return row !== undefined && row < this.deltaCount ? row + 1 : 0;
  }

  /** One entry a token (as `tokenize` makes them). Hyphenated words not in the vocabulary get the mean of their parts. */
  lookup(tokens: readonly string[]): Lookup[] {
    return tokens.map((text) => {
      if (this.has(text)) return { text, known: true, vector: this.vector(text), delta: this.deltaIndex(text) };
      const parts = standIns(text, (word) => this.has(word));
      if (parts.length === 0) return { text, known: false, vector: new Float32Array(WORD_DIM), delta: 0 };
      const vector = new Float32Array(WORD_DIM);
      for (const part of parts) {
        const added = this.vector(part);
        for (let i = 0; i < WORD_DIM; i++) vector[i] += added[i] / parts.length;
      }
      // the last part is the head of an English compound
      return { text, known: true, vector, delta: this.deltaIndex(parts[parts.length - 1]), as: parts };
    });
  }

  /** The `k` words of the nearest cosine, itself left out; to look at a vocabulary. */
  neighbours(word: string, k: number): { word: string; cosine: number }[] {
    const query = this.vector(word);
    const norm = Math.hypot(...query);
    if (norm === 0) return [];
    const all = this.words.map((other, row) => {
      let dot = 0;
      let square = 0;
      for (let i = 0; i < WORD_DIM; i++) {
        const v = this.#vectors[row * WORD_DIM + i];
        dot += v * query[i];
        square += v * v;
      }
      return { word: other, cosine: square > 0 ? dot / (norm * Math.sqrt(square)) : 0 };
    });
    return all
      .filter((o) => o.word !== word)
      .sort((a, b) => b.cosine - a.cosine)
      .slice(0, k);
  }
}

/**
 * The known words to take for one that is not known: a single near form ("man's" -> "man", "colour" -> "color", "2" -> "two"), or the
 * known parts of a hyphenated word, or none.
 */
export function standIns(word: string, has: (word: string) => boolean): string[] {
  const named = NUMBERS[Number(word)];
  if (/^\d+$/.test(word) && named !== undefined && has(named)) return [named];
  const near = nearForm(word, has);
  if (near !== undefined) return [near];
  return word.includes("-") ? word.split("-").flatMap((part) => nearForm(part, has) ?? []) : [];
}

function nearForm(word: string, has: (word: string) => boolean): string | undefined {
  for (const stem of variants(word)) for (const form of [stem, ...spellings(stem)]) if (has(form)) return form;
  return undefined;
}

// the GloVe package has no single characters, so "2 dogs" reads "two dogs"
const NUMBERS = "zero one two three four five six seven eight nine ten eleven twelve".split(" ");

/** Forms to try for a word that is not known, best first: without possessive, hyphens, accents, plural. */
function variants(word: string): string[] {
  const out = [word];
  const add = (form: string) => {
    if (form.length > 1 && !out.includes(form)) out.push(form);
  };
  const bare = word.replace(/(?:'s|s'|n't|'(?:re|ll|ve|d|m))$/, (end) => (end === "s'" ? "s" : ""));
  add(bare);
  add(bare.replaceAll("'", ""));
  add(bare.replaceAll("-", ""));
  add(bare.normalize("NFD").replace(/\p{M}/gu, "").normalize("NFC"));
  for (const form of [...out]) {
    if (/ies$/.test(form)) add(`${form.slice(0, -3)}y`);
    if (/ves$/.test(form)) add(`${form.slice(0, -3)}f`);
    if (/(?:s|x|z|ch|sh|o)es$/.test(form)) add(form.slice(0, -2));
    if (/[^s]s$/.test(form)) add(form.slice(0, -1));
  }
  return out;
}

// British <-> American, both ways: a wrong guess is not in the vocabulary and costs nothing
const SPELLINGS: readonly [RegExp, string][] = [
  [/our/, "or"],
  [/or/, "our"],
  [/is(e|es|ed|ing|ation)$/, "iz$1"],
  [/iz(e|es|ed|ing|ation)$/, "is$1"],
  [/tre(s?)$/, "ter$1"],
  [/ter(s?)$/, "tre$1"],
  [/l(ed|ing|er)$/, "ll$1"],
  [/ll(ed|ing|er)$/, "l$1"],
  [/grey/, "gray"],
  [/gray/, "grey"],
  [/ogue(s?)$/, "og$1"],
  [/og(s?)$/, "ogue$1"],
  [/tyre/, "tire"],
  [/plough/, "plow"],
  [/doughnut/, "donut"],
  [/donut/, "doughnut"],
  [/aeroplane/, "airplane"],
  [/moustache/, "mustache"],
  [/pyjama/, "pajama"],
  [/jewell/, "jewel"],
  [/ence$/, "ense"],
  [/ae/, "e"],
];

function spellings(word: string): string[] {
  return SPELLINGS.filter(([from]) => from.test(word)).map(([from, to]) => word.replace(from, to));
}
