/**
 * Layouts from sentences: ancestral sampling (paper section 3), stopped at class L + 1, no box drawn there. Fixed objects
 * are teacher-forced first. Many sentences are sampled side by side.
 * @module
 */

import { bucket, chunks } from "@scenograph/graph/nn/buckets";
import {
  type Mixture,
  type MixtureLimits,
  mixtureLogDensity,
  mixtureOf,
  sampleMixture,
  sampleRaw,
} from "@scenograph/graph/nn/mixture";
import { ProgramCache } from "@scenograph/graph/nn/programs";
import { floats, type Weights } from "@scenograph/graph/nn/weights";
import { type Random, stream } from "@scenograph/graph/random";
import type { Runtime } from "@scenograph/graph/runtime/runtime";
import { boxIou as iou } from "../../formats/rle.ts";
import type { BoxGenerator, BoxOptions, Sentence } from "../../pipeline.ts";
import { type Categories, COCO } from "../../scene/categories.ts";
import type { Box, SceneObject } from "../../scene/scene.ts";
import { type BoxStatistics, decodeBox, encodeBox } from "./codec.ts";
import { type CentreComponent, centreComponents } from "./components.ts";
import type { BoxesConfig } from "./config.ts";
import { medoid } from "./medoid.ts";
import { endOf, STATISTICS, startOf } from "./model.ts";
import { Recurrence } from "./network.ts";
import { type Relation, relationsHold, relationsOf } from "./relations.ts";

/** The next object's distribution given a sentence and the objects so far: what the studio draws as a heat map. */
export interface NextBox {
  /** p(l), L + 1 entries, the last is the end. */
  readonly labels: Float64Array;
  /** Density of the centre over the picture for one label, rows x columns, normalised to sum 1. */
  readonly density: Float32Array;
  /** The mixture of the centre for that label, the heaviest component first. */
  readonly components: readonly CentreComponent[];
}

export interface BoxSampler extends BoxGenerator {
  next(
    sentence: Sentence,
    objects: readonly SceneObject[],
    label: string,
    grid: { rows: number; columns: number; temperature?: number },
  ): Promise<NextBox>;
}

export interface LoadedBoxSampler extends BoxSampler {
  /** Load what `infer` needs for so many sentences. */
  prepare(count: number): Promise<void>;
  release(): Promise<void>;
}

/** Sampler from weights "boxes.*" (with "boxes.statistics" [2, 4]) of a configuration; `textSize` is the embedding's width. */
export function createBoxGenerator(
  runtime: Runtime,
  config: BoxesConfig,
  textSize: number,
  weights: Weights,
  categories: Categories = COCO,
): LoadedBoxSampler {
  const table = floats(weights, STATISTICS, [2, 4]);
  const statistics: BoxStatistics = { mean: table.slice(0, 4), std: table.slice(4) };
  const cache = new ProgramCache(runtime, weights);
  const start = async (sentences: readonly Sentence[]): Promise<Recurrence> => {
    const n = bucket(sentences.length);
    const programs = await Recurrence.load(cache, config, textSize, n);
    return Recurrence.start(programs, config, textSize, sentences, n);
  };

  const inferChunk = async (
    requests: readonly { sentence: Sentence; fixed: readonly SceneObject[]; seed: number }[],
    options: BoxOptions,
  ): Promise<SceneObject[][]> => {
    const run = await start(requests.map((r) => r.sentence));
    const limit = Math.min(options.maxObjects ?? config.maxObjects, config.maxObjects);
    const labelT = options.labelTemperature ?? config.labelTemperature;
    const boxT = options.boxTemperature ?? config.boxTemperature;
    const labels = new BigInt64Array(run.n).fill(BigInt(startOf(config.classes)));
    const boxes = new Float32Array(run.n * 4);
    // what is drawn again is random even at temperature 0, where the seed shall not matter
    const cold = labelT === 0 && boxT === 0;
    const rows = requests.map((r) => new Row(categories, r.fixed, cold ? 0 : r.seed, relationsOf(r.sentence)));

    const longest = Math.max(limit, ...requests.map((r) => r.fixed.length));
    for (let t = 0; t < longest && rows.some((r) => !r.done); t++) {
      const logits = await run.advance(labels, boxes);
      rows.forEach((row, i) => {
        const own = logits.subarray(i * (config.classes + 1), (i + 1) * (config.classes + 1));
        row.chooseLabel(own, t, limit, labelT, config);
        labels[i] = BigInt(row.label);
      });
      await placeBoxes(run, rows, t, labels, boxes, boxT);
    }
    return rows.map((row) => row.objects);
  };

  /**
   * This step's boxes of all rows: centres, then sizes given them, `candidates` of each, of which the medoid is taken; rows
   * whose boxes are all refused are drawn again. What is fed back is the box as it was accepted, inside the picture, so
   * that an object that is locked later continues as it did when drawn.
   */
  const placeBoxes = async (
    run: Recurrence,
    rows: readonly Row[],
    t: number,
    labels: BigInt64Array,
    boxes: Float32Array,
    temperature: number,
  ): Promise<void> => {
    const width = 6 * config.mixtures;
    const open = new Set<number>();
    rows.forEach((row, i) => {
      const given = row.fixedAt(t);
      if (given) boxes.set(encodeBox(given.box, statistics), i * 4);
      else if (!row.done) open.add(i);
    });
    const xyRaw = await run.centres(labels);
    // candidate by candidate, [candidates, n, 2]
    const xy = new Float32Array(config.candidates * run.n * 2);
    for (let k = 0; k < config.candidates; k++)
      for (const i of rows.keys()) xy.set(boxes.subarray(i * 4, i * 4 + 2), (k * run.n + i) * 2);
    for (let attempt = 0; attempt === 0 || (attempt < ATTEMPTS && open.size > 0); attempt++) {
      const warmth = attempt === 0 ? temperature : warmer(temperature, attempt);
      for (const i of open) {
        const own = mixtureOf(xyRaw.subarray(i * width, (i + 1) * width), warmth, config);
        for (let k = 0; k < config.candidates; k++) xy.set(rows[i].draw(own), (k * run.n + i) * 2);
      }
      const whRaw = await run.sizes(labels, xy);
      for (const i of [...open]) {
        const drawn: Box[] = [];
        for (let k = 0; k < config.candidates; k++) {
          const from = k * run.n + i;
          const size = rows[i].drawRaw(whRaw, from * width, width, warmth, config);
          drawn.push(decodeBox([xy[from * 2], xy[from * 2 + 1], ...size], statistics));
        }
        const fitting = drawn.filter((box) => rows[i].fits(box, config.maxOverlap));
        const told = config.relations ? fitting.filter((box) => rows[i].asTold(box)) : fitting;
        // where a told relation never holds the box is taken without it
        const of = told.length > 0 || attempt + 1 < RELATION_ATTEMPTS ? told : fitting;
        const box = of[medoid(of, config.agreement)];
        // what is left out is fed back all the same: the layout goes on as if it had been meant
        boxes.set(encodeBox(box ?? drawn[0], statistics), i * 4);
        if (!box) continue;
        rows[i].accept(box);
        open.delete(i);
      }
    }
  };

  return {
    async infer(requests, options = {}) {
      const all: SceneObject[][] = [];
      for (const chunk of chunks(requests)) all.push(...(await inferChunk(chunk, options)));
      return all;
    },
    async next(sentence, objects, label, grid) {
      const run = await start([sentence]);
      const one = (index: number) => BigInt64Array.of(BigInt(index));
      let logits = await run.advance(one(startOf(config.classes)), new Float32Array(4));
      for (const o of objects)
        logits = await run.advance(one(categories.indexOf(o.label)), Float32Array.from(encodeBox(o.box, statistics)));
      const raw = await run.centres(one(categories.indexOf(label)));
      const mixture = mixtureOf(raw, grid.temperature ?? 1, config);
      return {
        labels: softmax(logits, 1, config.endBias),
        density: densityMap(mixture, grid, statistics),
        components: centreComponents(mixture, statistics),
      };
    },
    async prepare(count) {
      for (const n of new Set(chunks(Array.from({ length: count })).map((c) => bucket(c.length))))
        await Recurrence.load(cache, config, textSize, n);
    },
    release: () => cache.release(),
  };
}

/** Temperature of the n-th draw again: twice as warm each time, no warmer than the network learnt it unless asked to. */
function warmer(temperature: number, attempt: number): number {
  return Math.min(Math.max(temperature, 0.1) * 2 ** attempt, Math.max(temperature, 1.6));
}

/** Draws of one box before it is left out. */
const ATTEMPTS = 5;
/** And before a told relation is given up. */
const RELATION_ATTEMPTS = 4;

/** One sentence of the batch while it is sampled. */
class Row {
  readonly objects: SceneObject[];
  label: number;
  done = false;
  #score = 0;
  /** Probability that the layout is at least this long, and the quantile of its length that is aimed at. */
  #survival = 1;
  #quantile?: number;
  #random: Random;
  readonly #ids: Set<string>;

  constructor(
    private readonly categories: Categories,
    private readonly fixed: readonly SceneObject[],
    private readonly seed: number,
    private readonly relations: readonly Relation[],
  ) {
    this.objects = [...fixed];
    this.label = startOf(categories.count);
    this.#random = stream(seed, "boxes");
    this.#ids = new Set(fixed.map((o) => o.id));
  }

  fixedAt(t: number): SceneObject | undefined {
    return this.fixed[t];
  }

  /** Teacher-forced, drawn from softmax(logits / temperature), or the largest at temperature 0; the end: `#ends`. */
  chooseLabel(
    logits: Float32Array,
    t: number,
    limit: number,
    temperature: number,
    { endBias, endSpread }: Pick<BoxesConfig, "endBias" | "endSpread">,
  ): void {
    const given = this.fixed[t];
    const end = endOf(this.categories.count);
    const likely = softmax(logits, 1, endBias);
    const ends = endSpread !== null && this.#ends(likely[end], t, temperature === 0 ? 0 : endSpread);
    if (given) {
      this.label = this.categories.indexOf(given.label);
      return;
    }
    // a stream a step: the draws do not depend on how many of the objects before were given
    this.#random = stream(this.seed, "boxes", t);
    const bias = endSpread === null ? endBias : Number.NEGATIVE_INFINITY;
    this.label = ends ? end : this.#random.weighted(softmax(logits, temperature, bias));
    this.#score = likely[this.label];
    if (this.label === end || this.objects.length >= limit) this.done = true;
  }

  /**
   * Does the sequence end at step t? Its length is the quantile of the length's distribution that the seed drew, from
   * 1/2 - spread/2 to 1/2 + spread/2: with spread 1 each end has its probability, with 0 the length is the median.
   */
  #ends(probability: number, t: number, spread: number): boolean {
    this.#quantile ??= 0.5 + spread * (stream(this.seed, "length").uniform() - 0.5);
    // longer already, by what was given: the same quantile of what may follow
    if (t === this.fixed.length && this.#survival < this.#quantile) this.#quantile *= this.#survival;
    this.#survival *= 1 - probability;
    return this.#survival < this.#quantile;
  }

  draw(mixture: Mixture): [number, number] {
    return sampleMixture(mixture, this.#random);
  }

  drawRaw(
    raw: Float32Array,
    from: number,
    width: number,
    temperature: number,
    limits: MixtureLimits,
  ): [number, number] {
    return sampleRaw(raw, from, width, temperature, limits, this.#random);
  }

  /** Unless it covers one of its class by more than `maxOverlap`. */
  fits(box: Box, maxOverlap: number): boolean {
    const label = this.categories.nameOf(this.label);
    return !this.objects.some((o) => o.label === label && iou(o.box, box) > maxOverlap);
  }

  /** The first object of a class stands where the sentence says, seen from the first ones of other classes. */
  asTold(box: Box): boolean {
    const first = (label: number) => this.objects.find((o) => o.label === this.categories.nameOf(label))?.box;
    return first(this.label) !== undefined || relationsHold(this.relations, this.label, box, first);
  }

  accept(box: Box): void {
    let k = this.objects.length + 1;
    while (this.#ids.has(`o${k}`)) k++;
    const id = `o${k}`;
    this.#ids.add(id);
    this.objects.push({ id, label: this.categories.nameOf(this.label), box, score: this.#score });
  }
}

function softmax(logits: Float32Array, temperature: number, endBias: number): Float64Array {
  const biased = Float64Array.from(logits, (v, i) => (i === logits.length - 1 ? v + endBias : v));
  const top = biased.reduce((a, b) => Math.max(a, b), -Infinity);
  if (temperature === 0) return biased.map((v) => (v === top ? 1 : 0));
  const e = biased.map((v) => Math.exp((v - top) / temperature));
  const total = e.reduce((a, b) => a + b, 0);
  return e.map((v) => v / total);
}

function densityMap(
  mixture: Mixture,
  { rows, columns }: { rows: number; columns: number },
  { mean, std }: BoxStatistics,
): Float32Array {
  const out = new Float32Array(rows * columns);
  let total = 0;
  for (let r = 0; r < rows; r++)
    for (let c = 0; c < columns; c++) {
      const x = ((c + 0.5) / columns - mean[0]) / std[0];
      const y = ((r + 0.5) / rows - mean[1]) / std[1];
      const d = Math.exp(mixtureLogDensity(mixture, x, y));
      out[r * columns + c] = d;
      total += d;
    }
  return out.map((d) => d / total);
}
