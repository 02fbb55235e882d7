/**
 * A caption and a layout -> what is drawn where. What the caption says is drawn so; what it leaves open (style, coat, clothes, facing)
 * is chosen by chance.
 *
 * Painter's order: largest box first, so that smaller things lie on top. Compositing at test time (masks of a generated
 * layout merged into one label map) does the same, and must.
 * @module
 */
import { type Random, stream } from "@scenograph/graph/random";
import { type BackgroundKind, sceneBackground, type TimeOfDay, timeOf } from "scenograph/ours/text/background";
import { type Weather, weatherOf } from "scenograph/ours/text/weather";
import { CATEGORIES } from "scenograph/scene/categories";
import type { Box } from "scenograph/scene/scene";
import { HORIZONS, isIndoors } from "./backdrop.ts";
import type { Outfit } from "./figure/figure.ts";
import type { Pose } from "./figure/skeleton.ts";
import { type Grown, outfitFor } from "./figure/wardrobe.ts";
import type { PersonKind } from "./nouns.ts";
import { hexOf, jitter, nearestColour, sameColour } from "./palette.ts";
import { choosePose, type Neighbour } from "./poses.ts";
import { hexOfLook, type Look, lookAspect } from "./sprites.ts";
import type { Action } from "./verbs.ts";
import { stretchLimit, VIEWS, type View } from "./views.ts";
import { type Appearance, appearanceOf, type Clothes } from "./words.ts";

export interface LayoutObject {
  readonly classIndex: number;
  readonly box: Box;
}

export type Facing = "left" | "right";

export interface PlannedObject {
  readonly classIndex: number;
  readonly label: string;
  /** Place in the layout's own order, largest box first. */
  readonly rank: number;
  readonly look: Look;
  readonly facing: Facing;
  /** "#rrggbb" of the main part. */
  readonly hex: string;
  /** The word for it: the caption's, else the nearest of the twelve. */
  readonly colour: string;
  /** What the caption says of it; the rest is chance. */
  readonly said: {
    readonly colour?: string;
    readonly clothes?: Clothes;
    readonly kind?: PersonKind;
    readonly pose?: string;
  };
  /** People: man, woman, boy or girl. */
  readonly kind?: Grown;
  /** The category of the thing that the pose has to do with: the mount, the racket. */
  readonly with?: string;
  /** Where the whole drawing goes, in fractions of the picture; its aspect is the drawing's within the stretch limit. */
  readonly box: Box;
}

export interface Plan {
  readonly background: BackgroundKind;
  readonly time: TimeOfDay;
  readonly weather: Weather;
  /** Height of the horizon or of the wall's foot, in 128ths of the picture's height. */
  readonly horizon: number;
  /** Width / height of the picture. */
  readonly aspect: number;
  /** In painter's order. */
  readonly objects: readonly PlannedObject[];
}

/** At most this many objects a picture. */
export const MAX_OBJECTS = 10;
/** Boxes below this side or area (fractions) are left out: at 64 pixels they would be a speck. */
const MIN_BOX_SIDE = 0.04;
const MIN_BOX_AREA = 0.004;

/** The largest objects of a layout, largest first, specks left out. */
export function paintersOrder(objects: readonly LayoutObject[]): LayoutObject[] {
  return objects
    .filter(({ box: [, , w, h] }) => w >= MIN_BOX_SIDE && h >= MIN_BOX_SIDE && w * h >= MIN_BOX_AREA)
    .sort((a, b) => b.box[2] * b.box[3] - a.box[2] * a.box[3])
    .slice(0, MAX_OBJECTS);
}

/** Plan a picture of `aspect` = width / height. Boxes are fractions of the picture. */
export function planScene(caption: string, layout: readonly LayoutObject[], rng: Random, aspect = 1): Plan {
  const objects = paintersOrder(layout);
  const labels = objects.map((o) => CATEGORIES[o.classIndex].name);
  const background = sceneBackground(caption, labels);
  const appearance = appearanceOf(caption);
  const context = { caption: caption.toLowerCase(), place: background, aspect };
  // One stream for each object: what a caption says of one moves nothing of another.
  const streams = objects.map(() => stream(rng.int(2 ** 31)));
  const seen = new Map<string, number>();
  const planned = objects.map(({ classIndex, box }, i) => {
    const label = labels[i];
    const rank = seen.get(label) ?? 0;
    seen.set(label, rank + 1);
    const others = objects.flatMap((o, k) => (k === i ? [] : [{ label: labels[k], box: o.box }]));
    const made =
      label === "person"
        ? planPerson(appearance, rank, box, others, context, streams[i])
        : planThing(appearance, label, rank, box, context, streams[i]);
    const fitted = fitBox(label, lookAspect(made.look) / aspect, box);
    return { classIndex, label, rank: i, box: fitted, ...made };
  });
  const facing = faceTogether(planned, objects);
  const sorted = facing.sort((a, b) => area(b.box) - area(a.box));
  return {
    background,
    time: timeOf(caption),
    weather: weatherOf(caption),
    horizon: horizonFor(background, sorted),
    aspect,
    objects: sorted,
  };
}

type Made = Omit<PlannedObject, "classIndex" | "label" | "rank" | "box"> & { readonly to?: Neighbour };
interface Context {
  readonly caption: string;
  readonly place: BackgroundKind;
  readonly aspect: number;
}

/** Never mirrored: letters, hands and pages have a side. */
const LETTERED = new Set(["stop sign", "clock", "book"]);

function planThing(appearance: Appearance, label: string, rank: number, box: Box, context: Context, rng: Random): Made {
  const [a, b, c] = [rng.uniform(), rng.uniform(), rng.uniform()];
  const said = ranked(appearance.colours.get(label), rank);
  const actions = ranked(appearance.doings.get(label), rank) ?? [];
  const { view, pose } = chooseView(label, box, context, actions, said !== undefined, a);
  const coat = view.coats?.[Math.floor(b * view.coats.length)];
  const paint = view.paint === "none" ? undefined : said ? jitter(hexOf(said), rng) : coat && jitter(coat, rng);
  const look: Look = { view, ...(paint && { paint }) };
  const hex = hexOfLook(look);
  return {
    look,
    hex,
    colour: paint && said ? said : nearestColour(hex),
    said: { ...(paint && said && { colour: said }), ...(pose && { pose: view.pose }) },
    facing: LETTERED.has(label) || c < 0.5 ? "right" : "left",
  };
}

const ranked = <T>(list: readonly T[] | undefined, rank: number): T | undefined =>
  list?.[Math.min(rank, list.length - 1)];

/** Words and verbs choose the pose, else the box's aspect; chance chooses the style. */
function chooseView(
  label: string,
  box: Box,
  { caption, place, aspect }: Context,
  actions: readonly Action[],
  painted: boolean,
  chance: number,
): { view: View; pose: boolean } {
  const usable = VIEWS[label].filter((v) => !painted || v.paint !== "none");
  const views = usable.length > 0 ? usable : VIEWS[label];
  const text = `${caption} ${place}`;
  const named = views.filter((v) => v.words?.test(text));
  const acting = views.filter((v) => !v.words && v.actions?.some((x) => actions.includes(x)));
  const plain = views.filter((v) => !v.words && !v.actions);
  const pool = named.length > 0 ? named : acting.length > 0 ? acting : plain;
  const pose = nearestAspect(pool, (box[2] / box[3]) * aspect, 0.3).pose;
  const styles = pool.filter((v) => v.pose === pose);
  return { view: styles[Math.floor(chance * styles.length)], pose: pool !== plain };
}

/** The view nearest in aspect; the first has a head start. */
function nearestAspect(views: readonly View[], aspect: number, headStart: number): View {
  const misfit = (v: View, i: number) =>
    Math.abs(Math.log(aspect / lookAspect({ view: v }))) - (i === 0 ? headStart : 0);
  let best = 0;
  for (let i = 1; i < views.length; i++) if (misfit(views[i], i) < misfit(views[best], best)) best = i;
  return views[best];
}

function planPerson(
  appearance: Appearance,
  rank: number,
  box: Box,
  others: readonly Neighbour[],
  context: Context,
  rng: Random,
): Made {
  const person = appearance.people[rank];
  const [a, b] = [rng.uniform(), rng.uniform()];
  const kind = grown(person?.kind ?? "person", a);
  const boxAspect = (box[2] / box[3]) * context.aspect;
  const actions = person?.actions.length ? person.actions : appearance.people.length === 0 ? appearance.actions : [];
  const choice = choosePose(box, boxAspect, others, actions);
  const wardrobe = (pose: Pose) =>
    outfitFor(kind, person?.clothes ?? {}, pose, context, stream(Math.floor(b * 2 ** 31)));
  const lookIn = (pose: Pose): Look & { outfit: Outfit } => ({
    view: { name: `figure:${pose}`, pose, style: "figure" },
    outfit: wardrobe(pose).outfit,
  });
  const pose = choice.pose ?? nearestPose(choice.among, boxAspect, box, (p) => lookAspect(lookIn(p)));
  const look = lookIn(pose);
  return {
    look,
    kind,
    hex: look.outfit.top,
    colour: wardrobe(pose).topWord,
    said: {
      ...(person && { kind: person.kind, clothes: person.clothes }),
      ...(choice.pose && { pose }),
    },
    facing: b < 0.5 ? "right" : "left",
    ...(choice.to && { to: choice.to }),
  };
}

/** Half figures belong at the lower edge or close to the viewer; elsewhere a whole figure is preferred. */
function nearestPose(among: readonly Pose[], aspect: number, box: Box, natural: (pose: Pose) => number): Pose {
  const close = box[1] + box[3] > 0.9 || box[3] > 0.5;
  const misfit = (pose: Pose) =>
    Math.abs(Math.log(aspect / natural(pose))) - (pose === "standing" ? (close ? 0.1 : 0.45) : 0);
  return among.reduce((best, pose) => (misfit(pose) < misfit(best) ? pose : best));
}

function grown(kind: PersonKind, chance: number): Grown {
  if (kind === "child") return chance < 0.5 ? "boy" : "girl";
  if (kind !== "person") return kind;
  return chance < 0.46 ? "man" : chance < 0.92 ? "woman" : chance < 0.96 ? "boy" : "girl";
}

/** Riders face as their mount does, who swings or holds a thing faces it. */
function faceTogether(
  planned: readonly (PlannedObject & { to?: Neighbour })[],
  objects: readonly LayoutObject[],
): PlannedObject[] {
  return planned.map(({ to, ...object }) => {
    if (!to) return object;
    const joined = { ...object, with: to.label };
    const other = planned[objects.findIndex((o) => o.box === to.box)];
    const pose = object.look.view.pose;
    if (pose === "riding" || pose === "cycling" || pose === "boarding" || pose === "skiing")
      return { ...joined, facing: other?.facing ?? object.facing };
    const facing = centre(to.box) < centre(object.box) ? "left" : "right";
    return { ...joined, facing };
  });
}

const centre = ([x, , w]: Box) => x + w / 2;
const area = ([, , w, h]: Box) => w * h;

/** Categories that hang, fly or lie on something: no ground under them. */
const FLOATING = new Set(
  "kite,airplane,frisbee,sports ball,bird,clock,stop sign,donut,pizza,traffic light,tie,cell phone,remote,umbrella,tennis racket,baseball bat,baseball glove,fork,knife,spoon,cup,bowl,bottle,wine glass,banana,apple,sandwich,orange,broccoli,carrot,hot dog,cake,book,vase,mouse,keyboard,laptop,tv,microwave,toaster,sink,hair drier,toothbrush,scissors,handbag,backpack,teddy bear,potted plant,skis,snowboard".split(
    ",",
  ),
);

/** Stands on the ground, as far as one can tell from category and pose. */
export function isGrounded({ label, look }: Pick<PlannedObject, "label" | "look">): boolean {
  const { pose } = look.view;
  if (label === "person")
    return !["waist", "bust", "riding", "cycling", "sitting", "eating", "lying", "boarding", "skiing"].includes(pose);
  return !FLOATING.has(label) && pose !== "flying";
}

/** The lowest of the place's horizons that leaves every standing thing on the ground. */
function horizonFor(kind: BackgroundKind, objects: readonly PlannedObject[]): number {
  const feet = objects.filter(isGrounded).map(({ box }) => (box[1] + box[3]) * 128);
  const highest = Math.min(...feet, 128) - 3;
  const [first, ...rest] = HORIZONS[kind];
  return [first, ...rest].find((h) => h <= highest) ?? rest.at(-1) ?? first;
}

/** Centred in their box; everything else is on its lower edge. */
const CENTRED = new Set(["kite", "airplane", "frisbee", "sports ball", "bird", "clock", "stop sign", "donut", "pizza"]);

/** The largest rectangle in the box with an aspect (in fractions), stretched as far as its category allows. */
function fitBox(label: string, natural: number, [x, y, w, h]: Box): Box {
  const limit = stretchLimit(label);
  const aspect = natural * Math.min(limit, Math.max(1 / limit, w / h / natural));
  const width = Math.min(w, h * aspect);
  const height = Math.min(h, w / aspect);
  const top = CENTRED.has(label) ? y + (h - height) / 2 : y + h - height;
  return [x + (w - width) / 2, top, width, height];
}

/** Whether a caption says nothing that the plan does not show. `read` is what `planScene` makes of the caption and the same layout. */
export function agrees(plan: Plan, read: Plan): boolean {
  if (plan.background !== read.background || plan.time !== read.time || plan.weather !== read.weather) return false;
  return read.objects.every((said) => {
    const drawn = plan.objects.find((o) => o.rank === said.rank);
    if (!drawn) return false;
    const { colour, clothes, kind } = said.said;
    if (said.look.view.pose !== drawn.look.view.pose) return false;
    if (colour && !(drawn.said.colour && sameColour(colour, drawn.said.colour))) return colour === drawn.colour;
    if (kind && kind !== "person" && kind !== drawn.kind && !(kind === "child" && /boy|girl/.test(drawn.kind ?? "")))
      return false;
    return Object.entries(clothes ?? {}).every(
      ([key, value]) => drawn.said.clothes?.[key as keyof Clothes] === value || isWorn(drawn, key, value),
    );
  });
}

/** A colour of a shirt or dress that nobody asked for, but that is there. */
function isWorn({ look: { outfit }, colour }: PlannedObject, garment: string, value: unknown): boolean {
  const worn = outfit?.lower === "dress" ? "dress" : "top";
  return garment === worn && value === colour;
}

export type { View };
export { isIndoors };
