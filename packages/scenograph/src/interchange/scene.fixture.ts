/** An off-centre layout on a canvas twice as wide as high, whose boxes hit whole units of every grid that the goldens use. @module */
import { bitmapToMask } from "../formats/rle.ts";
import type { Mask, Picture, Scene } from "../scene/scene.ts";

export const offCentre: Scene = {
  version: 2,
  caption: "a cat left of a red couch under a lamp",
  width: 400,
  height: 200,
  seed: 7,
  objects: [
    { id: "o1", label: "couch", box: [0.5, 0.6, 0.25, 0.2], phrase: "a red couch", colour: "#c02020" },
    { id: "o2", label: "cat", box: [0.1, 0.2, 0.3, 0.4], phrase: "a cat" },
    { id: "o3", label: null, box: [0.8, 0.04, 0.1, 0.48], phrase: "a lamp" },
  ],
};

/** The ellipse of each box, on a grid of 80 x 40. */
export const masked: Scene = {
  ...offCentre,
  objects: offCentre.objects.map((o) => ({ ...o, mask: ellipse(o.box, 80, 40) })),
};

export function ellipse([x, y, w, h]: Scene["objects"][number]["box"], width: number, height: number): Mask {
  const bitmap = new Uint8Array(width * height);
  for (let row = 0; row < height; row++)
    for (let column = 0; column < width; column++) {
      const [dx, dy] = [((column + 0.5) / width - x - w / 2) / (w / 2), ((row + 0.5) / height - y - h / 2) / (h / 2)];
      if (dx * dx + dy * dy <= 1) bitmap[row * width + column] = 1;
    }
  return bitmapToMask(bitmap, width, height);
}

/** Red grows to the right, green downwards: a pixel tells where it was. */
export function ramp(width: number, height: number): Picture {
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const at = (y * width + x) * 3;
      data[at] = Math.round((x / (width - 1)) * 255);
      data[at + 1] = Math.round((y / (height - 1)) * 255);
      data[at + 2] = 128;
    }
  return { width, height, data };
}
