/**
 * The picture at the size of the screen. Silhouettes are known as outlines, so each thing is enlarged by itself and cut along
 * its own: edges are sharp at any size, and no colour of what lies behind shines into them.
 * @module
 */
import { maskToBitmap, resizeMask } from "scenograph/formats/rle";
import { contourPath } from "scenograph/scene/contours";
import { isLabelled, type Picture, type SceneObject } from "scenograph/scene/scene";
import { contoursOf } from "../canvas/contours.ts";

/** Pixels that colours are carried over an edge: as far as enlarging by cubic curves looks, and one more. */
const REACH = 3;
const NOBODY = -1;

/** What can be seen in a picture, in drawing order. */
export function seen(objects: readonly SceneObject[]): (SceneObject & { mask: NonNullable<SceneObject["mask"]> })[] {
  return objects.flatMap((o) => (o.mask && !o.hidden && isLabelled(o) ? [{ ...o, mask: o.mask }] : []));
}

/** Index of the nearest thing at each pixel, or NOBODY. */
function ownersOf(objects: ReturnType<typeof seen>, width: number, height: number): Int16Array {
  const owners = new Int16Array(width * height).fill(NOBODY);
  objects.forEach(({ mask }, i) => {
    const bitmap = maskToBitmap(resizeMask(mask, width, height, "area"));
    for (let p = 0; p < owners.length; p++) if (bitmap[p]) owners[p] = i;
  });
  return owners;
}

/**
 * One layer for what lies behind and one a thing: RGBA of the picture's size. Its own pixels away from edges are the picture's;
 * those at an edge, where the picture mixes two things, and REACH beyond take the colours of their neighbours inside.
 */
export function layersOf(picture: Picture, objects: ReturnType<typeof seen>): Uint8ClampedArray<ArrayBuffer>[] {
  const { width, height, data } = picture;
  const owners = ownersOf(objects, width, height);
  const mine = [NOBODY, ...objects.keys()].map((): number[] => []);
  const cores = mine.map((): number[] => []);
  for (let y = 0, p = 0; y < height; y++)
    for (let x = 0; x < width; x++, p++) {
      const owner = owners[p];
      mine[owner + 1].push(p);
      if (isInside(owners, x, y, width, height)) cores[owner + 1].push(p);
    }
  return mine.map((own, layer) => {
    const out = new Uint8ClampedArray(width * height * 4);
    // a thing of a few pixels is all edge
    let border = cores[layer].length > 0 ? cores[layer] : own;
    for (const p of border) {
      for (let c = 0; c < 3; c++) out[p * 4 + c] = data[p * 3 + c];
      out[p * 4 + 3] = 255;
    }
    for (let step = 0; step < REACH; step++) border = grown(out, border, width, height);
    return out;
  });
}

/** Whether all eight pixels around are the same thing's. */
function isInside(owners: Int16Array, x: number, y: number, width: number, height: number): boolean {
  const owner = owners[y * width + x];
  for (let j = Math.max(0, y - 1); j <= Math.min(height - 1, y + 1); j++)
    for (let i = Math.max(0, x - 1); i <= Math.min(width - 1, x + 1); i++)
      if (owners[j * width + i] !== owner) return false;
  return true;
}

/** One ring more: the mean of what is known beside each of its pixels. -> the ring */
function grown(out: Uint8ClampedArray, border: readonly number[], width: number, height: number): number[] {
  const ring: number[] = [];
  const colours: number[] = [];
  const waiting = new Set<number>();
  const around = (p: number, visit: (q: number) => void) => {
    const [x, y] = [p % width, Math.floor(p / width)];
    for (let j = Math.max(0, y - 1); j <= Math.min(height - 1, y + 1); j++)
      for (let i = Math.max(0, x - 1); i <= Math.min(width - 1, x + 1); i++) visit(j * width + i);
  };
  for (const from of border)
    around(from, (p) => {
      if (out[p * 4 + 3] > 0 || waiting.has(p)) return;
      waiting.add(p);
      let [r, g, b, n] = [0, 0, 0, 0];
      around(p, (q) => {
        if (out[q * 4 + 3] === 0) return;
        r += out[q * 4];
        g += out[q * 4 + 1];
        b += out[q * 4 + 2];
        n++;
      });
      ring.push(p);
      colours.push(r / n, g / n, b / n);
    });
  ring.forEach((p, i) => {
    for (let c = 0; c < 3; c++) out[p * 4 + c] = colours[i * 3 + c];
    out[p * 4 + 3] = 255;
  });
  return ring;
}

/** Draws the picture over a canvas of any size. */
export function drawSharp(canvas: HTMLCanvasElement, picture: Picture, objects: readonly SceneObject[]): void {
  const c = canvas.getContext("2d");
  if (!c) return;
  const things = seen(objects);
  const { width, height } = canvas;
  const small = document.createElement("canvas");
  [small.width, small.height] = [picture.width, picture.height];
  c.imageSmoothingQuality = "high";
  layersOf(picture, things).forEach((data, i) => {
    small.getContext("2d")?.putImageData(new ImageData(data, picture.width, picture.height), 0, 0);
    c.save();
    if (i > 0) c.clip(new Path2D(contourPath(contoursOf(things[i - 1].mask), width, height)), "evenodd");
    c.drawImage(small, 0, 0, width, height);
    c.restore();
  });
}
