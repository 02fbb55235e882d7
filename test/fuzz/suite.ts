/** The cases of CI: a fixed seed and a modest number. `npm run test:fuzz -- --minutes 10` goes further. @module */
import { describe, expect, test } from "vitest";
import { excerpt, fixedCases, generated } from "./cases.ts";
import { judge, type Target } from "./judge.ts";

const SEED = 1;
const GENERATED = 150;

export function fuzz(targets: readonly Target[]): void {
  describe.each(targets.map((t) => [t.name, t] as const))("%s", (_, target) => {
    test("valid files are read", async () => {
      for (const bytes of target.valid) {
        const value: unknown = await target.parse(bytes);
        target.check?.(value);
      }
    });

    test("damage and known attacks give a value or one typed error, in time", async () => {
      expect(await complaints(target, fixedCases(target))).toEqual([]);
    });

    test("generated cases too", async () => {
      const cases = Array.from({ length: GENERATED }, (_, i): [string, Uint8Array] => [
        `--target "${target.name}" --seed ${SEED} --case ${i}`,
        generated(target, SEED, i),
      ]);
      expect(await complaints(target, cases)).toEqual([]);
    });
  });
}

/** The first five. */
async function complaints(target: Target, cases: Iterable<[string, Uint8Array]>): Promise<string[]> {
  const found: string[] = [];
  for (const [name, bytes] of cases) {
    const complaint = await judge(target, bytes);
    if (complaint && found.push(`${name} (${excerpt(bytes)}): ${complaint}`) === 5) break;
  }
  return found;
}
