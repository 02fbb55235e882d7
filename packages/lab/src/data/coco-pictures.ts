/**
 * The pictures of samples as square byte tensors, decoded on the fly or once into a cache file.
 * @module
 */
import { createHash } from "node:crypto";
import { type FileHandle, open, readFile, rename, rm, stat } from "node:fs/promises";
import path from "node:path";
import { FormatError, UserError } from "@scenograph/graph/errors";
import { decodePicture } from "scenograph/draw/picture";
import { makeFolder } from "scenograph/formats/folders.node";
import type { Picture } from "scenograph/scene/scene";
import sharp from "sharp";
import type { Sample } from "./coco.ts";
import { squareCrop } from "./coco-crop.ts";

/** Larger pictures are refused before they are decoded. */
export const MAX_PIXELS = 100_000_000;

/** Changes whenever the same file would give other bytes: part of the name of a cache file. */
const RECIPE = "centre square, lanczos3, sRGB, 1";

export interface PictureSet {
  readonly count: number;
  /** Side in pixels. */
  readonly size: number;
  /** [B, size, size, 3] bytes of the samples with these indices, RGB, rows top to bottom. */
  read(indices: readonly number[]): Promise<Uint8Array>;
  close(): Promise<void>;
}

export interface PictureOptions {
  /** Keep the decoded pictures here, in one file named by folder, files, dates and size; made when it is not there. */
  readonly cacheDir?: string;
  readonly onProgress?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
}

/**
 * The pictures of the samples: the centre square (`squareCrop`, the same that `squareSample` cuts boxes and masks to),
 * resized to size x size (Lanczos 3), transparency on white.
 * @throws UserError when a sample has no picture; FormatError, while reading, for a picture that cannot be decoded.
 */
export async function loadPictures(
  samples: readonly Sample[],
  size: number,
  options: PictureOptions = {},
): Promise<PictureSet> {
  const files = samples.map((s) => {
    if (s.file) return s.file;
    throw new UserError(
      `loadPictures(): image ${s.imageId} of split ${s.split} has no picture; load with need: pixels`,
    );
  });
  if (!options.cacheDir) return decodedOnTheFly(files, size);
  const name = `pictures-${size}-${await fingerprint(files)}.rgb`;
  const cache = path.join(options.cacheDir, name);
  const bytes = size * size * 3;
  const known = await stat(cache).catch(() => undefined);
  if (known?.size !== bytes * files.length) await writeCache(cache, files, size, options);
  return cached(await open(cache, "r"), files.length, size);
}

/**
 * Decode one picture: centre square, size x size, RGB.
 * @throws FormatError for anything but a whole picture of at most `MAX_PIXELS`.
 */
export async function decodeSquare(file: string, size: number): Promise<Uint8Array> {
  try {
    // from memory: libvips caches by file name, and would show an old picture after a change
    const image = sharp(await readFile(file), { failOn: "error", limitInputPixels: MAX_PIXELS });
    const { width, height } = await image.metadata();
    const { left, top, side } = squareCrop(width, height);
    const { data, info } = await image
      .extract({ left, top, width: side, height: side })
      .resize(size, size, { fit: "fill", kernel: "lanczos3" })
      .flatten({ background: "white" })
      .toColourspace("srgb")
      .raw()
      .toBuffer({ resolveWithObject: true });
    if (info.channels !== 3) throw new Error(`${info.channels} channels`);
    return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  } catch (error) {
    throw new FormatError(
      `decodeSquare(): ${file} is not a whole picture (${firstLine(error)}); \`data check\` lists all that are broken`,
    );
  }
}

/** Decoded pictures that `pictureReader` keeps, in bytes. */
const KEPT_BYTES = 2 ** 29;

/** Decodes pictures; the first of them, up to so many bytes, stay in memory. */
export function pictureReader(most = KEPT_BYTES): (sample: Sample) => Promise<Picture> {
  const kept = new Map<number, Picture>();
  let bytes = 0;
  return async (sample) => {
    const known = kept.get(sample.imageId);
    if (known) return known;
    const picture = await decodePicture(new Uint8Array(await readFile(sample.file!)));
    if (bytes + picture.data.length <= most) {
      bytes += picture.data.length;
      kept.set(sample.imageId, picture);
    }
    return picture;
  };
}

/** Run `work` on 0..n-1, at most `width` at a time; the first failure stops it. */
export async function parallel(n: number, width: number, work: (i: number) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async () => {
    while (next < n) {
      const i = next++;
      try {
        await work(i);
      } catch (error) {
        next = n;
        throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(width, n) }, worker));
}

/** The first line of an error's message: libvips writes several. */
export function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).trim().split("\n")[0];
}

const WIDTH = 4;

function decodedOnTheFly(files: readonly string[], size: number): PictureSet {
  const bytes = size * size * 3;
  return {
    count: files.length,
    size,
    async read(indices) {
      const out = new Uint8Array(indices.length * bytes);
      await parallel(indices.length, WIDTH, async (i) => {
        out.set(await decodeSquare(files[indices[i]], size), i * bytes);
      });
      return out;
    },
    async close() {},
  };
}

function cached(handle: FileHandle, count: number, size: number): PictureSet {
  const bytes = size * size * 3;
  return {
    count,
    size,
    async read(indices) {
      const out = new Uint8Array(indices.length * bytes);
      await parallel(indices.length, WIDTH, async (i) => {
        const { bytesRead } = await handle.read(out, i * bytes, bytes, indices[i] * bytes);
        if (bytesRead !== bytes)
          throw new FormatError(`loadPictures(): the cache ends at picture ${indices[i]}; delete it`);
      });
      return out;
    },
    close: () => handle.close(),
  };
}

/** Decode everything into a temporary file, then rename: a cache file is complete or not there. */
async function writeCache(cache: string, files: readonly string[], size: number, options: PictureOptions) {
  const bytes = size * size * 3;
  const temporary = `${cache}.${process.pid}.tmp`;
  await makeFolder(path.dirname(cache));
  const handle = await open(temporary, "w");
  try {
    let done = 0;
    await parallel(files.length, WIDTH, async (i) => {
      options.signal?.throwIfAborted();
      await handle.write(await decodeSquare(files[i], size), 0, bytes, i * bytes);
      options.onProgress?.(++done, files.length);
    });
    await handle.sync();
    await handle.close();
    await rename(temporary, cache);
  } catch (error) {
    await handle.close().catch(() => {});
    await rm(temporary, { force: true });
    throw error;
  }
}

/** Of the recipe and every file's path, size and date. */
async function fingerprint(files: readonly string[]): Promise<string> {
  const facts: string[] = new Array(files.length);
  await parallel(files.length, 16, async (i) => {
    const { size, mtimeMs } = await stat(files[i]);
    facts[i] = `${path.resolve(files[i])}\n${size}\n${mtimeMs}\n`;
  });
  return createHash("sha256").update(RECIPE).update(facts.join("")).digest("hex").slice(0, 16);
}
