/** Could a layout be real? Sizes of pairs against those of real pictures, hidden objects, a picture of the boxes for a classifier. @module */
import { covered } from "scenograph/ours/layouts/relations";
import type { SizeTable } from "scenograph/ours/layouts/statistics";
import { type Categories, COCO } from "scenograph/scene/categories";
import type { Box } from "scenograph/scene/scene";
import type { JudgedObject } from "./satisfies.ts";

export interface Share {
  readonly numerator: number;
  readonly denominator: number;
}

const area = ([, , w, h]: Box) => w * h;

/** Pairs of categories, their largest objects, whose area ratio is outside the 1st to 99th percentile of real pairs; `least` pictures. */
export function oddSizes(objects: readonly JudgedObject[], table: SizeTable, least = 10): Share {
  const largest = new Map<string, Box>();
  for (const { label, box } of objects) {
    const had = label === null ? undefined : largest.get(label);
    if (label !== null && (!had || area(box) > area(had))) largest.set(label, box);
  }
  const all = [...largest];
  let numerator = 0;
  let denominator = 0;
  all.forEach(([a, boxA], i) => {
    for (const [b, boxB] of all.slice(i + 1)) {
      const prior = table.ratio(a, b);
      if (!prior || prior.pictures < least) continue;
      const ratio = Math.log(area(boxA) / area(boxB));
      denominator++;
      if (ratio < prior.low || ratio > prior.high) numerator++;
    }
  });
  return { numerator, denominator };
}

/** Objects of which other boxes cover nine tenths. */
export function hiddenObjects(objects: readonly JudgedObject[]): Share {
  const hidden = objects.filter((o) =>
    objects.some((p) => p !== o && area(p.box) >= area(o.box) && covered(o.box, p.box) > 0.9),
  );
  return { numerator: hidden.length, denominator: objects.length };
}

const GROUPS = ["person", "vehicle", "animal", "furniture"];
/** Channels of `layoutPixels`: persons, vehicles, animals, furniture, all others; and all outlines. */
export const LAYOUT_CHANNELS = GROUPS.length + 2;
export const LAYOUT_SIZE = 32;

/** A layout as an image for a classifier, [channels, size, size]: boxes of each group filled, overlaps brighter, and outlines. */
export function layoutPixels(objects: readonly JudgedObject[], categories: Categories = COCO): Uint8Array {
  const s = LAYOUT_SIZE;
  const out = new Uint8Array(LAYOUT_CHANNELS * s * s);
  for (const {
    label,
    box: [x, y, w, h],
  } of objects) {
    const group =
      label === null ? -1 : GROUPS.indexOf(categories.categories[categories.indexOf(label)]?.supercategory ?? "");
    const channel = group < 0 ? GROUPS.length : group;
    const [l, t] = [Math.floor(x * s), Math.floor(y * s)];
    const r = Math.min(Math.max(Math.ceil((x + w) * s), l + 1), s);
    const b = Math.min(Math.max(Math.ceil((y + h) * s), t + 1), s);
    for (let i = t; i < b; i++)
      for (let j = l; j < r; j++) {
        const at = channel * s * s + i * s + j;
        out[at] = Math.min(255, out[at] + 70);
        const edge = i === t || i === b - 1 || j === l || j === r - 1;
        if (edge) {
          const o = (LAYOUT_CHANNELS - 1) * s * s + i * s + j;
          out[o] = Math.min(255, out[o] + 70);
        }
      }
  }
  return out;
}

/** How much two layouts of one sentence differ: 1 - the mean IoU of their boxes, paired within a label in order of size. */
export function difference(
  a: readonly JudgedObject[],
  b: readonly JudgedObject[],
  iou: (p: Box, q: Box) => number,
): number {
  const names = new Set([...a, ...b].map((o) => o.label ?? `?${o.phrase}`));
  let total = 0;
  let pairs = 0;
  for (const name of names) {
    const of = (all: readonly JudgedObject[]) =>
      all.filter((o) => (o.label ?? `?${o.phrase}`) === name).sort((p, q) => area(q.box) - area(p.box));
    const [own, other] = [of(a), of(b)];
    pairs += Math.max(own.length, other.length);
    for (let i = 0; i < Math.min(own.length, other.length); i++) total += iou(own[i].box, other[i].box);
  }
  return pairs === 0 ? 0 : 1 - total / pairs;
}
