/**
 * The one reader of pictures from outside: checking, showing, filling and training see the same pixels, and refuse the same files.
 * @module
 */
import { FormatError } from "@scenograph/graph/errors";
import sharp, { type Sharp } from "sharp";

/** Larger pictures are refused before they are decoded: 100 megapixels. */
export const MAX_PIXELS = 100_000_000;
/** Larger files are not read. */
export const MAX_PICTURE_BYTES = 2 ** 28;
/** Formats that are read; "heif" is AVIF here (HEIC needs a codec that is not shipped). */
const FORMATS = new Set(["jpeg", "png", "webp", "gif", "tiff", "heif"]);
const WANTED = "JPEG, PNG, WebP, GIF, TIFF or AVIF";

/** The size that annotations refer to, in pixels. */
export interface DeclaredSize {
  readonly width: number;
  readonly height: number;
}

export interface OpenedPicture {
  /** Turned, first frame, sRGB, 3 channels of 8 bits; transparency on white. Ready for extract, resize, raw. */
  readonly image: Sharp;
  /** Pixels, after turning. */
  readonly width: number;
  readonly height: number;
  /** EXIF orientation that was applied (2 to 8), or 1. */
  readonly turned: number;
  /** EXIF orientation that was not applied, because the annotations fit the stored pixels only; else 1. */
  readonly ignored: number;
  /** 1, or how many frames or pages there are, of which the first is taken. */
  readonly frames: number;
}

/**
 * Opens a picture; its pixels are decoded when they are asked for. It is turned as its EXIF orientation says, which is what browsers
 * and the annotation tools in them show; only where the declared size fits the stored pixels and not the turned ones, it is left.
 * @throws FormatError for another format, more than `MAX_PIXELS` or `MAX_PICTURE_BYTES`, a header that cannot be read
 */
export async function openPicture(bytes: Uint8Array, declared?: DeclaredSize): Promise<OpenedPicture> {
  if (bytes.length > MAX_PICTURE_BYTES)
    throw new FormatError(`a picture has at most ${MAX_PICTURE_BYTES} bytes, got ${bytes.length}`);
  // SVG and PDF would run other parsers
  if (!isKnown(bytes)) throw new FormatError(`pictures are ${WANTED}, got other bytes; convert the picture`);
  const options = { failOn: "error", limitInputPixels: MAX_PIXELS } as const;
  const { format, width, height, orientation = 1, pages = 1 } = await sharp(bytes, options).metadata();
  if (!FORMATS.has(format)) throw new FormatError(`pictures are ${WANTED}, got ${format}; convert the picture`);
  const sideways = orientation >= 5;
  const [w, h] = sideways ? [height, width] : [width, height];
  const isStored = sideways && declared !== undefined && fits(declared, width, height) && !fits(declared, w, h);
  const turn = orientation > 1 && !isStored;
  const input = sharp(bytes, options);
  const image = (turn ? input.autoOrient() : input).flatten({ background: "#ffffff" }).toColourspace("srgb");
  return {
    image,
    width: isStored ? width : w,
    height: isStored ? height : h,
    turned: turn ? orientation : 1,
    ignored: isStored ? orientation : 1,
    frames: pages,
  };
}

/** Same shape, but for rounding: annotations in fractions of the picture then fit, whatever its size in pixels. */
export function fits({ width, height }: DeclaredSize, w: number, h: number): boolean {
  if (width === w && height === h) return true;
  const scale = Math.sqrt((w * h) / (width * height));
  return Math.abs(width * scale - w) <= Math.max(1, scale) && Math.abs(height * scale - h) <= Math.max(1, scale);
}

/** Decodes all of it, so that a file that ends early is noticed. @throws Error of the decoder */
export async function decodeWhole({ image, width, height }: OpenedPicture): Promise<void> {
  // statistics pass over all pixels without holding them
  if (width * height > 2 ** 24) await image.stats();
  else await image.raw().toBuffer();
}

/** The first line of an error's message: libvips writes several. */
export function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).trim().split("\n")[0];
}

function isKnown(bytes: Uint8Array): boolean {
  const head = String.fromCharCode(...bytes.subarray(0, 16));
  const starts = ["\xff\xd8", "\x89PNG\r\n\x1a\n", "GIF8", "II*\0", "MM\0*", "II+\0", "MM\0+"];
  return starts.some((s) => head.startsWith(s)) || head.startsWith("WEBP", 8) || head.startsWith("ftyp", 4);
}
