/** Bands, skies, trees and other parts of the places. @module */
import type { TimeOfDay } from "scenograph/ours/text/background";
import type { Weather } from "scenograph/ours/text/weather";
import { shade } from "./colour.ts";
import { disc, line, oval, rect, repeat, shape } from "./pens.ts";

/** A place is drawn from x = LEFT to LEFT + WIDE and from 0 to HIGH; the square picture shows 0 to 128. */
export const HIGH = 128;
export const LEFT = -64;
export const WIDE = 256;
/** Windows at night: not dimmed. */
export const LAMPLIGHT = "#ffe08a";

export interface Sky {
  readonly top: string;
  readonly low: string;
  readonly cloud: string;
}

/** What an outdoor place is drawn by; `h` is the height of the horizon. */
export interface Outdoors {
  readonly h: number;
  readonly time: TimeOfDay;
  readonly weather: Weather;
  readonly sky: Sky;
}

const SKIES: Record<TimeOfDay, Sky> = {
  day: { top: "#63b3f0", low: "#cdeafc", cloud: "#ffffff" },
  night: { top: "#101a45", low: "#3a4a8c", cloud: "#56649c" },
  sunset: { top: "#6d5bb0", low: "#ffb46b", cloud: "#ffd9b0" },
};
const DULL: Record<Exclude<Weather, "clear">, Sky> = {
  rain: { top: "#7d8ea0", low: "#bcc8d2", cloud: "#a3b1be" },
  snowing: { top: "#a9bacb", low: "#dfe8ef", cloud: "#c9d5df" },
  fog: { top: "#c5d0d6", low: "#e4eaec", cloud: "#d8e0e3" },
};

export function skyOf(time: TimeOfDay, weather: Weather): Sky {
  if (weather === "clear" || time === "sunset") return SKIES[time];
  if (time === "day") return DULL[weather];
  return { top: "#182142", low: "#46527c", cloud: "#4d5a80" };
}

let gradients = 0;
/** A band from y0 to y1, filled down to the lower edge under what is drawn later, so that no seam shows between bands. */
export function band(y0: number, y1: number, top: string, low = top): string {
  const area = `x="${LEFT}" y="${y0}" width="${WIDE}" height="${HIGH + 8 - y0}"`;
  if (top === low) return `<rect ${area} fill="${top}"/>`;
  gradients = (gradients + 1) % 1e6;
  const id = `band-${gradients}`;
  const stops = `<stop offset="0" stop-color="${top}"/><stop offset="1" stop-color="${low}"/>`;
  return `<linearGradient id="${id}" gradientUnits="userSpaceOnUse" x1="0" y1="${y0}" x2="0" y2="${y1}">${stops}</linearGradient><rect ${area} fill="url(#${id})"/>`;
}

/** `n` points spread evenly over the whole drawing, always the same for one `salt` (a sequence of low discrepancy). */
export function spread<T>(n: number, salt: number, f: (x: number, y: number, i: number) => T): T[] {
  return Array.from({ length: n }, (_, i) => {
    const u = (0.5 + (i + 1) * 0.7548776662 + salt * 0.37) % 1;
    const v = (0.5 + (i + 1) * 0.5698402909 + salt * 0.61) % 1;
    return f(round(LEFT + u * WIDE), round(v * HIGH), i);
  });
}
const round = (v: number) => Math.round(v * 100) / 100;

export function cloud(x: number, y: number, s: number, fill: string): string {
  const soft = shade(fill, -0.05);
  return (
    `<g transform="translate(${x} ${y}) scale(${s})">` +
    `<path d="M-15 4a4.500 4.500 0 0 1 1-8.900 7 7 0 0 1 13-3.100 5.500 5.500 0 0 1 9 2.500 4.800 4.800 0 0 1 6 9.500z" fill="${fill}"/>` +
    `<path d="M-15 4a4.500 4.500 0 0 1-3.500-2.500q16 2 35-1a4.800 4.800 0 0 1-2.500 3.500z" fill="${soft}"/></g>`
  );
}

/** Sky down to `to`, with clouds; sun or moon and stars where one sees them. */
export function skyTo(to: number, { time, weather, sky }: Outdoors): string {
  const clear = weather === "clear";
  const k = Math.max(0.55, Math.min(1, to / 56));
  const stars =
    time === "night" && clear
      ? spread(46, 7, (x, y, i) => disc(x, y * (to / HIGH) * 0.92, 0.45 + (i % 3) * 0.25, "#f6f1d0")).join("")
      : "";
  const moon =
    time === "night" && clear
      ? disc(102, 17 * k, 8.4, "#f6f1d0") + disc(99.5, 15 * k, 1.7, "#e2dbb4") + disc(104.5, 19.5 * k, 1.2, "#e2dbb4")
      : "";
  const sun =
    time === "sunset" && clear
      ? `<circle cx="94" cy="${to - 9}" r="20" fill="#ffe9a8" opacity=".35"/>${disc(94, to - 9, 12.5, "#ffe9a0")}`
      : time === "day" && clear
        ? `<circle cx="112" cy="${14 * k}" r="13" fill="#fff3b8" opacity=".45"/>${disc(112, 14 * k, 8, "#ffe27a")}`
        : "";
  const clouds = [
    [26, 19, 0.95],
    [78, 26, 0.72],
    [-34, 25, 0.9],
    [160, 22, 1],
    ...(weather === "rain" || weather === "snowing"
      ? [
          [54, 10, 1.2],
          [100, 14, 1.1],
        ]
      : []),
  ];
  return (
    band(-8, to, sky.top, sky.low) +
    stars +
    sun +
    moon +
    clouds.map(([x, y, s]) => cloud(x, y * k, s * k, sky.cloud)).join("")
  );
}

/** Rolling hills whose crests lie about `y`. */
export const hills = (y: number, height: number, fill: string, shift = 0) =>
  shape(
    `M${LEFT} ${HIGH}V${y}${repeat(4, (i) => `q${16} ${-height * (i % 2 ? 1.1 : 0.8)} 32 ${i % 2 ? 1.5 : -1}t32 ${i % 2 ? -1.5 : 1}`)}V${HIGH}z`,
    fill,
  ).replace("<path", `<path transform="translate(${shift} 0)"`);

export function tree(x: number, y: number, s: number, leaf: string): string {
  return (
    `<g transform="translate(${x} ${y}) scale(${s})">` +
    shape("M-1.600 0 -1-10h2l.6 10z", "#7a5234") +
    disc(0, -15, 7.4, leaf) +
    disc(-5.4, -11.5, 5, leaf) +
    disc(5.4, -11.5, 5, leaf) +
    `<path d="M-6-17a7.400 7.400 0 0 1 9-4.500" fill="none" stroke="${shade(leaf, 0.08)}" stroke-width="1.400" stroke-linecap="round"/></g>`
  );
}

export function pine(x: number, y: number, s: number, leaf: string, snowy = false): string {
  const tier = (dy: number, w: number, h: number) =>
    shape(`M${-w} ${dy}L0 ${dy - h} ${w} ${dy}z`, leaf) +
    (snowy
      ? shape(
          `M${-w * 0.45} ${dy - h * 0.55}L0 ${dy - h} ${w * 0.45} ${dy - h * 0.55}l${-w * 0.2}-1-${w * 0.25} 1.400-${w * 0.25}-1.400z`,
          "#f4f9ff",
        )
      : "");
  return `<g transform="translate(${x} ${y}) scale(${s})">${rect(-1.2, -4, 2.4, 4, "#6b4a2e")}${tier(-3, 7.5, 10)}${tier(-9, 6, 9)}${tier(-14.5, 4.4, 8)}</g>`;
}

/** Tufts of grass that grow towards the viewer, from `h` to the lower edge. */
export const tufts = (h: number, n: number, fill: string, salt = 4) =>
  spread(n, salt, (x, y) => {
    const depth = (y / HIGH) ** 1.3;
    const py = h + 4 + depth * (HIGH - h - 6);
    const s = 0.5 + depth * 1.1;
    return line(`M${x - 1.6 * s} ${py - 2.6 * s}l1.200 2.600 .8-3.600 .9 3.600 1.400-2.400`, fill, 0.55 * s);
  }).join("");

export const pebbles = (h: number, n: number, fill: string, salt = 5) =>
  spread(n, salt, (x, y, i) => {
    const depth = (y / HIGH) ** 1.3;
    const s = 0.5 + depth * 1.4;
    return oval(x, h + 5 + depth * (HIGH - h - 8), (1.2 + (i % 3) * 0.6) * s, 0.6 * s, fill);
  }).join("");
