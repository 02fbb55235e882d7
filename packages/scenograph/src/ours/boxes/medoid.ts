/** The box that agrees best with others drawn beside it. @module */
import { boxIou } from "../../formats/rle.ts";
import type { Box } from "../../scene/scene.ts";

/**
 * Index of the box with the highest mean utility against all: minimum Bayes risk over draws of a distribution (Kumar & Byrne
 * 2004). The utility is IoU, or with a width 1 / (1 + exp((1/2 - IoU) / width)): is it within IoU 1/2? Of equals the first. -1 for no boxes.
 */
export function medoid(boxes: readonly Box[], width = 0): number {
  const utility = width === 0 ? (v: number) => v : (v: number) => 1 / (1 + Math.exp((0.5 - v) / width));
  const n = boxes.length;
  // utility is symmetric: each pair is compared once
  const table = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    for (let j = i; j < n; j++) table[i * n + j] = table[j * n + i] = utility(boxIou(boxes[i], boxes[j]));
  let best = -1;
  let most = -1;
  for (let i = 0; i < n; i++) {
    let agreement = 0;
    for (let j = 0; j < n; j++) agreement += table[i * n + j];
    if (agreement > most) {
      most = agreement;
      best = i;
    }
  }
  return best;
}
