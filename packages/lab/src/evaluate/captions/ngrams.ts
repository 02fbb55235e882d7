/**
 * n-gram counts of one token list.
 * @module
 */

/** The key of an n-gram: its tokens joined with a space (tokens hold none). */
export function ngramKey(tokens: readonly string[], start: number, n: number): string {
  return n === 1 ? tokens[start] : tokens.slice(start, start + n).join(" ");
}

/** How often each n-gram of exactly `n` tokens occurs; empty when the list is shorter than `n`. */
export function countNgrams(tokens: readonly string[], n: number): Map<string, number> {
  const counts = new Map<string, number>();
  for (let i = 0; i + n <= tokens.length; i++) {
    const key = ngramKey(tokens, i, n);
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}
