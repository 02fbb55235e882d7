/** Training beside the paper: what keeps so few layouts from being learnt by heart, and what losses are means over. @module */
import { div, maximum } from "@scenograph/graph/ops/elementwise";
import { sum } from "@scenograph/graph/ops/reduce";
import { z } from "zod";
import type { LabelledBox } from "../../paper/boxes/batch.ts";
import type { Average } from "../../paper/boxes/seams.ts";
import type { Box } from "../../scene/scene.ts";

export const trainingSettings = {
  /**
   * What losses are means over: the steps of each caption, then captions (the paper), or all steps of the batch. The paper's makes
   * the ends of short layouts weigh more than others, and ends come too early (.03 nats).
   */
  average: z.enum(["captions", "objects"]).default("captions"),
  /** Dropout of the sentence before the LSTM. */
  contextDropout: z.number().min(0).max(0.9).default(0),
  /** Standard deviation of the noise on boxes that are fed back, in standard deviations of the data: exact boxes tell which picture it is. */
  boxNoise: z.number().min(0).default(0),
  /** Pictures mirrored with probability 1/2, "left" and "right" of the caption exchanged. */
  flip: z.boolean().default(false),
  /** Half of the layouts are seen through a window that cuts up to this share off each side. */
  window: z.number().min(0).max(0.4).default(0),
};

/** Mean over all steps of the batch, whatever layout they belong to. */
export const perObject: Average = (losses, valid) => div(sum(losses), maximum(sum(valid), 1));

/** Mirrored about the vertical axis. */
export function mirrorBox([x, y, w, h]: Box): Box {
  return [1 - x - w, y, w, h];
}

/** Less than this share of an object in the window, and the window is no view of the same layout. */
const SHOWN = 0.5;

/** A layout as a window [x, y, w, h] of the picture shows it; undefined where it hides more than half of an object. */
export function throughWindow(objects: readonly LabelledBox[], window: Box): LabelledBox[] | undefined {
  const [left, top, width, height] = window;
  const seen = objects.map(({ classIndex, box: [x, y, w, h] }) => {
    const [x0, y0] = [Math.max(x, left), Math.max(y, top)];
    const [x1, y1] = [Math.min(x + w, left + width), Math.min(y + h, top + height)];
    if (x1 <= x0 || y1 <= y0 || (x1 - x0) * (y1 - y0) < SHOWN * w * h) return undefined;
    const box: Box = [(x0 - left) / width, (y0 - top) / height, (x1 - x0) / width, (y1 - y0) / height];
    return { classIndex, box };
  });
  return seen.every((o) => o !== undefined) ? seen : undefined;
}
