/**
 * Boxes that do not fit are drawn again, warmer each time: one that covers an object of its own class, and (until the last attempt)
 * one that is not where the sentence says ("to the left of", "under").
 * @module
 */
import { z } from "zod";
import { boxIou } from "../../formats/rle.ts";
import type { Box } from "../../scene/scene.ts";
import type { Place, Redraws } from "./placing.ts";
import { relationsHold, relationsOf } from "./relations.ts";

export const redrawsSettings = {
  /** Most IoU of a box with one of its own class; where nothing fits the object is left out. 1 = any. */
  maxOverlap: z.number().min(0).max(1).default(1),
  /** Whether relations that the sentence tells are asked of boxes. */
  relations: z.boolean().default(false),
};

/** Draws of one box before it is left out. */
const ATTEMPTS = 5;
/** And before a told relation is given up. */
const RELATION_ATTEMPTS = 4;

export function redraws(settings: { maxOverlap: number; relations: boolean }): Redraws | undefined {
  const { maxOverlap, relations } = settings;
  if (maxOverlap === 1 && !relations) return undefined;
  return {
    attempts: ATTEMPTS,
    temperature: warmer,
    fitting(place, boxes, attempt) {
      const fitting = boxes.filter((box) => fits(place, box, maxOverlap));
      if (!relations) return fitting;
      const told = relationsOf(place.sentence);
      const held = fitting.filter((box) => isAsTold(place, box, told));
      // where a told relation never holds the box is taken without it
      return held.length > 0 || attempt + 1 < RELATION_ATTEMPTS ? held : fitting;
    },
  };
}

/** Twice as warm each time, no warmer than the network learnt it unless asked to. */
function warmer(temperature: number, attempt: number): number {
  return Math.min(Math.max(temperature, 0.1) * 2 ** attempt, Math.max(temperature, 1.6));
}

function fits({ label, objects, categories }: Place, box: Box, maxOverlap: number): boolean {
  const name = categories.nameOf(label);
  return !objects.some((o) => o.label === name && boxIou(o.box, box) > maxOverlap);
}

/** The first object of a class stands where the sentence says, seen from the first ones of other classes. */
function isAsTold({ label, objects, categories }: Place, box: Box, told: ReturnType<typeof relationsOf>): boolean {
  const first = (index: number) => objects.find((o) => o.label === categories.nameOf(index))?.box;
  return first(label) !== undefined || relationsHold(told, label, box, first);
}
