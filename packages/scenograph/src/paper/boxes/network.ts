/**
 * The box generator as programs. One computes what follows from the sentence alone, once; then an object takes three calls:
 * the recurrence gives its label's logits, the label the mixture of its centre, centres the mixtures of its size.
 * @module
 */

import { hoist } from "@scenograph/graph/hoist";
import { input } from "@scenograph/graph/leaves";
import { Params } from "@scenograph/graph/nn/params";
import type { ProgramCache } from "@scenograph/graph/nn/programs";
import { add } from "@scenograph/graph/ops/elementwise";
import { concat } from "@scenograph/graph/ops/shape";
import { compile, type Program } from "@scenograph/graph/program";
import type { Executable, Feeds, TypedArray } from "@scenograph/graph/runtime/runtime";
import type { Tensor } from "@scenograph/graph/tensor";
import type { Sentence } from "../../pipeline.ts";
import type { PaperBoxes } from "./config.ts";
import { features, labelLogits, trunk, whMixture, xyMixture } from "./model.ts";
import type { BoxSeams } from "./seams.ts";

/** "sentence" runs once, the others for every object. */
export const BOX_PROGRAMS = ["sentence", "step", "xy", "wh"] as const;
type Named<T> = Readonly<Record<(typeof BOX_PROGRAMS)[number], T>>;

/**
 * Programs for n rows. sentence: "sentence" [n, D] and, the inputs of `memory` -> "sentence.0",
 * "sentence.1" ..., inputs of the others. step: labels [n], boxes [n, 4] of the step before, state h, c [n, hidden] (and
 * memory [n, M]) -> logits [n, L + 1], nextH, nextC (and nextMemory). xy: labels, hidden -> raw [n, 6 K].
 * wh: labels, hidden, xy [K' n, 2] -> raw [K' n, 6 K], K' draws of each box.
 */
export function boxPrograms(
  config: PaperBoxes,
  textSize: number,
  n: number,
  { memory, head, decoding }: BoxSeams = {},
): Named<Program> {
  const p = new Params("boxes");
  const sentence = input("sentence", [n, textSize]);
  const labels = input("labels", [n], "int64");
  const labels1 = input("labels", [1, n], "int64");
  const state = { h: input("h", [n, config.hidden]), c: input("c", [n, config.hidden]) };
  const { hidden, last } = trunk(p, config, labels1, input("boxes", [1, n, 4]), sentence, state);
  const told = memory?.inputs(n) ?? {};
  const own = labelLogits(p, config, features(hidden, sentence));
  const known = memory?.addends(p, told, labels1, input("memory", [n, memory.size]), "sampling");
  const logits = (known?.logits ?? []).reduce(add, own);
  const f = features(input("hidden", [n, config.hidden]), sentence);
  const k = decoding?.draws ?? 1;
  const copies = (x: Tensor) =>
    concat(
      Array.from({ length: k }, () => x),
      0,
    );
  const each = { hidden: copies(f.hidden), text: f.text, steps: k };
  const outputs = {
    step: { logits, nextH: last.h, nextC: last.c, ...(known && { nextMemory: known.last }) },
    xy: { raw: xyMixture(p, config, f, labels, head) },
    wh: { raw: whMixture(p, config, each, copies(labels), input("xy", [k * n, 2]), head) },
  };
  const all = Object.fromEntries(
    Object.entries(outputs).flatMap(([name, out]) => Object.entries(out).map(([key, t]) => [`${name}.${key}`, t])),
  );
  const { once, given } = hoist(all, ["sentence", ...Object.keys(told)], "sentence.");
  return {
    sentence: compile({ outputs: once }),
    step: compile({ outputs: outputs.step, given }),
    xy: compile({ outputs: outputs.xy, given }),
    wh: compile({ outputs: outputs.wh, given }),
  };
}

/** Rows of a batch that are sampled side by side: the recurrence and its state. */
export class Recurrence {
  #h: Float32Array;
  #c: Float32Array;
  #memory?: Float32Array;

  private constructor(
    private readonly programs: Named<Executable>,
    readonly n: number,
    config: PaperBoxes,
    /** What the sentences fix. */
    private readonly fixed: Feeds,
    /** Width of the labels' memory. */
    memory: number | undefined,
  ) {
    this.#h = new Float32Array(n * config.hidden);
    this.#c = new Float32Array(n * config.hidden);
    if (memory) this.#memory = new Float32Array(n * memory);
  }

  /** Loads the programs for n rows. */
  static async load(
    cache: ProgramCache,
    config: PaperBoxes,
    textSize: number,
    n: number,
    seams: BoxSeams,
  ): Promise<Named<Executable>> {
    let built: Named<Program> | undefined;
    const get = (name: (typeof BOX_PROGRAMS)[number]) =>
      cache.get(`${name} ${n}`, () => {
        built ??= boxPrograms(config, textSize, n, seams);
        return built[name];
      });
    const loaded = await Promise.all(BOX_PROGRAMS.map(async (name) => [name, await get(name)] as const));
    return Object.fromEntries(loaded) as Named<Executable>;
  }

  /** Before the first object; of n rows those beyond the sentences are blank. */
  static async start(
    programs: Named<Executable>,
    config: PaperBoxes,
    textSize: number,
    sentences: readonly Sentence[],
    n: number,
    { memory }: BoxSeams,
  ): Promise<Recurrence> {
    const text = new Float32Array(n * textSize);
    sentences.forEach(({ embedding }, i) => {
      text.set(embedding, i * textSize);
    });
    const mentions = sentences.map((s) => s.mentions ?? []);
    const told = { sentence: text, ...memory?.feeds(mentions, n) };
    const derived = await programs.sentence.run(wanted(programs.sentence, told));
    return new Recurrence(programs, n, config, { ...told, ...derived }, memory?.size);
  }

  /** One object on: labels [n] and boxes [n, 4], standardised, of the step before -> label logits [n, L + 1]. */
  async advance(labels: BigInt64Array, boxes: Float32Array): Promise<Float32Array> {
    const state = { h: this.#h, c: this.#c, ...(this.#memory && { memory: this.#memory }) };
    const out = await this.#run("step", { labels, boxes, ...state });
    this.#h = out.nextH as Float32Array;
    this.#c = out.nextC as Float32Array;
    this.#memory = out.nextMemory as Float32Array | undefined;
    return out.logits as Float32Array;
  }

  /** Raw parameters of p(x, y | l) of this step's labels, [n, 6 K]. */
  async centres(labels: BigInt64Array): Promise<Float32Array> {
    return (await this.#run("xy", { labels, hidden: this.#h })).raw as Float32Array;
  }

  /** Raw parameters of p(w, h | x, y, l), [K' n, 6 K], at centres xy [K' n, 2], standardised. */
  async sizes(labels: BigInt64Array, xy: Float32Array): Promise<Float32Array> {
    return (await this.#run("wh", { labels, hidden: this.#h, xy })).raw as Float32Array;
  }

  #run(name: "step" | "xy" | "wh", feeds: Feeds): Promise<Record<string, TypedArray>> {
    const executable = this.programs[name];
    return executable.run(wanted(executable, { ...this.fixed, ...feeds }));
  }
}

/** Those that the program reads. */
function wanted({ program }: Executable, feeds: Feeds): Feeds {
  return Object.fromEntries(program.inputs.map(({ name }) => [name, feeds[name]]));
}
