/**
 * Masks -> the layout maps that the image generator reads. Compositing is the painter's: objects in drawing order, later
 * ones over earlier ones; the same at training and at generation.
 * @module
 */

import type { Random } from "@scenograph/graph/random";
import type { Feeds } from "@scenograph/graph/runtime/runtime";
import type { Sentence } from "../../pipeline.ts";
import { areaOf, type Extent, extentOf, mirrorBox, mirrorMap, type Size } from "../../scene/geometry.ts";
import type { Box } from "../../scene/scene.ts";
import type { PaperImage } from "./config.ts";
import type { ImageSeams } from "./seams.ts";

/** Owner of a pixel without an object. */
const NOBODY = 255;

export interface LayoutObject {
  readonly classIndex: number;
  readonly box: Box;
}

/** One picture's layout: whose pixel each is. */
export interface Layout extends Extent {
  /** [H, W] index of the nearest object, 255 where there is none. */
  readonly owner: Uint8Array;
  /** Largest box first, at most 255. */
  readonly objects: readonly LayoutObject[];
}

/** Objects in drawing order; `bitmap` row-major [H, W] of 0/1. Of more than 255 the smallest are left out. */
export function composeLayout(
  objects: readonly (LayoutObject & { readonly bitmap: Uint8Array })[],
  size: Size,
): Layout {
  const { width, height } = extentOf(size);
  const area = ({ box: [, , w, h] }: LayoutObject) => w * h;
  const bySize = objects
    .map((_, i) => i)
    .sort((a, b) => area(objects[b]) - area(objects[a]))
    .slice(0, NOBODY);
  const place = new Map(bySize.map((i, k) => [i, k]));
  const owner = new Uint8Array(width * height).fill(NOBODY);
  objects.forEach(({ bitmap }, i) => {
    const k = place.get(i);
    if (k === undefined) return;
    for (let p = 0; p < bitmap.length; p++) if (bitmap[p]) owner[p] = k;
  });
  const listed = bySize.map((i) => ({ classIndex: objects[i].classIndex, box: objects[i].box }));
  return { width, height, owner, objects: listed };
}

export function mirrorLayout({ width, height, owner, objects }: Layout): Layout {
  return {
    width,
    height,
    owner: mirrorMap(owner, width),
    objects: objects.map(({ classIndex, box }) => ({ classIndex, box: mirrorBox(box) })),
  };
}

/** [H, W] class of the nearest object, L where there is none. `none` is L, the number of categories. */
export function classMap({ owner, objects }: Layout, none: number): Int32Array {
  const classOf = new Int32Array(NOBODY + 1).fill(none);
  objects.forEach((o, k) => {
    classOf[k] = o.classIndex;
  });
  // typed arrays' from() with a function takes 80 ns a value
  const map = new Int32Array(owner.length);
  for (let i = 0; i < map.length; i++) map[i] = classOf[owner[i]];
  return map;
}

/** A layout and what the sentence says of it. */
export interface Described {
  readonly layout: Layout;
  readonly sentence: Pick<Sentence, "vectors" | "mentions">;
}

/** Of the class map: a byte per pixel where L fits. */
export function classDtype({ classes }: Pick<PaperImage, "classes">): "uint8" | "int64" {
  return classes <= 255 ? "uint8" : "int64";
}

/** Feeds of `layoutInputs` for n pictures, of which the last may be blank. */
export function layoutFeeds(
  pictures: readonly Described[],
  n: number,
  config: PaperImage,
  seams: ImageSeams = {},
): Feeds {
  const area = areaOf(config.size);
  const map = classDtype(config) === "uint8" ? new Uint8Array(n * area) : new BigInt64Array(n * area);
  pictures.forEach(({ layout }, i) => {
    const classes = classMap(layout, config.classes);
    if (map instanceof Uint8Array) map.set(classes, i * area);
    else map.set(BigInt64Array.from(classes, BigInt), i * area);
  });
  return { "layout.classes": map, ...seams.layoutFeeds?.(pictures, n, config) };
}

/** Feed of `noiseInput`: a stream of chance for each picture, n pictures of which the last may be blank. */
export function noiseFeeds(chance: readonly Random[], n: number, config: PaperImage, seams: ImageSeams = {}): Feeds {
  const noise = new Float32Array(n * config.noise);
  chance.forEach((random, i) => {
    noise.set(random.normals(config.noise), i * config.noise);
  });
  return { ...(config.noise > 0 ? { noise } : {}), ...seams.noiseFeeds?.(chance, n, config) };
}

/** Masks have this shorter side (paper section 4, H = W = 64); larger pictures take them enlarged. */
const MASK_SIDE = 64;

/** Pixels of the masks that a picture of that size is learnt from. */
export function maskSizeOf(size: Size): Size {
  const { width, height } = extentOf(size);
  const scale = Math.min(1, MASK_SIDE / Math.min(width, height));
  return [Math.round(width * scale), Math.round(height * scale)];
}

/**
 * A mask's bitmap at another size of the same aspect. Enlarged by doubling (`doubled`), which smooths stairs and keeps lines of
 * one pixel; shrunk by what is covered by half or more.
 */
export function resizeBitmap(bitmap: Uint8Array, from: Size, to: Size): Uint8Array {
  const [own, wanted] = [extentOf(from), extentOf(to)];
  if (own.width === wanted.width && own.height === wanted.height) return bitmap;
  if (own.width < wanted.width) return resizeBitmap(doubled(bitmap, own), [2 * own.width, 2 * own.height], to);
  const sums = new Float64Array(areaOf(to));
  const covered = new Float64Array(sums.length);
  const columns = Array.from({ length: own.width }, (_, x) => Math.floor((x * wanted.width) / own.width));
  for (let y = 0; y < own.height; y++) {
    const row = Math.floor((y * wanted.height) / own.height) * wanted.width;
    for (let x = 0; x < own.width; x++) {
      const i = row + columns[x];
      sums[i] += bitmap[y * own.width + x];
      covered[i]++;
    }
  }
  const out = new Uint8Array(sums.length);
  for (let i = 0; i < out.length; i++) out[i] = 2 * sums[i] >= covered[i] ? 1 : 0;
  return out;
}

/**
 * The EPX / Scale2x rule: a corner of a doubled pixel takes the value of its two adjacent neighbours where these agree
 * and differ from the opposite ones.
 */
function doubled(bitmap: Uint8Array, { width, height }: Extent): Uint8Array {
  const out = new Uint8Array(4 * width * height);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const i = y * width + x;
      const own = bitmap[i];
      const up = y > 0 ? bitmap[i - width] : own;
      const down = y < height - 1 ? bitmap[i + width] : own;
      const left = x > 0 ? bitmap[i - 1] : own;
      const right = x < width - 1 ? bitmap[i + 1] : own;
      const at = 4 * width * y + 2 * x;
      const edge = up !== down && left !== right;
      out[at] = edge && left === up ? left : own;
      out[at + 1] = edge && up === right ? right : own;
      out[at + 2 * width] = edge && left === down ? left : own;
      out[at + 2 * width + 1] = edge && down === right ? right : own;
    }
  return out;
}

/** RGB bytes [H, W, 3] into channel planes [3, H, W] at `offset` of `out`. */
export function toPlanes(rgb: Uint8Array, out: Uint8Array, offset: number): void {
  const area = rgb.length / 3;
  for (let i = 0; i < area; i++) for (let c = 0; c < 3; c++) out[offset + c * area + i] = rgb[i * 3 + c];
}

/** Planes [3, H, W] in [-1, 1] to RGB bytes [H, W, 3]. */
export function fromPlanes(planes: Float32Array): Uint8Array {
  const area = planes.length / 3;
  const rgb = new Uint8Array(planes.length);
  const clamped = new Uint8ClampedArray(rgb.buffer);
  for (let c = 0; c < 3; c++)
    for (let i = 0, at = c; i < area; i++, at += 3) clamped[at] = Math.round((planes[c * area + i] + 1) * 127.5);
  return rgb;
}
