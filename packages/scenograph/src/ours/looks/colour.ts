/**
 * The colour of an object's main part, and painting that part in another [ours]: of a bus the body, of a person the shirt, not the
 * mean of all its pixels.
 * @module
 */

/** Red, green, blue, 0 to 255. */
export type Rgb = readonly [number, number, number];

/** Levels a channel of the histogram. */
const LEVELS = 8;
/** Pixels this near to the main colour have it, in RGB. */
const NEAR = 48;
/** ... and those of its hue, in degrees, where both have one. */
const HUE = 18;
const LEAST_SATURATION = 0.25;

/**
 * The most frequent colour of the pixels [side, side, 3] where `seen` is 1, those in the middle counting most: mean of the pixels
 * of the fullest cell of a histogram and its neighbours. Undefined where nothing is seen.
 */
export function mainColour(pixels: ArrayLike<number>, seen: ArrayLike<number>, side: number): Rgb | undefined {
  const weights = new Float64Array(LEVELS ** 3);
  const cell = (i: number, c: number) => Math.min(LEVELS - 1, Math.floor((pixels[i * 3 + c] * LEVELS) / 256));
  const weightAt = (i: number) => {
    const u = ((i % side) + 0.5) / side - 0.5;
    const v = (Math.floor(i / side) + 0.5) / side - 0.45;
    return seen[i] ? Math.exp(-(u * u + v * v) / (2 * 0.2 * 0.2)) : 0;
  };
  for (let i = 0; i < side * side; i++)
    if (seen[i]) weights[(cell(i, 0) * LEVELS + cell(i, 1)) * LEVELS + cell(i, 2)] += weightAt(i);
  let best = 0;
  for (let k = 1; k < weights.length; k++) if (weights[k] > weights[best]) best = k;
  if (weights[best] === 0) return undefined;
  const centre = [Math.floor(best / LEVELS ** 2), Math.floor(best / LEVELS) % LEVELS, best % LEVELS];
  const middle = centre.map((c) => ((c + 0.5) * 256) / LEVELS) as unknown as Rgb;
  return meanNear(pixels, seen, middle, weightAt);
}

/** Weighted mean of the pixels near `colour`; undefined where there are none. */
export function meanNear(
  pixels: ArrayLike<number>,
  seen: ArrayLike<number>,
  colour: Rgb,
  weightAt: (i: number) => number = () => 1,
): Rgb | undefined {
  const sums = [0, 0, 0];
  let total = 0;
  for (let i = 0; i < seen.length; i++) {
    if (!seen[i]) continue;
    const d = Math.hypot(pixels[i * 3] - colour[0], pixels[i * 3 + 1] - colour[1], pixels[i * 3 + 2] - colour[2]);
    if (d > NEAR) continue;
    const w = weightAt(i) + 1e-9;
    total += w;
    for (let c = 0; c < 3; c++) sums[c] += w * pixels[i * 3 + c];
  }
  return total > 0 ? [sums[0] / total, sums[1] / total, sums[2] / total] : undefined;
}

/** 1 where a seen pixel has the colour, in this or another shade. */
export function paintedPixels(pixels: ArrayLike<number>, seen: ArrayLike<number>, colour: Rgb): Uint8Array {
  const [hue, saturation] = hueOf(colour);
  return Uint8Array.from(seen, (s, i) => {
    if (!s) return 0;
    const own: Rgb = [pixels[i * 3], pixels[i * 3 + 1], pixels[i * 3 + 2]];
    if (Math.hypot(own[0] - colour[0], own[1] - colour[1], own[2] - colour[2]) <= NEAR) return 1;
    if (saturation < LEAST_SATURATION) return 0;
    const [h, sat] = hueOf(own);
    const turn = Math.abs(((h - hue + 540) % 360) - 180);
    return sat >= LEAST_SATURATION && turn <= HUE ? 1 : 0;
  });
}

/** The pixels with `painted` ones moved from one colour to another; shades stay. */
export function repaint<T extends Uint8Array | Float32Array>(pixels: T, painted: Uint8Array, from: Rgb, to: Rgb): T {
  const out = pixels.slice() as T;
  painted.forEach((p, i) => {
    if (!p) return;
    for (let c = 0; c < 3; c++) out[i * 3 + c] = Math.max(0, Math.min(255, pixels[i * 3 + c] - from[c] + to[c]));
  });
  return out;
}

/** Hue in degrees, saturation of HSL in [0, 1]. */
export function hueOf([r, g, b]: Rgb): [hue: number, saturation: number] {
  const [high, low] = [Math.max(r, g, b), Math.min(r, g, b)];
  const d = high - low;
  if (d === 0) return [0, 0];
  const light = (high + low) / 510;
  const hue = high === r ? ((g - b) / d + 6) % 6 : high === g ? (b - r) / d + 2 : (r - g) / d + 4;
  return [hue * 60, d / 255 / Math.max(1e-6, 1 - Math.abs(2 * light - 1))];
}
