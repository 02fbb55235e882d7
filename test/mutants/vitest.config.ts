/** The tests with one mutant in place of the source: MUTANT is its number in `mutants.ts`. */
import { fileURLToPath } from "node:url";
import { mergeConfig } from "vitest/config";
import base from "../../vitest.config.ts";
import { MUTANTS } from "./mutants.ts";

const { file, find, put } = MUTANTS[Number(process.env.MUTANT)];
const path = fileURLToPath(new URL(`../../packages/${file}`, import.meta.url));

export default mergeConfig(base, {
  root: fileURLToPath(new URL("../..", import.meta.url)),
  plugins: [
    {
      name: "mutant",
      enforce: "pre",
      transform: (code: string, id: string) => (id.split("?")[0] === path ? code.replace(find, () => put) : undefined),
    },
  ],
});
