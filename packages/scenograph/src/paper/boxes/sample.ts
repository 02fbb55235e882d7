/**
 * Ancestral sampling (paper section 3): of every object the label first, then its centre given the label, then its size given both;
 * stopped at class L + 1, where no box is drawn. Objects that are given are teacher-forced first. Layouts are sampled side by side.
 * @module
 */
import { sampleRaw } from "@scenograph/graph/nn/mixture";
import { stream } from "@scenograph/graph/random";
import type { Categories } from "../../scene/categories.ts";
import type { Box, SceneObject } from "../../scene/scene.ts";
import { type BoxStatistics, decodeBox, encodeBox } from "./codec.ts";
import type { PaperBoxes } from "./config.ts";
import { endOf, startOf } from "./model.ts";
import type { Recurrence } from "./network.ts";
import type { Decoding, Draft, LayoutRequest, PlaceBoxes } from "./seams.ts";

export interface Sampling {
  readonly config: PaperBoxes;
  readonly categories: Categories;
  readonly statistics: BoxStatistics;
  /** Of labels: softmax(e / T), the largest at 0; of boxes: pi^(1/T), sigma sqrt(T). */
  readonly temperature: { readonly label: number; readonly box: number };
  /** Most objects of a layout. */
  readonly limit: number;
}

/** p(B_1:T | s) = prod_t p(l_t | .) p(x, y | l_t, .) p(w, h | x, y, l_t, .), one factor after the other. */
export async function sampleLayouts(
  run: Recurrence,
  requests: readonly LayoutRequest[],
  sampling: Sampling,
  decoding: Decoding = {},
): Promise<SceneObject[][]> {
  const { config, temperature, limit } = sampling;
  const drafts = requests.map((request): Draft => {
    const ends = decoding.length?.(request.seed, request.fixed.length, temperature.label);
    return {
      request,
      objects: [...request.fixed],
      random: stream(request.seed),
      label: 0,
      score: 0,
      ended: false,
      ends,
    };
  });
  const labels = new BigInt64Array(run.n).fill(BigInt(startOf(config.classes)));
  const boxes = new Float32Array(run.n * 4);
  const place = decoding.place ?? drawBoxes;
  const longest = Math.max(limit, ...requests.map((r) => r.fixed.length));
  for (let t = 0; t < longest && drafts.some((d) => !d.ended); t++) {
    const logits = await run.advance(labels, boxes);
    const classes = config.classes + 1;
    drafts.forEach((draft, i) => {
      const own = logits.subarray(i * classes, (i + 1) * classes);
      drawLabel(draft, decoding.logits?.(own) ?? own, t, sampling);
      labels[i] = BigInt(draft.label);
    });
    await place({ run, drafts, t, labels, boxes, sampling });
  }
  return drafts.map((draft) => draft.objects);
}

/** l_t of softmax(e_t). */
function drawLabel(
  draft: Draft,
  logits: ArrayLike<number>,
  t: number,
  { config, categories, temperature, limit }: Sampling,
) {
  const end = endOf(config.classes);
  const likely = softmax(logits, 1);
  const ends = draft.ends?.(likely[end], t);
  const given = draft.request.fixed[t];
  if (given) {
    draft.label = categories.indexOf(given.label);
    return;
  }
  // a stream a step: the draws do not depend on how many of the objects before were given
  draft.random = stream(draft.request.seed, "boxes", t);
  // where the length was decided the end is no label to draw
  const drawn = ends === undefined ? logits : Float64Array.from(logits, (v, i) => (i === end ? -Infinity : v));
  draft.label = ends ? end : draft.random.weighted(softmax(drawn, temperature.label));
  draft.score = likely[draft.label];
  draft.ended ||= draft.label === end || draft.objects.length >= limit;
}

/** (x, y) of p(x, y | l_t), then (w, h) of p(w, h | x, y, l_t). */
const drawBoxes: PlaceBoxes = async ({ run, drafts, t, labels, boxes, sampling }) => {
  const { config, statistics, temperature } = sampling;
  const width = 6 * config.mixtures;
  const draw = (raw: Float32Array, i: number) =>
    sampleRaw(raw, i * width, width, temperature.box, config, drafts[i].random);
  const centres = await run.centres(labels);
  const xy = new Float32Array(run.n * 2);
  drafts.forEach(({ request, ended }, i) => {
    const given = request.fixed[t];
    if (given) xy.set(encodeBox(given.box, statistics).slice(0, 2), i * 2);
    else if (!ended) xy.set(draw(centres, i), i * 2);
  });
  const sizes = await run.sizes(labels, xy);
  drafts.forEach((draft, i) => {
    const given = draft.request.fixed[t];
    if (!given && draft.ended) return;
    const box = given?.box ?? decodeBox([xy[i * 2], xy[i * 2 + 1], ...draw(sizes, i)], statistics);
    if (!given) addObject(draft, box, sampling);
    // what is fed back is the box inside the picture: an object that is locked later continues as it did when drawn
    boxes.set(encodeBox(box, statistics), i * 4);
  });
};

/** The object of this step, at `box`. */
export function addObject(draft: Draft, box: Box, { categories }: Pick<Sampling, "categories">): void {
  const { objects, label, score } = draft;
  let k = objects.length + 1;
  while (objects.some((o) => o.id === `o${k}`)) k++;
  objects.push({ id: `o${k}`, label: categories.nameOf(label), box, score });
}

export function softmax(logits: ArrayLike<number>, temperature: number): Float64Array {
  const values = Float64Array.from(logits);
  const top = values.reduce((a, b) => Math.max(a, b), -Infinity);
  if (temperature === 0) return values.map((v) => (v === top ? 1 : 0));
  const e = values.map((v) => Math.exp((v - top) / temperature));
  const total = e.reduce((a, b) => a + b, 0);
  return e.map((v) => v / total);
}
