/** The box that agrees best with others drawn beside it. @module */
import { boxIou } from "../../formats/rle.ts";
import type { Box } from "../../scene/scene.ts";

/**
 * Index of the box with the highest mean utility against all: minimum Bayes risk over draws of a distribution (Kumar & Byrne
 * 2004). The utility is IoU, or with a width 1 / (1 + exp((1/2 - IoU) / width)): is it within IoU 1/2? Of equals the first. -1 for no boxes.
 */
export function medoid(boxes: readonly Box[], width = 0): number {
  const utility = width === 0 ? (v: number) => v : (v: number) => 1 / (1 + Math.exp((0.5 - v) / width));
  let best = -1;
  let most = -1;
  boxes.forEach((a, i) => {
    const agreement = boxes.reduce((total, b) => total + utility(boxIou(a, b)), 0);
    if (agreement > most) {
      most = agreement;
      best = i;
    }
  });
  return best;
}
