/**
 * What time and weather do to the colour of things: a product by channel, then a mix with the haze's colour. The same for every pixel
 * of every object, so that whoever pastes an object of another picture can apply it, or take it off. Ours.
 * @module
 */
import type { TimeOfDay } from "scenograph/ours/text/background";
import type { Weather } from "scenograph/ours/text/weather";

type Rgb = readonly [number, number, number];

export interface Light {
  /** Factor by channel. */
  readonly factor: Rgb;
  /** 0 to 255; mixed in by `amount`. */
  readonly haze: Rgb;
  readonly amount: number;
}

const FACTORS: Record<TimeOfDay, Rgb> = { day: [1, 1, 1], night: [0.66, 0.68, 0.8], sunset: [1, 0.92, 0.84] };
const HAZES: Record<Weather, readonly [Rgb, number]> = {
  clear: [[0, 0, 0], 0],
  rain: [[120, 136, 152], 0.1],
  snowing: [[236, 241, 247], 0.08],
  fog: [[222, 228, 232], 0.24],
};

/** Light on the things of a scene. Indoors there is neither night nor weather. */
export function lightOf(time: TimeOfDay, weather: Weather, indoors = false): Light {
  if (indoors) return { factor: [1, 1, 1], haze: [0, 0, 0], amount: 0 };
  const [haze, amount] = HAZES[weather];
  const dark = time === "night" ? 0.45 : time === "sunset" ? 0.85 : 1;
  return { factor: FACTORS[time], haze: haze.map((v) => v * dark) as unknown as Rgb, amount };
}

/** Light premultiplied RGBA in place. */
export function illuminate(data: Uint8Array, { factor, haze, amount }: Light): void {
  if (amount === 0 && factor.every((f) => f === 1)) return;
  for (let i = 0; i < data.length; i += 4) {
    const alpha = data[i + 3];
    if (alpha === 0) continue;
    for (let c = 0; c < 3; c++)
      data[i + c] = Math.round(data[i + c] * factor[c] * (1 - amount) + haze[c] * amount * (alpha / 255));
  }
}
