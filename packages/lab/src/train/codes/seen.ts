/** Objects with pixels for look codes: crops of a COCO folder's pictures in the boxes' own frames. @module */

import { cropToBox } from "scenograph/ours/codes/crops";
import { mirrorMap } from "scenograph/ours/codes/mirror";
import type { Seen, Silhouette } from "scenograph/ours/codes/objects";
import { mainColour, meanNear, paintedPixels, type Rgb } from "scenograph/ours/looks/colour";
import { objectMask, type Sample } from "../../data/coco.ts";
import { pictureReader } from "../../data/coco-pictures.ts";

/** Less of the silhouette in sight tells little of the look. */
const LEAST_VISIBLE = 0.6;
/** A pixel is the object's own where so much of it is. */
const OWN = 0.9;

/**
 * Silhouettes (of `whole`, masks whole) with the pixels of `samples`, the same pictures with visible masks. `side`: the largest
 * that is kept. The colour is the one that the data names (`attributes.hex`), else that of the main part. Pictures by night or in
 * bad weather are left out: their colours are the light's too.
 */
export async function seenObjects(
  silhouettes: readonly Silhouette[],
  samples: readonly Sample[],
  side: number,
): Promise<Seen[]> {
  const read = pictureReader(0);
  const found: Seen[] = [];
  const bySample = new Map<number, Silhouette[]>();
  for (const s of silhouettes) bySample.set(s.sample, [...(bySample.get(s.sample) ?? []), s]);
  for (const [index, own] of bySample) {
    const sample = samples[index];
    if (!isPlain(sample)) continue;
    const { width, height, data } = await read(sample);
    for (const silhouette of own) {
      const object = sample.objects[silhouette.object];
      const bitmap = objectMask(sample, object, width, height);
      if (!bitmap) continue;
      const longest = Math.max(silhouette.box[2] * width, silhouette.box[3] * height);
      // as many pixels as the object has, about
      const kept = longest > 144 && side >= 256 ? 256 : longest > 72 && side >= 128 ? 128 : 64;
      const turn = <T extends Uint8Array>(map: T, channels = 1) =>
        silhouette.mirrored ? mirrorMap(map, kept, channels) : map;
      const cover = cropToBox({ width, height, channels: 1, data: bitmap }, silhouette.box, kept);
      const visible = Uint8Array.from(cover, (v) => (v >= OWN ? 1 : 0));
      const whole = silhouette.shape.reduce((n, v) => n + v, 0) / silhouette.shape.length;
      const seen = visible.reduce((n, v) => n + v, 0) / visible.length;
      if (seen < LEAST_VISIBLE * whole) continue;
      const crop = cropToBox({ width, height, channels: 3, data }, silhouette.box, kept);
      const pixels = Uint8Array.from(crop, Math.round);
      const hex = object.attributes?.hex;
      const named = typeof hex === "string" && /^#[0-9a-f]{6}$/.test(hex) ? rgbOf(hex) : undefined;
      const colour = (named && meanNear(pixels, visible, named)) ?? mainColour(pixels, visible, kept);
      if (!colour) continue;
      const painted = paintedPixels(pixels, visible, colour);
      const maps = { pixels: turn(pixels, 3), visible: turn(visible), painted: turn(painted) };
      found.push({ ...silhouette, ...maps, side: kept, colour, imageId: sample.imageId, objectId: object.id });
    }
  }
  return found;
}

/** Is the light that of a clear day? True of pictures that say nothing of it. */
function isPlain({ attributes }: Sample): boolean {
  const { time = "day", weather = "clear" } = attributes ?? {};
  return time === "day" && weather === "clear";
}

function rgbOf(hex: string): Rgb {
  return [1, 3, 5].map((i) => Number.parseInt(hex.slice(i, i + 2), 16)) as unknown as Rgb;
}
