/** Captions -> arrays of fixed shape for the text encoder. @module */
import { dropoutMask } from "@scenograph/graph/nn/dropout";
import type { Random } from "@scenograph/graph/random";
import type { TextTask } from "./seams.ts";
import { tokenize } from "./tokenize.ts";
import { type Vocabulary, WORD_DIM } from "./vocabulary.ts";

/** A caption, looked up once. */
export interface EncodedCaption {
  readonly caption: string;
  readonly tokens: readonly string[];
  readonly known: readonly boolean[];
  /** [length, 100] */
  readonly vectors: Float32Array;
  /** [length] rows of the correction table. */
  readonly words: readonly number[];
}

export function encodeCaption(vocabulary: Vocabulary, caption: string): EncodedCaption {
  const { tokens } = tokenize(caption);
  const found = vocabulary.lookup(tokens);
  const vectors = new Float32Array(tokens.length * WORD_DIM);
  found.forEach((w, i) => vectors.set(w.vector, i * WORD_DIM));
  return { caption, tokens, known: found.map((w) => w.known), vectors, words: found.map((w) => w.delta) };
}

/**
 * Feeds of `TextInputs`, time first: vectors [T, N, 100], words [T, N], valid [T, N, 1]. Longer captions are cut; N may
 * exceed the number of captions.
 */
export function textFeeds(
  captions: readonly EncodedCaption[],
  length: number,
  n = captions.length,
  options: { random?: Random; wordDropout?: number } = {},
): { vectors: Float32Array; words: BigInt64Array; valid: Float32Array } {
  const vectors = new Float32Array(length * n * WORD_DIM);
  const words = new BigInt64Array(length * n);
  const valid = new Float32Array(length * n);
  captions.forEach((c, i) => {
    for (let t = 0; t < Math.min(length, c.words.length); t++) {
      valid[t * n + i] = 1;
      if (options.random && options.random.uniform() < (options.wordDropout ?? 0)) continue;
      vectors.set(c.vectors.subarray(t * WORD_DIM, (t + 1) * WORD_DIM), (t * n + i) * WORD_DIM);
      words[t * n + i] = BigInt(c.words[t]);
    }
  });
  return { vectors, words, valid };
}

/** Training example: a caption and, where its picture is annotated, the classes of its objects. */
export interface TextSample {
  readonly caption: EncodedCaption;
  readonly classes?: readonly number[];
  /** The classes are a set: how many objects of each is not known. */
  readonly set?: boolean;
}

/** The `count` most frequent words that carry meaning (no function words), for the word-recall task. */
export function frequentWords(captions: Iterable<EncodedCaption>, count: number): Map<string, number> {
  const seen = new Map<string, number>();
  for (const c of captions) for (const t of new Set(c.tokens)) seen.set(t, (seen.get(t) ?? 0) + 1);
  const ranked = [...seen].filter(([w]) => !FUNCTION_WORDS.has(w)).sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
  return new Map(ranked.slice(0, count).map(([w], i) => [w, i]));
}

const FUNCTION_WORDS = new Set(
  "a an the of and is are it its this that there with to be as for from has have his her their he she they by or some".split(
    " ",
  ),
);

/** Where the targets of further tasks are 1, read once: the rules behind them cost more than a training step's arithmetic. */
const told = new WeakMap<TextTask, WeakMap<EncodedCaption, readonly number[]>>();

function toldBy(task: TextTask, caption: EncodedCaption): readonly number[] {
  let known = told.get(task);
  if (!known) {
    known = new WeakMap();
    told.set(task, known);
  }
  let ones = known.get(caption);
  if (!ones) {
    ones = [...task.target(caption.caption)];
    known.set(caption, ones);
  }
  return ones;
}

/** Feeds of one pre-training step. */
export function textBatch(
  samples: readonly TextSample[],
  frequent: ReadonlyMap<string, number>,
  random: Random,
  options: { length: number; dropout: number; wordDropout: number; classes: number; tasks?: readonly TextTask[] },
): Record<string, Float32Array | BigInt64Array | Uint8Array> {
  const n = samples.length;
  const grid = (width: number) => new Float32Array(n * width);
  const { classes: depth, tasks = [] } = options;
  const [present, counts] = [grid(depth), grid(depth)];
  const [annotated, counted] = [grid(1), grid(1)];
  const further = tasks.map((task) => ({ task, target: grid(task.width) }));
  const words = grid(frequent.size);
  samples.forEach(({ caption, classes, set }, i) => {
    for (const { task, target } of further) for (const k of toldBy(task, caption)) target[i * task.width + k] = 1;
    for (const t of caption.tokens) {
      const w = frequent.get(t);
      if (w !== undefined) words[i * frequent.size + w] = 1;
    }
    if (!classes) return;
    annotated[i] = 1;
    counted[i] = set ? 0 : 1;
    for (const c of classes) {
      present[i * depth + c] = 1;
      counts[i * depth + c]++;
    }
    for (let c = 0; c < depth; c++) counts[i * depth + c] = Math.log1p(counts[i * depth + c]);
  });
  const text = textFeeds(
    samples.map((s) => s.caption),
    options.length,
    n,
    { random, wordDropout: options.wordDropout },
  );
  const drop = dropoutMask(random, options.length * n * WORD_DIM, options.dropout);
  return {
    "text.vectors": text.vectors,
    "text.words": text.words,
    "text.valid": text.valid,
    ...(options.dropout > 0 ? { "text.dropout": drop } : {}),
    "target.present": present,
    "target.counts": counts,
    "target.annotated": annotated,
    "target.counted": counted,
    "target.words": words,
    ...Object.fromEntries(further.map(({ task, target }) => [`target.${task.name}`, target])),
  };
}
