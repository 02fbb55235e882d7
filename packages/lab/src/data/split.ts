/**
 * Which pictures are for validation, and in which order a box generator meets the objects of one.
 * @module
 */
import { createHash } from "node:crypto";
import { ConfigError } from "@scenograph/graph/errors";
import type { Box } from "scenograph/scene/scene";

/** Of 100 image ids, this many are validation. */
export const VALIDATION_PERCENT = 10;

/**
 * True when the picture is in the validation part: the SHA-1 of the decimal id, read as a big-endian integer, modulo
 * 100 is below 10. The part depends on the id alone, so it is the same for every split, machine and version, and adding
 * pictures never moves one. Pass the original COCO id (`Sample.cocoImageId`), so that edited copies of one picture stay
 * on one side.
 */
export function isValidation(id: number | string): boolean {
  let remainder = 0;
  for (const byte of createHash("sha1").update(String(id)).digest()) remainder = (remainder * 256 + byte) % 100;
  return remainder < VALIDATION_PERCENT;
}

/** Splits that are kept for judging as a whole, by their names. */
export function isHeldOut(split: string): boolean {
  return /^(test|val|held)/i.test(split);
}

/** "training" and "validation" are disjoint and make up "all". "held-out": held-out splits whole, of others the validation part. */
export type Part = "all" | "training" | "validation" | "held-out";

/** Does a picture with this id, of this split, belong to the part? */
export function inPart(id: number | string, part: Part, split = ""): boolean {
  if (part === "held-out") return isHeldOut(split) || isValidation(id);
  return part === "all" || isValidation(id) === (part === "validation");
}

/**
 * "left-to-right": by the centre of the box (the paper, recalled). "largest-first": by the area of the box (Obj-GAN,
 * arXiv 1902.10740).
 */
export type ObjectOrder = "left-to-right" | "largest-first";
export const OBJECT_ORDERS: readonly ObjectOrder[] = ["left-to-right", "largest-first"];

/**
 * The `max` largest objects by box area, in the order asked for; equals keep the order of the input. A new array.
 * @throws ConfigError for an unknown order.
 */
export function orderObjects<T extends { readonly box: Box }>(
  objects: readonly T[],
  order: ObjectOrder,
  max = Number.POSITIVE_INFINITY,
): T[] {
  if (!OBJECT_ORDERS.includes(order))
    throw new ConfigError(`orderObjects(): order is ${OBJECT_ORDERS.join(" or ")}, got "${order}"`);
  const largest = [...objects].sort((a, b) => b.box[2] * b.box[3] - a.box[2] * a.box[3]).slice(0, max);
  if (order === "largest-first") return largest;
  const kept = new Set(largest);
  return objects.filter((o) => kept.has(o)).sort((a, b) => centre(a.box) - centre(b.box));
}

function centre([x, , w]: Box): number {
  return x + w / 2;
}
