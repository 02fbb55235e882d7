/**
 * A caption and a layout -> what is drawn where. Everything that the eye sees follows from the caption, the boxes and, within
 * narrow limits, a random stream.
 *
 * Painter's order: largest box first, so that smaller things lie on top. Compositing at test time (masks of a generated
 * layout merged into one label map) does the same, and must.
 * @module
 */
import type { Random } from "@scenograph/graph/random";
import { type BackgroundKind, sceneBackground, type TimeOfDay, timeOf } from "scenograph/paper/text/background";
import { CATEGORIES } from "scenograph/scene/categories";
import type { Box } from "scenograph/scene/scene";
import { COLOURS, type ColourName } from "./colour.ts";
import type { PersonKind, Pose } from "./person.ts";
import { personView, spriteAspect, stretchLimit, VIEWS, type View } from "./sprites.ts";
import { type Appearance, appearanceOf } from "./words.ts";

export interface LayoutObject {
  readonly classIndex: number;
  readonly box: Box;
}

export interface PlannedObject {
  readonly classIndex: number;
  readonly label: string;
  readonly view: View;
  readonly colour?: ColourName;
  readonly hueStep: number;
  readonly flip: boolean;
  /** Where the whole sprite goes; its aspect is the sprite's within the stretch limit. */
  readonly box: Box;
}

export interface Plan {
  readonly background: BackgroundKind;
  readonly time: TimeOfDay;
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

/** `mirrored` turns everything to face left; the boxes are expected to be mirrored already. */
export function planScene(caption: string, layout: readonly LayoutObject[], mirrored: boolean, rng: Random): Plan {
  const objects = paintersOrder(layout);
  const labels = objects.map((o) => CATEGORIES[o.classIndex].name);
  const background = sceneBackground(caption, labels);
  const look = appearanceOf(caption);
  const seen = new Map<string, number>();
  const planned = objects.map(({ classIndex, box }, i) => {
    const label = labels[i];
    const rank = seen.get(label) ?? 0;
    seen.set(label, rank + 1);
    const { view, colour } =
      label === "person"
        ? personLook(look, rank, box, objects, labels)
        : { view: chooseView(label, box, caption, background), colour: colourOf(look, label, rank) };
    // People stay as they are: a turned hue shows on skin first.
    const hueStep = label === "person" || colour ? 0 : rng.int(3) - 1;
    const flip = !LETTERED.has(label) && mirrored !== (view.left === true);
    return { classIndex, label, view, colour, hueStep, flip, box: fitBox(label, view, box) };
  });
  return { background, time: timeOf(caption), objects: planned.sort((a, b) => area(b.box) - area(a.box)) };
}

/** Never mirrored: letters, hands and pages have a side. */
const LETTERED = new Set(["stop sign", "clock", "book"]);

/** Equal keys: two captions of one layout ask for the same picture. */
export function planKey(plan: Plan): string {
  return JSON.stringify([plan.background, plan.time, plan.objects.map((o) => [o.view.name, o.colour, o.box])]);
}

const area = ([, , w, h]: Box) => w * h;

function colourOf(look: Appearance, label: string, rank: number): ColourName | undefined {
  const colours = look.colours.get(label);
  return colours?.[Math.min(rank, colours.length - 1)];
}

/** A view called for by the caption's words, else the one nearest in aspect; the canonical one has a head start. */
function chooseView(label: string, box: Box, caption: string, background: BackgroundKind): View {
  const views = VIEWS[label];
  const text = `${caption.toLowerCase()} ${background}`;
  const named = views.find((v) => v.words?.test(text));
  if (named) return named;
  return nearestAspect(
    views.filter((v) => !v.words),
    box,
    0.3,
  );
}

function nearestAspect(views: readonly View[], [, , w, h]: Box, headStart: number): View {
  const misfit = (v: View, i: number) => Math.abs(Math.log(w / h / spriteAspect(v))) - (i === 0 ? headStart : 0);
  let best = 0;
  for (let i = 1; i < views.length; i++) if (misfit(views[i], i) < misfit(views[best], best)) best = i;
  return views[best];
}

const RIDDEN = new Set(["horse", "bicycle", "motorcycle", "elephant", "cow"]);
const BOARDS = new Set(["surfboard", "skateboard", "snowboard"]);
const SEATS = new Set(["chair", "couch", "bench", "toilet"]);
const SWUNG = new Set(["tennis racket", "baseball bat"]);

function personLook(
  look: Appearance,
  rank: number,
  box: Box,
  objects: readonly LayoutObject[],
  labels: readonly string[],
): { view: View; colour?: ColourName } {
  const person = look.people[rank] ?? { kind: "person" as PersonKind };
  const near = (set: ReadonlySet<string>, test: (person: Box, other: Box) => boolean) =>
    objects.some((o, i) => set.has(labels[i]) && test(box, o.box));
  const pose = choosePose(person.kind, box, look, near);
  return { view: personView(person.kind, pose), colour: person.colour };
}

/** What a person does shows in the layout: who is over a horse rides, who has a board under the feet is on it. */
function choosePose(
  kind: PersonKind,
  box: Box,
  look: Appearance,
  near: (set: ReadonlySet<string>, test: (person: Box, other: Box) => boolean) => boolean,
): Pose {
  const aspect = box[2] / box[3];
  if (near(RIDDEN, sitsOn)) return "riding";
  if (aspect > 0.36 && aspect < 2 && near(BOARDS, standsOn)) return "boarding";
  if (aspect < 1.3 && near(new Set(["skis"]), standsOn)) return "skiing";
  if (aspect > 0.32 && aspect < 1.2 && near(SWUNG, overlaps)) return "swinging";
  if (aspect > 0.45 && aspect < 1.1 && (near(SEATS, sitsOn) || look.pose === "sitting")) return "sitting";
  const poses: Pose[] = [look.pose === "walking" && aspect > 0.34 ? "walking" : "standing", "waist", "bust"];
  // Half figures belong at the lower edge or close to the viewer; elsewhere a whole figure is preferred.
  const close = box[1] + box[3] > 0.9 || box[3] > 0.5;
  const views = poses.map((p) => personView(kind, p));
  return poses[views.indexOf(nearestAspect(views, box, close ? 0.1 : 0.45))];
}

const centre = ([x, , w]: Box) => x + w / 2;
/** Seat or back: the other's middle is under the person's lower half. */
function sitsOn(person: Box, other: Box): boolean {
  const feet = person[1] + person[3];
  return (
    Math.abs(centre(person) - centre(other)) < Math.max(person[2], other[2]) * 0.4 &&
    person[1] < other[1] + other[3] * 0.25 &&
    feet > other[1] + other[3] * 0.15 &&
    feet < other[1] + other[3] * 1.1
  );
}
function standsOn(person: Box, other: Box): boolean {
  const feet = person[1] + person[3];
  const level = other[1] + other[3] / 2;
  return (
    Math.abs(centre(person) - centre(other)) < (person[2] + other[2]) * 0.5 &&
    Math.abs(feet - level) < person[3] * 0.35 + other[3] / 2
  );
}
function overlaps(a: Box, b: Box): boolean {
  const margin = 0.03;
  return (
    a[0] < b[0] + b[2] + margin &&
    b[0] < a[0] + a[2] + margin &&
    a[1] < b[1] + b[3] + margin &&
    b[1] < a[1] + a[3] + margin
  );
}

/** Categories that hang or fly: centred in their box; everything else stands on its lower edge. */
const FLOATING = new Set([
  "kite",
  "airplane",
  "frisbee",
  "sports ball",
  "bird",
  "clock",
  "stop sign",
  "donut",
  "pizza",
]);

/** The largest rectangle in the box with the view's aspect, stretched as far as its category allows. */
function fitBox(label: string, view: View, [x, y, w, h]: Box): Box {
  const natural = spriteAspect(view);
  const limit = stretchLimit(label);
  const aspect = natural * Math.min(limit, Math.max(1 / limit, w / h / natural));
  const width = Math.min(w, h * aspect);
  const height = Math.min(h, w / aspect);
  const top = FLOATING.has(label) ? y + (h - height) / 2 : y + h - height;
  return [x + (w - width) / 2, top, width, height];
}

/** The hex of a planned colour. */
export function paintOf(object: PlannedObject): string | undefined {
  return object.colour && COLOURS[object.colour];
}
