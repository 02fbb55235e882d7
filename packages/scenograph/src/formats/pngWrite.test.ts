import { FormatError } from "@scenograph/graph/errors";
import sharp from "sharp";
import { expect, test } from "vitest";
import { readPngChunks } from "./png.ts";
import { type Pixels, writePng } from "./pngWrite.ts";

/** Pixels that no filter leaves alone: ramps, steps and noise. */
function pixels(width: number, height: number, channels: Pixels["channels"]): Pixels {
  const data = new Uint8Array(width * height * channels);
  for (let i = 0, seed = 1; i < data.length; i++) {
    seed = (seed * 48271) % 2147483647;
    const [x, y] = [Math.floor(i / channels) % width, Math.floor(i / channels / width)];
    data[i] = y % 3 === 0 ? seed : y % 3 === 1 ? 3 * x + y : x > 4 ? 200 : 10;
  }
  return { width, height, channels, data };
}

test.each([1, 2, 3, 4] as const)("another decoder reads the same pixels, %i channels", async (channels) => {
  for (const [width, height] of [
    [1, 1],
    [7, 5],
    [64, 33],
  ]) {
    const given = pixels(width, height, channels);
    const png = await writePng(given);
    const { data, info } = await sharp(png).raw().toBuffer({ resolveWithObject: true });
    expect(info).toMatchObject({ width, height });
    const expected = given.data;
    // the decoder widens grey to three channels
    const step = info.channels / channels;
    if (step === 1) expect(new Uint8Array(data)).toEqual(expected);
    else
      expect(data.filter((_, i) => i % info.channels === 0)).toEqual(
        Buffer.from(expected.filter((_, i) => i % channels === 0)),
      );
    // checksums
    expect(readPngChunks(png).map((c) => c.type)).toEqual(["IHDR", "IDAT", "IEND"]);
  }
});

test("data that has not its size is refused", async () => {
  await expect(writePng({ width: 2, height: 2, channels: 3, data: new Uint8Array(11) })).rejects.toThrow(FormatError);
  await expect(writePng({ width: 0, height: 2, channels: 3, data: new Uint8Array() })).rejects.toThrow(
    /needs 0 bytes|2 x 3/,
  );
});
