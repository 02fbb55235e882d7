/** The bundle that the command line runs from in the repository: kept while sources stay as they are, made anew when one has changed. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { packageFolder } from "scenograph/model/package.node";
import { afterAll, expect, test } from "vitest";
import { commandLine, optionalModules } from "../bin/bundle.mjs";

const threads = process.env.SCENOGRAPH_BUNDLED_THREADS;
afterAll(() => {
  process.env.SCENOGRAPH_BUNDLED_THREADS = threads;
});
const current = join(packageFolder(), ".cache/bundles/current.json");
const made = async () => fileURLToPath((await commandLine()) as string);

test("made anew when a source has changed, and not before", async () => {
  const first = await made();
  expect(await made()).toBe(first);
  const { folder, inputs } = JSON.parse(readFileSync(current, "utf8"));
  expect(first).toContain(`${folder}/`);
  expect(inputs).toHaveProperty(["packages/scenograph/src/cli/generate.ts"]);
  expect(inputs).toHaveProperty(["packages/lab/src/train/trainer.ts"]);
  const stale = { ...inputs, "packages/graph/src/errors.ts": "1 2" };
  writeFileSync(current, JSON.stringify({ folder, inputs: stale }));
  const second = await made();
  expect(second).not.toBe(first);
  // another process may have made the last one
  expect(JSON.parse(readFileSync(current, "utf8")).inputs).toEqual(inputs);

  // threads, too; what a module does when it is loaded is kept: onnxruntime sends no statistics
  const worker = join(packageFolder(), "packages/graph/src/runtime/worker.node.ts");
  const bundled = Object.entries(JSON.parse(process.env.SCENOGRAPH_BUNDLED_THREADS as string) as Record<string, string>)
    .filter(([source]) => fileURLToPath(source) === worker)
    .map(([, file]) => fileURLToPath(file));
  expect(bundled).toHaveLength(1);
  const chunks = dirname(bundled[0]).replace(/packages.*/, "");
  const texts = readdirSync(chunks).filter((f) => f.startsWith("chunk-"));
  expect(texts.some((f) => readFileSync(join(chunks, f), "utf8").includes("ORT_DISABLE_TELEMETRY ??="))).toBe(true);
});

test("modules of packages that may be absent are in it", () => {
  const folder = join(packageFolder(), "packages/scenograph/src/cli");
  const named = readdirSync(folder)
    .filter((file) => file.endsWith(".ts"))
    .flatMap((file) => [
      ...readFileSync(join(folder, file), "utf8").matchAll(/optional<.*>\([^,]+, "(@scenograph\/\w+)", "([\w/]+)"/g),
    ])
    .map(([, packageName, module]) => `${packageName}/${module}`);
  expect(named).toContain("@scenograph/lab/train/config");
  expect(optionalModules()).toEqual(expect.arrayContaining(named));
});
