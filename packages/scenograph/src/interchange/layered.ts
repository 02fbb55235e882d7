/**
 * Pictures with layers, out: OpenRaster, Photoshop, and cut-outs.
 *
 * ora: the OpenRaster baseline (openraster.org, stack 0.0.3): a zip whose first file is `mimetype`, stored; stack.xml lists the
 * TOPMOST layer first; x and y are whole pixels from the canvas's top left corner; data/*.png, mergedimage.png,
 * Thumbnails/thumbnail.png of at most 256 pixels a side. `edit-locked` is what Krita and MyPaint read.
 * psd: formats/psd.ts. cutouts: an RGBA PNG a thing at the canvas's size, so that they lie in place one over the other.
 * @module
 */
import { type Pixels, writePng } from "../formats/pngWrite.ts";
import { writePsd } from "../formats/psd.ts";
import { writeZip, type ZipEntry } from "../formats/zip.ts";
import type { Scene } from "../scene/scene.ts";
import { type Layer, layersOf } from "./layers.ts";
import { resizeTo } from "./raster.ts";
import type { ExportOptions, Format, Written } from "./types.ts";
import { escapeXml, fileWord } from "./words.ts";

const THUMBNAIL = 256;
/** Of deflate: large files that are opened, seldom sent; half the time of level 6 for a twentieth more bytes. */
const LEVEL = 3;

async function writeOra(scene: Scene, options: ExportOptions, notes: string[]): Promise<Uint8Array> {
  const { width, height, background, layers, merged } = layersOf(scene, options, notes);
  const text = (content: string) => new TextEncoder().encode(content);
  const file = async (name: string, pixels: Pixels): Promise<ZipEntry> => ({
    name,
    bytes: await writePng(pixels, LEVEL),
    store: true,
  });
  const scale = Math.min(1, THUMBNAIL / Math.max(width, height));
  const small = { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
  const [below, whole, thumbnail, ...cuts] = await Promise.all([
    file("data/background.png", background),
    // the same bytes where nothing lies over the background but its own pieces
    merged === background ? undefined : file("mergedimage.png", merged),
    file("Thumbnails/thumbnail.png", resizeTo(merged, small)),
    ...layers.map((layer, i) => file(`data/layer-${i + 1}.png`, layer.pixels)),
  ]);
  const element = (name: string, src: string, left: number, top: number, flags: string) =>
    `  <layer name="${escapeXml(name)}" src="${src}" x="${left}" y="${top}" opacity="1.0" composite-op="svg:src-over"${flags}/>`;
  const rows = layers.map(({ name, left, top, object }, i) =>
    element(
      name,
      `data/layer-${i + 1}.png`,
      left,
      top,
      ` visibility="${object.hidden ? "hidden" : "visible"}"${object.locked ? ' edit-locked="true"' : ""}`,
    ),
  );
  const stack = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<image version="0.0.3" w="${width}" h="${height}" xres="72" yres="72">`,
    ' <stack name="root">',
    ...rows.reverse(),
    element("background", "data/background.png", 0, 0, ' visibility="visible"'),
    " </stack>",
    "</image>",
    "",
  ].join("\n");
  return writeZip([
    { name: "mimetype", bytes: text("image/openraster"), store: true },
    { name: "stack.xml", bytes: text(stack) },
    below,
    ...cuts,
    whole ?? { ...below, name: "mergedimage.png" },
    thumbnail,
  ]);
}

function writePhotoshop(scene: Scene, options: ExportOptions, notes: string[]): Uint8Array {
  const { width, height, background, layers, merged } = layersOf(scene, options, notes);
  const opaque = new Uint8Array(width * height * 4);
  for (let from = 0, to = 0; to < opaque.length; from += 3, to += 4) {
    opaque[to] = background.data[from];
    opaque[to + 1] = background.data[from + 1];
    opaque[to + 2] = background.data[from + 2];
    opaque[to + 3] = 255;
  }
  return writePsd({
    width,
    height,
    merged: merged.data,
    layers: [
      { name: "background", left: 0, top: 0, width, height, data: opaque },
      ...layers.map(({ name, left, top, pixels, object }) => ({
        name,
        left,
        top,
        width: pixels.width,
        height: pixels.height,
        data: pixels.data,
        hidden: object.hidden === true,
        locked: object.locked === true,
      })),
    ],
  });
}

async function writeCutouts(scene: Scene, options: ExportOptions, notes: string[]): Promise<Written> {
  const { width, height, layers } = layersOf(scene, options, notes);
  const name = fileWord(options.name ?? "") || "scene";
  return Promise.all(
    layers
      .filter(({ object }) => !object.hidden)
      .map(async (layer, i) => ({
        name: `${name}-${i + 1}-${fileWord(layer.name).slice(0, 40) || "thing"}.png`,
        mime: "image/png",
        data: await writePng(inPlace(layer, width, height), LEVEL),
      })),
  );
}

function inPlace({ left, top, pixels }: Layer, width: number, height: number): Pixels {
  const data = new Uint8Array(width * height * 4);
  for (let y = 0; y < pixels.height; y++) {
    const row = pixels.data.subarray(y * pixels.width * 4, (y + 1) * pixels.width * 4);
    data.set(row, ((top + y) * width + left) * 4);
  }
  return { width, height, channels: 4, data };
}

export const ora: Format = {
  name: "ora",
  title: "OpenRaster, a layer a thing",
  extension: "ora",
  mime: "image/openraster",
  binary: true,
  wants: "picture",
  use: "open it in Krita, GIMP or MyPaint",
  write: writeOra,
};

export const psd: Format = {
  name: "psd",
  title: "Photoshop document, a layer a thing",
  extension: "psd",
  mime: "image/vnd.adobe.photoshop",
  binary: true,
  wants: "picture",
  use: "open it in Photoshop, Photopea, Krita, GIMP or Affinity",
  write: writePhotoshop,
};

export const cutouts: Format = {
  name: "cutouts",
  title: "Cut-outs, a transparent PNG a thing",
  extension: "png",
  mime: "image/png",
  binary: true,
  wants: "picture",
  use: "lay them over any background; all have the canvas's size",
  write: writeCutouts,
};
