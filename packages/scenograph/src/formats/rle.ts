/**
 * COCO run-length masks: compressed strings, bitmaps, set operations, geometry, resizing. Runs go down the columns and
 * begin with zeros, as in cocoapi's maskApi.c, whose results these functions reproduce. Polygons: polygon.ts.
 * @module
 */
import { FormatError } from "@scenograph/graph/errors";

/** A binary mask as run lengths; `Mask` of scene/scene.ts has the same shape. Only the first run may be empty. */
export interface RunMask {
  readonly width: number;
  readonly height: number;
  readonly counts: readonly number[];
}

/** Most pixels that a mask may have: 64 Mi, about 8192 x 8192. */
export const MAX_MASK_PIXELS = 2 ** 26;

/** @throws FormatError unless width and height are positive integers within the limit of pixels. */
export function checkMaskSize(width: number, height: number, who = "checkMaskSize"): void {
  const isSide = (n: number) => Number.isInteger(n) && n >= 1;
  if (!isSide(width) || !isSide(height) || width * height > MAX_MASK_PIXELS)
    throw new FormatError(
      `${who}(): a mask has positive integer sides and at most ${MAX_MASK_PIXELS} pixels, got ${width} x ${height}`,
    );
}

/** The mask itself, empty runs merged away. @throws FormatError unless the runs are integers that fill the picture. */
export function checkMask<M extends RunMask>(mask: M, who = "checkMask"): M {
  checkMaskSize(mask.width, mask.height, who);
  const size = mask.width * mask.height;
  let sum = 0;
  let tidy = true;
  for (let i = 0; i < mask.counts.length; i++) {
    const run = mask.counts[i];
    if (!Number.isInteger(run) || run < 0) throw new FormatError(`${who}(): a run is an integer >= 0, got ${run}`);
    if (run === 0 && i > 0) tidy = false;
    sum += run;
  }
  if (sum !== size)
    throw new FormatError(`${who}(): the runs of a ${mask.width} x ${mask.height} mask sum to ${size}, got ${sum}`);
  return tidy ? mask : { ...mask, counts: mergeEmptyRuns(mask.counts) };
}

function mergeEmptyRuns(counts: readonly number[]): number[] {
  const out = [counts[0]];
  let value = 0;
  for (let i = 1; i < counts.length; i++) {
    if (counts[i] === 0) continue;
    if ((i & 1) === value) out[out.length - 1] += counts[i];
    else {
      out.push(counts[i]);
      value = i & 1;
    }
  }
  return out;
}

/** Runs as COCO's text: each run, from the fourth on less the last but one, in 5-bit groups of characters 48 to 111. */
export function encodeCounts(counts: readonly number[]): string {
  let out = "";
  for (let i = 0; i < counts.length; i++) {
    let x = counts[i] - (i > 2 ? counts[i - 2] : 0);
    for (;;) {
      const low = x & 31;
      x >>= 5;
      const done = low & 16 ? x === -1 : x === 0;
      out += String.fromCharCode(48 + low + (done ? 0 : 32));
      if (done) break;
    }
  }
  return out;
}

/** The runs of COCO's text. They are not checked against a size: `checkMask` does that. @throws FormatError */
export function decodeCounts(text: string): number[] {
  const counts: number[] = [];
  for (let at = 0; at < text.length; ) {
    let x = 0;
    for (let shift = 0; ; shift += 5) {
      const c = text.charCodeAt(at++) - 48;
      if (!(c >= 0 && c < 64))
        throw new FormatError(
          at > text.length
            ? "decodeCounts(): the text ends inside a run; the mask is cut off"
            : `decodeCounts(): characters are "0" to "o", got ${JSON.stringify(text[at - 1])} at ${at - 1}`,
        );
      // Six groups hold 30 bits, more than any run within the limit of pixels needs.
      if (shift > 25) throw new FormatError(`decodeCounts(): a run has at most 6 characters, got more at ${at - 1}`);
      x |= (c & 31) << shift;
      if (c & 32) continue;
      if (c & 16) x |= -1 << (shift + 5);
      break;
    }
    if (counts.length > 2) x += counts[counts.length - 2];
    if (x < 0 || x > MAX_MASK_PIXELS)
      throw new FormatError(`decodeCounts(): a run is between 0 and ${MAX_MASK_PIXELS}, got ${x}`);
    counts.push(x);
  }
  return counts;
}

/**
 * Row-major pixels [height * width], 0 or 1; with a window [x, y, w, h] of whole pixels those inside it [h * w], zeros where it leaves
 * the picture. @throws FormatError when the runs do not fill the picture.
 */
export function maskToBitmap(mask: RunMask, window?: readonly [number, number, number, number]): Uint8Array {
  const { width, height, counts } = checkMask(mask, "maskToBitmap");
  const [left, top, w, h] = window ?? [0, 0, width, height];
  const out = new Uint8Array(w * h);
  let start = 0;
  for (let i = 0; i < counts.length; i++) {
    const end = start + counts[i];
    if (i & 1)
      for (let p = start, x = Math.floor(start / height); p < end; x++) {
        const bottom = (x + 1) * height;
        if (x >= left && x < left + w) {
          const last = Math.min(end, bottom, x * height + top + h);
          for (
            let q = Math.max(p, x * height + top), at = (q - x * height - top) * w + x - left;
            q < last;
            q++, at += w
          )
            out[at] = 1;
        }
        p = bottom;
      }
    start = end;
  }
  return out;
}

/** The mask of row-major pixels [height * width]; any value but 0 belongs to it. @throws FormatError on a wrong size. */
export function bitmapToMask(bitmap: ArrayLike<number>, width: number, height: number): RunMask {
  checkMaskSize(width, height, "bitmapToMask");
  if (bitmap.length !== width * height)
    throw new FormatError(`bitmapToMask(): ${width} x ${height} needs ${width * height} pixels, got ${bitmap.length}`);
  const counts: number[] = [];
  let run = 0;
  let on = false;
  for (let x = 0; x < width; x++)
    for (let y = 0, at = x; y < height; y++, at += width) {
      if ((bitmap[at] !== 0) !== on) {
        counts.push(run);
        run = 0;
        on = !on;
      }
      run++;
    }
  counts.push(run);
  return { width, height, counts };
}

/** Number of pixels of the mask. */
export function maskArea(mask: RunMask): number {
  let area = 0;
  for (let i = 1; i < mask.counts.length; i += 2) area += mask.counts[i];
  return area;
}

/** Smallest box `[x, y, w, h]` in pixels around the mask; all zero when it is empty. */
export function maskBox(mask: RunMask): [x: number, y: number, w: number, h: number] {
  const { width, height, counts } = mask;
  let [x0, y0, x1, y1] = [width, height, -1, -1];
  let start = 0;
  for (let i = 0; i < counts.length; i++) {
    const end = start + counts[i];
    if (i & 1 && end > start) {
      const [first, last] = [Math.floor(start / height), Math.floor((end - 1) / height)];
      x0 = Math.min(x0, first);
      x1 = Math.max(x1, last);
      // A run over a column's end touches both the bottom and the top.
      y0 = first < last ? 0 : Math.min(y0, start % height);
      y1 = first < last ? height - 1 : Math.max(y1, (end - 1) % height);
    }
    start = end;
  }
  return x1 < 0 ? [0, 0, 0, 0] : [x0, y0, x1 - x0 + 1, y1 - y0 + 1];
}

/** Pixels that are in any of the masks. All of one size; at least one. */
export function unionMasks(masks: readonly RunMask[]): RunMask {
  return masks.reduce((a, b) => combine(a, b, (p, q) => p || q));
}

/** Pixels that are in all of the masks. All of one size; at least one. */
export function intersectMasks(masks: readonly RunMask[]): RunMask {
  return masks.reduce((a, b) => combine(a, b, (p, q) => p && q));
}

/** Pixels of `a` that are not in `b`. Both of one size. */
export function subtractMasks(a: RunMask, b: RunMask): RunMask {
  return combine(a, b, (p, q) => p && !q);
}

function combine(a: RunMask, b: RunMask, keep: (inA: boolean, inB: boolean) => boolean): RunMask {
  const counts: number[] = [];
  let run = 0;
  let on = false;
  walk(a, b, (length, inA, inB) => {
    if (keep(inA, inB) !== on) {
      counts.push(run);
      run = 0;
      on = !on;
    }
    run += length;
  });
  counts.push(run);
  return { width: a.width, height: a.height, counts };
}

/** Stretches in which neither mask changes, in order. */
function walk(a: RunMask, b: RunMask, visit: (length: number, inA: boolean, inB: boolean) => void): void {
  if (a.width !== b.width || a.height !== b.height)
    throw new FormatError(
      `masks are combined at one size, got ${a.width} x ${a.height} and ${b.width} x ${b.height}; resizeMask() first`,
    );
  let [i, j] = [0, 0];
  let [restA, restB] = [a.counts[0] ?? 0, b.counts[0] ?? 0];
  for (;;) {
    while (restA === 0 && i + 1 < a.counts.length) restA = a.counts[++i];
    while (restB === 0 && j + 1 < b.counts.length) restB = b.counts[++j];
    const length = Math.min(restA, restB);
    if (length === 0) return;
    visit(length, (i & 1) === 1, (j & 1) === 1);
    restA -= length;
    restB -= length;
  }
}

/** Intersection over union in [0, 1]; against a crowd, over the area of `detection` alone. 0 when they are disjoint. */
export function maskIou(detection: RunMask, truth: RunMask, crowd = false): number {
  let both = 0;
  let either = 0;
  walk(detection, truth, (length, inA, inB) => {
    if (inA && inB) both += length;
    if (inA || inB) either += length;
  });
  return both === 0 ? 0 : both / (crowd ? maskArea(detection) : either);
}

type AnyBox = readonly [x: number, y: number, w: number, h: number];

/** Intersection over union of two `[x, y, w, h]` boxes in any one unit; against a crowd, over the detection's area. */
export function boxIou(detection: AnyBox, truth: AnyBox, crowd = false): number {
  const [dx, dy, dw, dh] = detection;
  const [gx, gy, gw, gh] = truth;
  const w = Math.min(dx + dw, gx + gw) - Math.max(dx, gx);
  const h = Math.min(dy + dh, gy + gh) - Math.max(dy, gy);
  if (w <= 0 || h <= 0) return 0;
  return (w * h) / (crowd ? dw * dh : dw * dh + gw * gh - w * h);
}

/**
 * The mask at another size. "nearest" takes the source pixel at each centre; "area" keeps pixels that are covered by
 * half or more, the better choice when shrinking. Costs what the runs and the new size are, not the old size.
 */
export function resizeMask(mask: RunMask, width: number, height: number, filter: "nearest" | "area"): RunMask {
  checkMaskSize(width, height, "resizeMask");
  if (mask.width === width && mask.height === height) return mask;
  const source = columnsOf(checkMask(mask, "resizeMask"));
  return { width, height, counts: (filter === "nearest" ? nearest : covered)(source, width, height) };
}

/** The stretches of each column that belong to a mask: rows [from[i], to[i]) for i from first[x] to first[x + 1]. */
interface Columns {
  readonly width: number;
  readonly height: number;
  readonly first: Uint32Array;
  readonly from: readonly number[];
  readonly to: readonly number[];
}

function columnsOf({ width, height, counts }: RunMask): Columns {
  const first = new Uint32Array(width + 1);
  const from: number[] = [];
  const to: number[] = [];
  let column = 0;
  let start = 0;
  for (let i = 0; i < counts.length; i++) {
    const end = start + counts[i];
    if (i & 1)
      for (let p = start; p < end; ) {
        const x = Math.floor(p / height);
        while (column < x) first[++column] = from.length;
        const stop = Math.min(end, (x + 1) * height);
        from.push(p - x * height);
        to.push(stop - x * height);
        p = stop;
      }
    start = end;
  }
  while (column < width) first[++column] = from.length;
  return { width, height, first, from, to };
}

/** Collects pixels down the columns as runs. */
class Runs {
  readonly #counts: number[] = [];
  #run = 0;
  #on = false;

  add(on: boolean): void {
    if (on !== this.#on) {
      this.#counts.push(this.#run);
      this.#run = 0;
      this.#on = on;
    }
    this.#run++;
  }

  finish(): number[] {
    return [...this.#counts, this.#run];
  }
}

function nearest(source: Columns, width: number, height: number): number[] {
  const runs = new Runs();
  const rows = Array.from({ length: height }, (_, y) => Math.floor(((y + 0.5) * source.height) / height));
  for (let x = 0; x < width; x++) {
    const column = Math.floor(((x + 0.5) * source.width) / width);
    let i = source.first[column];
    const end = source.first[column + 1];
    for (const row of rows) {
      while (i < end && source.to[i] <= row) i++;
      runs.add(i < end && source.from[i] <= row);
    }
  }
  return runs.finish();
}

function covered(source: Columns, width: number, height: number): number[] {
  const runs = new Runs();
  const [wide, high] = [source.width / width, source.height / height];
  // The tolerance is for sums of fractions that should be one half.
  const half = ((wide * high) / 2) * (1 - 1e-9);
  const cells = new Float64Array(height);
  for (let x = 0; x < width; x++) {
    cells.fill(0);
    // Source pixels of width, of whole columns that belong to the mask.
    let whole = 0;
    const [left, right] = [(x * source.width) / width, ((x + 1) * source.width) / width];
    for (let column = Math.floor(left); column < Math.min(source.width, Math.ceil(right)); column++) {
      const share = Math.min(right, column + 1) - Math.max(left, column);
      for (let i = source.first[column]; i < source.first[column + 1]; i++) {
        const [from, to] = [source.from[i], source.to[i]];
        if (to - from === source.height) {
          whole += share;
          continue;
        }
        for (let y = Math.floor(from / high); y < height && (y * source.height) / height < to; y++) {
          const low = Math.max(from, (y * source.height) / height);
          cells[y] += share * Math.max(0, Math.min(to, ((y + 1) * source.height) / height) - low);
        }
      }
    }
    for (let y = 0; y < height; y++) runs.add(cells[y] + whole * high >= half);
  }
  return runs.finish();
}

/** The ellipse that touches the four sides of a box (in fractions of the picture), row-major [height * width] of 0/1: the stand-in for a mask that is not known. */
export function ellipseBitmap(
  [x, y, w, h]: readonly [number, number, number, number],
  width: number,
  height: number,
): Uint8Array {
  const out = new Uint8Array(width * height);
  const [cx, cy] = [(x + w / 2) * width, (y + h / 2) * height];
  const [rx, ry] = [(w * width) / 2, (h * height) / 2];
  for (let row = 0; row < height; row++)
    for (let column = 0; column < width; column++)
      if (((column + 0.5 - cx) / rx) ** 2 + ((row + 0.5 - cy) / ry) ** 2 <= 1) out[row * width + column] = 1;
  return out;
}
