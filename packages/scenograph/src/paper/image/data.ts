/**
 * Masks -> the layout maps that the image generator reads. Compositing is the painter's: objects in drawing order, later
 * ones over earlier ones; the same at training and at generation.
 * @module
 */

import type { Random } from "@scenograph/graph/random";
import type { Feeds } from "@scenograph/graph/runtime/runtime";
import type { Mention, Sentence } from "../../pipeline.ts";
import type { Box } from "../../scene/scene.ts";
import type { ImageConfig } from "./config.ts";

/** Objects that the generator looks at one by one; of more, the largest. */
export const SLOTS = 10;
/** The largest of a class, the second, the third, the rest. */
export const RANKS = 4;
/** Words of a sentence that the objects look at; later ones are not seen. */
export const WORDS = 24;
/** Numbers of a word vector. */
export const WORD_DIM = 100;
/** Owner of a pixel without an object. */
const NOBODY = 255;

export interface LayoutObject {
  readonly classIndex: number;
  readonly box: Box;
}

/** One picture's layout: whose pixel each is. */
export interface Layout {
  readonly size: number;
  /** [S, S] index of the nearest object, 255 where there is none. */
  readonly owner: Uint8Array;
  /** Largest box first, at most 255. */
  readonly objects: readonly LayoutObject[];
}

/** What the networks read of a layout, [S, S] each. */
export interface LayoutMaps {
  /** Class of the nearest object, L where there is none. */
  readonly classes: Int32Array;
  /** 1 where the pixel to the right or below belongs to another object (or none). */
  readonly boundary: Uint8Array;
}

/** Objects in drawing order; `bitmap` row-major [size, size] of 0/1. Of more than 255 the smallest are left out. */
export function composeLayout(
  objects: readonly (LayoutObject & { readonly bitmap: Uint8Array })[],
  size: number,
): Layout {
  const area = ({ box: [, , w, h] }: LayoutObject) => w * h;
  const bySize = objects
    .map((_, i) => i)
    .sort((a, b) => area(objects[b]) - area(objects[a]))
    .slice(0, NOBODY);
  const place = new Map(bySize.map((i, k) => [i, k]));
  const owner = new Uint8Array(size * size).fill(NOBODY);
  objects.forEach(({ bitmap }, i) => {
    const k = place.get(i);
    if (k === undefined) return;
    for (let p = 0; p < bitmap.length; p++) if (bitmap[p]) owner[p] = k;
  });
  return { size, owner, objects: bySize.map((i) => ({ classIndex: objects[i].classIndex, box: objects[i].box })) };
}

export function mirrorLayout({ size, owner, objects }: Layout): Layout {
  return {
    size,
    owner: mirrorRows(owner, size),
    objects: objects.map(({ classIndex, box: [x, y, w, h] }) => ({ classIndex, box: [1 - x - w, y, w, h] })),
  };
}

/** `none` is L, the number of categories. */
export function layoutMaps({ size, owner, objects }: Layout, none: number): LayoutMaps {
  const classOf = new Int32Array(NOBODY + 1).fill(none);
  objects.forEach((o, k) => {
    classOf[k] = o.classIndex;
  });
  const classes = new Int32Array(owner.length);
  for (let i = 0; i < owner.length; i++) classes[i] = classOf[owner[i]];
  return { classes, boundary: boundaries(owner, size) };
}

/** A layout and what the sentence says of it. */
export interface Described {
  readonly layout: Layout;
  readonly sentence: Pick<Sentence, "vectors" | "mentions">;
}

/**
 * The mention of the object with this rank in its class: "a man and two girls" are ranks 0, and 1 and 2. The last mention
 * stands for all that follow. Undefined where the sentence does not name the class.
 */
export function mentionOf(mentions: readonly Mention[], classIndex: number, rank: number): Mention | undefined {
  const own = mentions.filter((m) => m.classIndex === classIndex);
  let before = 0;
  for (const mention of own) {
    before += mention.count ?? MANY;
    if (rank < before) return mention;
  }
  return own.at(-1);
}
/** "men", "some dogs". */
const MANY = 2;

/** Of the class map: a byte per pixel where L fits. */
export function classDtype({ classes }: Pick<ImageConfig, "classes">): "uint8" | "int64" {
  return classes <= 255 ? "uint8" : "int64";
}

/** Feeds of `layoutInputs` for n pictures, of which the last may be blank. */
export function layoutFeeds(pictures: readonly Described[], n: number, config: ImageConfig): Feeds {
  const area = config.size ** 2;
  const feeds = {
    "layout.classes": classDtype(config) === "uint8" ? new Uint8Array(n * area) : new BigInt64Array(n * area),
    "layout.boundary": new Uint8Array(n * area),
  };
  pictures.forEach(({ layout }, i) => {
    const { classes, boundary } = layoutMaps(layout, config.classes);
    const map = feeds["layout.classes"];
    if (map instanceof Uint8Array) map.set(classes, i * area);
    else map.set(BigInt64Array.from(classes, BigInt), i * area);
    feeds["layout.boundary"].set(boundary, i * area);
  });
  const { "layout.boundary": _, ...classes } = feeds;
  const maps: Feeds = config.boundary ? feeds : classes;
  return config.objects.width === 0 ? maps : { ...maps, ...objectFeeds(pictures, n, config.size) };
}

function objectFeeds(pictures: readonly Described[], n: number, size: number): Feeds {
  const area = size * size;
  const map = () => new Uint8Array(n * area);
  const [owner, u, v] = [map().fill(SLOTS), map(), map()];
  const [classes, ranks] = [new BigInt64Array(n * SLOTS), new BigInt64Array(n * SLOTS)];
  const vectors = new Float32Array(n * WORDS * WORD_DIM);
  const valid = new Float32Array(n * WORDS);
  const said = new Float32Array(n * SLOTS * WORDS);
  /** Of each row or column of pixels the position along the box, 0 to 255. */
  const along = (start: number, length: number) =>
    Uint8Array.from({ length: size }, (_, i) =>
      Math.round(255 * Math.min(1, Math.max(0, ((i + 0.5) / size - start) / length))),
    );
  pictures.forEach(({ layout, sentence: { vectors: words, mentions = [] } }, i) => {
    const seen = new Map<number, number>();
    layout.objects.slice(0, SLOTS).forEach(({ classIndex }, k) => {
      const rank = seen.get(classIndex) ?? 0;
      seen.set(classIndex, rank + 1);
      classes[i * SLOTS + k] = BigInt(classIndex);
      ranks[i * SLOTS + k] = BigInt(Math.min(rank, RANKS - 1));
      const mention = mentionOf(mentions, classIndex, rank);
      if (mention)
        said.fill(
          1,
          (i * SLOTS + k) * WORDS + Math.min(WORDS, mention.from),
          (i * SLOTS + k) * WORDS + Math.min(WORDS, mention.to),
        );
    });
    const positions = layout.objects
      .slice(0, SLOTS)
      .map(({ box: [left, top, w, h] }) => ({ across: along(left, w), down: along(top, h) }));
    for (let y = 0, at = 0; y < size; y++)
      for (let x = 0; x < size; x++, at++) {
        const k = layout.owner[at];
        if (k >= SLOTS) continue;
        const { across, down } = positions[k];
        owner[i * area + at] = k;
        u[i * area + at] = across[x];
        v[i * area + at] = down[y];
      }
    const read = (words ?? new Float32Array()).subarray(0, WORDS * WORD_DIM);
    vectors.set(read, i * WORDS * WORD_DIM);
    valid.fill(1, i * WORDS, i * WORDS + read.length / WORD_DIM);
  });
  return {
    "layout.owner": owner,
    "layout.u": u,
    "layout.v": v,
    "objects.classes": classes,
    "objects.ranks": ranks,
    "objects.said": said,
    "words.vectors": vectors,
    "words.valid": valid,
  };
}

/** Feeds of `noiseInputs`: a stream of chance for each picture, n pictures of which the last may be blank. */
export function noiseFeeds(chance: readonly Random[], n: number, config: ImageConfig): Feeds {
  const area = config.size ** 2;
  const noise = new Float32Array(n * config.noise);
  const grain = new Float32Array(config.grain ? n * area : 0);
  chance.forEach((random, i) => {
    noise.set(random.normals(config.noise), i * config.noise);
    if (config.grain) grain.set(random.normals(area), i * area);
  });
  return { ...(config.noise > 0 ? { noise } : {}), ...(config.grain ? { grain } : {}) };
}

/** Boundaries of a map of owners (any number an object). */
export function boundaries(owner: ArrayLike<number>, size: number): Uint8Array {
  const out = new Uint8Array(size * size);
  for (let y = 0; y < size; y++)
    for (let x = 0; x < size; x++) {
      const i = y * size + x;
      const right = x + 1 < size && owner[i] !== owner[i + 1];
      const below = y + 1 < size && owner[i] !== owner[i + size];
      if (right || below) out[i] = 1;
    }
  return out;
}

/** Masks are made at this resolution (paper section 4, H = W = 64); larger pictures take them enlarged. */
export const MASK_SIDE = 64;

/**
 * A mask's bitmap [from, from] at another side. Enlarged by doubling (`doubled`), which smooths stairs and keeps lines of
 * one pixel; shrunk by what is covered by half or more.
 */
export function resizeBitmap(bitmap: Uint8Array, from: number, to: number): Uint8Array {
  if (from === to) return bitmap;
  if (from < to) return resizeBitmap(doubled(bitmap, from), 2 * from, to);
  const sums = new Float64Array(to * to);
  const covered = new Float64Array(to * to);
  for (let y = 0; y < from; y++)
    for (let x = 0; x < from; x++) {
      const i = Math.floor((y * to) / from) * to + Math.floor((x * to) / from);
      sums[i] += bitmap[y * from + x];
      covered[i]++;
    }
  return Uint8Array.from(sums, (s, i) => (2 * s >= covered[i] ? 1 : 0));
}

/**
 * The EPX / Scale2x rule: a corner of a doubled pixel takes the value of its two adjacent neighbours where these agree
 * and differ from the opposite ones.
 */
function doubled(bitmap: Uint8Array, side: number): Uint8Array {
  const out = new Uint8Array(4 * side * side);
  const last = side - 1;
  for (let y = 0; y < side; y++)
    for (let x = 0; x < side; x++) {
      const i = y * side + x;
      const own = bitmap[i];
      const up = y > 0 ? bitmap[i - side] : own;
      const down = y < last ? bitmap[i + side] : own;
      const left = x > 0 ? bitmap[i - 1] : own;
      const right = x < last ? bitmap[i + 1] : own;
      const at = 4 * side * y + 2 * x;
      const edge = up !== down && left !== right;
      out[at] = edge && left === up ? left : own;
      out[at + 1] = edge && up === right ? right : own;
      out[at + 2 * side] = edge && left === down ? left : own;
      out[at + 2 * side + 1] = edge && down === right ? right : own;
    }
  return out;
}

/** Every row reversed. Boundaries are not symmetric, so a mirrored layout is composed again, not its boundary flipped. */
export function mirrorRows<T extends Uint8Array | Int16Array>(map: T, size: number, channels = 1): T {
  const out = map.slice() as T;
  for (let row = 0; row < map.length / (size * channels); row++)
    for (let x = 0; x < size; x++)
      for (let c = 0; c < channels; c++)
        out[(row * size + x) * channels + c] = map[(row * size + size - 1 - x) * channels + c];
  return out;
}

/** RGB bytes [S, S, 3] into channel planes [3, S, S] at `offset` of `out`. */
export function toPlanes(rgb: Uint8Array, out: Uint8Array, offset: number): void {
  const area = rgb.length / 3;
  for (let i = 0; i < area; i++) for (let c = 0; c < 3; c++) out[offset + c * area + i] = rgb[i * 3 + c];
}

/** Planes [3, S, S] in [-1, 1] to RGB bytes [S, S, 3]. */
export function fromPlanes(planes: Float32Array): Uint8Array {
  const area = planes.length / 3;
  const rgb = new Uint8Array(planes.length);
  const clamped = new Uint8ClampedArray(rgb.buffer);
  for (let c = 0; c < 3; c++)
    for (let i = 0, at = c; i < area; i++, at += 3) clamped[at] = Math.round((planes[c * area + i] + 1) * 127.5);
  return rgb;
}
