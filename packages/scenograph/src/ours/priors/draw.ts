/**
 * Drawing codes from the priors: by (seed, object id), so that an object keeps its code while others come and go. Two objects of a
 * class get different ones where there is a choice, unless the sentence says that they are alike.
 * @module
 */
import { type Random, stream } from "@scenograph/graph/random";

/** Words by which a sentence wants things alike. */
const ALIKE = /\b(identical|twin|twins|matching|alike|the same)\b/i;

/** Do the things of this sentence look the same? */
export function wantsAlike(caption: string): boolean {
  return ALIKE.test(caption);
}

/** An object with a given code passes its own; the others draw. */
export interface Draw {
  readonly id: string;
  /** Objects of one kind shall differ. */
  readonly kind: string;
  readonly logits: Float32Array;
  readonly given?: number;
}

/** A code whose share is under this is not worth being different for. */
const LEAST_SHARE = 0.02;

/**
 * One code an object. `what` names the stream: stream(seed, what, id). Codes that an earlier object of its kind has are avoided
 * where others have a share; with `alike` the kind's first code serves all.
 */
export function drawCodes(
  draws: readonly Draw[],
  seed: number,
  what: string,
  temperature: number,
  alike: boolean,
): number[] {
  const taken = new Map<string, number[]>();
  const note = (kind: string, code: number) => taken.set(kind, [...(taken.get(kind) ?? []), code]);
  for (const d of draws) if (d.given !== undefined) note(d.kind, d.given);
  return draws.map((d) => {
    if (d.given !== undefined) return d.given;
    const used = taken.get(d.kind) ?? [];
    if (alike && used.length > 0) return used[0];
    const shares = softmax(d.logits, temperature);
    const free = shares.map((p, k) => (used.includes(k) ? 0 : p));
    const rest = free.reduce((a, b) => a + b, 0);
    const code = drawOne(rest >= LEAST_SHARE ? free : shares, stream(seed, what, d.id));
    note(d.kind, code);
    return code;
  });
}

/** The likeliest codes, best first, with their shares. */
export function likeliest(logits: Float32Array, count: number, temperature: number): { code: number; share: number }[] {
  const shares = softmax(logits, temperature);
  return [...shares.keys()]
    .sort((a, b) => shares[b] - shares[a] || a - b)
    .slice(0, count)
    .map((code) => ({ code, share: shares[code] }));
}

function softmax(logits: Float32Array, temperature: number): Float64Array {
  const top = logits.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const shares = Float64Array.from(logits, (v) => Math.exp((v - top) / temperature));
  const total = shares.reduce((a, b) => a + b, 0);
  return shares.map((v) => v / total);
}

function drawOne(weights: Float64Array, random: Random): number {
  let left = random.uniform() * weights.reduce((a, b) => a + b, 0);
  for (let k = 0; k < weights.length; k++) {
    left -= weights[k];
    if (left < 0 && weights[k] > 0) return k;
  }
  return weights.reduce((best, w, k) => (w > weights[best] ? k : best), 0);
}
