/** A long side in pieces that overlap, so that a network of limited reach gives the same pixels as on the whole. @module */

/** A piece of a side: the network reads `size` pixels from `start` on, which may lie outside; kept is [from, to). */
export interface Piece {
  readonly start: number;
  readonly from: number;
  readonly to: number;
}

/**
 * Pieces of one size that together keep [0, length) once, each with `reach` pixels more on either side of what it keeps.
 * @param most longest piece, more than 2 * reach
 */
export function pieces(length: number, most: number, reach: number): { readonly size: number; readonly list: Piece[] } {
  const count = Math.ceil(length / (most - 2 * reach));
  const kept = Math.ceil(length / count);
  const list = Array.from({ length: count }, (_, i): Piece => {
    const from = Math.min(i * kept, length - kept);
    return { start: from - reach, from: i * kept, to: Math.min(length, (i + 1) * kept) };
  });
  return { size: kept + 2 * reach, list };
}
