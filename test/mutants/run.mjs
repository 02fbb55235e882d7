// npm run test:mutants [-- PART]: breaks one mechanism at a time (mutants.ts) and expects a test to fail; PART picks by name.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { MUTANTS } from "./mutants.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const part = process.argv[2] ?? "";
const folder = mkdtempSync(join(tmpdir(), "scenograph-mutants-"));
const survivors = [];
let tried = 0;
for (const [number, { name, file, find, tests }] of MUTANTS.entries()) {
  if (!name.includes(part)) continue;
  tried++;
  const places = readFileSync(join(root, "packages", file), "utf8").split(find).length - 1;
  const verdict = places === 1 ? judge(number, tests) : `its place is found ${places} times in ${file}`;
  if (verdict !== "killed") survivors.push(name);
  console.log(`${verdict === "killed" ? "killed  " : "SURVIVES"} ${name}${verdict === "killed" ? "" : `: ${verdict}`}`);
}
rmSync(folder, { recursive: true, force: true });
console.log(`${tried - survivors.length} of ${tried} mutants killed`);
process.exitCode = tried > 0 && survivors.length === 0 ? 0 : 1;

/** "killed" when a test failed by an assertion or an error of its own; a file that does not load proves nothing. */
function judge(number, tests) {
  const report = join(folder, `${number}.json`);
  const args = [
    "run",
    "--config",
    "test/mutants/vitest.config.ts",
    "--reporter=json",
    `--outputFile=${report}`,
    "--bail=1",
  ];
  const files = tests.map((test) => `packages/${test}`);
  spawnSync(process.execPath, [join(root, "node_modules/vitest/vitest.mjs"), ...args, ...files], {
    cwd: root,
    env: { ...process.env, MUTANT: String(number) },
    stdio: "ignore",
  });
  try {
    const { numFailedTests, numPassedTests } = JSON.parse(readFileSync(report, "utf8"));
    if (numFailedTests > 0) return "killed";
    return numPassedTests > 0 ? "no test fails" : "its tests do not run";
  } catch {
    return "its tests do not run";
  }
}
