/**
 * A scene as layers: the background, then a transparent picture for each thing, cut from the picture by its mask. Without a
 * picture the things are flat in their categories' colours. Hidden things come along as hidden layers.
 * @module
 */
import type { Pixels } from "../formats/pngWrite.ts";
import { classColor } from "../scene/colors.ts";
import type { Box, Picture, Scene, SceneObject } from "../scene/scene.ts";
import { corners, sizeOf } from "./geometry.ts";
import { type Cover, coverageOf, resizeTo } from "./raster.ts";
import type { ExportOptions, Size } from "./types.ts";
import { phraseOf, rgbOf } from "./words.ts";

export interface Layer {
  readonly object: SceneObject;
  /** Unique among the layers. */
  readonly name: string;
  readonly left: number;
  readonly top: number;
  /** RGBA, not premultiplied; no larger than what it shows, at least one pixel. */
  readonly pixels: Pixels;
}

export interface Layered extends Size {
  /** RGB. */
  readonly background: Pixels;
  /** Bottom first. */
  readonly layers: readonly Layer[];
  /** RGB: all that is not hidden, one over the other. */
  readonly merged: Pixels;
}

const PAPER = [238, 238, 234] as const;

/** Layers at the size of the options, the picture's, or the scene's. */
export function layersOf(scene: Scene, options: ExportOptions, notes: string[]): Layered {
  const { picture } = options;
  const own = picture ? { ...scene, width: picture.width, height: picture.height } : scene;
  const size = sizeOf(own, options, {}, notes);
  const background = picture ? resizeTo(picture, size) : flat(size);
  const bare = scene.objects.filter((o) => !o.mask).length;
  if (bare > 0) notes.push(`${bare} of ${scene.objects.length} things have no mask: their layers are whole boxes`);
  if (!picture) notes.push("there is no picture: layers are flat colours");
  const names = new Set(["background"]);
  const layers = scene.objects.map((object) => {
    const colour = picture ? undefined : (rgbOf(object.colour ?? classColor(object.label ?? "")) ?? [128, 128, 128]);
    const phrase = phraseOf(object);
    let name = phrase;
    for (let n = 2; names.has(name); n++) name = `${phrase} (${n})`;
    names.add(name);
    return { object, name, ...cut(background, coverageOf(object, size), colour) };
  });
  const merged = picture ? background : flattened(background, layers);
  return { ...size, background, layers, merged };
}

function flat({ width, height }: Size): Pixels {
  const data = new Uint8Array(width * height * 3);
  for (let i = 0; i < data.length; i++) data[i] = PAPER[i % 3];
  return { width, height, channels: 3, data };
}

/** What is covered, with coverage as alpha; one transparent pixel where nothing is. */
function cut(from: Pixels, cover: Cover, colour: readonly number[] | undefined): Omit<Layer, "object" | "name"> {
  const { left, top, width, height } = cover;
  if (cover.data.length === 0)
    return { left: 0, top: 0, pixels: { width: 1, height: 1, channels: 4, data: new Uint8Array(4) } };
  const out = new Uint8Array(width * height * 4);
  for (let y = 0, i = 0; y < height; y++)
    for (let x = 0, at = ((top + y) * from.width + left) * 3; x < width; x++, i++, at += 3) {
      // colours of what cannot be seen are left out: the file is smaller
      if (cover.data[i] === 0) continue;
      out[4 * i] = colour ? colour[0] : from.data[at];
      out[4 * i + 1] = colour ? colour[1] : from.data[at + 1];
      out[4 * i + 2] = colour ? colour[2] : from.data[at + 2];
      out[4 * i + 3] = cover.data[i];
    }
  return { left, top, pixels: { width, height, channels: 4, data: out } };
}

function flattened(background: Pixels, layers: readonly Layer[]): Pixels {
  const data = background.data.slice();
  for (const { object, left, top, pixels } of layers) {
    if (object.hidden) continue;
    for (let y = 0; y < pixels.height; y++)
      for (let x = 0; x < pixels.width; x++) {
        const from = (y * pixels.width + x) * 4;
        const to = ((top + y) * background.width + left + x) * 3;
        const alpha = pixels.data[from + 3] / 255;
        if (alpha === 0) continue;
        for (let c = 0; c < 3; c++)
          data[to + c] = Math.round(pixels.data[from + c] * alpha + data[to + c] * (1 - alpha));
      }
  }
  return { ...background, data };
}

/** The mean colour of the picture, or of a box in it; undefined without a picture. */
export function meanColour(
  picture: Picture | undefined,
  box: Box = [0, 0, 1, 1],
): [number, number, number] | undefined {
  if (!picture) return undefined;
  const { width, height, data } = picture;
  const [x0, y0, x1, y1] = corners(box);
  const [left, top] = [Math.min(width - 1, Math.floor(x0 * width)), Math.min(height - 1, Math.floor(y0 * height))];
  const [right, bottom] = [Math.max(left + 1, Math.ceil(x1 * width)), Math.max(top + 1, Math.ceil(y1 * height))];
  const sums = [0, 0, 0];
  for (let y = top; y < bottom; y++)
    for (let x = left; x < right; x++) for (let c = 0; c < 3; c++) sums[c] += data[(y * width + x) * 3 + c];
  const count = (right - left) * (bottom - top);
  return sums.map((s) => Math.round(s / count)) as [number, number, number];
}
