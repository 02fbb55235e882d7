/** Outlines of masks as smooth closed curves, for drawing at any size. @module */
import { maskToBitmap } from "../formats/rle.ts";
import type { Mask } from "./scene.ts";

export type Point = readonly [x: number, y: number];

/**
 * Closed outlines of a mask in fractions of the picture, holes included (fill them by the even-odd rule). The boundary is
 * the level 1/2 of the slightly blurred mask (marching squares), smoothed, corners cut twice (Chaikin), so that
 * low-resolution masks look drawn, not built of blocks; single pixels survive.
 */
export function maskContours(mask: Mask): Point[][] {
  const { width, height } = mask;
  const field = blurred(mask);
  const level = (x: number, y: number) => (x < 0 || y < 0 || x >= width || y >= height ? 0 : field[y * width + x]);
  // A segment from one cell edge to the next, the inside on its left. Edges are named by the grid point they start at.
  const stride = 2 * (width + 2);
  const horizontal = (x: number, y: number) => (y + 1) * stride + 2 * (x + 1);
  const vertical = (x: number, y: number) => horizontal(x, y) + 1;
  const next = new Map<number, number>();
  const where = new Map<number, Point>();
  const crossing = (edge: number, x0: number, y0: number, x1: number, y1: number) => {
    const [a, b] = [level(x0, y0), level(x1, y1)];
    const t = (0.5 - a) / (b - a);
    where.set(edge, [(x0 + t * (x1 - x0) + 0.5) / width, (y0 + t * (y1 - y0) + 0.5) / height]);
    return edge;
  };
  for (let y = -1; y < height; y++)
    for (let x = -1; x < width; x++) {
      const corners = [level(x, y), level(x + 1, y), level(x + 1, y + 1), level(x, y + 1)];
      const inside = corners.map((v) => v > 0.5);
      const kind = inside.reduce((bits, v, i) => bits | (v ? 1 << i : 0), 0);
      if (kind === 0 || kind === 15) continue;
      const edges = [
        () => crossing(horizontal(x, y), x, y, x + 1, y),
        () => crossing(vertical(x + 1, y), x + 1, y, x + 1, y + 1),
        () => crossing(horizontal(x, y + 1), x, y + 1, x + 1, y + 1),
        () => crossing(vertical(x, y), x, y, x, y + 1),
      ];
      // Each run of inside corners, clockwise, is cut off by one segment from the edge behind it to the edge before it.
      for (let i = 0; i < 4; i++) {
        if (!inside[i] || inside[(i + 3) % 4]) continue;
        let end = i;
        while (inside[(end + 1) % 4]) end++;
        next.set(edges[end % 4](), edges[(i + 3) % 4]());
      }
    }

  const loops: Point[][] = [];
  for (const start of next.keys()) {
    const loop: Point[] = [];
    for (let edge = start; next.has(edge); ) {
      loop.push(where.get(edge)!);
      const following = next.get(edge)!;
      next.delete(edge);
      edge = following;
    }
    if (loop.length > 2) loops.push(cutCorners(cutCorners(smoothed(loop))));
  }
  return loops;
}

/** The outlines as one SVG path over a picture of width x height, for `fill-rule="evenodd"`. */
export function contourPath(contours: readonly (readonly Point[])[], width: number, height: number): string {
  const point = ([x, y]: Point) => `${(x * width).toFixed(1)} ${(y * height).toFixed(1)}`;
  return contours.map((loop) => `M${loop.map(point).join("L")}Z`).join("");
}

/** The mask as numbers in [0, 1], softened by [1 6 1] / 8 both ways; pixels beyond the picture repeat its border. */
function blurred(mask: Mask): Float32Array {
  const { width, height } = mask;
  const bitmap = maskToBitmap(mask);
  const rows = new Float32Array(width * height);
  const out = new Float32Array(width * height);
  const clamp = (v: number, n: number) => Math.max(0, Math.min(n - 1, v));
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const at = y * width;
      rows[at + x] = (bitmap[at + clamp(x - 1, width)] + 6 * bitmap[at + x] + bitmap[at + clamp(x + 1, width)]) / 8;
    }
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      out[y * width + x] =
        (rows[clamp(y - 1, height) * width + x] + 6 * rows[y * width + x] + rows[clamp(y + 1, height) * width + x]) / 8;
  return out;
}

/**
 * Long loops with each point drawn three times to the middle of its neighbours. Short loops, which would shrink, and
 * points on the picture's border stay.
 */
function smoothed(loop: readonly Point[]): readonly Point[] {
  const n = loop.length;
  if (n < 16) return loop;
  let out = loop;
  for (let pass = 0; pass < 3; pass++) {
    const from = out;
    const mean = (i: number, k: 0 | 1) => (from[(i + n - 1) % n][k] + 2 * from[i][k] + from[(i + 1) % n][k]) / 4;
    out = from.map((p, i) => (onBorder(p) ? p : [mean(i, 0), mean(i, 1)]));
  }
  return out;
}

function onBorder(point: Point): boolean {
  return point.some((v) => v < 1e-9 || v > 1 - 1e-9);
}

function cutCorners(loop: readonly Point[]): Point[] {
  return loop.flatMap(([x0, y0], i) => {
    const [x1, y1] = loop[(i + 1) % loop.length];
    return [
      [0.75 * x0 + 0.25 * x1, 0.75 * y0 + 0.25 * y1] as const,
      [0.25 * x0 + 0.75 * x1, 0.25 * y0 + 0.75 * y1] as const,
    ];
  });
}
