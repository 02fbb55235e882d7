/**
 * People as one parametric flat figure: five kinds (man, woman, boy, girl, person) in nine poses, clothes in any colour.
 * One figure in many poses, not many figures, so that a small network sees the same head, hair and clothes everywhere.
 * @module
 */
import type { Drawing } from "./drawing.ts";

export type PersonKind = "person" | "man" | "woman" | "boy" | "girl";
export type Pose =
  | "standing"
  | "walking"
  | "sitting"
  | "riding"
  | "boarding"
  | "skiing"
  | "swinging"
  | "waist"
  | "bust";

export const PERSON_KINDS: readonly PersonKind[] = ["person", "man", "woman", "boy", "girl"];
export const POSES: readonly Pose[] = [
  "standing",
  "walking",
  "sitting",
  "riding",
  "boarding",
  "skiing",
  "swinging",
  "waist",
  "bust",
];

const SKIN = "#e3a877";
const LOOK: Record<
  PersonKind,
  { shirt: string; legs: string; hair: string; long: boolean; dress: boolean; child: boolean }
> = {
  person: { shirt: "#f59b23", legs: "#4a5a78", hair: "#4e3226", long: false, dress: false, child: false },
  man: { shirt: "#2f7de0", legs: "#3f4756", hair: "#3b2a22", long: false, dress: false, child: false },
  woman: { shirt: "#d0359a", legs: "#6b2c7a", hair: "#6e3a1c", long: true, dress: true, child: false },
  boy: { shirt: "#2fae5f", legs: "#37507e", hair: "#a8652b", long: false, dress: false, child: true },
  girl: { shirt: "#f26a8d", legs: "#c23a63", hair: "#c98a2e", long: true, dress: true, child: true },
};

type Point = readonly [number, number];

function limb(points: readonly Point[], colour: string, width: number): string {
  const d = points.map(([x, y], i) => `${i ? "L" : "M"}${x} ${y}`).join("");
  return `<path d="${d}" fill="none" stroke="${colour}" stroke-width="${width}" stroke-linecap="round" stroke-linejoin="round"/>`;
}

/** An arm whose upper half is sleeve and lower half skin. */
function arm(shoulder: Point, elbow: Point, hand: Point, shirt: string): string {
  return limb([shoulder, elbow, hand], SKIN, 6) + limb([shoulder, elbow], shirt, 7.5);
}

function leg(hip: Point, knee: Point, foot: Point, colour: string, bare: boolean): string {
  const shoe = `<ellipse cx="${foot[0] + 1.5}" cy="${foot[1] + 2}" rx="6" ry="3.4" fill="#2b2b33"/>`;
  return (
    limb([hip, knee, foot], bare ? SKIN : colour, bare ? 6.5 : 8.5) +
    (bare ? limb([hip, knee], colour, 8.5) : "") +
    shoe
  );
}

function head([x, y]: Point, kind: PersonKind): string {
  const { hair, long, child } = LOOK[kind];
  const r = child ? 12.5 : 10.5;
  const back = long
    ? kind === "girl"
      ? `<circle cx="${x - r - 2}" cy="${y + 3}" r="5" fill="${hair}"/><circle cx="${x + r + 2}" cy="${y + 3}" r="5" fill="${hair}"/>`
      : `<rect x="${x - r - 2.5}" y="${y - r}" width="${2 * r + 5}" height="${2.5 * r}" rx="8" fill="${hair}"/>`
    : "";
  const cap = `<path d="M${x - r - 0.6} ${y + 1}A${r + 0.6} ${r + 0.6} 0 0 1 ${x + r + 0.6} ${y + 1}Q${x + r - 2} ${y - r * 0.55} ${x} ${y - r * 0.5}Q${x - r + 2} ${y - r * 0.55} ${x - r - 0.6} ${y + 1}z" fill="${hair}"/>`;
  const eyes = `<circle cx="${x - 3.8}" cy="${y + 1}" r="1.5" fill="#2a1d18"/><circle cx="${x + 3.8}" cy="${y + 1}" r="1.5" fill="#2a1d18"/>`;
  const mouth = `<path d="M${x - 3} ${y + 5}q3 3 6 0" fill="none" stroke="#a3413a" stroke-width="1.6" stroke-linecap="round"/>`;
  return `${back}<circle cx="${x}" cy="${y}" r="${r}" fill="${SKIN}"/>${cap}${eyes}${mouth}`;
}

function torso(x: number, top: number, bottom: number, half: number, colour: string): string {
  return `<rect x="${x - half}" y="${top}" width="${2 * half}" height="${bottom - top}" rx="5.5" fill="${colour}"/>`;
}

function skirt(x: number, top: number, bottom: number, half: number, colour: string): string {
  return `<path d="M${x - half} ${top}h${2 * half}l5 ${bottom - top}q-${half + 5} 4 -${2 * half + 10} 0z" fill="${colour}"/>`;
}

/** The figure of a kind in a pose; `shirt` replaces the colour of shirt or dress. View boxes are trimmed to the figure's alpha later. */
export function drawPerson(kind: PersonKind, pose: Pose, shirt?: string): Drawing {
  const look = LOOK[kind];
  const top = shirt ?? look.shirt;
  const { legs, dress } = look;
  const bare = look.child && !dress;
  switch (pose) {
    case "standing":
    case "waist":
    case "bust": {
      const hem = dress ? 70 : 0;
      // Children are the same figure with shorter legs.
      const foot = look.child ? 84 : 95;
      const body =
        leg([25, 58], [24.5, 74], [24, foot], dress ? SKIN : legs, bare) +
        leg([35, 58], [35.5, 74], [36, foot], dress ? SKIN : legs, bare) +
        arm([20, 29], [17, 42], [16, 56], top) +
        arm([40, 29], [43, 42], [44, 56], top) +
        (dress ? skirt(30, 48, hem, 9, top) : "") +
        `<rect x="26.5" y="18" width="7" height="9" fill="#cf9262"/>` +
        torso(30, 24, 61, 10.5, top) +
        head([30, look.child ? 13.5 : 12], kind);
      // The bust of the same figure is wider than the figure's waist: the crop widens the shoulders with it.
      const height = pose === "bust" ? 43 : pose === "waist" ? 62 : 100;
      return { width: 60, height, body };
    }
    case "walking":
      return {
        width: 70,
        height: 100,
        body:
          arm([33, 30], [25, 41], [20, 52], top) +
          leg([34, 58], [27, 74], [16, 90], dress ? SKIN : legs, bare) +
          leg([37, 58], [46, 73], [50, 94], dress ? SKIN : legs, bare) +
          (dress ? skirt(35, 48, 70, 9, top) : "") +
          torso(35, 24, 61, 9.5, top) +
          arm([38, 30], [46, 42], [55, 48], top) +
          head([36, 12], kind),
      };
    case "sitting":
      return {
        width: 64,
        height: 88,
        body:
          torso(20, 24, 64, 10, top) +
          leg([20, 60], [44, 60], [46, 82], dress ? SKIN : legs, bare) +
          (dress ? `<path d="M12 52h18l13 4v11H12z" fill="${top}"/>` : "") +
          arm([19, 31], [24, 45], [39, 50], top) +
          head([20, 12], kind),
      };
    case "riding":
      return {
        width: 70,
        height: 94,
        body:
          leg([22, 58], [40, 66], [34, 88], legs, bare) +
          `<path d="M12 30q2-8 12-6l8 6-4 32H12z" fill="${top}"/>` +
          arm([26, 31], [38, 42], [54, 46], top) +
          head([27, 12], kind),
      };
    case "boarding":
      return {
        width: 100,
        height: 88,
        body:
          leg([44, 54], [30, 66], [26, 82], legs, bare) +
          leg([52, 54], [68, 64], [66, 82], legs, bare) +
          arm([42, 31], [26, 30], [11, 36], top) +
          arm([56, 31], [72, 28], [88, 22], top) +
          torso(49, 24, 60, 10.5, top) +
          head([51, 12], kind),
      };
    case "skiing":
      return {
        width: 84,
        height: 94,
        body:
          limb(
            [
              [60, 44],
              [34, 86],
            ],
            "#5b6472",
            2.6,
          ) +
          limb(
            [
              [64, 46],
              [72, 90],
            ],
            "#5b6472",
            2.6,
          ) +
          leg([32, 56], [46, 66], [34, 86], legs, bare) +
          leg([36, 56], [52, 68], [44, 87], legs, bare) +
          `<path d="M24 32q4-9 16-6l6 8-6 28H26z" fill="${top}"/>` +
          arm([40, 32], [50, 42], [62, 44], top) +
          head([43, 13], kind) +
          `<path d="M31.500 10A11.500 11.500 0 0 1 54.500 10z" fill="#25406e"/>`,
      };
    case "swinging":
      return {
        width: 90,
        height: 100,
        body:
          leg([38, 58], [28, 74], [20, 92], dress ? SKIN : legs, bare) +
          leg([44, 58], [56, 72], [60, 93], dress ? SKIN : legs, bare) +
          (dress ? skirt(41, 48, 68, 9, top) : "") +
          torso(41, 24, 61, 10, top) +
          arm([34, 31], [24, 40], [30, 50], top) +
          arm([47, 31], [60, 30], [74, 20], top) +
          head([42, 12], kind),
      };
  }
}
