/**
 * Probes: groups of sentences that differ in one thing (an order of words, a number, a relation, a colour), and whether the
 * layout or picture follows. Ours, made for this model's categories; no picture of a data set is needed. What a model
 * would score that draws as well but does not hear the difference is found by judging each sentence on the layouts of every
 * sentence of its group.
 * @module
 */
import { CATEGORIES, classIndex } from "scenograph/scene/categories";
import type { Box } from "scenograph/scene/scene";

export const PROBE_KINDS = [
  "left-right",
  "word-order",
  "count",
  "presence",
  "on",
  "under",
  "above",
  "next-to",
  "colour",
] as const;
export type ProbeKind = (typeof PROBE_KINDS)[number];

/** Mean colour inside an object's mask, RGB in 0-255. */
export type Rgb = readonly [number, number, number];

/** What is judged: an object of a layout, its colour only where there is a picture. */
export interface Seen {
  readonly label: number;
  readonly box: Box;
  readonly colour?: Rgb;
}

export interface Probe {
  readonly kind: ProbeKind;
  /** Sentences of one group differ in what is asked alone. */
  readonly group: string;
  readonly caption: string;
  /** 1 where what was asked is there, else 0. */
  readonly judge: (objects: readonly Seen[]) => number;
}

/** Needs the picture, not the layout alone. */
export function needsPicture(probe: Probe): boolean {
  return probe.kind === "colour";
}

/** All probes, in a fixed order. */
export function makeProbes(): Probe[] {
  return [...sides(), ...orders(), ...counts(), ...presences(), ...relations(), ...colours()];
}

const article = (noun: string) => (/^[aeiou]/.test(noun) ? `an ${noun}` : `a ${noun}`);

// things that stand beside each other in pictures; both orders are as likely
const BESIDE: readonly (readonly [string, string])[] = [
  ["dog", "chair"],
  ["cat", "laptop"],
  ["bicycle", "car"],
  ["cup", "laptop"],
  ["truck", "bus"],
  ["horse", "cow"],
  ["vase", "clock"],
  ["suitcase", "chair"],
  ["bottle", "bowl"],
  ["teddy bear", "book"],
  ["bench", "fire hydrant"],
  ["toilet", "sink"],
];

function sides(): Probe[] {
  return BESIDE.flatMap(([a, b]) =>
    ["left", "right"].map((side) => ({
      kind: "left-right" as const,
      group: `sides/${a}/${b}`,
      caption: `${article(a)} to the ${side} of ${article(b)}`,
      judge: (objects) =>
        some(objects, a, b, (p, q) => (side === "left" ? centreX(p) < centreX(q) : centreX(p) > centreX(q))),
    })),
  );
}

/** The same words in another order: "a dog to the left of a chair", "a chair to the left of a dog". */
function orders(): Probe[] {
  return BESIDE.flatMap(([a, b]) =>
    [
      [a, b],
      [b, a],
    ].map(([first, second]) => ({
      kind: "word-order" as const,
      group: `orders/${a}/${b}`,
      caption: `${article(first)} to the left of ${article(second)}`,
      judge: (objects) => some(objects, first, second, (p, q) => centreX(p) < centreX(q)),
    })),
  );
}

const NUMBERS = ["one", "two", "three", "four", "five"];
const COUNTED: readonly (readonly [singular: string, plural: string, where: string, label: string])[] = [
  ["sheep", "sheep", "in a field", "sheep"],
  ["person", "people", "riding horses on the beach", "person"],
  ["dog", "dogs", "on the grass", "dog"],
  ["zebra", "zebras", "by the water", "zebra"],
  ["cow", "cows", "in a meadow", "cow"],
  ["boat", "boats", "on a lake", "boat"],
  ["man", "men", "standing in a room", "person"],
  ["elephant", "elephants", "walking", "elephant"],
  ["pizza", "pizzas", "on a table", "pizza"],
  ["bird", "birds", "on a branch", "bird"],
];

function counts(): Probe[] {
  return COUNTED.flatMap(([singular, plural, where, label]) =>
    NUMBERS.map((number, i) => ({
      kind: "count" as const,
      group: `counts/${plural}`,
      caption: `${number} ${i === 0 ? singular : plural} ${where}`,
      judge: (objects) => (of(objects, label).length === i + 1 ? 1 : 0),
    })),
  );
}

/** Where the category's bare name is no phrase for it. */
const PHRASES: Readonly<Record<string, string>> = {
  mouse: "a computer mouse",
  skis: "a pair of skis",
  scissors: "a pair of scissors",
};

function presences(): Probe[] {
  return CATEGORIES.map(({ name }) => ({
    kind: "presence" as const,
    group: "presence",
    caption: `a picture of ${PHRASES[name] ?? article(name)}`,
    judge: (objects) => (of(objects, name).length > 0 ? 1 : 0),
  }));
}

const RELATED: readonly (readonly [string, string, readonly ("on" | "under" | "above" | "next-to")[]])[] = [
  ["cat", "chair", ["on", "under", "next-to"]],
  ["dog", "bed", ["on", "under", "next-to"]],
  ["cat", "dining table", ["on", "under", "next-to"]],
  ["suitcase", "bench", ["on", "under", "next-to"]],
  ["teddy bear", "chair", ["on", "under", "next-to"]],
  ["dog", "couch", ["on", "next-to"]],
  ["bird", "bench", ["on", "under", "above"]],
  ["clock", "couch", ["above", "under", "next-to"]],
  ["airplane", "car", ["above", "next-to"]],
  ["kite", "person", ["above", "under", "next-to"]],
  ["tv", "bed", ["above", "next-to"]],
  ["umbrella", "bench", ["above", "under", "next-to"]],
];
const RELATION_WORDS = { on: "on", under: "under", above: "above", "next-to": "next to" } as const;

function relations(): Probe[] {
  return RELATED.flatMap(([a, b, kinds]) =>
    kinds.map((kind) => ({
      kind,
      group: `relations/${a}/${b}`,
      caption: `${article(a)} ${RELATION_WORDS[kind]} ${article(b)}`,
      judge: (objects) => some(objects, a, b, HOLDS[kind]),
    })),
  );
}

/**
 * Geometry of a relation in the picture. on: side by side in x, the foot of `a` inside the height of `b`, its centre higher.
 * under: its centre lower and side by side in x. above: its foot higher than the centre of `b`. next to: the
 * centres further apart across than down, the gap at most a fifth of the picture.
 */
const HOLDS: Record<"on" | "under" | "above" | "next-to", (a: Box, b: Box) => boolean> = {
  on: (a, b) => overlapX(a, b) && foot(a) > b[1] && foot(a) <= foot(b) && centreY(a) < centreY(b),
  under: (a, b) => overlapX(a, b) && centreY(a) > centreY(b),
  above: (a, b) => foot(a) <= centreY(b),
  "next-to": (a, b) => {
    const gap = Math.max(a[0] - b[0] - b[2], b[0] - a[0] - a[2]);
    return Math.abs(centreX(a) - centreX(b)) > Math.abs(centreY(a) - centreY(b)) && gap <= 0.2;
  },
};

/** Colour words and what they look like in flat drawings and in photographs alike. */
export const COLOURS: Readonly<Record<string, Rgb>> = {
  red: [200, 40, 40],
  yellow: [230, 200, 50],
  green: [70, 150, 70],
  blue: [50, 90, 190],
  white: [240, 240, 240],
  black: [35, 35, 35],
  brown: [120, 75, 45],
};
const COLOURED = ["bus", "car", "truck", "train", "couch", "umbrella", "chair", "vase"];

function colours(): Probe[] {
  return COLOURED.flatMap((noun) =>
    Object.keys(COLOURS).map((name) => ({
      kind: "colour" as const,
      group: `colours/${noun}`,
      caption: `a ${name} ${noun}`,
      judge: (objects) => (of(objects, noun).some((o) => o.colour && nearestColour(o.colour) === name) ? 1 : 0),
    })),
  );
}

/** The colour word nearest to a colour, in CIELAB. */
export function nearestColour(colour: Rgb): string {
  const at = lab(colour);
  const distance = (name: string) => Math.hypot(...lab(COLOURS[name]).map((v, i) => v - at[i]));
  return Object.keys(COLOURS).reduce((best, name) => (distance(name) < distance(best) ? name : best));
}

/** sRGB in 0-255 -> CIE 1976 L*a*b*, white point D65. */
function lab(rgb: Rgb): [number, number, number] {
  const [r, g, b] = rgb.map((v) => (v <= 10.31475 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4));
  const f = (t: number) => (t > (6 / 29) ** 3 ? Math.cbrt(t) : t / (3 * (6 / 29) ** 2) + 4 / 29);
  const x = f((0.4124564 * r + 0.3575761 * g + 0.1804375 * b) / 0.95047);
  const y = f(0.2126729 * r + 0.7151522 * g + 0.072175 * b);
  const z = f((0.0193339 * r + 0.119192 * g + 0.9503041 * b) / 1.08883);
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

function of(objects: readonly Seen[], name: string): Seen[] {
  const label = classIndex(name);
  return objects.filter((o) => o.label === label);
}

/** Does the relation hold for the largest `a` and the largest `b`? Both must be there. */
function some(objects: readonly Seen[], a: string, b: string, holds: (a: Box, b: Box) => boolean): number {
  const [p, q] = [largest(of(objects, a)), largest(of(objects, b))];
  return p && q && holds(p, q) ? 1 : 0;
}

function largest(objects: readonly Seen[]): Box | undefined {
  return objects
    .map((o) => o.box)
    .reduce<Box | undefined>((m, b) => (m && m[2] * m[3] >= b[2] * b[3] ? m : b), undefined);
}

const centreX = ([x, , w]: Box) => x + w / 2;
const centreY = ([, y, , h]: Box) => y + h / 2;
const foot = ([, y, , h]: Box) => y + h;
const overlapX = (a: Box, b: Box) => Math.min(a[0] + a[2], b[0] + b[2]) > Math.max(a[0], b[0]);
