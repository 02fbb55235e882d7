/** Heads of the figures: hair behind, face, hair before, hats. Faces look to the right. Original work. @module */

import { shade } from "../colour.ts";
import { disc, line, oval, rect, shape } from "../pens.ts";
import type { Outfit } from "./figure.ts";
import type { Joint } from "./skeleton.ts";

/** Radius of a grown-up's head and of a child's; a child's is larger against the body. */
const RADIUS = 9.4;
const CHILD_RADIUS = 10.4;

/** Drawn about the origin with radius 10, then put in place. */
export function headOf([x, y]: Joint, tilt: number, o: Outfit, layer: "back" | "front", eyesShut = false): string {
  const scale = (o.child ? CHILD_RADIUS : RADIUS) / 10;
  const body = layer === "back" ? hairBehind(o) : face(o, eyesShut) + hairBefore(o) + hat(o);
  if (!body) return "";
  return `<g transform="translate(${x} ${Math.round(y * 100) / 100}) rotate(${tilt}) scale(${scale})">${body}</g>`;
}

function hairBehind({ hair, hairColour: c }: Outfit): string {
  switch (hair) {
    case "long":
      return shape("M-11-2q-1 14-2.500 21 7 4 13 2V0zM11-2q0 12 .5 18-5 4-9 3V0z", c) + disc(-0.5, -1.5, 11, c);
    case "bob":
      return rect(-11.4, -9, 21.8, 20, c, 8);
    case "ponytail":
      return shape("M-8-5q-11-1-11 8 0 6-3 10 9 0 11-9 2-5 6-5z", c);
    case "bun":
      return disc(-6.5, -11, 5.4, c);
    case "pigtails":
      return oval(-12.5, 4, 4.4, 7, c) + oval(10.5, 4, 4, 6.5, c);
    case "curly":
      return disc(-8.5, -3, 5.4, c) + disc(-9, 3, 4, c) + disc(8.6, -4, 4.6, c);
    default:
      return "";
  }
}

function face({ skin, child, glasses, beard, hairColour }: Outfit, eyesShut: boolean): string {
  const eye = (x: number) =>
    eyesShut
      ? line(`M${x - 1.6} .6q1.600 1.500 3.200 0`, "#3a2a22", 0.9)
      : oval(x, 0.6, child ? 1.5 : 1.25, child ? 1.9 : 1.6, "#2a1d18") + disc(x + 0.45, -0.1, 0.45, "#ffffff");
  const brow = (x: number) => line(`M${x - 1.6}-3.200q1.600-1 3.200 0`, shade(hairColour, -0.1), 0.8);
  const cheek = (x: number) => `<ellipse cx="${x}" cy="4.2" rx="1.900" ry="1.200" fill="#e8705f" opacity=".35"/>`;
  return (
    disc(-9, 1.5, 2.3, shade(skin, -0.06)) +
    (beard
      ? disc(0, 0.8, 10.2, hairColour) +
        shape("M-9.600-1.500Q-8 4 0 3.400 8.500 4 9.600-1.500 9-10 0-10t-9.600 8.500z", skin)
      : "") +
    (beard ? "" : disc(0, 0, 10, skin)) +
    cheek(-2.8) +
    cheek(7) +
    eye(-0.6) +
    eye(5.6) +
    (eyesShut ? "" : brow(-0.8) + brow(5.6)) +
    line("M3.200 1.800q1.300 1.500-.4 1.800", shade(skin, -0.22), 0.8) +
    line("M-.6 5.600q3 2.600 5.800 0", beard ? "#f2d3c4" : "#9c3b34", 1.1) +
    (glasses
      ? `<g fill="none" stroke="#2b2d35" stroke-width=".8"><circle cx="-.6" cy=".6" r="2.700"/><circle cx="5.600" cy=".6" r="2.700"/><path d="M2.100.6h.8M-3.300.6h-5"/></g>`
      : "")
  );
}

function hairBefore({ hair, hairColour: c }: Outfit): string {
  const light = shade(c, 0.1);
  switch (hair) {
    case "bald":
      return "";
    case "short":
      return shape(
        "M-10.600 1.500Q-12.500-11 0-11.400 11-11.500 10.600-2q-3-4-6.600-4.600-6 1.600-10.500-.2-1.500 3-1.700 7.800z",
        c,
      );
    case "side":
      return (
        shape(
          "M-10.600 2Q-13-11.500 1-11.800q10 .3 9.800 9.300Q7-4.500 5.500-7.400q-5 4-11.500 3.600-1.900 2-2 5.600z",
          c,
        ) + line("M-6-8q5-2 10-.6", light, 0.8)
      );
    case "curly":
      return [-8, -4.5, 0, 4.5, 8].map((x, i) => disc(x, -8 - (i % 2) * 1.6 + Math.abs(x) * 0.35, 4.2, c)).join("");
    case "long":
    case "bob":
      return shape(
        "M-10.800 5Q-12.500-11.500 0-11.600 11.500-11.500 10.600 3q-1.800-3.500-2-7.200-4-.6-6.200-3.200-4 4.200-10.300 4.600-1.500 3.500-2.900 7.800z",
        c,
      );
    default:
      return shape(
        "M-10.600 1.500Q-12.500-11.200 0-11.400 11.200-11.400 10.600-.5 8-5.500 3.500-7.400-3-3.400-8.200-3q-1.900 2-2.400 4.500z",
        c,
      );
  }
}

function hat({ hat: kind, hatColour = "#2f6fe0" }: Outfit): string {
  switch (kind) {
    case "cap":
      return (
        shape("M-10.800-2.500Q-11-12 0-12.300 10.500-12 10.600-3z", hatColour) +
        rect(3, -4.6, 12.5, 2.6, shade(hatColour, -0.12), 1.3)
      );
    case "helmet":
      return (
        shape("M-11.500-1.500Q-12.500-13.500 0-13.800 11.500-13.500 11.200-3q-11-2.500-22.700 1.500z", hatColour) +
        line("M-6-11.500q6 2 12 0M-8.500-7.500q8 2 17-.8", shade(hatColour, -0.15), 1.2)
      );
    case "beanie":
      return (
        shape("M-11-3Q-11-13.500 0-13.800 11-13.500 10.800-3.500z", hatColour) +
        rect(-11.4, -5.2, 22.6, 4, shade(hatColour, 0.14), 2) +
        disc(0, -14.2, 2.6, "#f4f5f7")
      );
    default:
      return "";
  }
}
