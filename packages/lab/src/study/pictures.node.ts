/** Pictures as raters see them: one size, one format, nothing in the file that tells where they come from. @module */
import { readFile } from "node:fs/promises";
import { FormatError, UserError } from "@scenograph/graph/errors";
import type { Random } from "@scenograph/graph/random";
import { decodePicture, encodePng, resizePicture } from "scenograph/draw/picture";
import type { Picture } from "scenograph/scene/scene";

/** Largest side that pictures are kept at: what a browser window shows of two side by side. */
const MOST = 512;
const GREY = 128;

/** @throws UserError when the file cannot be read, FormatError when it is no picture */
export async function readPicture(file: string): Promise<Picture> {
  const bytes = await readFile(file).catch((error: NodeJS.ErrnoException) => {
    throw new UserError(`study create: cannot read ${file} (${error.code}); check the path`);
  });
  try {
    return await decodePicture(bytes);
  } catch (error) {
    if (error instanceof FormatError) throw new FormatError(`${file}: ${error.message}`);
    throw error;
  }
}

/** The largest of the pictures' sides, at most 512: the side of the square that all of them get. */
export function commonSize(sides: readonly number[]): number {
  return Math.min(
    MOST,
    sides.reduce((most, side) => Math.max(most, side), 8),
  );
}

/**
 * The picture in a square of `size` pixels (the longer side fills it, bicubic; grey beside it), encoded anew: text
 * chunks, among them the scene with the model's name, are gone, and size no longer tells the condition.
 */
export async function anonymousPng(picture: Picture, size: number): Promise<Uint8Array> {
  const scale = size / Math.max(picture.width, picture.height);
  const width = Math.max(1, Math.round(picture.width * scale));
  const height = Math.max(1, Math.round(picture.height * scale));
  const scaled = await resizePicture(picture, width, height);
  if (width === size && height === size) return encodePng(scaled);
  const data = new Uint8Array(size * size * 3).fill(GREY);
  const left = (size - width) >> 1;
  const top = (size - height) >> 1;
  for (let y = 0; y < height; y++)
    data.set(scaled.data.subarray(y * width * 3, (y + 1) * width * 3), ((top + y) * size + left) * 3);
  return encodePng({ width: size, height: size, data });
}

/** Uniform noise in blocks of an eighth to a sixteenth of the side: plainly no picture, at any size of the screen. */
export function noisePicture(size: number, random: Random): Picture {
  const block = Math.max(1, Math.floor(size / (8 + random.int(9))));
  const across = Math.ceil(size / block);
  const colours = Uint8Array.from({ length: across * across * 3 }, () => random.int(256));
  const data = new Uint8Array(size * size * 3);
  for (let y = 0; y < size; y++)
    for (let x = 0; x < size; x++) {
      const from = (Math.floor(y / block) * across + Math.floor(x / block)) * 3;
      data.set(colours.subarray(from, from + 3), (y * size + x) * 3);
    }
  return { width: size, height: size, data };
}
