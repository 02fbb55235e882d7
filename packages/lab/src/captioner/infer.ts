/**
 * Captions of pictures by beam search (Show and Tell, section 3.2): at each step the k best beginnings are kept. Captions
 * are compared by log-probability / length^lengthPower, the length counting the end word. START and UNKNOWN are never
 * said, and a caption has at least one word. The greedy caption is always among the candidates, so that a wider beam never gives a worse score.
 * @module
 */
import { input } from "@scenograph/graph/leaves";
import { bucket, chunks } from "@scenograph/graph/nn/buckets";
import { Params } from "@scenograph/graph/nn/params";
import { floats, loadWith, type Weights } from "@scenograph/graph/nn/weights";
import { compile } from "@scenograph/graph/program";
import type { Executable, Runtime } from "@scenograph/graph/runtime/runtime";
import type { CaptionerConfig } from "./config.ts";
import { type CaptionVocabulary, END, type FeatureStatistics, START, standardised, UNKNOWN } from "./data.ts";
import { firstState, nextWord } from "./model.ts";

export interface Captioned {
  /** Words joined by spaces, lower case. */
  readonly caption: string;
  /** Nats, end word included; never above 0. */
  readonly logProbability: number;
  /** logProbability / (words + 1)^lengthPower: what the search maximises. */
  readonly score: number;
}

export interface Captioner {
  /**
   * One caption a picture, from its features (unstandardised rows). `beam` 1 is greedy; default: the configuration's.
   * @throws FormatError when a row has another width than the weights were trained on
   */
  caption(features: readonly Float32Array[], options?: { readonly beam?: number }): Promise<Captioned[]>;
  release(): Promise<void>;
}

/** Pictures that are searched side by side. */
const CHUNK = 16;

interface Hypothesis {
  readonly words: readonly number[];
  readonly logProbability: number;
  readonly h: Float32Array;
  readonly c: Float32Array;
}

/** Captioner from weights "captioner.*" (with "captioner.statistics" [2, F]) of a configuration. */
export function createCaptioner(
  runtime: Runtime,
  config: CaptionerConfig,
  vocabulary: CaptionVocabulary,
  weights: Weights,
): Captioner {
  const table = floats(weights, "captioner.statistics");
  const width = table.length / 2;
  const statistics: FeatureStatistics = { mean: table.slice(0, width), std: table.slice(width) };
  const p = new Params("captioner");
  const loaded = new Map<string, Promise<Executable>>();
  const cached = (name: string, load: () => Promise<Executable>): Promise<Executable> => {
    const ready = loaded.get(name) ?? load();
    loaded.set(name, ready);
    return ready;
  };
  const startOf = (n: number) =>
    cached(`start ${n}`, () => {
      const { h, c } = firstState(p, config, input("features", [n, width]));
      return loadWith(runtime, compile({ outputs: { h, c } }), weights);
    });
  const stepOf = (n: number) =>
    cached(`step ${n}`, () => {
      const state = { h: input("h", [n, config.hidden]), c: input("c", [n, config.hidden]) };
      const next = nextWord(p, config, input("ids", [n], "int64"), state, vocabulary.size);
      const outputs = { logP: next.logP, nextH: next.state.h, nextC: next.state.c };
      return loadWith(runtime, compile({ outputs }), weights);
    });
  const score = ({ words, logProbability }: Hypothesis) => logProbability / words.length ** config.lengthPower;

  const start = async (rows: readonly Float32Array[]): Promise<Hypothesis[]> => {
    const n = bucket(rows.length);
    const out = await (await startOf(n)).run({ features: standardised(rows, statistics, n) });
    return rows.map((_, i) => ({ words: [], logProbability: 0, ...stateRow(out.h, out.c, i, config.hidden) }));
  };

  /** All hypotheses one word on: log p of the next word and the states. */
  const advance = async (all: readonly Hypothesis[]) => {
    const n = bucket(all.length);
    const ids = new BigInt64Array(n).fill(BigInt(START));
    const [h, c] = [new Float32Array(n * config.hidden), new Float32Array(n * config.hidden)];
    all.forEach((hypothesis, i) => {
      ids[i] = BigInt(hypothesis.words.at(-1) ?? START);
      h.set(hypothesis.h, i * config.hidden);
      c.set(hypothesis.c, i * config.hidden);
    });
    return (await stepOf(n)).run({ ids, h, c });
  };

  /** The best finished caption of each picture; all live hypotheses of the chunk run as one batch. */
  const search = async (rows: readonly Float32Array[], beam: number): Promise<Hypothesis[]> => {
    let live = (await start(rows)).map((first) => [first]);
    const finished = rows.map((): Hypothesis[] => []);
    for (let t = 0; t <= config.maxWords && live.some((l) => l.length > 0); t++) {
      const batch = live.flat();
      const out = await advance(batch);
      const logP = out.logP as Float32Array;
      let row = 0;
      live = live.map((hypotheses, picture) => {
        const candidates: { from: number; word: number; logProbability: number }[] = [];
        for (const { logProbability } of hypotheses) {
          const own = logP.subarray(row * vocabulary.size, (row + 1) * vocabulary.size);
          // the last step leaves room for the end alone
          const words = t === config.maxWords ? [END] : best(own, beam, t > 0);
          for (const word of words) candidates.push({ from: row, word, logProbability: logProbability + own[word] });
          row++;
        }
        candidates.sort((a, b) => b.logProbability - a.logProbability);
        const next = candidates.slice(0, beam).map(({ from, word, logProbability }) => ({
          words: [...batch[from].words, word],
          logProbability,
          ...stateRow(out.nextH, out.nextC, from, config.hidden),
        }));
        finished[picture].push(...next.filter((h) => h.words.at(-1) === END));
        return finished[picture].length >= beam ? [] : next.filter((h) => h.words.at(-1) !== END);
      });
    }
    return finished.map((all) => all.reduce((a, b) => (score(b) > score(a) ? b : a)));
  };

  return {
    async caption(features, options = {}) {
      const beam = options.beam ?? config.beam;
      const captions: Captioned[] = [];
      for (const rows of chunks(features, Math.max(1, Math.min(CHUNK, Math.floor(64 / beam))))) {
        const greedy = await search(rows, 1);
        const wide = beam > 1 ? await search(rows, beam) : greedy;
        wide.forEach((found, i) => {
          const chosen = score(greedy[i]) > score(found) ? greedy[i] : found;
          captions.push({
            caption: vocabulary.decode(chosen.words).join(" "),
            logProbability: chosen.logProbability,
            score: score(chosen),
          });
        });
      }
      return captions;
    },
    async release() {
      for (const executable of loaded.values()) await (await executable).release();
      loaded.clear();
    },
  };
}

/** The numbers of the k most likely words that may be said; a caption does not begin with its end. */
function best(logP: Float32Array, k: number, mayEnd: boolean): number[] {
  const found: number[] = [];
  for (let word = 0; word < logP.length; word++) {
    if (word === START || word === UNKNOWN || (word === END && !mayEnd)) continue;
    let at = found.length;
    while (at > 0 && logP[word] > logP[found[at - 1]]) at--;
    if (at < k) found.splice(at, 0, word);
    if (found.length > k) found.pop();
  }
  return found;
}

function stateRow(h: unknown, c: unknown, row: number, hidden: number): { h: Float32Array; c: Float32Array } {
  const cut = (x: unknown) => (x as Float32Array).slice(row * hidden, (row + 1) * hidden);
  return { h: cut(h), c: cut(c) };
}
