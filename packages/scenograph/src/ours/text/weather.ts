/** The weather that a caption names. Ours, not the paper's. Browser-safe. @module */

export const WEATHERS = ["clear", "rain", "snowing", "fog"] as const;
export type Weather = (typeof WEATHERS)[number];

/** Rain, falling snow and fog only where the caption says so; snow on the ground is a place (`backgroundOf`). */
export function weatherOf(caption: string): Weather {
  const text = caption.toLowerCase();
  if (/\b(rain|raining|rainy|rainstorm|drizzl\w*|pouring)\b/.test(text)) return "rain";
  if (/\b(snowing|snowfall|snowstorm|blizzard|falling snow|snow falling|snow is falling|snowflakes)\b/.test(text))
    return "snowing";
  if (/\b(fog|foggy|mist|misty|haze|hazy)\b/.test(text)) return "fog";
  return "clear";
}
