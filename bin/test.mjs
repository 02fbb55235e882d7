// npm test: types, format and lint, direction of imports, tests. The last line is "N passed, N failed" (vitest's tests).
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ensureInstalled } from "./install.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
ensureInstalled();

/** Runs a package's program with node. -> whether it succeeded */
function run(title, script, ...args) {
  console.log(`\n${title}`);
  const { status } = spawnSync(process.execPath, [join(root, script), ...args], { cwd: root, stdio: "inherit" });
  if (status !== 0) console.log(`${title}: failed`);
  return status === 0;
}

const folder = mkdtempSync(join(tmpdir(), "scenograph-test-"));
const report = join(folder, "report.json");
const only = process.argv.slice(2);
process.env.SCENOGRAPH_QUICK_BUILD = "1";
const results = [
  run("types", "node_modules/typescript/bin/tsc", "--noEmit"),
  run("types of the studio", "node_modules/typescript/bin/tsc", "--noEmit", "-p", "packages/studio"),
  run("format and lint", "node_modules/@biomejs/biome/bin/biome", "check", "."),
  run("imports", "bin/imports.mjs"),
  // once, before the processes of the browser tests ask for it at the same time
  ...(only.length > 0
    ? []
    : [run("studio", "node_modules/vite/bin/vite.js", "build", "--config", "packages/studio/vite.config.ts")]),
  run(
    "tests",
    "node_modules/vitest/vitest.mjs",
    "run",
    "--reporter=default",
    "--reporter=json",
    `--outputFile.json=${report}`,
    ...only,
  ),
];
const [passed, failed] = counts();
rmSync(folder, { recursive: true, force: true });
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = results.every(Boolean) && failed === 0 && passed > 0 ? 0 : 1;

/** A file that could not be run counts as one failure. */
function counts() {
  try {
    const { numPassedTests, numFailedTests, testResults } = JSON.parse(readFileSync(report, "utf8"));
    const broken = testResults.filter(
      (f) => f.status === "failed" && !f.assertionResults.some((t) => t.status === "failed"),
    );
    return [numPassedTests, numFailedTests + broken.length];
  } catch {
    return [0, 1];
  }
}
