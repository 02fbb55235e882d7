/** A plan -> pixels, and for every object the mask of what is seen of it and of the whole silhouette. @module */
import type { Picture } from "scenograph/scene/scene";
import { drawBackdrop } from "./backdrop.ts";
import { illuminate, lightOf } from "./light.ts";
import { isGrounded, isIndoors, type Plan, type PlannedObject } from "./plan.ts";
import { over, type Placed, type Raster, rasteriseAt } from "./raster.ts";
import { drawLook } from "./sprites.ts";

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

/** An object is dropped when less of the picture shows it than this many pixels at 64 x 64. */
export const MIN_VISIBLE = 8;
/** Whether enough is seen is decided at this height, so that a scene has the same objects at every size. */
const DECIDING_HEIGHT = 64;

/** Draw a plan `height` pixels high. A pixel belongs to an object that covers at least half of it. Things keep their place at any size. */
export function renderPlan(plan: Plan, height: number): Rendered {
  const kept = { ...plan, objects: visibleObjects(plan) };
  const width = Math.round(height * plan.aspect);
  const light = lightOf(plan.time, plan.weather, isIndoors(plan.background));
  const layers = layersOf(kept, width, height);
  const canvas = backdropOf(kept, width, height);
  for (const { object, placed } of layers) {
    if (isGrounded(object)) over(canvas, ...shadowOf(object, width, height));
    illuminate(placed.raster.data, light);
    over(canvas, placed.raster, placed.left, placed.top);
  }
  const visible = visibleMasks(layers.map((l) => l.silhouette));
  return {
    picture: opaque(canvas),
    objects: layers.map(({ object, silhouette }, i) => ({
      object,
      silhouette,
      visible: visible[i],
      box: tightBox(silhouette, width, height),
    })),
  };
}

/** The objects of which enough is seen. */
function visibleObjects(plan: Plan): PlannedObject[] {
  const width = Math.round(DECIDING_HEIGHT * plan.aspect);
  const masks = visibleMasks(layersOf(plan, width, DECIDING_HEIGHT).map((l) => l.silhouette));
  // Leaving one out can only uncover others, so one pass is enough.
  return plan.objects.filter((_, i) => count(masks[i]) >= MIN_VISIBLE);
}

interface Layer {
  readonly object: PlannedObject;
  readonly placed: Placed;
  readonly silhouette: Bitmap;
}

function layersOf(plan: Plan, width: number, height: number): Layer[] {
  return plan.objects.map((object) => {
    const [x, y, w, h] = object.box;
    const rect = { x: x * width, y: y * height, width: w * width, height: h * height };
    const placed = drawLook(object.look, rect, object.facing);
    return { object, placed, silhouette: silhouetteOf(placed, width, height) };
  });
}

const backdrops = new Map<string, Raster>();
/** Backdrops kept in memory: at 512 x 512 some 64 MB. */
const KEPT = 60;

/** A copy of the backdrop; the last ones drawn are kept. */
function backdropOf({ background, time, weather, horizon, aspect }: Plan, width: number, height: number): Raster {
  const key = [background, time, weather, horizon, width, height].join(" ");
  let made = backdrops.get(key);
  backdrops.delete(key);
  made ??= rasteriseAt(drawBackdrop(background, time, weather, horizon, aspect), width, height);
  backdrops.set(key, made);
  const [oldest] = backdrops.keys();
  if (backdrops.size > KEPT) backdrops.delete(oldest);
  return { ...made, data: made.data.slice() };
}

/** A soft ellipse under what stands on the ground: raster and place. */
function shadowOf({ box: [x, y, w, h] }: PlannedObject, width: number, height: number): [Raster, number, number] {
  const rx = (w * width * 1.04) / 2;
  const ry = Math.max(1, Math.min(rx * 0.16, h * height * 0.09));
  const [cx, cy] = [(x + w / 2) * width, (y + h) * height - ry * 0.35];
  const [left, top] = [Math.floor(cx - rx), Math.floor(cy - ry)];
  const [columns, rows] = [Math.ceil(cx + rx) - left, Math.ceil(cy + ry) - top];
  const data = new Uint8Array(columns * rows * 4);
  for (let r = 0; r < rows; r++)
    for (let c = 0; c < columns; c++) {
      const d = ((left + c + 0.5 - cx) / rx) ** 2 + ((top + r + 0.5 - cy) / ry) ** 2;
      if (d < 1) data[(r * columns + c) * 4 + 3] = Math.round(255 * SHADOW * Math.min(1, (1 - d) * 1.6));
    }
  return [{ width: columns, height: rows, data }, left, top];
}
const SHADOW = 0.3;

/** Later silhouettes hide earlier ones. */
function visibleMasks(silhouettes: readonly Bitmap[]): Bitmap[] {
  return silhouettes.map((mask, i) => {
    const seen = mask.slice();
    for (const later of silhouettes.slice(i + 1)) for (let p = 0; p < seen.length; p++) if (later[p]) seen[p] = 0;
    return seen;
  });
}

/** Pixels of which the drawing covers at least half. */
function silhouetteOf({ raster, left, top }: Placed, width: number, height: number): Bitmap {
  const mask = new Uint8Array(width * height);
  for (let y = Math.max(0, -top); y < Math.min(raster.height, height - top); y++)
    for (let x = Math.max(0, -left); x < Math.min(raster.width, width - left); x++)
      if (raster.data[(y * raster.width + x) * 4 + 3] >= 128) mask[(top + y) * width + left + x] = 1;
  return mask;
}

function count(mask: Bitmap): number {
  let n = 0;
  for (const bit of mask) n += bit;
  return n;
}

function tightBox(mask: Bitmap, width: number, height: number): readonly [number, number, number, number] {
  let [left, top, right, bottom] = [width, height, 0, 0];
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      if (mask[y * width + x]) {
        left = Math.min(left, x);
        right = Math.max(right, x + 1);
        top = Math.min(top, y);
        bottom = Math.max(bottom, y + 1);
      }
  return [left, top, right - left, bottom - top];
}

function opaque({ width, height, data }: Raster): Picture {
  const rgb = new Uint8Array(width * height * 3);
  for (let p = 0, q = 0; q < rgb.length; p += 4, q += 3) {
    rgb[q] = data[p];
    rgb[q + 1] = data[p + 1];
    rgb[q + 2] = data[p + 2];
  }
  return { width, height, data: rgb };
}
