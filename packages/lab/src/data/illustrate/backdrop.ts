/** The 16 backgrounds as SVG on a 128 x 128 canvas. One canonical drawing a kind and time of day, so that the caption decides it. @module */
import type { Random } from "@scenograph/graph/random";
import type { BackgroundKind, TimeOfDay } from "scenograph/paper/text/background";
import type { Drawing } from "./drawing.ts";

const SIZE = 128;
/** Wide enough that a shift of the drawing shows no edge. */
const LEFT = -8;
const WIDE = SIZE + 16;

interface Sky {
  readonly top: string;
  readonly low: string;
  readonly cloud: string;
}
const SKIES: Record<TimeOfDay, Sky> = {
  day: { top: "#5aa6ee", low: "#c4e4fb", cloud: "#ffffff" },
  night: { top: "#0d1638", low: "#2b3a72", cloud: "#3d4a80" },
  sunset: { top: "#6a4fa3", low: "#ffab5c", cloud: "#ffd0a0" },
};

/** Clouds sit a little to the left and right of the middle; jitter moves the whole picture by at most 1.2 of 128 pixels. */
export function drawBackdrop(kind: BackgroundKind, time: TimeOfDay, rng: Random): Drawing {
  const dx = rng.uniform(-1.2, 1.2);
  const dy = rng.uniform(-1.2, 1.2);
  const body = `<g transform="translate(${dx.toFixed(2)} ${dy.toFixed(2)})">${PAINTERS[kind](time)}</g>`;
  return { width: SIZE, height: SIZE, body: dimmed(kind, time, body) };
}

const INDOOR = new Set<BackgroundKind>(["bath", "kitchen", "table", "room"]);

function dimmed(kind: BackgroundKind, time: TimeOfDay, body: string): string {
  if (INDOOR.has(kind) || time === "day") return body;
  const [colour, opacity] = time === "night" ? ["#0a1030", 0.42] : ["#ff7a2e", 0.12];
  return `${body}<rect width="${SIZE}" height="${SIZE}" fill="${colour}" opacity="${opacity}"/>`;
}

/** A band from y0 to y1. It is filled down to the lower edge, under what is drawn later, so that no seam shows between bands. */
function band(y0: number, y1: number, top: string, low = top): string {
  const area = `x="${LEFT}" y="${y0}" width="${WIDE}" height="${END - y0}"`;
  if (top === low) return `<rect ${area} fill="${top}"/>`;
  const id = `band-${y0 + 8}-${y1}`;
  const stops = `<stop offset="0" stop-color="${top}"/><stop offset="1" stop-color="${low}"/>`;
  return `<linearGradient id="${id}" gradientUnits="userSpaceOnUse" x1="0" y1="${y0}" x2="0" y2="${y1}">${stops}</linearGradient><rect ${area} fill="url(#${id})"/>`;
}
const END = SIZE + 8;
const rect = (x: number, y: number, w: number, h: number, fill: string) =>
  `<rect x="${x}" y="${y}" width="${w}" height="${h}" fill="${fill}"/>`;
const shape = (d: string, fill: string) => `<path d="${d}" fill="${fill}"/>`;
const line = (d: string, stroke: string, width: number) =>
  `<path d="${d}" fill="none" stroke="${stroke}" stroke-width="${width}"/>`;
const repeat = (n: number, f: (i: number) => string) => Array.from({ length: n }, (_, i) => f(i)).join("");

function cloud(x: number, y: number, s: number, fill: string): string {
  return `<g fill="${fill}"><ellipse cx="${x}" cy="${y}" rx="${13 * s}" ry="${5 * s}"/><circle cx="${x - 4 * s}" cy="${y - 3 * s}" r="${5.5 * s}"/><circle cx="${x + 4 * s}" cy="${y - 2 * s}" r="${4.5 * s}"/></g>`;
}

function sky(to: number, time: TimeOfDay): string {
  const { top, low, cloud: fill } = SKIES[time];
  const light =
    time === "night"
      ? `<circle cx="104" cy="18" r="8" fill="#f6f1d0"/>` +
        [
          [12, 12],
          [30, 26],
          [50, 9],
          [70, 22],
          [86, 8],
        ]
          .map(([x, y]) => `<circle cx="${x}" cy="${y}" r="1.3" fill="#f6f1d0"/>`)
          .join("")
      : time === "sunset"
        ? `<circle cx="96" cy="${to - 8}" r="13" fill="#ffe08a"/>`
        : "";
  return (
    band(LEFT, to, top, low) + light + cloud(30, 18, 1, fill) + (time === "night" ? "" : cloud(92, 27, 0.85, fill))
  );
}

const trees = (y: number, fill: string) =>
  repeat(11, (i) => `<circle cx="${-4 + i * 14}" cy="${y - (i % 3) * 4}" r="12" fill="${fill}"/>`);

const PAINTERS: Record<BackgroundKind, (time: TimeOfDay) => string> = {
  snow: (t) =>
    band(LEFT, 56, t === "day" ? "#8fc0ea" : SKIES[t].top, t === "day" ? "#d8ebf8" : SKIES[t].low) +
    shape("M-8 56 26 24 46 42 74 16 104 44 118 34 136 56z", "#9db2cd") +
    shape("M26 24 17 33l6 1 4-3 5 4 4-2zM74 16 61 28l8 2 5-4 5 5 7-3z", "#f6faff") +
    band(54, END, "#ffffff", "#dce9f6") +
    shape("M-8 84q40-18 80-6t64-4v8q-30 14-64 8t-80 2z", "#d3e2f2"),
  beach: (t) =>
    sky(50, t) +
    band(48, 74, "#1f78c4", "#53b4dc") +
    line("M-8 58h30M44 63h36M96 57h36", "#a8dbf2", 1.6) +
    band(73, 77, "#eaf7fb") +
    band(76, END, "#f3dca6", "#e0be82"),
  ocean: (t) =>
    sky(44, t) +
    band(42, END, "#1a66b2", "#3a9fd0") +
    repeat(5, (i) =>
      line(
        `M${-6 + (i % 2) * 18} ${54 + i * 16}q8-5 16 0t16 0M${62 + (i % 2) * 14} ${57 + i * 16}q8-5 16 0t16 0`,
        "#8fd0ee",
        2.2,
      ),
    ),
  tennis: () =>
    band(LEFT, 34, "#23563f", "#2c6a4c") +
    band(32, 36, "#f2f2ee") +
    band(36, END, "#2f7fc1", "#2a6dac") +
    line("M-8 62H136M20 136 44 36M108 136 84 36M64 62v80", "#f4f7fb", 2.4),
  baseball: () =>
    band(LEFT, 30, "#1f4a36", "#27573f") +
    band(28, 33, "#f0c53a") +
    band(33, 92, "#5fae45", "#4a9637") +
    shape("M-8 136V82q72-18 144 0v54z", "#c08a56") +
    shape("M58 110h12v5l-6 5-6-5z", "#f7f4ec"),
  bath: () =>
    band(LEFT, 86, "#a9dfe4") +
    repeat(10, (i) => rect(-2 + i * 15, LEFT, 1.5, 94, "#d8f2f4")) +
    repeat(7, (i) => rect(LEFT, -4 + i * 15, WIDE, 1.5, "#d8f2f4")) +
    band(85, 89, "#ffffff") +
    band(89, END, "#c9ced6", "#b3bac5"),
  kitchen: () =>
    band(LEFT, 62, "#fbeecb") +
    rect(LEFT, LEFT, WIDE, 36, "#b4743c") +
    repeat(5, (i) => rect(-4 + i * 28, LEFT, 2, 36, "#7f4d22") + rect(19 + i * 28, 18, 2.6, 6, "#f1d9a8")) +
    band(62, 68, "#6b7280") +
    band(68, 112, "#c98b4e") +
    repeat(5, (i) => rect(-4 + i * 28, 68, 2, 44, "#95602c") + rect(8 + i * 28, 73, 8, 2.4, "#f1d9a8")) +
    band(112, END, "#d8cdb8"),
  table: () =>
    band(LEFT, 30, "#e9dcc8", "#d9c8af") +
    band(29, END, "#b5763f", "#8f5527") +
    repeat(5, (i) => line(`M-8 ${44 + i * 20}H136`, "#85501f", 1.4)) +
    repeat(5, (i) => rect(20 + ((i * 47) % 90), 30 + i * 20 - (i ? 6 : 0), 1.4, 20, "#85501f")),
  room: () =>
    band(LEFT, 86, "#f0dcb8", "#e6cfa6") +
    rect(46, 8, 36, 32, "#ffffff") +
    rect(49, 11, 30, 26, "#8ec8f0") +
    rect(62.5, 11, 3, 26, "#ffffff") +
    band(84, 88, "#ffffff") +
    band(88, END, "#a9713f", "#8d5a2e") +
    line("M-8 100H136M-8 114H136", "#7d4c24", 1.2),
  track: (t) =>
    sky(54, t) +
    trees(56, "#4f8f4a") +
    band(58, END, "#a39a90", "#857c74") +
    repeat(5, (i) => rect(52 - (4 + i * 9), 66 + i * 13, 24 + 2 * (4 + i * 9), 3 + i, "#6b4a2e")) +
    line("M20 136 54 60M108 136 74 60", "#3b3f49", 3.4),
  street: (t) => {
    const wall = ["#c98d6b", "#8f9fb8", "#d9bd92", "#a97b6e", "#9fb0a8"];
    const lit = t === "night" ? "#ffe08a" : "#eaf4fb";
    return (
      band(LEFT, 62, SKIES[t].top, SKIES[t].low) +
      [
        [-8, 24, 26],
        [18, 12, 28],
        [46, 30, 26],
        [72, 8, 30],
        [102, 22, 34],
      ]
        .map(
          ([x, y, w], i) =>
            rect(x, y, w, 64 - y, wall[i]) +
            repeat(Math.floor((60 - y) / 11), (r) =>
              repeat(Math.floor((w - 3) / 8), (c) => rect(x + 4 + c * 8, y + 5 + r * 11, 4.4, 6, lit)),
            ),
        )
        .join("") +
      band(62, 74, "#c3c4c6") +
      band(73, 75, "#8a8d94") +
      band(75, END, "#5f636e", "#4c505a") +
      repeat(4, (i) => rect(-2 + i * 36, 99, 20, 4, "#f5d04a"))
    );
  },
  airport: (t) =>
    sky(66, t) +
    rect(84, 46, 34, 20, "#aab6c6") +
    rect(96, 28, 8, 22, "#8f9db0") +
    rect(92, 24, 16, 8, "#4a5a74") +
    band(66, 76, "#7fb356") +
    band(76, END, "#9298a3", "#7c828e") +
    repeat(4, (i) => rect(-2 + i * 36, 104, 22, 3.4, "#f4f5f7")),
  forest: (t) =>
    band(LEFT, 64, SKIES[t].low) +
    repeat(6, (i) => rect(6 + i * 23, 26, 5, 46, "#6b4a2e")) +
    repeat(7, (i) => `<circle cx="${-4 + i * 23}" cy="${18 + (i % 2) * 6}" r="19" fill="#2c7040"/>`) +
    repeat(6, (i) => `<circle cx="${8 + i * 23}" cy="${34 - (i % 2) * 5}" r="15" fill="#3a8a4c"/>`) +
    trees(70, "#256338") +
    band(70, END, "#6aa845", "#4f8a34"),
  dirt: (t) =>
    sky(56, t) +
    shape("M-8 58q30-16 60-6t84-4v12H-8z", "#b98c5a") +
    band(56, END, "#d9ab6c", "#bd8a4e") +
    [
      [18, 76, 6],
      [96, 70, 5],
      [60, 94, 7],
      [112, 104, 8],
      [22, 114, 8],
    ]
      .map(([x, y, r]) => `<ellipse cx="${x}" cy="${y}" rx="${r}" ry="${r * 0.5}" fill="#94683a"/>`)
      .join(""),
  grass: (t) => sky(58, t) + shape("M-8 58q34-16 70-5t74-3v10H-8z", "#5a9e46") + band(55, END, "#86cc55", "#5aa53b"),
  sky: (t) =>
    band(LEFT, 116, SKIES[t].top, SKIES[t].low) +
    (t === "night"
      ? `<circle cx="104" cy="20" r="9" fill="#f6f1d0"/>`
      : t === "sunset"
        ? `<circle cx="96" cy="98" r="14" fill="#ffe08a"/>`
        : "") +
    cloud(28, 24, 1.2, SKIES[t].cloud) +
    cloud(96, 46, 1.3, SKIES[t].cloud) +
    cloud(40, 80, 1.1, SKIES[t].cloud) +
    band(115, END, "#6fb54a", "#5a9e3c"),
};
