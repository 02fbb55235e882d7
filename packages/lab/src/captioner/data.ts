/** Captions as word numbers, and what a training step is fed. @module */
import { FormatError } from "@scenograph/graph/errors";

export const START = 0;
export const END = 1;
export const UNKNOWN = 2;
const SPECIAL = ["<start>", "<end>", "<unk>"];

/** Tokens: the matches of /[a-z0-9]+/g in the lower-cased caption. */
export function captionWords(caption: string): string[] {
  return caption.toLowerCase().match(/[a-z0-9]+/g) ?? [];
}

/** The words that a captioner knows, by number. */
export class CaptionVocabulary {
  readonly #numbers: ReadonlyMap<string, number>;

  /**
   * @param words START, END and UNKNOWN first
   * @throws FormatError when they are not, or a word is repeated
   */
  constructor(readonly words: readonly string[]) {
    this.#numbers = new Map(words.map((word, i) => [word, i]));
    if (SPECIAL.some((word, i) => words[i] !== word))
      throw new FormatError(`CaptionVocabulary(): begins with ${SPECIAL.join(", ")}, got "${words.slice(0, 3)}"`);
    if (this.#numbers.size !== words.length)
      throw new FormatError(
        `CaptionVocabulary(): distinct words, got ${words.length - this.#numbers.size} repeated ones`,
      );
  }

  /** The words with at least `minCount` occurrences, the `limit` most frequent; ties by the alphabet. */
  static of(captions: Iterable<string>, minCount: number, limit: number): CaptionVocabulary {
    const counts = new Map<string, number>();
    for (const caption of captions)
      for (const word of captionWords(caption)) counts.set(word, (counts.get(word) ?? 0) + 1);
    const frequent = [...counts].filter(([, n]) => n >= minCount).sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
    return new CaptionVocabulary([...SPECIAL, ...frequent.slice(0, limit).map(([word]) => word)]);
  }

  get size(): number {
    return this.words.length;
  }

  /** Numbers of at most `maxWords` words, END after them unless the caption was cut. */
  encode(caption: string, maxWords: number): number[] {
    const numbers = captionWords(caption).map((word) => this.#numbers.get(word) ?? UNKNOWN);
    return numbers.length <= maxWords ? [...numbers, END] : numbers.slice(0, maxWords);
  }

  /** The words of numbers, without START and END. */
  decode(numbers: readonly number[]): string[] {
    return numbers.filter((n) => n !== START && n !== END).map((n) => this.words[n]);
  }
}

/** Mean and standard deviation of each feature over the training pictures. */
export interface FeatureStatistics {
  readonly mean: Float32Array;
  readonly std: Float32Array;
}

export function featureStatistics(rows: readonly Float32Array[]): FeatureStatistics {
  const width = rows[0].length;
  const [mean, square] = [new Float64Array(width), new Float64Array(width)];
  for (const row of rows)
    for (let k = 0; k < width; k++) {
      mean[k] += row[k] / rows.length;
      square[k] += row[k] ** 2 / rows.length;
    }
  return {
    mean: Float32Array.from(mean),
    // a channel that never fires stays 0
    std: Float32Array.from(square, (s, k) => Math.sqrt(Math.max(s - mean[k] ** 2, 0)) || 1),
  };
}

/** Rows as one standardised array [N, F], clipped to 5 standard deviations; `n` at least rows.length, the rest 0. */
export function standardised(
  rows: readonly Float32Array[],
  { mean, std }: FeatureStatistics,
  n = rows.length,
): Float32Array {
  const width = mean.length;
  const out = new Float32Array(n * width);
  rows.forEach((row, i) => {
    if (row.length !== width)
      throw new FormatError(
        `captioner: ${width} features a picture, got ${row.length}; use the network it was trained on`,
      );
    for (let k = 0; k < width; k++) out[i * width + k] = Math.max(-5, Math.min(5, (row[k] - mean[k]) / std[k]));
  });
  return out;
}

/** Feeds of a step for T = maxWords + 1: "previous", "targets" int64 [T, N], "valid" [T, N]. */
export function captionFeeds(
  captions: readonly (readonly number[])[],
  steps: number,
): { previous: BigInt64Array; targets: BigInt64Array; valid: Float32Array } {
  const n = captions.length;
  const previous = new BigInt64Array(steps * n).fill(BigInt(END));
  const targets = new BigInt64Array(steps * n).fill(BigInt(END));
  const valid = new Float32Array(steps * n);
  captions.forEach((numbers, i) => {
    previous[i] = BigInt(START);
    for (let t = 0; t < Math.min(numbers.length, steps); t++) {
      targets[t * n + i] = BigInt(numbers[t]);
      valid[t * n + i] = 1;
      if (t + 1 < steps) previous[(t + 1) * n + i] = BigInt(numbers[t]);
    }
  });
  return { previous, targets, valid };
}
