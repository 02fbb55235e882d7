/**
 * What a relation means for two boxes, so that a person would agree, and how to bring it about. Each rule is a distance:
 * 0 where it holds, else how far off it is in fractions of the picture. "left", "right", "above" and "under" hold by GenEval's rule as well
 * (Ghosh et al. 2023): the offset of the centres, each axis shortened by a tenth of both sizes, points that way.
 * @module
 */
import type { Box } from "../../scene/scene.ts";
import type { RelationKind } from "../../understand/types.ts";

/** A relation that is off by more does not hold. */
export const TOLERANCE = 1e-3;

/** A thing in a relation. */
export interface Placed {
  readonly box: Box;
  /** Category, or the noun of a thing without one. */
  readonly name: string;
}

const right = ([x, , w]: Box) => x + w;
const foot = ([, y, , h]: Box) => y + h;
const middle = ([x, , w]: Box) => x + w / 2;
const centre = ([, y, , h]: Box) => y + h / 2;
export const area = ([, , w, h]: Box) => w * h;
const over = (v: number) => Math.max(0, v);
/** How far v is outside [low, high]. */
const outside = (v: number, low: number, high: number) => over(low - v) + over(v - high);
const overlapX = (a: Box, b: Box) => Math.min(right(a), right(b)) - Math.max(a[0], b[0]);
const gapX = (a: Box, b: Box) => Math.max(b[0] - right(a), a[0] - right(b));
const intersection = (a: Box, b: Box) => over(overlapX(a, b)) * over(Math.min(foot(a), foot(b)) - Math.max(a[1], b[1]));

/** Share of `a` that `b` covers. */
export function covered(a: Box, b: Box): number {
  return intersection(a, b) / Math.max(area(a), 1e-9);
}

/** Things with room below them: what is under them stands between their legs, or in their shade. */
const ROOM_BELOW =
  /\b(?:table|desk|bench|bed|chair|couch|sofa|stool|umbrella|parasol|tree|bridge|piano|counter|shelf|tent|arch|kite|canopy|roof)$/;
const FURNITURE = /\b(?:table|desk|bench|bed|chair|couch|sofa|stool|piano|counter|shelf)$/;
/** How far down, as a share of its height, a thing bears what is on it: seats, lying surfaces, boards. */
const SURFACES: readonly (readonly [RegExp, number])[] = [
  [/\b(?:chair|couch|sofa|bench|toilet|stool|throne|armchair)$/, 0.45],
  [
    /\b(?:bed|crib|blanket|rug|carpet|mat|towel|pillow|cushion|plate|tray|dish|pizza|book|keyboard|laptop|pan|paper|map|newspaper|log|stage)$/,
    0.4,
  ],
  [/\b(?:surfboard|skateboard|snowboard|skis|boat|sled|raft|canoe|board|sink|bathtub|oven|wagon|cart|island)$/, 0.4],
  [/\b(?:bicycle|motorcycle|scooter|tricycle)$/, 0.65],
  [/\b(?:branch|wire|rope|pole|fence|wall|stop sign|traffic light|parking meter|fire hydrant)$/, 0.06],
  [/\b(?:table|desk|counter|shelf|nightstand|cabinet|dresser|stove)$/, 0.2],
  [/\b(?:horse|elephant|cow|sheep|zebra|giraffe|bear|camel|donkey|llama|dog|unicorn|dragon)$/, 0.2],
  [/\b(?:hill|mountain|cliff|iceberg|rock|cloud|beach|sand)$/, 0.15],
];
/** Open at the top: what is in them may look out. */
const OPEN =
  /\b(?:bowl|vase|cup|mug|basket|sink|toilet|boat|suitcase|pot|bucket|bathtub|box|crate|wine glass|glass|jar|bed|chair|couch|handbag|backpack|cart|nest|pan|truck|bag|crib|barrel)$/;
const LIKE_BOARDS = /\b(?:surfboard|skateboard|snowboard|skis|sled|wave|boat)$/;
const MACHINES = /\b(?:bicycle|motorcycle|scooter|tricycle|unicycle)$/;

const SEATS = /\b(?:chair|couch|sofa|bench|toilet|stool|throne|armchair|swing)$/;

/** Height of the surface of a thing, from its top, as a share of its height; the feet of who sits hang lower. */
export function surface(name: string, on?: string): number {
  if (on === "person" && SEATS.test(name)) return 0.75;
  return SURFACES.find(([pattern]) => pattern.test(name))?.[1] ?? 0.05;
}

/** GenEval's offset: both axes shortened by a tenth of the sizes, over the length of the offset. [x, y] of a seen from b. */
export function genEvalOffset(a: Box, b: Box): readonly [number, number] {
  const offset = [middle(a) - middle(b), centre(a) - centre(b)];
  const length = Math.hypot(offset[0], offset[1]);
  if (length === 0) return [0, 0];
  const short = (v: number, size: number) => (Math.sign(v) * over(Math.abs(v) - 0.1 * size)) / length;
  return [short(offset[0], a[2] + b[2]), short(offset[1], a[3] + b[3])];
}

/** GenEval's own question, for judging. */
export function genEvalHolds(kind: "left" | "right" | "above" | "under", a: Box, b: Box): boolean {
  const [x, y] = genEvalOffset(a, b);
  return { left: x < -0.5, right: x > 0.5, above: y < -0.5, under: y > 0.5 }[kind];
}

/** Standing aside, seen flat: no more up or down than half of what it is aside. */
const SLOPE = 0.55;

/** How far the relation of two things is from holding; 0 where it holds. "between" has three: `betweenDistance`. */
export function relationDistance(kind: RelationKind, a: Placed, b: Placed): number {
  return RULES[kind]?.(a.box, b.box, a.name, b.name) ?? 0;
}

type Rule = (a: Box, b: Box, an: string, bn: string) => number;

const RULES: Partial<Record<RelationKind, Rule>> = {
  left: (a, b) =>
    over(right(a) - b[0]) + over(Math.abs(centre(a) - centre(b)) - SLOPE * Math.abs(middle(a) - middle(b))),
  right: (a, b) => RULES.left!(b, a, "", ""),
  above: (a, b) => over(foot(a) - b[1]) + upright(a, b),
  under: (a, b, _, bn) => {
    const below = over(foot(b) - a[1]) + upright(b, a);
    return ROOM_BELOW.test(bn) ? Math.min(below, tucked(a, b, bn)) : below;
  },
  on: (a, b, an, bn) => {
    const seated = an === "person" && SEATS.test(bn);
    const at = b[1] + surface(bn, an) * b[3];
    const slack = seated ? 0.25 * b[3] : Math.min(Math.max(0.14 * b[3], 0.015), 0.06);
    const base = over(0.6 * Math.min(a[2], b[2]) - overlapX(a, b));
    return outside(foot(a), at - slack, at + slack) + base + over(centre(a) - centre(b));
  },
  in: (a, b, _, bn) => {
    const open = OPEN.test(bn) ? 0.45 * a[3] : 0;
    const sides = over(b[0] - a[0]) + over(right(a) - right(b));
    return (
      sides +
      over(b[1] - open - a[1]) +
      over(foot(a) - foot(b)) +
      over(area(a) - 0.7 * area(b)) +
      over(b[1] - foot(a) + 0.25 * b[3])
    );
  },
  beside: (a, b) => {
    const gap = gapX(a, b);
    const level = Math.min(Math.abs(foot(a) - foot(b)), Math.abs(centre(a) - centre(b)));
    return outside(gap, 0, 0.15) + over(level - Math.max(0.06, 0.2 * Math.min(a[3], b[3])));
  },
  behind: (a, b) =>
    over(foot(a) - foot(b) + 0.02) + over(gapX(a, b) - 0.05) + over(covered(a, b) - 0.6) + 0.5 * over(b[1] - foot(a)),
  front: (a, b) => RULES.behind!(b, a, "", ""),
  around: (a, b) => {
    const aside = Math.max(Math.abs(middle(a) - middle(b)) / (b[2] / 2), Math.abs(centre(a) - centre(b)) / (b[3] / 2));
    const gap = Math.max(gapX(a, b), b[1] - foot(a), a[1] - foot(b));
    return 0.3 * over(0.8 - aside) + over(gap - 0.12);
  },
  far: (a, b) => over(0.25 - Math.max(gapX(a, b), b[1] - foot(a), a[1] - foot(b))),
  riding: (a, b, an, bn) => {
    if (LIKE_BOARDS.test(bn)) return RULES.on!(a, b, an, bn);
    const [low, high] = MACHINES.test(bn) ? [0.5, 1] : [0.3, 0.9];
    const seat = outside(foot(a), b[1] + low * b[3], b[1] + high * b[3]);
    // the seat, not the legs, is above the back
    return (
      seat + over(a[1] + 0.35 * a[3] - b[1] - 0.1 * b[3]) + outside(middle(a), b[0] + 0.2 * b[2], right(b) - 0.2 * b[2])
    );
  },
  holding: (a, b, _, bn) => {
    const arms = 0.15 * a[2];
    if (/umbrella|parasol|kite|balloon$/.test(bn)) {
      const hand = over(a[1] - foot(b)) + over(foot(b) - a[1] - 0.65 * a[3]);
      return (
        hand +
        outside(middle(b), a[0] - 0.3 * a[2], right(a) + 0.3 * a[2]) +
        over(gapX(a, b)) +
        over(centre(b) - centre(a))
      );
    }
    const reach =
      outside(middle(b), a[0] - arms, right(a) + arms) + outside(centre(b), a[1] + 0.15 * a[3], a[1] + 0.75 * a[3]);
    return reach + over(gapX(a, b)) + over(area(b) - area(a));
  },
  wearing: (a, b, _, bn) => {
    const [low, high] = wornAt(bn);
    const inside = over(a[0] - 0.1 * a[2] - b[0]) + over(right(b) - right(a) - 0.1 * a[2]);
    return inside + outside(centre(b), a[1] + low * a[3], a[1] + high * a[3]) + over(area(b) - 0.6 * area(a));
  },
  bigger: (a, b) => 0.1 * over(Math.log(1.5) - Math.log(area(a) / Math.max(area(b), 1e-9))),
  smaller: (a, b) => RULES.bigger!(b, a, "", ""),
  same: (a, b) => 0.1 * over(Math.abs(Math.log(area(a) / Math.max(area(b), 1e-9))) - 0.2),
  "at-left": (a) => over(middle(a) - 0.38),
  "at-right": (a) => over(0.62 - middle(a)),
  "at-top": (a) => over(centre(a) - 0.36),
  "at-bottom": (a) => over(0.64 - centre(a)),
  "at-centre": (a) => outside(middle(a), 0.42, 0.58) + outside(centre(a), 0.36, 0.66),
  "at-back": (a) => over(foot(a) - 0.72) + 0.3 * over(area(a) - 0.2),
  "at-front": (a) => over(0.8 - foot(a)) + 0.3 * over(0.06 - area(a)),
};

/** `a` over `b`: their middles at most half of the wider one apart, and steep enough for GenEval. */
function upright(a: Box, b: Box): number {
  const across = Math.abs(middle(a) - middle(b));
  return over(across - 0.5 * Math.max(a[2], b[2])) + over(across - SLOPE * Math.abs(centre(a) - centre(b)));
}

/** Standing in the room under `b`: its foot at that of b or lower, its head below the top, not wider than b; GenEval agrees. */
function tucked(a: Box, b: Box, bn: string): number {
  const sides = over(b[0] - 0.1 * b[2] - a[0]) + over(right(a) - right(b) - 0.1 * b[2]);
  const standing = over(foot(b) - foot(a)) + over(b[1] + 0.25 * b[3] - a[1]) + over(a[1] - foot(b) + 0.2 * a[3]);
  const offset = [middle(a) - middle(b), centre(a) - centre(b)];
  const steep = 0.56 * Math.hypot(offset[0], offset[1]) - (offset[1] - 0.1 * (a[3] + b[3]));
  return sides + standing + over(steep) + (FURNITURE.test(bn) ? over(a[3] - 0.9 * b[3]) : 0);
}

/** From head to foot of the wearer, shares of its height between which the middle of what is worn lies. */
export function wornAt(name: string): readonly [number, number] {
  if (/\b(?:hat|cap|helmet|crown|beanie|headband|wig|halo|headphones)$/.test(name)) return [0, 0.15];
  if (/\b(?:glasses|sunglasses|goggles|mask|earring|earrings)$/.test(name)) return [0.06, 0.22];
  if (/\b(?:tie|scarf|necklace|collar|bow|bow tie|medal)$/.test(name)) return [0.18, 0.5];
  if (/\b(?:shoe|shoes|boot|boots|sandal|sandals|skis|sock|socks|slippers)$/.test(name)) return [0.85, 1.02];
  if (/\b(?:skirt|jeans|pants|trousers|shorts)$/.test(name)) return [0.5, 0.8];
  return [0.2, 0.65];
}

/** Distance of `a` from standing between `b` and `c`, whichever is on the left. */
export function betweenDistance(a: Box, b: Box, c: Box): number {
  const [l, r] = middle(b) < middle(c) ? [b, c] : [c, b];
  const aside = over(right(l) - a[0]) + over(right(a) - r[0]);
  const low = Math.min(l[1], r[1]);
  const high = Math.max(foot(l), foot(r));
  return aside + over(low - centre(a)) + over(centre(a) - high);
}

/** Of several ways in which a relation holds, how far off the usual one: small things stand under a table, not below it. */
export function preference(kind: RelationKind, a: Placed, b: Placed): number {
  return kind === "under" && ROOM_BELOW.test(b.name) ? Math.min(tucked(a.box, b.box, b.name), 0.3) : 0;
}

/** The negated relation: 0 unless it holds. */
export function negatedDistance(kind: RelationKind, a: Placed, b: Placed): number {
  return relationDistance(kind, a, b) < 0.02 ? 0.1 : 0;
}
