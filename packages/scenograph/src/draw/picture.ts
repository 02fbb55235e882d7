/** Pictures <-> PNG and JPEG bytes. @module */

import { FormatError } from "@scenograph/graph/errors";
import sharp, { type Sharp } from "sharp";
import { isPng, readPngHeader } from "../formats/png.ts";
import type { Picture } from "../scene/scene.ts";

const MAX_BYTES = 2 ** 26;
const MAX_PIXELS = 2 ** 24;

/** The picture as a PNG file, without loss; `level` is zlib's, 0 to 9. */
export async function encodePng(picture: Picture, level = 9): Promise<Uint8Array> {
  return new Uint8Array(await raw(picture).png({ compressionLevel: level }).toBuffer());
}

/**
 * The picture in a PNG or JPEG file, as stored (no rotation by EXIF, as COCO's coordinates want it); transparency becomes
 * white. @throws FormatError for other formats, damaged files, more than 64 MiB or 4096 x 4096 pixels (checked before
 * anything is decoded).
 */
export async function decodePicture(bytes: Uint8Array): Promise<Picture> {
  if (bytes.length > MAX_BYTES)
    throw new FormatError(`decodePicture(): a file has at most ${MAX_BYTES} bytes, got ${bytes.length}`);
  if (isPng(bytes)) readPngHeader(bytes, { maxPixels: MAX_PIXELS });
  else if (!(bytes[0] === 0xff && bytes[1] === 0xd8))
    throw new FormatError("decodePicture(): pictures are PNG or JPEG files, got other bytes; convert the picture");
  try {
    const { data, info } = await sharp(bytes, { limitInputPixels: MAX_PIXELS, failOn: "error" })
      .flatten({ background: "#ffffff" })
      .toColourspace("srgb")
      .raw()
      .toBuffer({ resolveWithObject: true });
    if (info.channels !== 3) throw new Error(`${info.channels} channels`);
    return { width: info.width, height: info.height, data: new Uint8Array(data) };
  } catch (e) {
    const reason = (e as Error).message.split("\n")[0];
    throw new FormatError(`decodePicture(): the picture cannot be decoded (${reason}); the file is damaged`);
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
