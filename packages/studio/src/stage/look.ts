/** The look of things as the picture shows them: cut out along what is seen of them, to be moved at once. @module */
import { contourPath } from "scenograph/scene/contours";
import type { Box, Picture, SceneObject } from "scenograph/scene/scene";
import { rgba } from "../app/pixels.ts";
import { contoursOf } from "../canvas/contours.ts";

export function canvasOf(picture: Picture): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [picture.width, picture.height];
  canvas.getContext("2d")?.putImageData(rgba(picture), 0, 0);
  return canvas;
}

/** Pixels a side of a cut-out for each pixel of the picture: its edge is smooth when it is seen large. */
const FINER = 3;

/**
 * The part of the picture that objects are seen in, as an image of their frame; undefined where they have no silhouettes.
 * What nearer things cover is left out.
 */
export function cutOut(
  picture: Picture,
  objects: readonly SceneObject[],
  ids: readonly string[],
  frame: Box,
): HTMLCanvasElement | undefined {
  const chosen = objects.filter((o) => ids.includes(o.id) && o.mask && !o.hidden);
  if (chosen.length === 0) return undefined;
  const side = picture.width * FINER;
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.ceil(frame[2] * side));
  canvas.height = Math.max(1, Math.ceil(frame[3] * side));
  const c = canvas.getContext("2d");
  if (!c) return undefined;
  c.imageSmoothingQuality = "high";
  c.translate(-frame[0] * side, -frame[1] * side);
  const shape = (o: SceneObject) => new Path2D(o.mask ? contourPath(contoursOf(o.mask), side, side) : "");
  for (const o of objects) {
    if (o.hidden || !o.mask) continue;
    const isChosen = ids.includes(o.id);
    // in drawing order: each thing covers those before it
    c.globalCompositeOperation = isChosen ? "source-over" : "destination-out";
    c.fill(shape(o), "evenodd");
  }
  c.globalCompositeOperation = "source-in";
  c.drawImage(canvasOf(picture), 0, 0, side, side);
  return canvas;
}
