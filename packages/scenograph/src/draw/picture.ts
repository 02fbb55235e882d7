/** Pictures <-> bytes of picture files. @module */

import { FormatError } from "@scenograph/graph/errors";
import sharp, { type Sharp } from "sharp";
import type { Picture } from "../scene/scene.ts";
import { type DeclaredSize, firstLine, openPicture } from "./openPicture.ts";

/** The picture as a PNG file, without loss; `level` is zlib's, 0 to 9. */
export async function encodePng(picture: Picture, level = 9): Promise<Uint8Array> {
  return new Uint8Array(await raw(picture).png({ compressionLevel: level }).toBuffer());
}

/** The picture as a JPEG or WebP file. @param quality 1 to 100 */
export async function encodeLossy(picture: Picture, format: "jpeg" | "webp", quality: number): Promise<Uint8Array> {
  return new Uint8Array(await raw(picture)[format]({ quality }).toBuffer());
}

/**
 * The picture in a file, as `openPicture` reads it: turned by its EXIF orientation, first frame, transparency on white.
 * `within`: shrunk, never enlarged, to this many pixels a side, in proportion.
 * @throws FormatError for other formats, damaged files, more bytes or pixels than its limits (checked before anything is decoded)
 */
export async function decodePicture(
  bytes: Uint8Array,
  { declared, within }: { readonly declared?: DeclaredSize; readonly within?: number } = {},
): Promise<Picture> {
  try {
    const { image } = await openPicture(bytes, declared);
    if (within !== undefined) image.resize(within, within, { fit: "inside", withoutEnlargement: true });
    const { data, info } = await image.raw().toBuffer({ resolveWithObject: true });
    if (info.channels !== 3) throw new Error(`${info.channels} channels`);
    return { width: info.width, height: info.height, data: new Uint8Array(data) };
  } catch (e) {
    const damaged = e instanceof FormatError ? "" : "; the file is damaged";
    throw new FormatError(`decodePicture(): the picture cannot be decoded (${firstLine(e)})${damaged}`);
  }
}

/** The picture at another size: "cubic" for people, "nearest" to see single pixels. */
export async function resizePicture(
  picture: Picture,
  width: number,
  height: number,
  kernel: "cubic" | "nearest" = "cubic",
): Promise<Picture> {
  if (picture.width === width && picture.height === height) return picture;
  const data = await raw(picture).resize(width, height, { kernel, fit: "fill" }).raw().toBuffer();
  return { width, height, data: new Uint8Array(data) };
}

function raw({ width, height, data }: Picture): Sharp {
  if (data.length !== width * height * 3)
    throw new FormatError(`a picture of ${width} x ${height} has ${width * height * 3} bytes, got ${data.length}`);
  return sharp(data, { raw: { width, height, channels: 3 } });
}
