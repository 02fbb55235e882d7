/**
 * Layers -> a Photoshop document (Adobe Photoshop File Formats Specification, November 2019): RGB, 8 bits a channel, rows packed
 * by PackBits. Layer names are written twice, as bytes for old readers and as UTF-16 ("luni"). Positions may leave the canvas.
 * @module
 */
import { FormatError } from "@scenograph/graph/errors";
import { joinBytes } from "@scenograph/graph/formats/bytes";

export interface PsdLayer {
  readonly name: string;
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  /** RGBA, not premultiplied, [height * width * 4]. */
  readonly data: Uint8Array;
  readonly hidden?: boolean;
  /** Position and pixels cannot be changed until it is unlocked. */
  readonly locked?: boolean;
}

export interface PsdDocument {
  readonly width: number;
  readonly height: number;
  /** Bottom first. */
  readonly layers: readonly PsdLayer[];
  /** What programs show that read no layers: RGB, [height * width * 3]. */
  readonly merged: Uint8Array;
}

const MAX_SIDE = 30_000;
const MAX_NAME = 255;

/** @throws FormatError for a side over 30,000 pixels, or data that does not have its size */
export function writePsd({ width, height, layers, merged }: PsdDocument): Uint8Array<ArrayBuffer> {
  if (width < 1 || height < 1 || width > MAX_SIDE || height > MAX_SIDE || merged.length !== width * height * 3)
    throw new FormatError(
      `writePsd(): a picture of 1 to ${MAX_SIDE} pixels a side and its RGB bytes, got ${width} x ${height} and ${merged.length} bytes`,
    );
  const packed = layers.map((layer) => {
    if (layer.data.length !== layer.width * layer.height * 4)
      throw new FormatError(
        `writePsd(): layer ${JSON.stringify(layer.name)} has not the bytes of its size; correct it`,
      );
    // transparency (-1) first, as Photoshop writes them
    return [3, 0, 1, 2].map((channel) => planes(layer.data, layer.width, layer.height, 4, [channel]));
  });
  const records = layers.map((layer, i) => layerRecord(layer, packed[i], i + 1));
  const info = joinBytes([int16(layers.length), ...records, ...packed.flat()]);
  const layerInfo = padded(info, 2);
  const layerSection = joinBytes([uint32(layerInfo.length), layerInfo, uint32(0)]);
  return joinBytes([
    ascii("8BPS"),
    int16(1),
    new Uint8Array(6),
    int16(3),
    uint32(height),
    uint32(width),
    int16(8),
    int16(3),
    uint32(0),
    uint32(0),
    uint32(layerSection.length),
    layerSection,
    planes(merged, width, height, 3, [0, 1, 2]),
  ]);
}

function layerRecord(layer: PsdLayer, channels: readonly Uint8Array[], id: number): Uint8Array {
  const { left, top, width, height, name } = layer;
  // transparency is protected by bit 0, bit 1 hides, bit 3 says that bit 4 means something
  const flags = 8 + (layer.hidden ? 2 : 0) + (layer.locked ? 1 : 0);
  const units = [...name].reduce<string>((text, c) => (text.length + c.length <= MAX_NAME ? text + c : text), "");
  const plain = Uint8Array.from([...units].slice(0, 31), (c) => (c >= " " && c <= "~" ? c.charCodeAt(0) : 63));
  const unicode = new Uint8Array(4 + 2 * units.length);
  const view = new DataView(unicode.buffer);
  view.setUint32(0, units.length);
  for (let i = 0; i < units.length; i++) view.setUint16(4 + 2 * i, units.charCodeAt(i));
  const extra = joinBytes([
    uint32(0),
    uint32(0),
    padded(joinBytes([Uint8Array.of(plain.length), plain]), 4),
    tagged("luni", padded(unicode, 4)),
    tagged("lyid", uint32(id)),
    // transparency, pixels, position
    tagged("lspf", uint32(layer.locked ? 7 : 0)),
  ]);
  return joinBytes([
    ...[top, left, top + height, left + width].map(uint32),
    int16(4),
    ...[-1, 0, 1, 2].flatMap((channel, i) => [int16(channel), uint32(channels[i].length)]),
    ascii("8BIMnorm"),
    Uint8Array.of(255, 0, flags, 0),
    uint32(extra.length),
    extra,
  ]);
}

/** Channels of interleaved pixels one after the other: the compression's number, the lengths of all rows, the rows. */
function planes(
  data: Uint8Array,
  width: number,
  height: number,
  step: number,
  channels: readonly number[],
): Uint8Array {
  const rows = channels.length * height;
  // at worst a byte more for every 128
  const out = new Uint8Array(2 + 2 * rows + rows * (width + Math.ceil(width / 128)));
  const view = new DataView(out.buffer);
  view.setUint16(0, 1);
  let at = 2 + 2 * rows;
  const row = new Uint8Array(width);
  for (let c = 0; c < channels.length; c++)
    for (let y = 0; y < height; y++) {
      for (let x = 0, from = y * width * step + channels[c]; x < width; x++, from += step) row[x] = data[from];
      const end = packBits(row, out, at);
      view.setUint16(2 + 2 * (c * height + y), end - at);
      at = end;
    }
  return out.subarray(0, at);
}

/** PackBits from `at` on. -> the end */
function packBits(row: Uint8Array, out: Uint8Array, at: number): number {
  let i = 0;
  while (i < row.length) {
    let run = 1;
    while (run < 128 && row[i + run] === row[i]) run++;
    if (run > 2) {
      out[at++] = 257 - run;
      out[at++] = row[i];
      i += run;
      continue;
    }
    // literal bytes until three are the same
    let n = 0;
    while (n < 128 && i + n < row.length && !(row[i + n] === row[i + n + 1] && row[i + n] === row[i + n + 2])) n++;
    out[at++] = n - 1;
    out.set(row.subarray(i, i + n), at);
    at += n;
    i += n;
  }
  return at;
}

function tagged(key: string, data: Uint8Array): Uint8Array {
  return joinBytes([ascii(`8BIM${key}`), uint32(data.length), data]);
}

function ascii(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function uint32(value: number): Uint8Array {
  const out = new Uint8Array(4);
  new DataView(out.buffer).setInt32(0, value);
  return out;
}

function int16(value: number): Uint8Array {
  const out = new Uint8Array(2);
  new DataView(out.buffer).setInt16(0, value);
  return out;
}

function padded(bytes: Uint8Array, multiple: number): Uint8Array {
  const rest = bytes.length % multiple;
  return rest === 0 ? bytes : joinBytes([bytes, new Uint8Array(multiple - rest)]);
}
