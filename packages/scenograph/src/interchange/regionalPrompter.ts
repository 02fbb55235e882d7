/**
 * Regional Prompter (hako-mikan/sd-webui-regional-prompter scripts/regions.py, 012acc8f), mask mode, out: a prompt and a mask.
 *
 * Region n has the n-th colour of HSV(h, 1/2, 1/2), h = 0, 1/2, 1/4, 3/4, 1/8, 3/8 ..., its channels times 256, cut off; white
 * belongs to no region. Colours must be exact, so edges are hard, and they are counted by what is in the picture: a region that
 * others cover wholly would shift all that follow, and is left out. Prompt: `base ADDBASE`, then a region a part, joined by BREAK.
 * @module
 */
import { writePng } from "../formats/pngWrite.ts";
import type { Scene } from "../scene/scene.ts";
import { sizeOf } from "./geometry.ts";
import { hardMask } from "./raster.ts";
import type { ExportOptions, Format, Written } from "./types.ts";
import { captionOf, escapeWeights, fileWord, phrased } from "./words.ts";

const KEYWORDS = /\b(?:ADDCOMM|ADDROW|ADDCOL|ADDBASE|ADDP|BREAK|AND)\b/g;

async function write(scene: Scene, options: ExportOptions, notes: string[]): Promise<Written> {
  const size = sizeOf(scene, options, { side: 512, multiple: 8 }, notes);
  const objects = phrased(scene);
  if (objects.some((o) => !o.mask)) notes.push("things without a mask have their whole box");
  // 0 is no region
  const owner = new Uint16Array(size.width * size.height);
  objects.forEach((o, i) => {
    const cover = hardMask(o, size);
    for (let y = 0, k = 0; y < cover.height; y++)
      for (let x = 0, at = (cover.top + y) * size.width + cover.left; x < cover.width; x++, k++, at++)
        if (cover.data[k]) owner[at] = i + 1;
  });
  const seen = new Uint8Array(objects.length + 1);
  for (const number of owner) seen[number] = 1;
  const regions = objects.filter((_, i) => seen[i + 1]);
  for (const [i, o] of objects.entries())
    if (!seen[i + 1]) notes.push(`${JSON.stringify(o.words.slice(0, 60))} is covered by nearer things: left out`);
  const white = [255, 255, 255] as const;
  let next = 0;
  const colours = objects.map((_, i) => (seen[i + 1] ? regionColour(next++) : white));
  const data = new Uint8Array(size.width * size.height * 3);
  for (let i = 0, at = 0; i < owner.length; i++, at += 3) {
    const [r, g, b] = owner[i] === 0 ? white : colours[owner[i] - 1];
    data[at] = r;
    data[at + 1] = g;
    data[at + 2] = b;
  }
  const words = [captionOf(scene), ...regions.map((r) => r.words)].map((text) => plain(text, notes));
  const prompt = regions.length > 0 ? `${words[0]} ADDBASE\n${words.slice(1).join(" BREAK\n")}\n` : `${words[0]}\n`;
  const name = fileWord(options.name ?? "") || "scene";
  return [
    { name: `${name}.regions.txt`, mime: "text/plain", data: prompt },
    { name: `${name}.regions.png`, mime: "image/png", data: await writePng({ ...size, channels: 3, data }) },
  ];
}

function plain(text: string, notes: string[]): string {
  const escaped = escapeWeights(text, true);
  const lower = escaped.replace(KEYWORDS, (word) => word.toLowerCase());
  if (lower !== escaped) notes.push("words that Regional Prompter reads as keywords are written small");
  return lower;
}

/** The colour of region n from 0. */
export function regionColour(n: number): [number, number, number] {
  const cycle = Math.ceil(Math.log2(n + 1));
  const step = 1 / 2 ** cycle;
  const hue = n === 0 ? 0 : step + 2 * step * (n - 2 ** (cycle - 1));
  return hsv(hue, 0.5, 0.5).map((v) => Math.min(255, Math.floor(v * 256))) as [number, number, number];
}

/** As Python's colorsys. */
function hsv(h: number, s: number, v: number): [number, number, number] {
  const i = Math.floor(h * 6);
  const f = h * 6 - i;
  const [p, q, t] = [v * (1 - s), v * (1 - s * f), v * (1 - s * (1 - f))];
  return (
    [
      [v, t, p],
      [q, v, p],
      [p, v, t],
      [p, q, v],
      [t, p, v],
      [v, p, q],
    ] as [number, number, number][]
  )[i % 6];
}

export const regionalPrompter: Format = {
  name: "regional-prompter",
  title: "Regional Prompter, prompt and mask",
  extension: "regions.txt",
  mime: "text/plain",
  binary: false,
  wants: "masks",
  use: "in the SD web UI: Regional Prompter, tab Mask, upload the PNG, tick Use base prompt, paste the prompt",
  write,
};
