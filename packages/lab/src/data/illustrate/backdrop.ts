/**
 * The 16 places as SVG, by time of day and weather. One drawing for each place, time, weather and horizon: the caption and the layout
 * decide it, nothing is left to chance. Never mirrored. Height 128 units; 128 times the aspect wide, cut from a drawing 256 wide.
 * @module
 */
import type { BackgroundKind, TimeOfDay } from "scenograph/ours/text/background";
import type { Weather } from "scenograph/ours/text/weather";
import type { Drawing } from "./drawing.ts";
import { OUTDOOR_PLACES } from "./places.ts";
import { INDOOR_PLACES } from "./rooms.ts";
import { HIGH, LAMPLIGHT, LEFT, type Outdoors, skyOf, skyTo, spread, WIDE } from "./scenery.ts";

const INDOOR = new Set<BackgroundKind>(["bath", "kitchen", "table", "room"]);
export const isIndoors = (kind: BackgroundKind) => INDOOR.has(kind);

/** Heights of the horizon or of the wall's foot, the usual one first; others where things stand higher up. */
export const HORIZONS: Readonly<Record<BackgroundKind, readonly number[]>> = {
  snow: [58, 44, 30],
  beach: [52, 40, 28],
  ocean: [48, 36, 24],
  tennis: [38, 28],
  baseball: [38, 28],
  bath: [88, 72, 56],
  kitchen: [96, 80, 64],
  table: [30],
  room: [88, 72, 56],
  track: [54, 42, 30],
  street: [64, 50, 36],
  airport: [66, 52, 38],
  forest: [66, 52, 38],
  dirt: [56, 44, 30],
  grass: [58, 44, 30],
  sky: [114],
};

/** The backdrop of a picture with this aspect (width / height), as a drawing of 128 * aspect x 128 units. */
export function drawBackdrop(
  kind: BackgroundKind,
  time: TimeOfDay,
  weather: Weather,
  horizon: number,
  aspect: number,
): Drawing {
  const width = HIGH * aspect;
  const body = isIndoors(kind)
    ? INDOOR_PLACES[kind as keyof typeof INDOOR_PLACES](horizon)
    : outdoors(kind as keyof typeof OUTDOOR_PLACES, { h: horizon, time, weather, sky: skyOf(time, weather) });
  return { width, height: HIGH, body: `<g transform="translate(${(width - HIGH) / 2} 0)">${body}</g>` };
}

function outdoors(kind: keyof typeof OUTDOOR_PLACES, o: Outdoors): string {
  return skyTo(o.h, o) + dimmed(OUTDOOR_PLACES[kind](o), o.time) + weatherOver(o.weather, o.h, o.time);
}

/** Dusk and night on everything but the sky, which has its colours already, and lit windows. */
function dimmed(body: string, time: TimeOfDay): string {
  if (time === "day") return body;
  const [tint, share] = time === "night" ? [[14, 22, 66], 0.56] : [[255, 120, 50], 0.14];
  return body.replace(/#[0-9a-f]{6}\b/gi, (hex) => {
    if (hex === LAMPLIGHT) return hex;
    const mixed = tint.map((t, i) =>
      Math.round(Number.parseInt(hex.slice(1 + 2 * i, 3 + 2 * i), 16) * (1 - share) + t * share),
    );
    return `#${mixed.map((v) => v.toString(16).padStart(2, "0")).join("")}`;
  });
}

function weatherOver(weather: Weather, horizon: number, time: TimeOfDay): string {
  const pale = time === "night" ? "#8f9bb8" : "#eef2f4";
  switch (weather) {
    case "clear":
      return "";
    case "rain": {
      const strokes = spread(120, 1, (x, y, i) => {
        const length = 4 + (i % 3) * 1.5;
        return `M${x} ${y}l${-length * 0.32} ${length}`;
      });
      const puddles = spread(9, 2, (x, y, i) => {
        const py = horizon + 6 + (y / HIGH) * (HIGH - horizon - 8);
        return `<ellipse cx="${x}" cy="${py}" rx="${7 + (i % 3) * 3}" ry="${1.3 + (i % 2) * 0.7}" fill="#c3d2df" opacity=".45"/>`;
      });
      return `<g>${puddles.join("")}</g><path d="${strokes.join("")}" fill="none" stroke="#e3edf6" stroke-width=".55" stroke-linecap="round" opacity=".75"/>`;
    }
    case "snowing": {
      const ground = `<rect x="${LEFT}" y="${horizon}" width="${WIDE}" height="${HIGH - horizon + 8}" fill="${pale}" opacity=".72"/>`;
      const flakes = spread(150, 3, (x, y, i) => `<circle cx="${x}" cy="${y}" r="${0.55 + (i % 4) * 0.25}"/>`);
      return `${ground}<g fill="#ffffff">${flakes.join("")}</g>`;
    }
    case "fog": {
      const stops = [
        [0, 0.5],
        [Math.max(0.05, horizon / HIGH - 0.08), 0.86],
        [horizon / HIGH + 0.06, 0.8],
        [1, 0.32],
      ].map(([at, opacity]) => `<stop offset="${at}" stop-color="${pale}" stop-opacity="${opacity}"/>`);
      return (
        `<linearGradient id="fog" gradientUnits="userSpaceOnUse" x1="0" y1="0" x2="0" y2="${HIGH}">${stops.join("")}</linearGradient>` +
        `<rect x="${LEFT}" y="-8" width="${WIDE}" height="${HIGH + 16}" fill="url(#fog)"/>`
      );
    }
  }
}
