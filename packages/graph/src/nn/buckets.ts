/** Batch sizes that are compiled: requests are padded to the next one, so that few programs serve all. @module */

const LARGEST = 64;

/** The compiled batch size for n requests: the next power of two, at most 64. */
export function bucket(n: number): number {
  let size = 1;
  while (size < n && size < LARGEST) size *= 2;
  return size;
}

/** Consecutive chunks of at most 64. */
export function chunks<T>(items: readonly T[], size = LARGEST): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size));
}
