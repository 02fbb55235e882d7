/** Which pose a person takes: what the layout shows (over a horse, a board under the feet), then what the verbs say. @module */
import type { Box } from "scenograph/scene/scene";
import type { Pose } from "./figure/skeleton.ts";
import type { Action } from "./verbs.ts";

export interface Neighbour {
  readonly label: string;
  readonly box: Box;
}

const MOUNTS = new Set(["horse", "elephant", "cow"]);
const CYCLES = new Set(["bicycle", "motorcycle"]);
const BOARDS = new Set(["surfboard", "skateboard", "snowboard"]);
const SEATS = new Set(["chair", "couch", "bench", "toilet"]);
const SWUNG = new Set(["tennis racket", "baseball bat"]);
const TABLE = new Set(["dining table", "pizza", "cake", "sandwich", "bowl", "donut"]);
const HELD = new Set(
  "umbrella,cell phone,cup,handbag,book,teddy bear,kite,bottle,wine glass,remote,suitcase,hair drier,toothbrush,banana,apple,donut,hot dog,sandwich,baseball glove,frisbee,surfboard".split(
    ",",
  ),
);

/** Poses that fit, best first; the last are those of someone who merely stands there, for the box's aspect to choose from. */
export interface PoseChoice {
  readonly pose?: Pose;
  readonly among: readonly Pose[];
  /** What the pose refers to: the mount, the racket. The figure turns to it. */
  readonly to?: Neighbour;
}

/** `box` and neighbours in one frame of square units, `aspect` = width / height of the box in it. */
export function choosePose(
  box: Box,
  aspect: number,
  others: readonly Neighbour[],
  actions: readonly Action[],
): PoseChoice {
  const near = (set: ReadonlySet<string>, test: (person: Box, other: Box) => boolean) =>
    others.find((o) => set.has(o.label) && test(box, o.box));
  const does = (action: Action) => actions.includes(action);
  const among: Pose[] = ["standing", "waist", "bust"];
  const say = (pose: Pose, to?: Neighbour): PoseChoice => ({ pose, among, to });

  const cycle = near(CYCLES, sitsOn) ?? (does("riding") ? near(CYCLES, overlaps) : undefined);
  if (cycle) return say("cycling", cycle);
  const mount = near(MOUNTS, sitsOn) ?? (does("riding") ? near(MOUNTS, overlaps) : undefined);
  if (mount) return say("riding", mount);
  const board =
    aspect > 0.36 && aspect < 2
      ? near(BOARDS, (body, plank) => standsOn(body, plank) && plank[3] < plank[2] * 1.6)
      : undefined;
  if (board) return say("boarding", board);
  const skis = aspect < 1.5 ? near(new Set(["skis"]), standsOn) : undefined;
  if (skis || (does("skiing") && aspect > 0.4 && aspect < 1.5)) return say("skiing", skis);
  if (aspect > 1.35 && (does("sleeping") || near(new Set(["bed", "couch"]), overlaps))) return say("lying");
  const swung = aspect > 0.32 && aspect < 1.2 ? near(SWUNG, overlaps) : undefined;
  if (swung) return say("swinging", swung);
  if (aspect > 0.42 && aspect < 1.3) {
    const seat = near(SEATS, sitsOn);
    const table = near(TABLE, atTable);
    if (!seat && table) return does("eating") || does("sitting") ? say("eating", table) : { among: ["waist", "bust"] };
    if (seat || (does("sitting") && !does("standing"))) return say("sitting");
  }
  if (does("throwing") && aspect > 0.36)
    return say(
      "throwing",
      near(new Set(["frisbee", "sports ball"]), () => true),
    );
  if (does("running") && aspect > 0.4)
    return say(
      "running",
      near(new Set(["sports ball", "frisbee", "kite"]), () => true),
    );
  const whole = aspect < 0.62;
  const held = near(HELD, touches);
  if (whole && held && aspect > 0.28) return say("holding", held);
  if (whole && does("waving")) return say("waving");
  if (does("walking") && aspect > 0.3 && aspect < 0.75) return say("walking");
  return { among };
}

const centre = ([x, , w]: Box) => x + w / 2;
/** Seat or back: the other's middle is under the person's lower half. */
export function sitsOn(person: Box, other: Box): boolean {
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

function overlaps(a: Box, b: Box, margin = 0.03): boolean {
  return (
    a[0] < b[0] + b[2] + margin &&
    b[0] < a[0] + a[2] + margin &&
    a[1] < b[1] + b[3] + margin &&
    b[1] < a[1] + a[3] + margin
  );
}

/** Behind a table or a dish: the body ends above the thing's lower edge. */
function atTable(person: Box, table: Box): boolean {
  return overlaps(person, table, 0) && person[1] < table[1] && person[1] + person[3] < table[1] + table[3];
}

/** A thing in the hand: it overlaps the body and is no larger. */
function touches(person: Box, thing: Box): boolean {
  return overlaps(person, thing, 0.01) && thing[2] * thing[3] < person[2] * person[3];
}
