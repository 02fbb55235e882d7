/**
 * A small grammar of captions with layouts that agree with them: counts ("three sheep"), relations ("a red bus to the left of a
 * dog"), actions ("a woman riding a horse"), colours, places. Sizes follow the things' real heights, compressed so that small
 * ones stay visible. With it everything can be trained and tested without outside data.
 * @module
 */
import type { Random } from "@scenograph/graph/random";
import { type BackgroundKind, sceneBackground } from "scenograph/ours/text/background";
import { classIndex } from "scenograph/scene/categories";
import type { Box } from "scenograph/scene/scene";
import { PLACE_PHRASES, THINGS, type Thing, thing } from "./things.ts";

export type Relation =
  | "left of"
  | "right of"
  | "next to"
  | "on"
  | "under"
  | "above"
  | "behind"
  | "in front of"
  | "riding"
  | "holding";

export interface GrammarObject {
  readonly label: string;
  readonly classIndex: number;
  readonly box: Box;
}

export interface GrammarScene {
  readonly caption: string;
  /** Other ways of saying the same. */
  readonly paraphrases: readonly string[];
  readonly background: BackgroundKind;
  readonly objects: readonly GrammarObject[];
  /** Set where the caption states one: between `objects[0]` and `objects[1]`. */
  readonly relation?: Relation;
}

export const GRAMMAR_COLOURS = [
  "red",
  "blue",
  "green",
  "yellow",
  "white",
  "black",
  "brown",
  "orange",
  "pink",
  "purple",
] as const;
const FUR = ["black", "brown", "white", "gray"] as const;
const FURRED = new Set(["cat", "dog", "horse", "cow", "sheep", "bear", "bird"]);
const PEOPLE = ["man", "woman", "boy", "girl", "person"] as const;
const COUNTS = ["", "a", "two", "three", "four", "five"];

/** Things that others can lie or sit on. */
const SURFACES = ["dining table", "bed", "couch", "bench", "chair"] as const;
const RIDES = ["horse", "motorcycle", "bicycle", "elephant", "skateboard", "surfboard", "skis", "snowboard"] as const;
const RIDE_PLACES: Record<(typeof RIDES)[number], readonly BackgroundKind[]> = {
  horse: ["grass", "beach", "dirt"],
  motorcycle: ["street", "dirt"],
  bicycle: ["street", "grass"],
  elephant: ["forest", "dirt"],
  skateboard: ["street"],
  surfboard: ["ocean"],
  skis: ["snow"],
  snowboard: ["snow"],
};
const HELD: readonly (readonly [string, BackgroundKind])[] = [
  ["tennis racket", "tennis"],
  ["baseball bat", "baseball"],
  ["baseball glove", "baseball"],
  ["umbrella", "street"],
  ["umbrella", "beach"],
  ["frisbee", "grass"],
  ["kite", "beach"],
  ["cell phone", "street"],
  ["toothbrush", "bath"],
  ["hair drier", "bath"],
  ["teddy bear", "room"],
  ["book", "room"],
  ["remote", "room"],
  ["banana", "kitchen"],
  ["cup", "kitchen"],
  ["handbag", "street"],
  ["backpack", "street"],
  ["suitcase", "airport"],
  ["surfboard", "beach"],
  ["sports ball", "grass"],
  ["wine glass", "room"],
  ["donut", "street"],
  ["hot dog", "baseball"],
  ["scissors", "room"],
  ["tie", "room"],
];

/** One scene. `about` asks for a category that must occur. */
export function drawScene(rng: Random, about?: string): GrammarScene {
  const forms = about ? formsAbout(about) : FORMS;
  return rng.pick(forms)(rng, about);
}

type Form = (rng: Random, about?: string) => GrammarScene;
const FORMS: readonly Form[] = [
  countScene,
  countScene,
  relationScene,
  relationScene,
  surfaceScene,
  rideScene,
  holdScene,
];

function formsAbout(label: string): Form[] {
  const forms: Form[] = label === "person" ? [rideScene, holdScene] : [countScene, relationScene];
  if (label !== "person" && (thing(label).support === "top" || label === "cat" || label === "dog"))
    forms.push(surfaceScene);
  if ((RIDES as readonly string[]).includes(label)) forms.push(rideScene);
  if (HELD.some(([held]) => held === label)) forms.push(holdScene);
  return forms;
}

/** "three sheep in a grassy field" */
function countScene(rng: Random, about?: string): GrammarScene {
  const subject = about ? thing(about) : rng.pick(THINGS.filter((t) => t.label !== "person"));
  const n = 1 + rng.weighted([4, 3, 2, 1.3, 0.8]);
  const place = rng.pick(subject.places);
  const colour = colourFor(subject, rng, n === 1 ? 0.4 : 0.25);
  const height = scale(subject, rng.uniform(0.34, 0.56), 0.86 / n);
  const bottom = bottomOf(subject, place, rng);
  const objects = Array.from({ length: n }, (_, i) => {
    const h = height * rng.uniform(0.92, 1.06);
    const centre = (i + 0.5) / n + rng.uniform(-0.03, 0.03) / n;
    return put(subject, centre, bottom + rng.uniform(-0.02, 0.02), h);
  });
  const noun = `${COUNTS[n]} ${colour}${n === 1 ? subject.label : subject.plural}`;
  const where = rng.pick(PLACE_PHRASES[place]);
  return scene([`${noun} ${where}`, `there ${n === 1 ? "is" : "are"} ${noun} ${where}`], objects);
}

/** "a red bus to the left of a dog on the street" */
function relationScene(rng: Random, about?: string): GrammarScene {
  const first = about ? thing(about) : rng.pick(THINGS.filter((t) => t.label !== "person"));
  const place = rng.pick(first.places);
  const near = THINGS.filter((t) => t.label !== first.label && t.places.includes(place) && t.support === first.support);
  if (near.length === 0) return countScene(rng, about);
  const second = rng.pick(near);
  const grounded = first.support === "ground" || first.support === "top";
  const relation: Relation = rng.pick(
    grounded
      ? (["left of", "right of", "next to", "behind", "in front of"] as const)
      : (["left of", "right of", "above", "next to"] as const),
  );
  const [colourA, colourB] = [colourFor(first, rng, 0.35), colourFor(second, rng, 0.25)];
  const main = rng.uniform(0.34, 0.5);
  const biggest = Math.max(first.height, second.height);
  const heightOf = (t: Thing) => scale(t, main * (t.height / biggest) ** 0.45, 0.42);
  const [ha, hb] = [heightOf(first), heightOf(second)];
  const bottom = bottomOf(first, place, rng);
  let a: GrammarObject;
  let b: GrammarObject;
  if (relation === "behind" || relation === "in front of") {
    // The farther one stands higher in the picture and is partly hidden.
    const back = relation === "behind";
    const x = rng.uniform(0.36, 0.64);
    const aside = rng.pick([-1, 1]) * 0.5 * Math.max(ha * first.aspect, hb * second.aspect);
    a = put(first, x + aside * 0.7, bottom + (back ? -0.12 : 0.03), ha);
    b = put(second, x, bottom + (back ? 0.03 : -0.12), hb);
  } else if (relation === "above") {
    const x = rng.uniform(0.35, 0.65);
    a = put(first, x, 0.06 + Math.min(ha, 0.4), Math.min(ha, 0.4));
    b = put(second, x + rng.uniform(-0.06, 0.06), 0.54 + Math.min(hb, 0.38), Math.min(hb, 0.38));
  } else {
    const left = relation === "left of" || (relation === "next to" && rng.bool());
    const apart = relation === "next to" ? 0.23 : rng.uniform(0.23, 0.27);
    const [xa, xb] = left ? [0.5 - apart, 0.5 + apart] : [0.5 + apart, 0.5 - apart];
    a = put(first, xa, bottom + rng.uniform(-0.02, 0.02), ha);
    b = put(second, xb, bottom + rng.uniform(-0.02, 0.02), hb);
  }
  const [nounA, nounB] = [`${article(colourA + first.label)}`, `${article(colourB + second.label)}`];
  const where = rng.pick(PLACE_PHRASES[place]);
  const said = relation === "left of" || relation === "right of" ? `to the ${relation}` : relation;
  return scene([`${nounA} ${said} ${nounB} ${where}`], [a, b], relation);
}

/** "a black cat on a couch", "a dog under a dining table" */
function surfaceScene(rng: Random, about?: string): GrammarScene {
  const pets = ["cat", "dog", "teddy bear"];
  const tops = THINGS.filter((t) => t.support === "top" && t.places.includes("table")).map((t) => t.label);
  const subject = thing(about ?? rng.pick([...pets, ...pets, ...tops]));
  const surface = thing(subject.support === "top" ? "dining table" : rng.pick(SURFACES));
  const under =
    pets.includes(subject.label) && (surface.label === "dining table" || surface.label === "chair") && rng.bool(0.5);
  const [colourA, colourB] = [colourFor(subject, rng, 0.35), colourFor(surface, rng, 0.3)];
  const baseHeight = scale(surface, rng.uniform(0.4, 0.5), 0.9);
  const base = put(surface, rng.uniform(0.45, 0.55), rng.uniform(0.88, 0.94), baseHeight);
  const [bx, by, bw, bh] = base.box;
  const h = Math.min(
    scale(subject, baseHeight * (subject.support === "top" ? 0.5 : 0.62), bw * 0.6),
    under ? bh * 0.62 : 0.4,
  );
  const seat = surface.label === "dining table" || surface.label === "bench" ? 0.3 : 0.62;
  const x = bx + bw * rng.uniform(0.35, 0.65);
  const a = put(subject, x, under ? by + bh * 0.98 : by + bh * seat, h);
  const where = surface.label === "bench" ? "on the grass" : "in a room";
  const caption = `${article(colourA + subject.label)} ${under ? "under" : "on"} ${article(colourB + surface.label)}`;
  return scene([`${caption} ${where}`], [a, base], under ? "under" : "on");
}

/** "a woman riding a horse on the beach" */
function rideScene(rng: Random, about?: string): GrammarScene {
  const ride = (RIDES as readonly string[]).includes(about ?? "") ? (about as (typeof RIDES)[number]) : rng.pick(RIDES);
  const place = rng.pick(RIDE_PLACES[ride]);
  const below = thing(ride);
  const board = ["skateboard", "surfboard", "skis", "snowboard"].includes(ride);
  const who = rng.pick(PEOPLE);
  const colour = colourFor(below, rng, 0.3);
  const x = rng.uniform(0.36, 0.64);
  const bottom = rng.uniform(0.8, 0.92);
  const personHeight = rng.uniform(0.42, 0.55);
  let rider: GrammarObject;
  let ridden: GrammarObject;
  if (board) {
    const boardHeight = personHeight * (ride === "surfboard" ? 0.24 : 0.2);
    ridden = put(below, x, bottom, boardHeight);
    const aspect = ride === "skis" ? 0.72 : 1;
    rider = item("person", [
      x - (personHeight * aspect) / 2,
      bottom - boardHeight * 0.55 - personHeight,
      personHeight * aspect,
      personHeight,
    ]);
  } else {
    const h = personHeight * (ride === "elephant" ? 1.15 : ride === "horse" ? 1 : 0.72);
    ridden = put(below, x, bottom, h);
    const [, y, , rh] = ridden.box;
    const top = y + rh * (ride === "elephant" || ride === "horse" ? 0.55 : 0.72) - personHeight * 0.8;
    rider = item("person", [x - personHeight * 0.3, Math.max(0.02, top), personHeight * 0.6, personHeight * 0.8]);
  }
  const where = rng.pick(PLACE_PHRASES[place]);
  const action = ride === "skis" ? "skiing on" : "riding";
  const noun = ride === "skis" ? `${colour}skis` : article(colour + ride);
  return scene([`${article(who)} ${action} ${noun} ${where}`], [rider, ridden], "riding");
}

/** "a man holding a blue umbrella on the street" */
function holdScene(rng: Random, about?: string): GrammarScene {
  const options = HELD.filter(([label]) => label === about);
  const [label, place] = rng.pick(options.length > 0 ? options : HELD);
  const held = thing(label);
  const who = rng.pick(PEOPLE);
  const colour = colourFor(held, rng, 0.35);
  const shirt = rng.bool(0.3) ? ` in ${article(`${rng.pick(GRAMMAR_COLOURS)} shirt`)}` : "";
  const h = rng.uniform(0.55, 0.75);
  const x = rng.uniform(0.36, 0.58);
  const bottom = rng.uniform(0.9, 0.97);
  const swings = label === "tennis racket" || label === "baseball bat";
  const w = h * (swings ? 0.6 : 0.36);
  const person = item("person", [x - w / 2, bottom - h, w, h]);
  const size = Math.min(0.36, Math.max(0.09, h * (held.height / 1.7) ** 0.6));
  const side = x + w / 2 + (size * held.aspect) / 3;
  const y =
    label === "umbrella" || label === "kite" ? bottom - h * 0.8 : swings ? bottom - h * 0.72 : bottom - h * 0.38;
  const object = put(held, side, Math.max(size + 0.02, y), size);
  const where = rng.pick(PLACE_PHRASES[place]);
  return scene([`${article(who)}${shirt} holding ${article(colour + label)} ${where}`], [person, object], "holding");
}

/** The height in the picture, so that neither side leaves it and the width stays under `widest`. */
function scale(t: Thing, height: number, widest: number): number {
  return Math.max(0.09, Math.min(height, Math.min(widest, 0.9) / t.aspect, 0.85));
}

/** The lower edge of a thing, as a fraction of the picture. */
function bottomOf(t: Thing, place: BackgroundKind, rng: Random): number {
  if (t.support === "air" || t.support === "wall")
    return place === "room" ? rng.uniform(0.42, 0.52) : rng.uniform(0.45, 0.65);
  if (t.support === "water") return rng.uniform(0.6, 0.8);
  return place === "table" ? rng.uniform(0.66, 0.86) : rng.uniform(0.76, 0.92);
}

/** A thing of height `h` whose lower edge is at `bottom`, moved into the picture. */
function put(t: Thing, centre: number, bottom: number, h: number): GrammarObject {
  const w = Math.min(h * t.aspect, 0.96);
  const x = Math.min(Math.max(0.01, centre - w / 2), 0.99 - w);
  const y = Math.min(Math.max(0.01, bottom - h), 0.99 - h);
  return item(t.label, [x, y, w, h]);
}

function item(label: string, box: Box): GrammarObject {
  return { label, classIndex: classIndex(label), box };
}

function scene(captions: readonly string[], objects: readonly GrammarObject[], relation?: Relation): GrammarScene {
  const [caption, ...paraphrases] = captions.map((c) => `${c[0].toUpperCase()}${c.slice(1)}.`);
  const background = sceneBackground(
    caption,
    objects.map((o) => o.label),
  );
  return { caption, paraphrases, background, objects, relation };
}

/** "red " or "". */
function colourFor(t: Thing, rng: Random, chance: number): string {
  if (!t.coloured || !rng.bool(chance)) return "";
  return `${rng.pick<string>(FURRED.has(t.label) ? FUR : GRAMMAR_COLOURS)} `;
}

function article(noun: string): string {
  if (noun.endsWith("skis") || noun.endsWith("scissors")) return `a pair of ${noun}`;
  return `${/^[aeiou]/.test(noun) ? "an" : "a"} ${noun}`;
}
