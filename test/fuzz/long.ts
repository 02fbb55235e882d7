/**
 * Fuzzing on demand: `npm run test:fuzz -- [--minutes 1] [--seed N] [--target NAME] [--case N] [--fixed]`. Without a seed another
 * one is taken each time; what fails is printed with the command that repeats it.
 */
import { parseArgs } from "node:util";
import { excerpt, fixedCases, generated, shrunk } from "./cases.ts";
import { judge, type Target } from "./judge.ts";
import { TARGETS } from "./targets/index.ts";

const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "1" },
    seed: { type: "string" },
    target: { type: "string" },
    case: { type: "string" },
    fixed: { type: "boolean", default: false },
  },
});
const seed = values.seed === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(values.seed);
const minutes = Number(values.minutes);
const targets = TARGETS.filter((t) => values.target === undefined || t.name.includes(values.target));
if (targets.length === 0 || !Number.isInteger(seed) || !(minutes > 0)) {
  console.error(`--minutes above 0, a whole --seed, a --target of: ${TARGETS.map((t) => t.name).join(", ")}`);
  process.exit(2);
}

/** Complaints, two a target at most: the third looks like the first. */
let failures = 0;
const failed = new Map<Target, number>();
function complain(target: Target, name: string, bytes: Uint8Array, complaint: string, replay?: string): void {
  failures++;
  failed.set(target, (failed.get(target) ?? 0) + 1);
  console.log(`\nFAILED ${target.name}: ${name}\n  ${excerpt(bytes)}\n  ${complaint}`);
  if (replay) console.log(`  again: npm run test:fuzz -- ${replay}`);
}
const isGivenUp = (target: Target) => (failed.get(target) ?? 0) >= 2;

if (values.case !== undefined) {
  for (const target of targets) {
    const bytes = generated(target, seed, Number(values.case));
    console.log(`${target.name}, case ${values.case} of seed ${seed}: ${excerpt(bytes)}`);
    const complaint = await judge(target, bytes);
    console.log(complaint ?? "fine");
    if (complaint) failures++;
  }
} else if (values.fixed) {
  for (const target of targets) {
    const start = performance.now();
    let n = 0;
    for (const [name, bytes] of fixedCases(target)) {
      n++;
      const complaint = await judge(target, bytes);
      if (complaint) complain(target, name, bytes, complaint);
      if (isGivenUp(target)) break;
    }
    console.log(`${target.name}: ${n} cases, ${((performance.now() - start) / 1000).toFixed(1)} s`);
  }
} else {
  console.log(`${targets.length} parsers, ${minutes} minutes, seed ${seed}`);
  const end = performance.now() + minutes * 60_000;
  const cases = new Map<Target, number>();
  // in turns of one second, so that slow parsers get as much time as quick ones
  while (performance.now() < end && !targets.every(isGivenUp))
    for (const target of targets) {
      const turn = Math.min(end, performance.now() + 1000);
      while (performance.now() < turn && !isGivenUp(target)) {
        const index = cases.get(target) ?? 0;
        cases.set(target, index + 1);
        const complaint = await judge(target, generated(target, seed, index));
        if (!complaint) continue;
        const smallest = await shrunk(target, seed, index);
        const replay = `--target "${target.name}" --seed ${seed} --case ${index}`;
        complain(target, `case ${index} of seed ${seed}`, smallest.bytes, smallest.complaint, replay);
      }
    }
  for (const [target, n] of cases) console.log(`${String(n).padStart(8)}  ${target.name}`);
}
console.log(failures === 0 ? "no failures" : `${failures} failures`);
process.exit(failures === 0 ? 0 : 1);
