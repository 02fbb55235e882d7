/** Objects -> feeds of the looks' programs. Pure functions of their arguments. @module */
import type { Random } from "@scenograph/graph/random";
import type { Feeds } from "@scenograph/graph/runtime/runtime";
import type { Seen } from "../codes/objects.ts";
import { type Rgb, repaint } from "./colour.ts";
import type { LooksConfig } from "./config.ts";

/** Side of what the encoder reads. */
const COARSE = 64;
/** What is painted is grey to the encoder: a code cannot say the colour. */
const GREY: Rgb = [128, 128, 128];
/** Weight of the losses at sides under an object's own. */
const COARSER = 0.3;

/** Sides that losses are taken at, finest first. */
export function lossSides({ side }: Pick<LooksConfig, "side">): number[] {
  return [256, 128, 64].filter((s) => s <= side);
}

/** A map [from, from, channels] at another side: repeated or averaged. */
export function resampled(map: ArrayLike<number>, from: number, to: number, channels = 1): Float32Array {
  const out = new Float32Array(to * to * channels);
  const step = Math.max(1, from / to);
  for (let y = 0; y < to; y++)
    for (let x = 0; x < to; x++) {
      const [left, top] = [Math.floor((x * from) / to), Math.floor((y * from) / to)];
      for (let c = 0; c < channels; c++) {
        let sum = 0;
        for (let j = 0; j < step; j++)
          for (let i = 0; i < step; i++) sum += map[((top + j) * from + left + i) * channels + c];
        out[(y * to + x) * channels + c] = sum / (step * step);
      }
    }
  return out;
}

/** Rows of interleaved channels -> planes, into `out` at `at`. */
function planes(map: ArrayLike<number>, channels: number, out: Uint8Array, at: number): void {
  const area = map.length / channels;
  for (let c = 0; c < channels; c++)
    for (let i = 0; i < area; i++) out[at + c * area + i] = Math.round(map[i * channels + c]);
}

/** Width over height of the object as it is drawn, logarithm. */
export function logAspect([, , w, h]: Seen["box"]): number {
  return Math.log(w / h);
}

/** Feeds of what is known of m objects before their looks, silhouettes enlarged to the side of the looks. */
export function lookFeeds(
  objects: readonly Pick<Seen, "classIndex" | "box" | "shape">[],
  colours: readonly Rgb[],
  m: number,
  { side }: Pick<LooksConfig, "side">,
): Feeds {
  const labels = new BigInt64Array(m);
  const aspects = new Float32Array(m);
  const silhouettes = new Uint8Array(m * side * side);
  const colour = new Float32Array(m * 3);
  objects.forEach((o, i) => {
    labels[i] = BigInt(o.classIndex);
    aspects[i] = logAspect(o.box);
    const shape = resampled(o.shape, Math.sqrt(o.shape.length), side);
    silhouettes.set(
      shape.map((v) => Math.round(v * 255)),
      i * side * side,
    );
    colour.set(
      colours[i].map((v) => v / 127.5 - 1),
      i * 3,
    );
  });
  return { labels, aspects, silhouettes, colours: colour };
}

/** Feeds of what the encoder reads: colours made grey. */
export function seenFeeds(objects: readonly Seen[], m: number): Feeds {
  const area = COARSE * COARSE;
  const seen = new Uint8Array(m * 5 * area);
  objects.forEach((o, i) => {
    const grey = repaint(o.pixels, o.painted, o.colour, GREY);
    const visible = resampled(o.visible, o.side, COARSE);
    const rgb = resampled(grey, o.side, COARSE, 3).map((v, k) => 127.5 + (v - 127.5) * visible[Math.floor(k / 3)]);
    planes(rgb, 3, seen, i * 5 * area);
    planes(
      visible.map((v) => v * 255),
      1,
      seen,
      (i * 5 + 3) * area,
    );
    const shape = resampled(o.shape, Math.sqrt(o.shape.length), COARSE);
    planes(
      shape.map((v) => v * 255),
      1,
      seen,
      (i * 5 + 4) * area,
    );
  });
  return { seen };
}

/** Feeds of a training step: a share of the objects is shown in a random colour. `codes` with `train.encoder`, one an object. */
export function trainingFeeds(
  objects: readonly Seen[],
  config: LooksConfig,
  random: Random,
  codes: readonly number[] = [],
): Feeds {
  const m = objects.length;
  const { side } = config;
  const area = side * side;
  const sides = lossSides(config);
  const pixels = new Uint8Array(m * 3 * area);
  const visible = new Uint8Array(m * area);
  const painted = new Uint8Array(m * area);
  const weights = new Float32Array(m * sides.length);
  const colours = objects.map((o, i) => {
    const other = random.uniform() < config.train.repaint;
    const colour: Rgb = other ? randomColour(random) : o.colour;
    const shown = other ? repaint(o.pixels, o.painted, o.colour, colour) : o.pixels;
    planes(resampled(shown, o.side, side, 3), 3, pixels, i * 3 * area);
    planes(resampled(o.visible, o.side, side), 1, visible, i * area);
    planes(resampled(o.painted, o.side, side), 1, painted, i * area);
    sides.forEach((s, k) => {
      weights[i * sides.length + k] = s === o.side ? 1 : s < o.side ? COARSER : 0;
    });
    return colour;
  });
  const look: Feeds =
    config.train.encoder === ""
      ? { ...seenFeeds(objects, m), noise: random.normals(m * config.width) }
      : { codes: BigInt64Array.from(codes, BigInt) };
  return { ...lookFeeds(objects, colours, m, config), ...look, pixels, visible, painted, weights };
}

/** Any hue, pale or deep; one in five a grey. */
function randomColour(random: Random): Rgb {
  const light = 30 + random.uniform() * 200;
  if (random.uniform() < 0.2) return [light, light, light];
  const hue = random.uniform() * 6;
  const reach = Math.min(light, 255 - light) * (0.4 + 0.6 * random.uniform());
  const channel = (shift: number) => {
    const t = (((hue + shift) % 6) + 6) % 6;
    return light + reach * Math.max(-1, Math.min(1, 2 - 2 * Math.abs(t - 3) + 1));
  };
  return [channel(3), channel(1), channel(-1)];
}
