/**
 * Layouts from sentences: ancestral sampling (paper section 3), stopped at class L + 1, no box drawn there. Fixed objects
 * are teacher-forced first. Many sentences are sampled side by side.
 * @module
 */
import { bucket, chunks } from "@scenograph/graph/nn/buckets";
import { mixtureOf, sampleMixture, sampleRaw } from "@scenograph/graph/nn/mixture";
import { ProgramCache } from "@scenograph/graph/nn/programs";
import { floats, type Weights } from "@scenograph/graph/nn/weights";
import { type Random, stream } from "@scenograph/graph/random";
import type { Runtime } from "@scenograph/graph/runtime/runtime";
import type { BoxGenerator, BoxOptions, Sentence } from "../../pipeline.ts";
import { type Categories, COCO } from "../../scene/categories.ts";
import type { Box, SceneObject } from "../../scene/scene.ts";
import { type BoxStatistics, decodeBox, encodeBox } from "./codec.ts";
import { centreComponents } from "./components.ts";
import type { PaperBoxes } from "./config.ts";
import { endOf, STATISTICS, startOf } from "./model.ts";
import { Recurrence } from "./network.ts";
import { densityMap, type NextBox, type NextGrid } from "./next.ts";
import type { BoxSeams, Decoding } from "./seams.ts";

export interface BoxSampler extends BoxGenerator {
  next(sentence: Sentence, objects: readonly SceneObject[], label: string, grid: NextGrid): Promise<NextBox>;
}

export interface LoadedBoxSampler extends BoxSampler {
  /** Load what `infer` needs for so many sentences. */
  prepare(count: number): Promise<void>;
  release(): Promise<void>;
}

interface Request {
  readonly sentence: Sentence;
  readonly fixed: readonly SceneObject[];
  readonly seed: number;
}

/** Sampler from weights "boxes.*" (with "boxes.statistics" [2, 4]) of a configuration; `textSize` is the embedding's width. */
export function createBoxSampler(
  runtime: Runtime,
  config: PaperBoxes,
  textSize: number,
  weights: Weights,
  categories: Categories = COCO,
  seams: BoxSeams = {},
): LoadedBoxSampler {
  const table = floats(weights, STATISTICS, [2, 4]);
  const statistics: BoxStatistics = { mean: table.slice(0, 4), std: table.slice(4) };
  const cache = new ProgramCache(runtime, weights);
  const decoding = seams.decoding ?? {};
  const start = async (sentences: readonly Sentence[]): Promise<Recurrence> => {
    const n = bucket(sentences.length);
    const programs = await Recurrence.load(cache, config, textSize, n, seams);
    return Recurrence.start(programs, config, textSize, sentences, n, seams);
  };

  const inferChunk = async (requests: readonly Request[], options: BoxOptions): Promise<SceneObject[][]> => {
    const run = await start(requests.map((r) => r.sentence));
    const limit = Math.min(options.maxObjects ?? config.maxObjects, config.maxObjects);
    const labelT = options.labelTemperature ?? config.labelTemperature;
    const boxT = options.boxTemperature ?? config.boxTemperature;
    const labels = new BigInt64Array(run.n).fill(BigInt(startOf(config.classes)));
    const boxes = new Float32Array(run.n * 4);
    // what is drawn again is random even at temperature 0, where the seed shall not matter
    const cold = labelT === 0 && boxT === 0;
    const rows = requests.map((r) => new Row(categories, decoding, { ...r, seed: cold ? 0 : r.seed }, labelT));

    const longest = Math.max(limit, ...requests.map((r) => r.fixed.length));
    for (let t = 0; t < longest && rows.some((r) => !r.done); t++) {
      const logits = await run.advance(labels, boxes);
      rows.forEach((row, i) => {
        row.chooseLabel(logits.subarray(i * (config.classes + 1), (i + 1) * (config.classes + 1)), t, limit);
        labels[i] = BigInt(row.label);
      });
      await placeBoxes(run, rows, t, labels, boxes, boxT);
    }
    return rows.map((row) => row.objects);
  };

  /**
   * This step's boxes of all rows: centres, then sizes given them. What is fed back is the box as it was accepted, inside the
   * picture, so that an object that is locked later continues as it did when drawn.
   */
  const placeBoxes = async (
    run: Recurrence,
    rows: readonly Row[],
    t: number,
    labels: BigInt64Array,
    boxes: Float32Array,
    temperature: number,
  ): Promise<void> => {
    const { propose: draws = 1, accept, choose } = decoding;
    const width = 6 * config.mixtures;
    const open = new Set<number>();
    rows.forEach((row, i) => {
      const given = row.request.fixed[t];
      if (given) boxes.set(encodeBox(given.box, statistics), i * 4);
      else if (!row.done) open.add(i);
    });
    const xyRaw = await run.centres(labels);
    // draw by draw, [draws, n, 2]
    const xy = new Float32Array(draws * run.n * 2);
    for (let k = 0; k < draws; k++)
      for (const i of rows.keys()) xy.set(boxes.subarray(i * 4, i * 4 + 2), (k * run.n + i) * 2);
    for (let attempt = 0; attempt < (accept?.attempts ?? 1) && (attempt === 0 || open.size > 0); attempt++) {
      const warmth = attempt === 0 || !accept ? temperature : accept.temperature(temperature, attempt);
      for (const i of open) {
        const centre = mixtureOf(xyRaw.subarray(i * width, (i + 1) * width), warmth, config);
        for (let k = 0; k < draws; k++) xy.set(sampleMixture(centre, rows[i].random), (k * run.n + i) * 2);
      }
      const whRaw = await run.sizes(labels, xy);
      for (const i of [...open]) {
        const drawn = Array.from({ length: draws }, (_, k): Box => {
          const from = k * run.n + i;
          const size = sampleRaw(whRaw, from * width, width, warmth, config, rows[i].random);
          return decodeBox([xy[from * 2], xy[from * 2 + 1], ...size], statistics);
        });
        const fitting = accept ? accept.fitting(rows[i].place(), drawn, attempt) : drawn;
        const box = fitting[fitting.length > 1 && choose ? choose(fitting) : 0];
        // what is left out is fed back all the same: the layout goes on as if it had been meant
        boxes.set(encodeBox(box ?? drawn[0], statistics), i * 4);
        if (!box) continue;
        rows[i].add(box);
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
      const indexOf = (name: SceneObject["label"]) => one(categories.indexOf(name));
      let logits = await run.advance(one(startOf(config.classes)), new Float32Array(4));
      for (const o of objects)
        logits = await run.advance(indexOf(o.label), Float32Array.from(encodeBox(o.box, statistics)));
      const mixture = mixtureOf(await run.centres(indexOf(label)), grid.temperature ?? 1, config);
      return {
        labels: softmax(decoding.logits?.(logits) ?? logits, 1),
        density: densityMap(mixture, grid, statistics),
        components: centreComponents(mixture, statistics),
      };
    },
    async prepare(count) {
      for (const n of new Set(chunks(Array.from({ length: count })).map((c) => bucket(c.length))))
        await Recurrence.load(cache, config, textSize, n, seams);
    },
    release: () => cache.release(),
  };
}

/** One sentence of the batch while it is sampled. */
class Row {
  readonly objects: SceneObject[];
  label: number;
  done = false;
  /** Of this step. */
  random: Random;
  #score = 0;
  readonly #ids: Set<string>;
  readonly #ends: ReturnType<NonNullable<Decoding["length"]>> | undefined;

  constructor(
    private readonly categories: Categories,
    private readonly decoding: Decoding,
    readonly request: Request,
    private readonly temperature: number,
  ) {
    const { fixed, seed } = request;
    this.objects = [...fixed];
    this.label = startOf(categories.count);
    this.random = stream(seed, "boxes");
    this.#ids = new Set(fixed.map((o) => o.id));
    this.#ends = decoding.length?.(seed, fixed.length, temperature);
  }

  /** Teacher-forced, drawn from softmax(logits / temperature), or the largest at temperature 0. */
  chooseLabel(raw: Float32Array, t: number, limit: number): void {
    const given = this.request.fixed[t];
    const end = endOf(this.categories.count);
    const logits = this.decoding.logits?.(raw) ?? raw;
    const likely = softmax(logits, 1);
    const ends = this.#ends?.(likely[end], t);
    if (given) {
      this.label = this.categories.indexOf(given.label);
      return;
    }
    // a stream a step: the draws do not depend on how many of the objects before were given
    this.random = stream(this.request.seed, "boxes", t);
    // where the length was decided the end is no label to draw
    const drawn = ends === undefined ? logits : Float64Array.from(logits, (v, i) => (i === end ? -Infinity : v));
    this.label = ends ? end : this.random.weighted(softmax(drawn, this.temperature));
    this.#score = likely[this.label];
    if (this.label === end || this.objects.length >= limit) this.done = true;
  }

  place() {
    return { label: this.label, objects: this.objects, sentence: this.request.sentence, categories: this.categories };
  }

  add(box: Box): void {
    let k = this.objects.length + 1;
    while (this.#ids.has(`o${k}`)) k++;
    const id = `o${k}`;
    this.#ids.add(id);
    this.objects.push({ id, label: this.categories.nameOf(this.label), box, score: this.#score });
  }
}

function softmax(logits: ArrayLike<number>, temperature: number): Float64Array {
  const values = Float64Array.from(logits);
  const top = values.reduce((a, b) => Math.max(a, b), -Infinity);
  if (temperature === 0) return values.map((v) => (v === top ? 1 : 0));
  const e = values.map((v) => Math.exp((v - top) / temperature));
  const total = e.reduce((a, b) => a + b, 0);
  return e.map((v) => v / total);
}
