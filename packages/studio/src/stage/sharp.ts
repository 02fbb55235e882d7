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
  const near = neighbours(width, height);
  return [NOBODY, ...objects.keys()].map((layer) => {
    const out = new Uint8ClampedArray(width * height * 4);
    const own = (p: number) => owners[p] === layer;
    const isInside = (p: number) => own(p) && near(p).every(own);
    const mine = [...owners.keys()].filter(own);
    const core = mine.filter(isInside);
    // a thing of a few pixels is all edge
    let border = core.length > 0 ? core : mine;
    for (const p of border) out.set([data[p * 3], data[p * 3 + 1], data[p * 3 + 2], 255], p * 4);
    for (let step = 0; step < REACH; step++) border = grown(out, border, near);
    return out;
  });
}

/** One ring more: the mean of what is known beside each of its pixels. -> the ring */
function grown(out: Uint8ClampedArray, border: readonly number[], near: (p: number) => readonly number[]): number[] {
  const ring = new Map<number, [number, number, number]>();
  for (const from of border)
    for (const p of near(from)) {
      if (out[p * 4 + 3] > 0 || ring.has(p)) continue;
      const known = near(p).filter((q) => out[q * 4 + 3] > 0);
      const mean = (c: number) => known.reduce((sum, q) => sum + out[q * 4 + c], 0) / known.length;
      ring.set(p, [mean(0), mean(1), mean(2)]);
    }
  for (const [p, rgb] of ring) out.set([...rgb, 255], p * 4);
  return [...ring.keys()];
}

function neighbours(width: number, height: number): (p: number) => readonly number[] {
  return (p) => {
    const [x, y] = [p % width, Math.floor(p / width)];
    const found: number[] = [];
    for (let j = Math.max(0, y - 1); j <= Math.min(height - 1, y + 1); j++)
      for (let i = Math.max(0, x - 1); i <= Math.min(width - 1, x + 1); i++)
        if (i !== x || j !== y) found.push(j * width + i);
    return found;
  };
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
