/** Boxes as other programs write them. Ours are `[x, y, w, h]` in fractions of the picture, origin top left. @module */
import { FormatError, UserError } from "@scenograph/graph/errors";
import type { Box, Scene } from "../scene/scene.ts";
import { SCENE_LIMITS } from "../scene/schema.ts";
import type { ExportOptions, ImportOptions, Order, Size, Unit } from "./types.ts";

export interface PixelBox {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface SizeRule {
  /** The longer side where the user names none; left out: the scene's own size. */
  readonly side?: number;
  /** Both sides are multiples of it. */
  readonly multiple?: number;
  /** Neither side is smaller; a multiple of `multiple`. */
  readonly least?: number;
}

/** The size that is written. @throws UserError for a side out of range */
export function sizeOf(scene: Scene, options: ExportOptions, rule: SizeRule = {}, notes: string[] = []): Size {
  const { multiple = 1, least = multiple } = rule;
  const aspect = scene.width / scene.height;
  const side = rule.side ?? Math.max(scene.width, scene.height);
  const own = aspect >= 1 ? [side, side / aspect] : [side * aspect, side];
  const width = options.width ?? (options.height === undefined ? own[0] : options.height * aspect);
  const height = options.height ?? (options.width === undefined ? own[1] : options.width / aspect);
  const fitted = (v: number) => Math.max(least, Math.round(v / multiple) * multiple);
  const size = { width: fitted(width), height: fitted(height) };
  for (const v of [width, height, size.width, size.height])
    if (!(v >= SCENE_LIMITS.minSide && v <= SCENE_LIMITS.maxSide))
      throw new UserError(
        `exportScene(): a side has ${SCENE_LIMITS.minSide} to ${SCENE_LIMITS.maxSide} pixels, got ${Math.round(width)} x ${Math.round(height)}; name another size`,
      );
  const asked = options.width !== undefined || options.height !== undefined;
  if (asked && (size.width !== Math.round(width) || size.height !== Math.round(height)))
    notes.push(
      `sides are multiples of ${multiple}${least > multiple ? `, ${least} at least` : ""}: ${size.width} x ${size.height}`,
    );
  return size;
}

/** `[x0, y0, x1, y1]` in fractions, inside the picture. */
export function corners([x, y, w, h]: Box): [x0: number, y0: number, x1: number, y1: number] {
  const inside = (v: number) => Math.min(1, Math.max(0, v));
  return [inside(x), inside(y), inside(x + w), inside(y + h)];
}

/** Whole units of a grid of columns x rows: edges rounded, so that neighbours stay neighbours; at least one unit, inside the grid. */
export function gridCorners(box: Box, columns: number, rows: number): [x0: number, y0: number, x1: number, y1: number] {
  const [x0, y0, x1, y1] = corners(box);
  const [left, right] = span(x0 * columns, x1 * columns, columns);
  const [top, bottom] = span(y0 * rows, y1 * rows, rows);
  return [left, top, right, bottom];
}

function span(from: number, to: number, most: number): [number, number] {
  const low = Math.min(most - 1, Math.round(from));
  return [low, Math.max(low + 1, Math.round(to))];
}

/** In whole pixels. */
export function pixelBox(box: Box, { width, height }: Size): PixelBox {
  const [x0, y0, x1, y1] = gridCorners(box, width, height);
  return { x: x0, y: y0, width: x1 - x0, height: y1 - y0 };
}

/** Four numbers in an order and a unit -> a box. The far corner may come first. */
export function boxFrom(numbers: readonly number[], order: Order, unit: Unit, canvas: Size | undefined): Box {
  const [a, b, c, d] = numbers;
  const [x, y, w, h] =
    order === "xywh"
      ? [a, b, c, d]
      : order === "yxhw"
        ? [b, a, d, c]
        : order === "xyxy"
          ? [Math.min(a, c), Math.min(b, d), Math.abs(c - a), Math.abs(d - b)]
          : [Math.min(b, d), Math.min(a, c), Math.abs(d - b), Math.abs(c - a)];
  if (unit === "fractions") return [x, y, w, h];
  if (unit === "thousandths") return [x / 1000, y / 1000, w / 1000, h / 1000];
  const { width, height } = canvasOf(canvas);
  return [x / width, y / height, w / width, h / height];
}

/** @throws UserError that asks for the canvas */
export function canvasOf(canvas: Partial<Size> | undefined, format = "this file"): Size {
  const { width, height } = canvas ?? {};
  if (width === undefined || height === undefined)
    throw new UserError(
      `importScene(): the boxes of ${format} are in pixels and it does not say of how large a canvas; name it: --canvas 1024x1024, or --units fractions where they are parts of it`,
    );
  return { width, height };
}

/** @throws UserError that asks for the order, with what each means for the numbers at hand */
export function askedOrder(options: ImportOptions, example: readonly number[]): Order {
  if (options.order) return options.order;
  const [a, b, c, d] = example;
  throw new UserError(
    `importScene(): the order of a box's four numbers is not told, and is never guessed; for [${example.join(", ")}] name --order xywh (left ${a}, top ${b}, ${c} wide, ${d} high), xyxy (left ${a}, top ${b}, right ${c}, bottom ${d}), yxyx (top ${a}, left ${b}, bottom ${c}, right ${d}) or yxhw (top ${a}, left ${b}, ${c} high, ${d} wide)`,
  );
}

/** Four finite numbers, or undefined. */
export function fourNumbers(value: unknown): [number, number, number, number] | undefined {
  if (!Array.isArray(value) || value.length !== 4) return undefined;
  const numbers = value.map((v) => (typeof v === "string" && v.trim() !== "" ? Number(v) : v));
  return numbers.every((v) => typeof v === "number" && Number.isFinite(v))
    ? (numbers as [number, number, number, number])
    : undefined;
}

/** @throws FormatError where a box lies so far outside that size, unit or order must be another */
export function checkNear(box: Box, what: string): Box {
  const [x, y, w, h] = box;
  if ([x, y, x + w, y + h].some((v) => !(v > -1 && v < 2)))
    throw new FormatError(
      `importScene(): the box of ${what} lies far outside the canvas (left ${round(x)}, top ${round(y)}, width ${round(w)}, height ${round(h)} of it); name the right --canvas, --units or --order`,
    );
  return box;
}

function round(v: number): number {
  return Math.round(v * 100) / 100;
}
