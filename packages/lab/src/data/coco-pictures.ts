/**
 * The pictures of samples as byte tensors of one size, decoded on the fly or once into a cache file.
 * @module
 */
import { createHash } from "node:crypto";
import { type FileHandle, open, readFile, rename, rm, stat } from "node:fs/promises";
import path from "node:path";
import { FormatError, UserError } from "@scenograph/graph/errors";
import { type DeclaredSize, firstLine, openPicture } from "scenograph/draw/openPicture";
import { decodePicture } from "scenograph/draw/picture";
import { makeFolder } from "scenograph/formats/folders.node";
import { areaOf, extentOf, type Size } from "scenograph/scene/geometry";
import type { Picture } from "scenograph/scene/scene";
import type { Sample } from "./coco.ts";
import { centreCrop } from "./coco-crop.ts";

/** Changes whenever the same file would give other bytes: part of the name of a cache file. */
const RECIPE = "centre square, lanczos3, sRGB, turned by EXIF, 2";

export interface PictureSet {
  readonly count: number;
  /** [B, H, W, 3] bytes of the samples with these indices, RGB, rows top to bottom. */
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
 * The pictures of the samples: the centre in the aspect of `size` (`centreCrop`, the same that `centreSample` cuts boxes and masks
 * to), resized to it (Lanczos 3), transparency on white.
 * @throws UserError when a sample has no picture; FormatError, while reading, for a picture that cannot be decoded.
 */
export async function loadPictures(
  samples: readonly Sample[],
  size: Size,
  options: PictureOptions = {},
): Promise<PictureSet> {
  const files = samples.map((s) => {
    if (s.file) return pictureOfSample(s);
    throw new UserError(
      `loadPictures(): image ${s.imageId} of split ${s.split} has no picture; load with need: pixels`,
    );
  });
  if (!options.cacheDir) return decodedOnTheFly(files, size);
  const { width, height } = extentOf(size);
  const side = width === height ? String(width) : `${width}x${height}`;
  const name = `pictures-${side}-${await fingerprint(files)}.rgb`;
  const cache = path.join(options.cacheDir, name);
  const bytes = areaOf(size) * 3;
  const known = await stat(cache).catch(() => undefined);
  if (known?.size !== bytes * files.length) await writeCache(cache, files, size, options);
  return cached(await open(cache, "r"), files.length, bytes);
}

/** The picture of a sample, and the size of the annotated picture, by which the file is turned or not. */
export function pictureOfSample(sample: Sample): PictureFile {
  const { width, height } = sample.window ?? sample;
  return { file: sample.file!, ...(width > 0 && height > 0 && { declared: { width, height } }) };
}

export interface PictureFile {
  readonly file: string;
  readonly declared?: DeclaredSize;
}

/**
 * Decode one picture: its centre in the aspect of `size`, resized to it, RGB.
 * @throws FormatError for anything but a whole picture of at most `MAX_PIXELS`.
 */
export async function decodeCentre(picture: string | PictureFile, size: Size): Promise<Uint8Array> {
  const { file, declared } = typeof picture === "string" ? { file: picture, declared: undefined } : picture;
  try {
    // from memory: libvips caches by file name, and would show an old picture after a change
    const { image, width, height } = await openPicture(await readFile(file), declared);
    const wanted = extentOf(size);
    const { data, info } = await image
      .extract(centreCrop(width, height, size))
      .resize(wanted.width, wanted.height, { fit: "fill", kernel: "lanczos3" })
      .raw()
      .toBuffer({ resolveWithObject: true });
    if (info.channels !== 3) throw new Error(`${info.channels} channels`);
    return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  } catch (error) {
    throw new FormatError(
      `decodeCentre(): ${file} is not a whole picture (${firstLine(error)}); \`data check\` lists all that are broken`,
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
    const { file, declared } = pictureOfSample(sample);
    const picture = await decodePicture(new Uint8Array(await readFile(file)), { declared });
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

const WIDTH = 4;

function decodedOnTheFly(files: readonly PictureFile[], size: Size): PictureSet {
  const bytes = areaOf(size) * 3;
  return {
    count: files.length,
    async read(indices) {
      const out = new Uint8Array(indices.length * bytes);
      await parallel(indices.length, WIDTH, async (i) => {
        out.set(await decodeCentre(files[indices[i]], size), i * bytes);
      });
      return out;
    },
    async close() {},
  };
}

function cached(handle: FileHandle, count: number, bytes: number): PictureSet {
  return {
    count,
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
async function writeCache(cache: string, files: readonly PictureFile[], size: Size, options: PictureOptions) {
  const bytes = areaOf(size) * 3;
  const temporary = `${cache}.${process.pid}.tmp`;
  await makeFolder(path.dirname(cache));
  const handle = await open(temporary, "w");
  try {
    let done = 0;
    await parallel(files.length, WIDTH, async (i) => {
      options.signal?.throwIfAborted();
      await handle.write(await decodeCentre(files[i], size), 0, bytes, i * bytes);
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
async function fingerprint(files: readonly PictureFile[]): Promise<string> {
  const facts: string[] = new Array(files.length);
  await parallel(files.length, 16, async (i) => {
    const { file, declared } = files[i];
    const { size, mtimeMs } = await stat(file);
    facts[i] = `${path.resolve(file)}\n${size}\n${mtimeMs}\n${declared?.width}x${declared?.height}\n`;
  });
  return createHash("sha256").update(RECIPE).update(facts.join("")).digest("hex").slice(0, 16);
}
