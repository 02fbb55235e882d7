/** Where the names of boxes stand. @module */
import { nameOf, paintOrder } from "scenograph/scene/ops";
import type { Box, SceneObject } from "scenograph/scene/scene";

/** A box in pixels of a canvas of this side. */
export function rectOf([x, y, w, h]: Box, side: number) {
  return { x: x * side, y: y * side, width: w * side, height: h * side };
}

export interface Spot {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly inside: boolean;
}

export const TAG_FONT = 12;
export const TAG_PADDING = 3.5;

/**
 * Names inside their boxes, above them where they would cover them. One that would lie on another of its kind is left
 * out: the colour says what the object is. The selected one's is always there.
 */
export function placeTags(
  objects: readonly SceneObject[],
  side: number,
  unit: number,
  selected?: string,
): Map<string, Spot> {
  const height = (TAG_FONT + 2 * TAG_PADDING) * unit;
  const spots = new Map<string, Spot>();
  const placed: (Spot & { label: string })[] = [];
  const first = (o: SceneObject) => (o.id === selected ? 0 : 1);
  for (const o of paintOrder(objects).sort((a, b) => first(a) - first(b))) {
    const box = rectOf(o.box, side);
    const width = (nameOf(o).length * 0.58 * TAG_FONT + 2 * TAG_PADDING) * unit;
    const inside = box.height > 2.2 * height && box.width > width;
    const spot: Spot = {
      x: Math.min(box.x, side - width),
      y: inside || box.y < height ? box.y : box.y - height,
      width,
      inside,
    };
    const covers = placed.some(
      (p) =>
        p.label === nameOf(o) &&
        Math.abs(p.y - spot.y) < 0.7 * height &&
        p.x < spot.x + 0.7 * width &&
        spot.x < p.x + 0.7 * p.width,
    );
    if (covers) continue;
    placed.push({ ...spot, label: nameOf(o) });
    spots.set(o.id, spot);
  }
  return spots;
}
