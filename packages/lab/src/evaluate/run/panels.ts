/** Small pictures for reports. @module */
import { encodePng, resizePicture } from "scenograph/draw/picture";
import { maskToBitmap } from "scenograph/formats/rle";
import { classColor } from "scenograph/scene/colors";
import type { Mask, Picture, SceneObject } from "scenograph/scene/scene";

/** Side of a panel in pixels. */
export const PANEL = 128;

/** Masks in the colours of their classes, in drawing order, on light paper. A PNG file. */
export async function maskPanel(
  objects: readonly Pick<SceneObject, "label">[],
  masks: readonly (Mask | undefined)[],
): Promise<Uint8Array> {
  const data = new Uint8Array(PANEL * PANEL * 3).fill(244);
  objects.forEach(({ label }, k) => {
    const mask = masks[k];
    if (!mask) return;
    const color = Number.parseInt(classColor(label).slice(1), 16);
    const rgb = [color >> 16, (color >> 8) & 255, color & 255];
    const bitmap = maskToBitmap(mask);
    for (let y = 0; y < PANEL; y++)
      for (let x = 0; x < PANEL; x++) {
        const at = Math.floor(((y + 0.5) * mask.height) / PANEL) * mask.width;
        if (!bitmap[at + Math.floor(((x + 0.5) * mask.width) / PANEL)]) continue;
        for (let c = 0; c < 3; c++) data[(y * PANEL + x) * 3 + c] = rgb[c];
      }
  });
  return encodePng({ width: PANEL, height: PANEL, data });
}

/** The picture as a PNG file, enlarged to the size of a panel where it is smaller. */
export async function picturePanel(picture: Picture): Promise<Uint8Array> {
  const enlarged = picture.width < PANEL ? await resizePicture(picture, PANEL, PANEL) : picture;
  return encodePng(enlarged);
}
