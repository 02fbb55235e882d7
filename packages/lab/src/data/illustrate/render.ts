/** A plan -> pixels, and for every object the mask of what is seen of it and of the whole silhouette. @module */
import type { Random } from "@scenograph/graph/random";
import type { Picture } from "scenograph/scene/scene";
import { drawBackdrop } from "./backdrop.ts";
import { type Plan, type PlannedObject, paintOf } from "./plan.ts";
import { over, type Raster, rasterise } from "./raster.ts";
import { sprite } from "./sprites.ts";

/** One byte a pixel, 0 or 1, rows top to bottom. */
export type Bitmap = Uint8Array;

export interface RenderedObject {
  readonly object: PlannedObject;
  /** Pixels where the object is what one sees. */
  readonly visible: Bitmap;
  /** Pixels of the whole silhouette inside the picture, hidden ones included. */
  readonly silhouette: Bitmap;
  /** Tight box of the silhouette in pixels. */
  readonly box: readonly [x: number, y: number, w: number, h: number];
}

export interface Rendered {
  readonly picture: Picture;
  /** In painter's order, as in the plan; those with too little to be seen left out, of the picture too. */
  readonly objects: readonly RenderedObject[];
}

/** Drawn at twice the size and averaged. */
const OVERSAMPLING = 2;
/** An object is dropped when fewer pixels of it are seen, counted at 64 x 64. */
export const MIN_VISIBLE = 8;

/** Draw a plan as a square picture of `size` pixels. A pixel belongs to an object that covers at least half of it. */
export function renderPlan(plan: Plan, size: number, rng: Random): Rendered {
  const side = size * OVERSAMPLING;
  let layers = plan.objects.map((object) => {
    const [left, top] = [Math.round(object.box[0] * side), Math.round(object.box[1] * side)];
    const width = Math.max(2, Math.round(object.box[2] * side));
    const height = Math.max(2, Math.round(object.box[3] * side));
    const { view, hueStep, flip } = object;
    const raster = sprite(view, { colour: paintOf(object), hueStep, flip, width, height });
    return { object, raster, left, top, silhouette: silhouetteOf(raster, left, top, size) };
  });
  const least = (MIN_VISIBLE * size * size) / (64 * 64);
  let visible = visibleMasks(layers.map((l) => l.silhouette));
  // Leaving one out can only uncover others, so one pass is enough.
  const enough = visible.map((mask) => count(mask) >= least);
  layers = layers.filter((_, i) => enough[i]);
  visible = visibleMasks(layers.map((l) => l.silhouette));

  const canvas = rasterise(drawBackdrop(plan.background, plan.time, rng), side);
  for (const { raster, left, top } of layers) over(canvas, raster, left, top);
  return {
    picture: shrink(canvas, size),
    objects: layers.map(({ object, silhouette }, i) => ({
      object,
      silhouette,
      visible: visible[i],
      box: tightBox(silhouette, size),
    })),
  };
}

/** Later silhouettes hide earlier ones. */
function visibleMasks(silhouettes: readonly Bitmap[]): Bitmap[] {
  return silhouettes.map((mask, i) => {
    const seen = mask.slice();
    for (const later of silhouettes.slice(i + 1)) for (let p = 0; p < seen.length; p++) if (later[p]) seen[p] = 0;
    return seen;
  });
}

/** Pixels of the final size of which the sprite covers at least half. */
function silhouetteOf(raster: Raster, left: number, top: number, size: number): Bitmap {
  const sums = new Uint16Array(size * size);
  const side = size * OVERSAMPLING;
  for (let y = Math.max(0, -top); y < Math.min(raster.height, side - top); y++)
    for (let x = Math.max(0, -left); x < Math.min(raster.width, side - left); x++) {
      const p = Math.floor((top + y) / OVERSAMPLING) * size + Math.floor((left + x) / OVERSAMPLING);
      sums[p] += raster.data[(y * raster.width + x) * 4 + 3];
    }
  const half = (255 * OVERSAMPLING * OVERSAMPLING) / 2;
  return Uint8Array.from(sums, (s) => (s >= half ? 1 : 0));
}

function count(mask: Bitmap): number {
  let n = 0;
  for (const bit of mask) n += bit;
  return n;
}

function tightBox(mask: Bitmap, size: number): readonly [number, number, number, number] {
  let [left, top, right, bottom] = [size, size, 0, 0];
  for (let y = 0; y < size; y++)
    for (let x = 0; x < size; x++)
      if (mask[y * size + x]) {
        left = Math.min(left, x);
        right = Math.max(right, x + 1);
        top = Math.min(top, y);
        bottom = Math.max(bottom, y + 1);
      }
  return [left, top, right - left, bottom - top];
}

function shrink(canvas: Raster, size: number): Picture {
  const data = new Uint8Array(size * size * 3);
  const side = canvas.width;
  for (let y = 0; y < size; y++)
    for (let x = 0; x < size; x++)
      for (let c = 0; c < 3; c++) {
        const p = (y * OVERSAMPLING * side + x * OVERSAMPLING) * 4 + c;
        const sum = canvas.data[p] + canvas.data[p + 4] + canvas.data[p + side * 4] + canvas.data[p + side * 4 + 4];
        data[(y * size + x) * 3 + c] = (sum + 2) >> 2;
      }
  return { width: size, height: size, data };
}
