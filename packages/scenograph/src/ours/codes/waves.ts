/**
 * The encoder of silhouettes: their lowest cosine waves (two-dimensional DCT-II). Near in them is near in shape, whatever the fine
 * outline; k-means of them gives pose codes [ours]. @module
 */

/** Waves along an axis. Six tell poses apart as well as eight: IoU of a code's mean silhouette .939 and .941 (persons, 96 codes). */
const ALONG = 6;
/** Numbers of an encoding. */
export const WAVES = ALONG * ALONG;
/** Makes the numbers about as large as those of an embedding. */
const SCALE = 5;

const tables = new Map<number, Float32Array[]>();

function tableOf(side: number): Float32Array[] {
  const known = tables.get(side);
  if (known) return known;
  const table = Array.from({ length: ALONG }, (_, u) =>
    Float32Array.from(
      { length: side },
      (_, x) => (Math.cos((Math.PI * (x + 0.5) * u) / side) * (u === 0 ? 1 : Math.SQRT2)) / side,
    ),
  );
  tables.set(side, table);
  return table;
}

/** A silhouette [side * side] of 0 and 1 -> its encoding [WAVES], the same at every side. */
export function waves(shape: ArrayLike<number>, side: number): Float32Array {
  const table = tableOf(side);
  const rows = new Float32Array(side * ALONG);
  for (let y = 0; y < side; y++)
    for (let x = 0; x < side; x++) {
      const value = shape[y * side + x];
      if (value !== 0) for (let u = 0; u < ALONG; u++) rows[y * ALONG + u] += value * table[u][x];
    }
  const out = new Float32Array(WAVES);
  for (let v = 0; v < ALONG; v++)
    for (let y = 0; y < side; y++)
      for (let u = 0; u < ALONG; u++) out[v * ALONG + u] += SCALE * table[v][y] * rows[y * ALONG + u];
  return out;
}
