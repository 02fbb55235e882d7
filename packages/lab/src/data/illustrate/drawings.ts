/** Our own flat drawings for categories where the icon set has none, a poor one, or an unfitting view. @module */
import type { Drawing } from "./drawing.ts";
import { HOUSEHOLD } from "./household.ts";
import { OUTDOORS } from "./outdoors.ts";

/** Keys name a view: "car" is the side view, "car front" the narrow one. */
export const DRAWINGS = { ...OUTDOORS, ...HOUSEHOLD } satisfies Record<string, Drawing>;

export type DrawingName = keyof typeof DRAWINGS;
