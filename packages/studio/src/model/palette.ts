/** A colour for each category of the open model. @module */
import { classIndex } from "scenograph/scene/categories";
import { classColor } from "scenograph/scene/colors";
import { categories } from "./vocabulary.ts";

/** Turn of the hue from one category to the next: the golden angle, so that neighbours differ most. */
const TURN = 137.508;

/** `#rrggbb`: COCO's own colours for its names, others by their place in the vocabulary; grey for what no category names. */
export function colorOf(label: string | null): string {
  const index = categories().indexOf(label);
  if (index < 0) return classIndex(label) < 0 ? classColor(null) : classColor(label);
  if (classIndex(label) >= 0) return classColor(label);
  return fromHsl((25 + index * TURN) % 360, 0.58, [0.5, 0.42, 0.6][index % 3]);
}

function fromHsl(hue: number, saturation: number, lightness: number): string {
  const a = saturation * Math.min(lightness, 1 - lightness);
  const channel = (n: number) => {
    const k = (n + hue / 30) % 12;
    const v = lightness - a * Math.max(-1, Math.min(k - 3, 9 - k, 1));
    return Math.round(255 * v)
      .toString(16)
      .padStart(2, "0");
  };
  return `#${channel(0)}${channel(8)}${channel(4)}`;
}
