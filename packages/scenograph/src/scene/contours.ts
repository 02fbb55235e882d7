/** Outlines of masks as smooth closed curves, for drawing at any size. @module */
import { maskBox, maskToBitmap } from "../formats/rle.ts";
import type { Mask } from "./scene.ts";

export type Point = readonly [x: number, y: number];

/** Grid points around the mask's box: one for the blur, one for the cells beside it. */
const BORDER = 2;

/**
 * Closed outlines of a mask in fractions of the picture, holes included (fill them by the even-odd rule). The boundary is
 * the level 1/2 of the slightly blurred mask (marching squares), smoothed, corners cut twice (Chaikin), so that
 * low-resolution masks look drawn, not built of blocks; single pixels survive. Costs what the mask's box has, not the picture.
 */
export function maskContours(mask: Mask): Point[][] {
  const { width, height } = mask;
  const [left, top, w, h] = maskBox(mask);
  if (w === 0) return [];
  const stride = w + 2 * BORDER;
  const rows = h + 2 * BORDER;
  const field = blurred(mask, left, top, w, h);
  const { next, starts } = segments(field, stride, rows);
  const loops: Point[][] = [];
  for (const start of starts) {
    const loop: number[] = [];
    for (let edge = start; next[edge] >= 0; ) {
      const i = edge >> 1;
      const across = edge & 1;
      const a = field[i];
      const t = (0.5 - a) / (field[across ? i + stride : i + 1] - a);
      const row = Math.floor(i / stride);
      const [x, y] = [left - BORDER + i - row * stride, top - BORDER + row];
      loop.push((x + (across ? 0 : t) + 0.5) / width, (y + (across ? t : 0) + 0.5) / height);
      const following = next[edge];
      next[edge] = -1;
      edge = following;
    }
    if (loop.length > 4) loops.push(pointsOf(cutCorners(cutCorners(smoothed(loop)))));
  }
  return loops;
}

/**
 * Segments of a cell by which of its corners are inside (bits, clockwise from the top left): from one of its edges (top, right,
 * bottom, left) to another, the inside on the left. Each run of inside corners is cut off by one, from the edge behind it to the
 * edge before it.
 */
const SEGMENTS: readonly (readonly (readonly [from: number, to: number])[])[] = Array.from(
  { length: 16 },
  (_, kind) => {
    const inside = (i: number) => ((kind >> (i % 4)) & 1) === 1;
    if (kind === 15) return [];
    return [0, 1, 2, 3].flatMap((i) => {
      if (!inside(i) || inside(i + 3)) return [];
      let end = i;
      while (inside(end + 1)) end++;
      return [[end % 4, (i + 3) % 4] as const];
    });
  },
);

/**
 * All segments of a field. An edge has the number 2 i where it goes right from grid point i, 2 i + 1 where it goes down; `next` says
 * which follows (-1: none), `starts` are those that have a follower.
 */
function segments(field: Float32Array, stride: number, rows: number): { next: Int32Array; starts: number[] } {
  const next = new Int32Array(2 * stride * rows).fill(-1);
  const starts: number[] = [];
  for (let y = 1; y < rows - 2; y++)
    for (let i = y * stride + 1, end = (y + 1) * stride - 2; i < end; i++) {
      const kind =
        (field[i] > 0.5 ? 1 : 0) |
        (field[i + 1] > 0.5 ? 2 : 0) |
        (field[i + stride + 1] > 0.5 ? 4 : 0) |
        (field[i + stride] > 0.5 ? 8 : 0);
      if (kind === 0 || kind === 15) continue;
      const edge = (k: number) => (k === 0 ? 2 * i : k === 1 ? 2 * i + 3 : k === 2 ? 2 * (i + stride) : 2 * i + 1);
      for (const [from, to] of SEGMENTS[kind]) {
        next[edge(from)] = edge(to);
        starts.push(edge(from));
      }
    }
  return { next, starts };
}

/** The outlines as one SVG path over a picture of width x height, for `fill-rule="evenodd"`. */
export function contourPath(contours: readonly (readonly Point[])[], width: number, height: number): string {
  const point = ([x, y]: Point) => `${(x * width).toFixed(1)} ${(y * height).toFixed(1)}`;
  return contours.map((loop) => `M${loop.map(point).join("L")}Z`).join("");
}

/**
 * The mask around its box as numbers in [0, 1], softened by [1 6 1] / 8 both ways; for that the picture's border is repeated, but
 * what lies beyond it is 0 in the end.
 */
function blurred(mask: Mask, left: number, top: number, w: number, h: number): Float32Array {
  const [stride, rows] = [w + 2 * BORDER, h + 2 * BORDER];
  const bits = maskToBitmap(mask, [left - BORDER, top - BORDER, stride, rows]);
  // columns and rows beside the box that lie beyond the picture
  const columnsOut = [...(left === 0 ? [BORDER - 1] : []), ...(left + w === mask.width ? [BORDER + w] : [])];
  const rowsOut = [...(top === 0 ? [BORDER - 1] : []), ...(top + h === mask.height ? [BORDER + h] : [])];
  for (const x of columnsOut)
    for (let at = x; at < bits.length; at += stride) bits[at] = bits[x < BORDER ? at + 1 : at - 1];
  for (const y of rowsOut)
    bits.copyWithin(y * stride, (y < BORDER ? y + 1 : y - 1) * stride, (y < BORDER ? y + 2 : y) * stride);
  const wide = new Float32Array(bits.length);
  for (let i = 1; i < bits.length - 1; i++) wide[i] = (bits[i - 1] + 6 * bits[i] + bits[i + 1]) / 8;
  const out = new Float32Array(bits.length);
  for (let i = stride; i < bits.length - stride; i++) out[i] = (wide[i - stride] + 6 * wide[i] + wide[i + stride]) / 8;
  for (const x of columnsOut) for (let at = x; at < out.length; at += stride) out[at] = 0;
  for (const y of rowsOut) out.fill(0, y * stride, (y + 1) * stride);
  return out;
}

/**
 * Long loops (x, y, x, y ...) with each point drawn three times to the middle of its neighbours. Short loops, which would shrink,
 * and points on the picture's border stay.
 */
function smoothed(loop: readonly number[]): ArrayLike<number> {
  const n = loop.length;
  if (n < 32) return loop;
  let from = Float64Array.from(loop);
  let to = new Float64Array(n);
  for (let pass = 0; pass < 3; pass++) {
    for (let i = 0; i < n; i += 2) {
      const [before, after] = [i === 0 ? n - 2 : i - 2, i + 2 === n ? 0 : i + 2];
      const stays = onBorder(from[i]) || onBorder(from[i + 1]);
      to[i] = stays ? from[i] : (from[before] + 2 * from[i] + from[after]) / 4;
      to[i + 1] = stays ? from[i + 1] : (from[before + 1] + 2 * from[i + 1] + from[after + 1]) / 4;
    }
    [from, to] = [to, from];
  }
  return from;
}

function onBorder(v: number): boolean {
  return v < 1e-9 || v > 1 - 1e-9;
}

function cutCorners(loop: ArrayLike<number>): Float64Array {
  const n = loop.length;
  const out = new Float64Array(2 * n);
  for (let i = 0; i < n; i += 2) {
    const after = i + 2 === n ? 0 : i + 2;
    for (let k = 0; k < 2; k++) {
      out[2 * i + k] = 0.75 * loop[i + k] + 0.25 * loop[after + k];
      out[2 * i + 2 + k] = 0.25 * loop[i + k] + 0.75 * loop[after + k];
    }
  }
  return out;
}

function pointsOf(loop: Float64Array): Point[] {
  return Array.from({ length: loop.length / 2 }, (_, i) => [loop[2 * i], loop[2 * i + 1]] as const);
}
