/** The mutants that `npm run test:mutants` makes are of the source as it is: each place stands once, and its tests exist. */
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { MUTANTS } from "./mutants/mutants.ts";

const path = (file: string) => fileURLToPath(new URL(`../packages/${file}`, import.meta.url));

test.each(MUTANTS)("$name", ({ file, find, put, tests }) => {
  expect(readFileSync(path(file), "utf8").split(find)).toHaveLength(2);
  expect(put).not.toBe(find);
  for (const one of tests) expect(existsSync(path(one)), one).toBe(true);
});
