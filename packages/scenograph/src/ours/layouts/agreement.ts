/**
 * The layout that agrees best with others drawn beside it: minimum Bayes risk (Kumar & Byrne 2004) over whole layouts, where
 * the medoid of `boxes/medoid.ts` is that of one box. Noise of single draws goes; another seed still gives another layout.
 * @module
 */
import { boxIou } from "../../formats/rle.ts";
import type { Box } from "../../scene/scene.ts";

export interface Drawn {
  readonly label: string | null;
  readonly box: Box;
}

/** What a pair of one label counts beside its place, and how sharp "is it within IoU 1/2?" is asked. */
const SAME_LABEL = 1;
const WIDTH = 0.1;
/** Below 1/2 a layout is forgiven what it has beyond the other: the most agreed ones have too few objects. */
const OWN = 0.45;

/** Objects of one label each, the most overlapping first: [index of a, index of b, IoU]. */
export function pairsOf(a: readonly Drawn[], b: readonly Drawn[]): [number, number, number][] {
  const all: [number, number, number][] = [];
  a.forEach((p, i) => {
    b.forEach((q, j) => {
      if (p.label === q.label) all.push([i, j, boxIou(p.box, q.box)]);
    });
  });
  all.sort((x, y) => y[2] - x[2]);
  const [ofA, ofB] = [new Set<number>(), new Set<number>()];
  return all.filter(([i, j]) => {
    if (ofA.has(i) || ofB.has(j)) return false;
    ofA.add(i);
    ofB.add(j);
    return true;
  });
}

const near = (iou: number) => 1 / (1 + Math.exp((0.5 - iou) / WIDTH));

/** Index of the layout that has most of what the others have, and where they have it; of equals the first. -1 for none. */
export function mostAgreed(layouts: readonly (readonly Drawn[])[]): number {
  const sums = layouts.map(() => 0);
  layouts.forEach((a, i) => {
    layouts.slice(0, i).forEach((b, j) => {
      const shared = pairsOf(a, b).reduce((total, [, , iou]) => total + SAME_LABEL + near(iou), 0);
      sums[i] += shared / Math.max(OWN * a.length + (1 - OWN) * b.length, 1);
      sums[j] += shared / Math.max(OWN * b.length + (1 - OWN) * a.length, 1);
    });
  });
  return sums.length === 0 ? -1 : sums.indexOf(Math.max(...sums));
}

/** The objects of a layout, each where most layouts have it: of its pairs in all of them the box that agrees best. */
export function agreedBoxes(chosen: readonly Drawn[], layouts: readonly (readonly Drawn[])[]): Box[] {
  const boxes = chosen.map((o) => [o.box]);
  for (const other of layouts)
    if (other !== chosen) for (const [i, j] of pairsOf(chosen, other)) boxes[i].push(other[j].box);
  return boxes.map((all) => {
    const sums = all.map((a) => all.reduce((total, b) => total + near(boxIou(a, b)), 0));
    return all[sums.indexOf(Math.max(...sums))];
  });
}
