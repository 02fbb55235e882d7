/**
 * Omost canvases, out and in. lllyasviel/Omost lib_omost/canvas.py (3524828c) and huchenlei/ComfyUI_omost (12b0f5ff), whose
 * conditions are this JSON: `[{rect, prefixes, suffixes, color}]`, the first for the whole picture.
 *
 * Coordinates: `rect: [y0, y1, x0, x1]`, whole cells of a grid of 90 x 90 whatever the picture's aspect, origin top left. BOTH
 * HEIGHTS COME FIRST. Painted in the order of the list, the farthest first. Prefixes end in a full stop.
 *
 * In: that JSON, or the Python that the language model writes (`canvas.add_local_description(...)`), which knows nine places,
 * nine offsets and nine sizes; it is read, never run.
 * @module
 */
import { FormatError, nearest } from "@scenograph/graph/errors";
import type { Scene } from "../scene/scene.ts";
import { type Found, sceneOf } from "./found.ts";
import { fourNumbers, gridCorners } from "./geometry.ts";
import { asText, isRecord, textOf } from "./json.ts";
import { meanColour } from "./layers.ts";
import { parseLiteral } from "./literal.ts";
import type { ExportOptions, Format, ImportOptions } from "./types.ts";
import { captionOf, phrased, rgbOf, tidy } from "./words.ts";

const GRID = 90;
const GREY = [128, 128, 128];

function write(scene: Scene, options: ExportOptions): string {
  const whole = sentence(captionOf(scene));
  const all = { rect: [0, GRID, 0, GRID], prefixes: [whole], suffixes: [], color: meanColour(options.picture) ?? GREY };
  const things = phrased(scene).map((o) => {
    const [x0, y0, x1, y1] = gridCorners(o.box, GRID, GRID);
    const color = rgbOf(o.colour) ?? meanColour(options.picture, o.box) ?? GREY;
    return { rect: [y0, y1, x0, x1], prefixes: [whole, sentence(o.words)], suffixes: [], color };
  });
  return `${JSON.stringify([all, ...things])}\n`;
}

/** As the canvas stores text: ". , " off both ends, one full stop. */
function sentence(text: string): string {
  return `${tidy(text).replace(/^[,. ]+|[,. ]+$/g, "")}.`;
}

interface Condition {
  readonly rect: unknown;
  readonly prefixes: readonly unknown[];
  readonly color?: unknown;
}

function isConditions(value: unknown): value is Condition[] {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    value.every((v) => isRecord(v) && fourNumbers(v.rect) !== undefined && Array.isArray(v.prefixes))
  );
}

function read(input: string | Uint8Array, options: ImportOptions, notes: string[]): Scene {
  const text = asText(input);
  if (LOCAL.test(text)) return readPython(text, options, notes);
  const { value: conditions } = textOf(
    text,
    isConditions,
    "Omost canvas [{rect, prefixes}] nor add_local_description()",
    notes,
  );
  const [first] = conditions;
  const whole = JSON.stringify(first.rect) === JSON.stringify([0, GRID, 0, GRID]);
  const found = conditions.slice(whole ? 1 : 0).map((c): Found => {
    const [y0, y1, x0, x1] = fourNumbers(c.rect) as [number, number, number, number];
    const color = Array.isArray(c.color) && c.color.length === 3 ? hex(c.color) : undefined;
    return { words: words(c.prefixes.at(-1)), box: cells(y0, y1, x0, x1), ...(color && { colour: color }) };
  });
  return sceneOf(found, whole ? { caption: words(first.prefixes[0]) } : {}, options, notes);
}

function words(text: unknown): string {
  return tidy(String(text ?? "")).replace(/[,. ]+$/, "");
}

function cells(y0: number, y1: number, x0: number, x1: number) {
  return [x0 / GRID, y0 / GRID, (x1 - x0) / GRID, (y1 - y0) / GRID] as const;
}

function hex(color: readonly unknown[]): string | undefined {
  const numbers = color.map(Number);
  if (!numbers.every((v) => v >= 0 && v <= 255)) return undefined;
  return `#${numbers.map((v) => Math.round(v).toString(16).padStart(2, "0")).join("")}`;
}

const LOCAL = /\.add_local_description\s*\(/;

/** Middles on the grid, x and y. */
const LOCATIONS: Readonly<Record<string, readonly [number, number]>> = {
  "in the center": [45, 45],
  "on the left": [15, 45],
  "on the right": [75, 45],
  "on the top": [45, 15],
  "on the bottom": [45, 75],
  "on the top-left": [15, 15],
  "on the top-right": [75, 15],
  "on the bottom-left": [15, 75],
  "on the bottom-right": [75, 75],
};
const OFFSETS: Readonly<Record<string, readonly [number, number]>> = {
  "no offset": [0, 0],
  "slightly to the left": [-10, 0],
  "slightly to the right": [10, 0],
  "slightly to the upper": [0, -10],
  "slightly to the lower": [0, 10],
  "slightly to the upper-left": [-10, -10],
  "slightly to the upper-right": [10, -10],
  "slightly to the lower-left": [-10, 10],
  "slightly to the lower-right": [10, 10],
};
/** Width and height in cells. */
const AREAS: Readonly<Record<string, readonly [number, number]>> = {
  "a small square area": [50, 50],
  "a small vertical area": [40, 60],
  "a small horizontal area": [60, 40],
  "a medium-sized square area": [60, 60],
  "a medium-sized vertical area": [50, 80],
  "a medium-sized horizontal area": [80, 50],
  "a large square area": [70, 70],
  "a large vertical area": [60, 90],
  "a large horizontal area": [90, 60],
};
const PARAMETERS = ["location", "offset", "area", "distance_to_viewer", "description"];

function readPython(text: string, options: ImportOptions, notes: string[]): Scene {
  const found: { readonly thing: Found; readonly distance: number }[] = [];
  for (const match of text.matchAll(new RegExp(LOCAL, "g"))) {
    const args = callArguments(text, match.index + match[0].length, PARAMETERS);
    const { description, distance_to_viewer: distance } = args;
    const [xb, yb] = named(args.location, LOCATIONS, "location");
    const [xo, yo] = named(args.offset, OFFSETS, "offset");
    const [w, h] = named(args.area, AREAS, "area");
    const inside = (v: number) => Math.max(0, Math.min(GRID, v));
    const [y0, y1] = [inside(yb + yo - h / 2), inside(yb + yo + h / 2)];
    const [x0, x1] = [inside(xb + xo - w / 2), inside(xb + xo + w / 2)];
    found.push({ thing: { words: words(description), box: cells(y0, y1, x0, x1) }, distance: Number(distance) || 1 });
  }
  const global = /\.set_global_description\s*\(/.exec(text);
  const caption = global
    ? words(callArguments(text, global.index + global[0].length, ["description"]).description)
    : undefined;
  // the canvas paints the farthest first
  const things = found.sort((a, b) => b.distance - a.distance).map((f) => f.thing);
  return sceneOf(things, { ...(caption && { caption }) }, options, notes);
}

function named(
  value: unknown,
  table: Readonly<Record<string, readonly [number, number]>>,
  what: string,
): readonly [number, number] {
  const name = String(value ?? "").toLowerCase();
  const near = Object.hasOwn(table, name) ? name : nearest(name, Object.keys(table));
  if (near) return table[near];
  throw new FormatError(
    `importScene(): ${what} of an Omost canvas is one of nine, got ${JSON.stringify(name.slice(0, 60))}; correct it`,
  );
}

/** Arguments of a Python call, `name=literal` or in the order of `names`; stops at the first that is no literal. */
function callArguments(text: string, start: number, names: readonly string[]): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  let at = start;
  for (let i = 0; ; i++) {
    const key = /\s*(?:(\w+)\s*=\s*)?/y;
    key.lastIndex = at;
    const name = key.exec(text)?.[1];
    const parsed = parseLiteral(text, key.lastIndex || at);
    if (!parsed) return out;
    const target = name ?? names[i];
    if (target !== undefined && names.includes(target)) out[target] = parsed.value;
    const comma = /\s*,/y;
    comma.lastIndex = parsed.end;
    if (!comma.test(text)) return out;
    at = comma.lastIndex;
  }
}

export const omost: Format = {
  name: "omost",
  title: "Omost canvas",
  extension: "json",
  mime: "application/json",
  binary: false,
  wants: "boxes",
  use: "paste it into Omost Load Canvas Conditioning of ComfyUI_omost",
  write,
  read,
  detect: ({ text, values }) => (text !== undefined && LOCAL.test(text)) || values.some(isConditions),
};
