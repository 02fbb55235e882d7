/**
 * What of a segmentation is used: the one rule for checking, training, showing and the studio. A polygon without an area, or far
 * outside the picture, is left out by itself; runs are taken whole or not at all.
 * @module
 */
import { FormatError, shown } from "@scenograph/graph/errors";
import { checkMask, decodeCounts, type RunMask } from "../formats/rle.ts";

/** Uncompressed runs or the compressed string, as read. `size` is [height, width] in pixels. */
export interface RleSegmentation {
  readonly size: readonly [height: number, width: number];
  readonly counts: string | readonly number[];
}

/** Polygons ([x0, y0, x1, y1, ...] in pixels each) or runs. */
export type Segmentation = readonly (readonly number[])[] | RleSegmentation;

export interface ReadSegmentation {
  /** Absent where nothing is left. */
  readonly segmentation?: Segmentation;
  /** Polygons that were left out of a mask that is kept. */
  readonly polygons: readonly string[];
  /** Why the whole mask is left out. */
  readonly lost?: string;
}

const NONE: ReadSegmentation = { polygons: [] };
/** Outlines of a segmentation go at most this many times over the picture, side to side: more is no annotation. */
const MAX_CROSSINGS = 100;

/**
 * A segmentation as read: its form alone, as long as no picture is known; with one, also whether it can be drawn in it.
 * Absent, null and [] are no segmentation and no mistake.
 */
export function readSegmentation(
  value: unknown,
  picture?: { readonly width: number; readonly height: number },
): ReadSegmentation {
  if (value === undefined || value === null) return NONE;
  if (Array.isArray(value)) return value.length === 0 ? NONE : readPolygons(value, picture);
  if (typeof value !== "object") return lost(`polygons or runs, got ${shown(value)}`);
  const { size, counts } = value as Partial<Record<string, unknown>>;
  if (!isNumbers(size) || size.length !== 2 || !size.every((n) => Number.isInteger(n) && n > 0))
    return lost(`size is [height, width] in pixels, got ${shown(size)}`);
  if (typeof counts !== "string" && !(isNumbers(counts) && counts.every((n) => Number.isInteger(n) && n >= 0)))
    return lost(`counts are a string or whole numbers from 0, got ${shown(counts)}`);
  const segmentation: RleSegmentation = { size: [size[0], size[1]], counts };
  if (!picture) return { segmentation, polygons: [] };
  const [rows, columns] = size;
  if (rows !== picture.height || columns !== picture.width)
    return lost(`runs of a ${columns}x${rows} mask in a ${picture.width}x${picture.height} picture`);
  try {
    readRuns(segmentation);
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    return lost(error.message);
  }
  return { segmentation, polygons: [] };
}

/** The runs of an RLE segmentation. @throws FormatError when they are broken or do not fill their size. */
export function readRuns({ size, counts }: RleSegmentation): RunMask {
  const runs = typeof counts === "string" ? decodeCounts(counts) : counts;
  return checkMask({ width: size[1], height: size[0], counts: runs }, "readRuns");
}

export function isPolygons(segmentation: Segmentation): segmentation is readonly (readonly number[])[] {
  return Array.isArray(segmentation);
}

function readPolygons(
  list: readonly unknown[],
  picture: { readonly width: number; readonly height: number } | undefined,
): ReadSegmentation {
  const kept: number[][] = [];
  const polygons: string[] = [];
  let crossings = 0;
  for (const [i, polygon] of list.entries()) {
    const mistake = polygonMistake(polygon, picture);
    if (mistake !== undefined) {
      polygons.push(`polygon ${i} ${mistake}`);
      continue;
    }
    if (picture) crossings += crossingsOf(polygon as number[], picture);
    kept.push(polygon as number[]);
  }
  if (crossings > MAX_CROSSINGS)
    return lost(`the outlines cross the picture ${Math.round(crossings)} times, at most ${MAX_CROSSINGS}`);
  if (kept.length === 0) return lost(polygons.slice(0, 3).join("; "));
  return { segmentation: polygons.length === 0 ? (list as number[][]) : kept, polygons };
}

function polygonMistake(
  polygon: unknown,
  picture: { readonly width: number; readonly height: number } | undefined,
): string | undefined {
  if (!isNumbers(polygon)) return `is a list of numbers, got ${shown(polygon)}`;
  if (polygon.length < 6 || polygon.length % 2 === 1)
    return `needs at least 3 points as x, y pairs, got ${polygon.length} numbers`;
  if (!picture) return undefined;
  const { width, height } = picture;
  // one picture's size around it: annotators overshoot by pixels, not by pictures
  const far = polygon.findIndex((v, i) => {
    const size = i % 2 === 0 ? width : height;
    return v < -size || v > 2 * size;
  });
  if (far < 0) return undefined;
  return `lies outside the ${width}x${height} picture (${far % 2 === 0 ? "x" : "y"} ${polygon[far]})`;
}

/** Length of an outline in widths and heights of the picture. */
function crossingsOf(p: readonly number[], { width, height }: { readonly width: number; readonly height: number }) {
  let [x, y] = [0, 0];
  for (let i = 0; i < p.length; i += 2) {
    x += Math.abs(p[(i + 2) % p.length] - p[i]);
    y += Math.abs(p[(i + 3) % p.length] - p[i + 1]);
  }
  return Math.max(x / width, y / height) / 2;
}

function lost(why: string): ReadSegmentation {
  return { polygons: [], lost: why };
}

function isNumbers(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((n) => Number.isFinite(n));
}
