/** Moves that bring a relation about: where a thing could stand seen from another. Sizes change only where they must. @module */
import type { Random } from "@scenograph/graph/random";
import type { Box } from "../../scene/scene.ts";
import type { RelationKind } from "../../understand/types.ts";
import { area, type Placed, surface, wornAt } from "./relations.ts";

const sized = ([x, y, w, h]: Box, k: number): Box => [x + (w * (1 - k)) / 2, y + (h * (1 - k)) / 2, w * k, h * k];
const at = (a: Box, middle: number, foot: number): Box => [middle - a[2] / 2, foot - a[3], a[2], a[3]];
const middle = ([x, , w]: Box) => x + w / 2;
const foot = ([, y, , h]: Box) => y + h;

/** Scaled so that it fits into w x h; never enlarged. */
function within(a: Box, w: number, h: number): Box {
  return sized(a, Math.min(1, w / a[2], h / a[3]));
}

type Move = (a: Box, b: Box, r: Random, an: string, bn: string) => Box;

const side = (a: Box, b: Box, r: Random, sign: number, level = 0.3): Box => {
  const gap = r.uniform(0.012, 0.07);
  const x = sign < 0 ? b[0] - gap - a[2] / 2 : b[0] + b[2] + gap + a[2] / 2;
  return at(a, x, foot(b) + r.uniform(-level, level / 3) * 0.15);
};

const MOVES: Partial<Record<RelationKind, Move>> = {
  left: (a, b, r) => side(a, b, r, -1),
  right: (a, b, r) => side(a, b, r, 1),
  beside: (a, b, r) => side(a, b, r, middle(a) < middle(b) ? -1 : 1),
  above: (a, b, r) => at(a, middle(b) + r.uniform(-0.3, 0.3) * Math.max(a[2], b[2]), b[1] - r.uniform(0.01, 0.08)),
  under: (a, b, r) => {
    if (r.bool(0.5) && a[3] < b[3]) {
      // between the legs: low enough that it is seen below
      const fits = within(a, b[2], 0.7 * b[3]);
      return at(
        fits,
        middle(b) + (r.uniform(-0.5, 0.5) * (b[2] - fits[2])) / 2,
        foot(b) + r.uniform(0.12, 0.25) * fits[3] + 0.02,
      );
    }
    return [
      middle(b) - a[2] / 2 + r.uniform(-0.2, 0.2) * Math.max(a[2], b[2]),
      foot(b) + r.uniform(0.01, 0.06),
      a[2],
      a[3],
    ];
  },
  on: (a, b, r, an, bn) => {
    const room = Math.max(0, b[2] - a[2]) / 2;
    return at(a, middle(b) + r.uniform(-0.9, 0.9) * room, b[1] + (surface(bn, an) + r.uniform(-0.05, 0.05)) * b[3]);
  },
  in: (a, b, r) => {
    const fits = within(a, 0.8 * b[2], 0.8 * b[3]);
    const room = b[2] - fits[2];
    return at(fits, middle(b) + (r.uniform(-0.9, 0.9) * room) / 2, b[1] + r.uniform(0.55, 0.92) * b[3]);
  },
  behind: (a, b, r) => {
    const sign = r.bool() ? 1 : -1;
    const aside = sign * (a[2] / 2 + b[2] / 2) * r.uniform(0.4, 0.9);
    return at(a, middle(b) + aside, foot(b) - r.uniform(0.03, 0.1));
  },
  front: (a, b, r) => {
    const sign = r.bool() ? 1 : -1;
    return at(a, middle(b) + sign * (a[2] / 2 + b[2] / 2) * r.uniform(0.4, 0.9), foot(b) + r.uniform(0.03, 0.1));
  },
  around: (a, b, r) => {
    const angle = r.uniform(0, 2 * Math.PI);
    const x = middle(b) + Math.cos(angle) * (b[2] / 2 + a[2] / 3);
    return at(a, x, foot(b) - b[3] * 0.35 + Math.sin(angle) * (b[3] / 2) + a[3] / 4);
  },
  far: (a, b, r) => {
    const sign = middle(b) > 0.5 ? -1 : 1;
    const x = sign < 0 ? b[0] - 0.28 - a[2] / 2 : b[0] + b[2] + 0.28 + a[2] / 2;
    return at(a, x, foot(b) + r.uniform(-0.1, 0.03));
  },
  riding: (a, b, r, _, bn) => {
    if (/(?:board|skis|boat)$/.test(bn)) return at(a, middle(b) + r.uniform(-0.15, 0.15) * b[2], b[1] + 0.4 * b[3]);
    const low = /(?:bicycle|motorcycle)$/.test(bn) ? 0.75 : 0.6;
    return at(a, middle(b) + r.uniform(-0.15, 0.15) * b[2], b[1] + low * b[3]);
  },
  bigger: (a, b, r) => sized(a, Math.sqrt((r.uniform(1.6, 2.6) * area(b)) / area(a))),
  smaller: (a, b, r) => sized(a, Math.sqrt(area(b) / r.uniform(1.6, 2.6) / area(a))),
  same: (a, b, r) => sized(a, Math.sqrt((r.uniform(0.9, 1.1) * area(b)) / area(a))),
  "at-left": (a, _, r) => at(within(a, 0.6, 1), r.uniform(0.12, 0.34), foot(a)),
  "at-right": (a, _, r) => at(within(a, 0.6, 1), r.uniform(0.66, 0.88), foot(a)),
  "at-top": (a, _, r) => {
    const fits = within(a, 1, 0.55);
    return at(fits, middle(a), r.uniform(0.08, 0.33) + fits[3] / 2);
  },
  "at-bottom": (a, _, r) => {
    const fits = within(a, 1, 0.55);
    return at(fits, middle(a), r.uniform(0.68, 0.9) + fits[3] / 2);
  },
  "at-centre": (a, _, r) => at(a, r.uniform(0.44, 0.56), r.uniform(0.4, 0.6) + a[3] / 2),
  "at-back": (a, _, r) => at(area(a) > 0.18 ? sized(a, Math.sqrt(0.15 / area(a))) : a, middle(a), r.uniform(0.5, 0.7)),
  "at-front": (a, _, r) => at(a, middle(a), r.uniform(0.86, 0.98)),
};

/** What is moved when the relation's object is to move instead. */
const INVERSE: Partial<Record<RelationKind, Move>> = {
  left: MOVES.right,
  right: MOVES.left,
  beside: MOVES.beside,
  above: (b, a, r) => [
    middle(a) - b[2] / 2 + r.uniform(-0.3, 0.3) * Math.max(a[2], b[2]),
    foot(a) + r.uniform(0.01, 0.08),
    b[2],
    b[3],
  ],
  under: MOVES.above,
  behind: MOVES.front,
  front: MOVES.behind,
  far: MOVES.far,
  bigger: MOVES.smaller,
  smaller: MOVES.bigger,
  same: MOVES.same,
  on: (b, a, r, bn, an) => {
    const room = Math.max(0, b[2] - a[2]) / 2;
    return [middle(a) - b[2] / 2 + r.uniform(-0.9, 0.9) * room, foot(a) - surface(bn, an) * b[3], b[2], b[3]];
  },
  in: (b, a, r) => {
    const grown = sized(b, Math.max(1, a[2] / (0.8 * b[2]), a[3] / (0.8 * b[3])));
    return [
      middle(a) - grown[2] / 2 + r.uniform(-0.05, 0.05),
      foot(a) - r.uniform(0.6, 0.9) * grown[3],
      grown[2],
      grown[3],
    ];
  },
  riding: (b, a, r, bn) => {
    const low = /(?:board|skis|boat)$/.test(bn) ? 0.4 : /(?:bicycle|motorcycle)$/.test(bn) ? 0.75 : 0.6;
    return [middle(a) - b[2] / 2 + r.uniform(-0.1, 0.1) * b[2], foot(a) - low * b[3], b[2], b[3]];
  },
  holding: (b, a, r, bn) => {
    const x = middle(a) + r.uniform(-0.5, 0.5) * a[2];
    if (/(?:umbrella|parasol|kite|balloon)$/.test(bn))
      return at(within(b, 2 * a[2], a[3]), x, a[1] + r.uniform(0.25, 0.5) * a[3]);
    const fits = within(b, 1.5 * a[2], 0.8 * a[3]);
    return at(fits, x, a[1] + r.uniform(0.3, 0.6) * a[3] + fits[3] / 2);
  },
  wearing: (b, a, r, bn) => {
    const fits = within(b, 0.8 * a[2], 0.6 * a[3]);
    const [low, high] = wornAt(bn);
    return at(fits, middle(a) + r.uniform(-0.05, 0.05) * a[2], a[1] + ((low + high) / 2) * a[3] + fits[3] / 2);
  },
};

/** A place for the subject, its object staying; undefined where only the object can be moved. */
export function moveSubject(kind: RelationKind, a: Placed, b: Placed, random: Random): Box | undefined {
  return MOVES[kind]?.(a.box, b.box, random, a.name, b.name);
}

/** A place for the object, its subject staying. */
export function moveObject(kind: RelationKind, a: Placed, b: Placed, random: Random): Box | undefined {
  return INVERSE[kind]?.(b.box, a.box, random, b.name, a.name);
}

/** Between two others. */
export function moveBetween(a: Box, b: Box, c: Box, random: Random): Box {
  const [l, r] = middle(b) < middle(c) ? [b, c] : [c, b];
  const room = r[0] - l[0] - l[2];
  const fits = room > 0.02 ? within(a, 0.9 * room, 1) : a;
  return at(fits, (l[0] + l[2] + r[0]) / 2, (foot(l) + foot(r)) / 2 + random.uniform(-0.03, 0.03));
}
