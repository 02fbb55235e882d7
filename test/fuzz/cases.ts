/** The cases of a parser: all damage to small valid files, known ones, and generated ones that a seed and a number name. @module */

import { hash32 } from "@scenograph/graph/random";
import fc from "fast-check";
import { judge, type Target } from "./judge.ts";
import { bitFlips, truncations } from "./mutations.ts";

/** The generated case of this number. */
export function generated(target: Target, seed: number, index: number): Uint8Array {
  return fc.sample(target.hostile, { seed: seedOf(target, seed, index), numRuns: 1 })[0];
}

/** The smallest case that fast-check finds from a failing one, and its complaint. */
export async function shrunk(
  target: Target,
  seed: number,
  index: number,
): Promise<{ bytes: Uint8Array; complaint: string }> {
  const property = fc.asyncProperty(target.hostile, async (bytes) => {
    const complaint = await judge(target, bytes);
    if (complaint) throw new Error(complaint);
  });
  const found = await fc.check(property, {
    seed: seedOf(target, seed, index),
    numRuns: 1,
    interruptAfterTimeLimit: 20_000,
    markInterruptAsFailure: false,
  });
  const bytes = found.counterexample?.[0] ?? generated(target, seed, index);
  return { bytes, complaint: (await judge(target, bytes)) ?? "it does not fail again" };
}

function seedOf({ name }: Target, seed: number, index: number): number {
  return hash32(`${name}/${index}`, seed) | 0;
}

/** Valid files, their truncations and flipped bits, and the known cases, with a name each. */
export function* fixedCases(target: Target): Generator<[string, Uint8Array]> {
  const { valid, known = {}, stride = 1 } = target;
  for (const [i, bytes] of valid.entries()) {
    let n = 0;
    for (const cut of truncations(bytes, stride)) yield [`valid[${i}] cut to ${cut.length} bytes`, cut];
    for (const flipped of bitFlips(bytes, stride)) yield [`valid[${i}] with bit ${stride * n++} flipped`, flipped];
  }
  for (const [name, make] of Object.entries(known)) yield [name, make()];
}

/** A few characters that identify a case. */
export function excerpt(bytes: Uint8Array): string {
  const short = Buffer.from(bytes.subarray(0, 120));
  const isText = !/[^\x20-\x7e\n]/.test(short.toString("latin1"));
  const shown = isText ? JSON.stringify(short.toString("latin1")) : short.toString("hex");
  return `${bytes.length} bytes: ${shown}${bytes.length > 120 ? "..." : ""}`;
}
