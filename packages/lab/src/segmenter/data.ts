/** Boxes and pixels -> crops, and back: from masks in the crop's frame to the picture's. Pure functions of their arguments. @module */
import type { Random } from "@scenograph/graph/random";
import type { Feeds } from "@scenograph/graph/runtime/runtime";
import type { Box, Picture } from "scenograph/scene/scene";
import type { SegmenterConfig } from "./config.ts";

export interface BoxedObject {
  readonly classIndex: number;
  /** Fractions of the picture. */
  readonly box: Box;
}

/** A part of a picture, in its pixels; may reach beyond its edges. `turned`: seen in a mirror. */
export interface Crop {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly turned: boolean;
}

/** Factor and offset (by color channel) of bytes: [factor, offset] for R, G and B. */
export type Tint = readonly (readonly [factor: number, offset: number])[];

const PLAIN: Tint = [
  [1, 0],
  [1, 0],
  [1, 0],
];

/** The object's crop of a width x height picture: the box with its surroundings. */
export function cropOf(
  box: Box,
  width: number,
  height: number,
  config: Pick<SegmenterConfig, "context" | "minAspect" | "minPixels">,
): Crop {
  const [w, h] = [box[2] * width, box[3] * height];
  const longer = Math.max(w, h);
  const side = (length: number) => Math.max(length * config.context, longer * config.minAspect, config.minPixels);
  const [cropWidth, cropHeight] = [side(w), side(h)];
  return {
    left: box[0] * width + w / 2 - cropWidth / 2,
    top: box[1] * height + h / 2 - cropHeight / 2,
    width: cropWidth,
    height: cropHeight,
    turned: false,
  };
}

/** The crop a little larger or smaller, moved, and mirrored or not. The box stays inside. */
export function jittered(crop: Crop, { jitter, flip }: SegmenterConfig["train"], random: Random): Crop {
  const scale = () => 1 + random.uniform(-jitter, jitter);
  const [width, height] = [crop.width * scale(), crop.height * scale()];
  const move = (length: number) => length * random.uniform(-jitter, jitter) * 0.5;
  return {
    left: crop.left + (crop.width - width) / 2 + move(width),
    top: crop.top + (crop.height - height) / 2 + move(height),
    width,
    height,
    turned: flip && random.bool(),
  };
}

/** Brightness, contrast and the balance of the colours, each by at most the share `amount`. */
export function randomTint(amount: number, random: Random): Tint {
  const vary = (share: number) => random.uniform(-share, share);
  const contrast = 1 + vary(amount);
  const offset = 128 * (1 - contrast) + 128 * vary(amount);
  return PLAIN.map(() => [contrast * (1 + vary(amount / 4)), offset]);
}

/** One object as the network sees it. */
export interface Example {
  readonly picture: Picture;
  readonly object: BoxedObject;
  /** All objects of the picture; the object itself may be among them. */
  readonly others: readonly BoxedObject[];
  readonly crop: Crop;
  readonly tint?: Tint;
  /** Real mask over the picture, row-major [height * width] of 0 and 1. */
  readonly mask?: Uint8Array;
}

/** Where the box lies in the crop, in fractions of it: [left, top, right, bottom]. */
export function placeInCrop(box: Box, { width, height }: Picture, crop: Crop): [number, number, number, number] {
  const x = (v: number) => (v * width - crop.left) / crop.width;
  const y = (v: number) => (v * height - crop.top) / crop.height;
  const [left, right] = [x(box[0]), x(box[0] + box[2])];
  const [a, b] = crop.turned ? [1 - right, 1 - left] : [left, right];
  return [a, y(box[1]), b, y(box[1] + box[3])];
}

/**
 * Feeds of the network for n examples at crops of S pixels: pixels [n, 3, S, S] and guides [n, 2, S / 2, S / 2] (boxes of other
 * objects of the class, of other classes), bytes; places [n, 4] of the box in the crop; sizes [n, 2], the box's sides in fractions
 * of the picture; labels [n]. Where the examples have masks: targets [n, 1, S / 2, S / 2], bytes.
 */
export function segmenterFeeds(examples: readonly Example[], n: number, side: number): Feeds {
  const half = side / 2;
  const pixels = new Uint8Array(n * 3 * side * side);
  const guides = new Uint8Array(n * 2 * half * half);
  const targets = new Uint8Array(n * half * half);
  const places = new Float32Array(n * 4);
  const sizes = new Float32Array(n * 2).fill(1);
  const labels = new BigInt64Array(n);
  examples.forEach((e, i) => {
    const { picture, object, crop } = e;
    drawPixels(pixels.subarray(i * 3 * side * side, (i + 1) * 3 * side * side), picture, crop, side, e.tint ?? PLAIN);
    drawGuides(guides.subarray(i * 2 * half * half, (i + 1) * 2 * half * half), e, half);
    if (e.mask) drawTarget(targets.subarray(i * half * half, (i + 1) * half * half), e.mask, picture, crop, half);
    places.set(placeInCrop(object.box, picture, crop), i * 4);
    sizes.set(object.box.slice(2), i * 2);
    labels[i] = BigInt(object.classIndex);
  });
  const masked = examples.some((e) => e.mask);
  return { pixels, guides, places, sizes, labels, ...(masked && { targets }) };
}

interface Place {
  readonly low: number;
  readonly high: number;
  readonly share: number;
}

/** Bilinear places of `count` points along a crop's axis in `pixels` pixels; beyond the edge the edge repeats. */
function along(start: number, length: number, turned: boolean, count: number, pixels: number): Place[] {
  const places = Array.from({ length: count }, (_, i) => {
    const at = Math.min(pixels - 1, Math.max(0, start + ((i + 0.5) / count) * length - 0.5));
    const low = Math.floor(at);
    return { low, high: Math.min(pixels - 1, low + 1), share: at - low };
  });
  return turned ? places.reverse() : places;
}

function drawPixels(out: Uint8Array, picture: Picture, crop: Crop, side: number, tint: Tint): void {
  const { width, height, data } = picture;
  const columns = along(crop.left, crop.width, crop.turned, side, width);
  const rows = along(crop.top, crop.height, false, side, height);
  for (let r = 0; r < side; r++) {
    const { low, high, share: down } = rows[r];
    for (let c = 0; c < side; c++) {
      const { low: left, high: right, share } = columns[c];
      const [a, b, e, f] = [low * width + left, low * width + right, high * width + left, high * width + right];
      for (let k = 0; k < 3; k++) {
        const above = data[a * 3 + k] * (1 - share) + data[b * 3 + k] * share;
        const below = data[e * 3 + k] * (1 - share) + data[f * 3 + k] * share;
        const value = (above * (1 - down) + below * down) * tint[k][0] + tint[k][1];
        out[(k * side + r) * side + c] = value < 0 ? 0 : value > 255 ? 255 : value + 0.5;
      }
    }
  }
}

function drawGuides(out: Uint8Array, { picture, object, others, crop }: Example, side: number): void {
  for (const other of others) {
    if (other.box === object.box) continue;
    const [left, top, right, bottom] = placeInCrop(other.box, picture, crop).map((v) =>
      Math.min(side, Math.max(0, Math.round(v * side))),
    );
    const from = other.classIndex === object.classIndex ? 0 : side * side;
    for (let y = top; y < bottom; y++) out.fill(255, from + y * side + left, from + y * side + right);
  }
}

function drawTarget(out: Uint8Array, mask: Uint8Array, { width, height }: Picture, crop: Crop, side: number): void {
  const columns = along(crop.left, crop.width, crop.turned, side, width);
  const rows = along(crop.top, crop.height, false, side, height);
  rows.forEach(({ low, high, share: down }, r) => {
    columns.forEach(({ low: left, high: right, share }, c) => {
      const above = mask[low * width + left] * (1 - share) + mask[low * width + right] * share;
      const below = mask[high * width + left] * (1 - share) + mask[high * width + right] * share;
      out[r * side + c] = Math.round(255 * (above * (1 - down) + below * down));
    });
  });
}

/** Probabilities [side * side] in the crop's frame -> over the picture, [height * width]: bilinear, 0 outside the box. */
export function uncrop(
  probabilities: Float32Array,
  crop: Crop,
  side: number,
  box: Box,
  picture: Picture,
): Float32Array {
  const { width, height } = picture;
  const out = new Float32Array(width * height);
  const inside = (start: number, length: number, pixels: number): [number, number] => {
    // pixels whose centre is inside; the nearest one where there is none
    const first = Math.min(pixels - 1, Math.max(0, Math.ceil(start * pixels - 0.5)));
    return [first, Math.min(pixels, Math.max(first + 1, Math.ceil((start + length) * pixels - 0.5)))];
  };
  const [left, right] = inside(box[0], box[2], width);
  const [top, bottom] = inside(box[1], box[3], height);
  const at = (pixel: number, start: number, length: number): Place => {
    const p = Math.min(side - 1, Math.max(0, ((pixel + 0.5 - start) / length) * side - 0.5));
    const low = Math.floor(p);
    return { low, high: Math.min(side - 1, low + 1), share: p - low };
  };
  for (let y = top; y < bottom; y++) {
    const r = at(y, crop.top, crop.height);
    for (let x = left; x < right; x++) {
      const c = at(x, crop.left, crop.width);
      const above =
        probabilities[r.low * side + c.low] * (1 - c.share) + probabilities[r.low * side + c.high] * c.share;
      const below =
        probabilities[r.high * side + c.low] * (1 - c.share) + probabilities[r.high * side + c.high] * c.share;
      out[y * width + x] = above * (1 - r.share) + below * r.share;
    }
  }
  return out;
}

/**
 * The overlap that the probabilities themselves expect of the mask above the threshold: sum of p in it / (its area + sum of p
 * outside it). 0 for an empty mask.
 */
export function expectedOverlap(probabilities: Float32Array, threshold: number): number {
  let [both, either] = [0, 0];
  for (const p of probabilities) {
    if (p > threshold) {
      both += p;
      either += 1;
    } else either += p;
  }
  return either > 0 ? both / either : 0;
}
