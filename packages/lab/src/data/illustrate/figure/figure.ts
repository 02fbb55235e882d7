/**
 * People as one parametric flat figure: a skeleton (pose), proportions (grown-up, child), clothes, hair and skin.
 * Nothing here is random: equal arguments give equal drawings. Original work.
 * @module
 */

import { shade } from "../colour.ts";
import type { Drawing } from "../drawing.ts";
import { disc, line, oval, shape } from "../pens.ts";
import { headOf } from "./head.ts";
import { type Joint, type Pose, SKELETONS, type Skeleton } from "./skeleton.ts";

export const HAIR_STYLES = ["short", "side", "curly", "bald", "long", "bob", "ponytail", "bun", "pigtails"] as const;
export type HairStyle = (typeof HAIR_STYLES)[number];

/** What a figure wears and looks like; colours are #rrggbb. */
export interface Outfit {
  readonly child: boolean;
  readonly skin: string;
  readonly hair: HairStyle;
  readonly hairColour: string;
  /** Shirt, jacket or dress. */
  readonly top: string;
  /** Stripes of this colour across the top. */
  readonly stripes?: string;
  /** Trousers, shorts or skirt; not seen under a dress. */
  readonly bottom: string;
  readonly lower: "trousers" | "shorts" | "skirt" | "dress";
  readonly longSleeves: boolean;
  readonly shoes: string;
  readonly hat?: "cap" | "helmet" | "beanie";
  readonly hatColour?: string;
  readonly glasses?: boolean;
  readonly beard?: boolean;
}

const n = (v: number) => String(Math.round(v * 100) / 100);
const at = ([x, y]: Joint) => `${n(x)} ${n(y)}`;
const mix = (a: Joint, b: Joint, t: number): Joint => [a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t];

/** A limb that gets thinner from `a` to `b`, with round ends. */
function taper(a: Joint, b: Joint, wide: number, narrow: number, fill: string): string {
  const [dx, dy] = [b[0] - a[0], b[1] - a[1]];
  const length = Math.hypot(dx, dy) || 1;
  const side = (p: Joint, w: number): Joint => [p[0] - (dy / length) * w, p[1] + (dx / length) * w];
  const corners = [side(a, wide / 2), side(b, narrow / 2), side(b, -narrow / 2), side(a, -wide / 2)];
  return (
    shape(`M${corners.map(at).join("L")}z`, fill) +
    disc(...a, wide / 2, fill) +
    disc(...b, narrow / 2, fill)
  ).replace(/-?\d+\.\d{3,}/g, (v) => n(Number(v)));
}

/** Poses of which only the upper part is drawn. */
export const HALVES: ReadonlySet<Pose> = new Set(["waist", "bust", "eating"]);

/** The drawing of a figure in a pose. */
export function drawFigure(pose: Pose, outfit: Outfit): Drawing {
  const s = outfit.child ? childish(SKELETONS[pose], pose) : SKELETONS[pose];
  const body = figureBody(s, outfit);
  const { width, height } = SKELETONS[pose];
  // Half figures end in a straight cut.
  const cut = HALVES.has(pose);
  const half = `<clipPath id="cut"><rect width="${width}" height="${height}"/></clipPath><g clip-path="url(#cut)">${body}</g>`;
  if (s.turn === undefined) return { width, height, body: cut ? half : body };
  // Lying on the back with the head to the left.
  return { width, height, body: `<g transform="translate(0 60) rotate(${s.turn})">${body}</g>` };
}

function figureBody(s: Skeleton, o: Outfit): string {
  const far = shade(o.top, -0.12);
  const bottomFar = shade(o.bottom, -0.1);
  const neck = taper(mix(s.chest, s.head, 0.05), mix(s.chest, s.head, 0.5), 6, 5.6, shade(o.skin, -0.12));
  const farArm = arm(s.farArm, o, far, shade(o.skin, -0.06));
  return (
    headOf(s.head, s.tilt, o, "back") +
    (s.handsUp ? "" : farArm) +
    leg(s.farLeg, o, bottomFar, shade(o.skin, -0.06)) +
    leg(s.nearLeg, o, o.bottom, o.skin) +
    neck +
    (o.lower === "dress" || o.lower === "skirt" ? skirt(s, o.lower === "dress" ? o.top : o.bottom) : hips(s, o)) +
    torso(s, o) +
    headOf(s.head, s.tilt, o, "front", s.eyesShut) +
    (s.handsUp ? farArm : "") +
    arm(s.nearArm, o, o.top, o.skin, true)
  );
}

function arm([shoulder, elbow, hand]: Skeleton["nearArm"], o: Outfit, top: string, skin: string, near = false): string {
  const sleeve = o.longSleeves
    ? taper(shoulder, elbow, 7.4, 6.2, top) + taper(elbow, mix(elbow, hand, 0.82), 6.2, 5.2, top)
    : taper(shoulder, mix(shoulder, elbow, 0.75), 7.4, 7, top);
  const edge = near
    ? line(`M${at(mix(shoulder, elbow, 0.25))}L${at(mix(shoulder, elbow, 0.7))}`, shade(top, -0.1), 0.7)
    : "";
  return (
    (o.longSleeves ? "" : taper(shoulder, elbow, 5.6, 5, skin) + taper(elbow, hand, 5, 4.2, skin)) +
    sleeve +
    disc(...hand, 3.1, skin) +
    edge
  );
}

function leg([hip, knee, ankle]: Skeleton["nearLeg"], o: Outfit, cloth: string, skin: string): string {
  const bare = o.lower !== "trousers";
  const direction = knee[1] > ankle[1] - 2 ? -1 : 1;
  const sole: Joint = [ankle[0] + 2.6, ankle[1] + 2.6 * direction];
  const shoe =
    direction > 0
      ? oval(sole[0], sole[1] + 0.6, 5.6, 3.2, o.shoes) + oval(sole[0], sole[1] + 2.8, 5.2, 1, shade(o.shoes, 0.25))
      : taper(ankle, [ankle[0] - 2, ankle[1] - 4], 5.8, 4.4, o.shoes);
  if (!bare) return shoe + taper(hip, knee, 9.4, 7.6, cloth) + taper(knee, ankle, 7.6, 6.4, cloth);
  const shorts = o.lower === "shorts" ? taper(hip, mix(hip, knee, 0.85), 9.6, 9.2, cloth) : "";
  return (
    shoe +
    taper(hip, knee, 7.6, 6.2, skin) +
    taper(knee, ankle, 6.2, 4.8, skin) +
    line(`M${at(mix(knee, ankle, 0.92))}L${at(ankle)}`, "#f2f2f2", 5) +
    shorts
  );
}

/** The trunk's four corners: left and right shoulder, right and left hip. */
function corners(s: Skeleton): [Joint, Joint, Joint, Joint] {
  const [dx, dy] = [s.hip[0] - s.chest[0], s.hip[1] - s.chest[1]];
  const length = Math.hypot(dx, dy);
  const side = (p: Joint, w: number): Joint => [p[0] + (dy / length) * w, p[1] - (dx / length) * w];
  const half = s.shoulders / 2;
  const low = Math.max(5.4, half - 2);
  return [side(s.chest, -half), side(s.chest, half), side(s.hip, low), side(s.hip, -low)];
}

function torso(s: Skeleton, o: Outfit): string {
  const [a, b, c, d] = corners(s);
  const trunk = (fill: string) =>
    `<path d="M${[a, b, c, d].map(at).join("L")}z" fill="${fill}" stroke="${fill}" stroke-width="4.4" stroke-linejoin="round"/>`;
  const stripes = o.stripes
    ? [0.14, 0.4, 0.66, 0.92]
        .map((t) => line(`M${at(mix(a, d, t))}L${at(mix(b, c, t))}`, o.stripes as string, 3.2))
        .join("")
    : "";
  const collar = taper(mix(s.chest, s.head, 0.12), mix(s.chest, s.head, 0.2), 6.4, 6, shade(o.skin, -0.06));
  return trunk(o.top) + stripes + collar;
}

/** The seat of trousers or shorts. */
function hips(s: Skeleton, o: Outfit): string {
  const [a, b, c, d] = corners(s);
  const low = [mix(a, d, 0.86), mix(b, c, 0.86), mix(b, c, 1.08), mix(a, d, 1.08)];
  return `<path d="M${low.map(at).join("L")}z" fill="${o.bottom}" stroke="${o.bottom}" stroke-width="4.4" stroke-linejoin="round"/>`;
}

/** From the waist over both thighs to the knees. */
function skirt(s: Skeleton, fill: string): string {
  const [a, b, c, d] = corners(s);
  const reach = (leg: Skeleton["nearLeg"]) => mix(leg[0], leg[1], 0.86);
  const [near, farther] = [reach(s.nearLeg), reach(s.farLeg)];
  const waist = [mix(a, d, 0.62), mix(b, c, 0.62)];
  // Sitting: the thighs are level, the cloth lies on them.
  const level = Math.abs(s.nearLeg[1][1] - s.nearLeg[0][1]) < 12;
  if (level)
    return (
      taper(s.farLeg[0], farther, 12, 12, shade(fill, -0.1)) +
      taper(s.nearLeg[0], near, 13, 13, fill) +
      `<path d="M${[...waist, c, d].map(at).join("L")}z" fill="${fill}" stroke="${fill}" stroke-width="5" stroke-linejoin="round"/>`
    );
  const [left, right] = near[0] < farther[0] ? [near, farther] : [farther, near];
  const hem: Joint[] = [
    [right[0] + 7, right[1] + 1],
    [(left[0] + right[0]) / 2, Math.max(left[1], right[1]) + 3.5],
    [left[0] - 7, left[1] + 1],
  ];
  const d0 = `M${at(waist[0])}L${at(waist[1])}L${at(hem[0])}Q${at(hem[1])} ${at(hem[2])}z`;
  return `<path d="${d0}" fill="${fill}" stroke="${fill}" stroke-width="3" stroke-linejoin="round"/>${line(
    `M${at(mix(waist[1], hem[0], 0.35))}L${at(mix(hem[1], hem[0], 0.35))}`,
    shade(fill, -0.1),
    0.8,
  )}`;
}

/** Shorter legs and trunk under the same head: children. The lower edge stays where it is. */
function childish(s: Skeleton, pose: Pose): Skeleton {
  const ground = HALVES.has(pose) ? undefined : 97;
  const shrink = 0.8;
  const [cx] = s.hip;
  const base = ground ?? s.head[1] + 14;
  const low = Math.max(...[s.nearLeg, s.farLeg].flat().map(([, y]) => y)) + 3;
  const bottom = ground === undefined ? base : low;
  const small = ([x, y]: Joint): Joint =>
    ground === undefined ? [cx + (x - cx) * 0.86, y] : [cx + (x - cx) * 0.86, bottom + (y - bottom) * shrink];
  const limbOf = (limb: readonly [Joint, Joint, Joint]) => limb.map(small) as unknown as [Joint, Joint, Joint];
  const head = small(s.head);
  return {
    ...s,
    head: [head[0], head[1] - 1],
    chest: small(s.chest),
    hip: small(s.hip),
    shoulders: s.shoulders * 0.82,
    farArm: limbOf(s.farArm),
    nearArm: limbOf(s.nearArm),
    farLeg: limbOf(s.farLeg),
    nearLeg: limbOf(s.nearLeg),
  };
}
