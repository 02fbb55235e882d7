/** A map in a mirror. @module */

/** Left-right, [side * side * channels]. */
export function mirrorMap<T extends Uint8Array | Float32Array>(map: T, side: number, channels = 1): T {
  const out = map.slice() as T;
  for (let y = 0; y < side; y++)
    for (let x = 0; x < side; x++)
      for (let c = 0; c < channels; c++)
        out[(y * side + x) * channels + c] = map[(y * side + side - 1 - x) * channels + c];
  return out;
}

/** Letters, hands and pages have a side: these are never mirrored. */
export const LETTERED: ReadonlySet<string> = new Set(["stop sign", "clock", "book"]);
