/**
 * Proposals: whole layouts by the paper's ancestral sampling, many side by side, with the labels held to what is wanted. The
 * network decides the order in which wanted things come, and where and how large they are given those before.
 * @module
 */

import { bucket } from "@scenograph/graph/nn/buckets";
import { sampleRaw } from "@scenograph/graph/nn/mixture";
import type { ProgramCache } from "@scenograph/graph/nn/programs";
import type { Random } from "@scenograph/graph/random";
import { type BoxStatistics, decodeBox, encodeBox } from "../../paper/boxes/codec.ts";
import { endOf, startOf } from "../../paper/boxes/model.ts";
import { Recurrence } from "../../paper/boxes/network.ts";
import type { Sentence } from "../../pipeline.ts";
import type { Box } from "../../scene/scene.ts";
import { type BoxesConfig, seamsOf } from "../boxes/index.ts";

/** Labels are class indices throughout. */
export interface ProposalRequest {
  readonly sentence: Sentence;
  /** Given before, teacher-forced. */
  readonly fixed: readonly { readonly label: number; readonly box: Box }[];
  /** Labels that must come, once for each object. */
  readonly wanted: readonly number[];
  /** Objects that may come after them, never of these classes. */
  readonly extras: number;
  readonly closed: ReadonlySet<number>;
  readonly random: Random;
}

export interface Proposed {
  readonly label: number;
  readonly box: Box;
  /** Index into `wanted`; -1 for an extra. */
  readonly wanted: number;
  /** Its label's probability as learnt. */
  readonly score: number;
}

export interface Proposal {
  readonly objects: readonly Proposed[];
  /** Mean log density of the boxes as learnt, standardised coordinates. */
  readonly density: number;
}

/** Steps of the network; what is wanted beyond stands like those before. */
const MOST_STEPS = 12;
/** Rows of one batch: the compiled size. */
export const MOST_ROWS = 64;

export interface Network {
  readonly cache: ProgramCache;
  readonly config: BoxesConfig;
  readonly textSize: number;
  readonly statistics: BoxStatistics;
}

/** At most `MOST_ROWS` proposals side by side. */
export async function propose(
  network: Network,
  requests: readonly ProposalRequest[],
  temperature: { readonly label: number; readonly box: number },
): Promise<Proposal[]> {
  const { config, statistics, textSize } = network;
  const n = bucket(requests.length);
  const seams = seamsOf(config);
  const programs = await Recurrence.load(network.cache, config, textSize, n, seams);
  const run = await Recurrence.start(
    programs,
    config,
    textSize,
    requests.map((r) => r.sentence),
    n,
    seams,
  );
  const rows = requests.map((r) => new Row(r, config.classes));
  const labels = new BigInt64Array(n).fill(BigInt(startOf(config.classes)));
  const boxes = new Float32Array(n * 4);
  const xy = new Float32Array(n * 2);
  const width = 6 * config.mixtures;
  for (let t = 0; rows.some((row) => row.open(t)); t++) {
    const logits = await run.advance(labels, boxes);
    const size = logits.length / n;
    rows.forEach((row, i) => {
      labels[i] = BigInt(row.choose(t, logits.subarray(i * size, (i + 1) * size), temperature.label));
    });
    if (rows.every((row) => !row.drawing)) break;
    const centres = await run.centres(labels);
    rows.forEach((row, i) => {
      const given = row.given(t);
      if (given) xy.set(encodeBox(given, statistics).slice(0, 2), i * 2);
      else if (row.drawing) xy.set(sampleRaw(centres, i * width, width, temperature.box, config, row.random), i * 2);
    });
    const sizes = await run.sizes(labels, xy);
    rows.forEach((row, i) => {
      const given = row.given(t);
      if (given) {
        boxes.set(encodeBox(given, statistics), i * 4);
        return;
      }
      if (!row.drawing) return;
      const wh = sampleRaw(sizes, i * width, width, temperature.box, config, row.random);
      const box = decodeBox([xy[i * 2], xy[i * 2 + 1], ...wh], statistics);
      const centre = logDensity(centres, i * width, config, xy[i * 2], xy[i * 2 + 1]);
      row.accept(box, centre + logDensity(sizes, i * width, config, wh[0], wh[1]));
      boxes.set(encodeBox(box, statistics), i * 4);
    });
  }
  return rows.map((row) => row.proposal());
}

/** One layout while it is drawn. */
class Row {
  readonly random: Random;
  readonly #owed: Map<number, number[]> = new Map();
  readonly #objects: Proposed[] = [];
  #density = 0;
  #label: number;
  #wanted = -1;
  #score = 0;
  #extras: number;
  #left: number;
  #done = false;
  /** An object of this step waits for its box. */
  drawing = false;

  constructor(
    private readonly request: ProposalRequest,
    private readonly classes: number,
  ) {
    this.#label = startOf(classes);
    this.random = request.random;
    this.#extras = request.extras;
    request.wanted.slice(0, MOST_STEPS).forEach((label, i) => {
      const list = this.#owed.get(label);
      if (list) list.push(i);
      else this.#owed.set(label, [i]);
    });
    this.#left = Math.min(request.wanted.length, MOST_STEPS);
  }

  given(t: number): Box | undefined {
    return this.request.fixed[t]?.box;
  }

  /** Is there an object at step t? */
  open(t: number): boolean {
    return t < this.request.fixed.length || (!this.#done && (this.#left > 0 || this.#extras > 0));
  }

  choose(t: number, logits: Float32Array, temperature: number): number {
    const fixed = this.request.fixed[t];
    this.drawing = fixed !== undefined || this.open(t);
    if (fixed) {
      this.#label = fixed.label;
      return fixed.label;
    }
    if (!this.drawing) return this.#label;
    const end = endOf(this.classes);
    if (this.#left > 0) {
      const owed = [...this.#owed.keys()];
      this.#label = owed.length === 1 ? owed[0] : draw(logits, owed, temperature, this.random);
      const list = this.#owed.get(this.#label)!;
      this.#wanted = list.shift()!;
      if (list.length === 0) this.#owed.delete(this.#label);
      this.#left--;
    } else {
      // an extra: what is likely here, unless the network would rather end
      const allowed = Array.from({ length: end }, (_, label) => label).filter((l) => !this.request.closed.has(l));
      if (allowed.length === 0) {
        this.#done = true;
        this.drawing = false;
        return this.#label;
      }
      this.#label = draw(logits, allowed, temperature, this.random);
      this.#wanted = -1;
      this.#extras--;
      if (probability(logits, end) > UNLIKELY_MORE && probability(logits, this.#label) < UNLIKELY) {
        this.#done = true;
        this.drawing = false;
      }
    }
    this.#score = probability(logits, this.#label);
    return this.#label;
  }

  accept(box: Box, density: number): void {
    this.#density += density;
    this.#objects.push({ label: this.#label, box, wanted: this.#wanted, score: this.#score });
  }

  proposal(): Proposal {
    const objects = [...this.#objects];
    const drawn = objects.length;
    // more of a number than the network draws: like those before, elsewhere
    this.request.wanted.forEach((label, i) => {
      if (i < MOST_STEPS) return;
      const alike = objects.filter((o) => o.label === label);
      const model = alike.length > 0 ? this.random.pick(alike) : objects[0];
      const [, , w, h] = model.box;
      const k = Math.exp(0.15 * this.random.normal()) * 0.9;
      const box: Box = [
        this.random.uniform(0, 1 - w * k),
        this.random.uniform(0.2, Math.max(0.2, 1 - h * k)),
        w * k,
        h * k,
      ];
      objects.push({ label, box, wanted: i, score: model.score });
    });
    return { objects, density: drawn > 0 ? this.#density / drawn : 0 };
  }
}

/** The network says that the layout is complete, and nothing is likely beside. */
const UNLIKELY_MORE = 0.9;
const UNLIKELY = 0.02;

/** One of `labels` by softmax(logits / temperature) over them; at temperature 0 the largest. */
function draw(logits: Float32Array, labels: readonly number[], temperature: number, random: Random): number {
  let top = labels[0];
  for (const l of labels) if (logits[l] > logits[top]) top = l;
  if (temperature === 0) return top;
  return labels[random.weighted(labels.map((l) => Math.exp((logits[l] - logits[top]) / temperature)))];
}

/** softmax(logits)[label] */
function probability(logits: Float32Array, label: number): number {
  let top = -Infinity;
  for (const v of logits) if (v > top) top = v;
  let total = 0;
  for (const v of logits) total += Math.exp(v - top);
  return Math.exp(logits[label] - top) / total;
}

const LOG_2PI = Math.log(2 * Math.PI);

/** log p(x, y) of the mixture with raw parameters raw[from .. from + 6 K], as `mixtureLogDensity(mixtureOf(raw))`, without arrays. */
export function logDensity(raw: Float32Array, from: number, config: BoxesConfig, x: number, y: number): number {
  const k = config.mixtures;
  let most = -Infinity;
  let topPi = -Infinity;
  for (let j = 0; j < k; j++) if (raw[from + j] > topPi) topPi = raw[from + j];
  let pi = 0;
  for (let j = 0; j < k; j++) pi += Math.exp(raw[from + j] - topPi);
  let total = 0;
  for (let j = from; j < from + k; j++) {
    const sx = Math.exp(Math.min(Math.max(raw[j + 3 * k], -6), 3)) + config.sigmaFloor;
    const sy = Math.exp(Math.min(Math.max(raw[j + 4 * k], -6), 3)) + config.sigmaFloor;
    const rho = Math.tanh(raw[j + 5 * k]) * config.rhoLimit;
    const dx = (x - raw[j + k]) / sx;
    const dy = (y - raw[j + 2 * k]) / sy;
    const one = 1 - rho * rho;
    const z = (dx * dx + dy * dy - 2 * rho * dx * dy) / (2 * one);
    const term = raw[j] - topPi - z - Math.log(sx * sy) - 0.5 * Math.log(one) - LOG_2PI;
    // running log-sum-exp
    if (term > most) {
      total = total * Math.exp(most - term) + 1;
      most = term;
    } else total += Math.exp(term - most);
  }
  return most + Math.log(total) - Math.log(pi);
}
