/**
 * Threads that run from source load TypeScript with a loader of their own, which costs each most of a second. Their
 * modules are bundled once before the tests; `boot.mjs` takes a bundle where the environment names one.
 */
import { mkdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build, type Plugin } from "esbuild";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const THREADS = [
  "packages/graph/src/runtime/worker.node.ts",
  "packages/lab/src/data/illustrate/worker.ts",
  "packages/service/src/server/engine/worker.node.ts",
];

const OURS = /^(scenograph|@scenograph)(\/|$)/;

/** Modules know their own place, and packages from the registry stay where they are. */
const inPlace: Plugin = {
  name: "in-place",
  setup({ onLoad, onResolve }) {
    onLoad({ filter: /\.ts$/ }, async ({ path }) => {
      const source = await readFile(path, "utf8");
      return { loader: "ts", contents: source.replaceAll("import.meta.url", JSON.stringify(pathToFileURL(path).href)) };
    });
    onResolve({ filter: /^[^./]/ }, ({ kind, path }) =>
      kind === "entry-point" || OURS.test(path) ? undefined : { path, external: true },
    );
  },
};

export default async function setup(): Promise<() => Promise<void>> {
  // below the repository, so that packages are found
  const outdir = join(ROOT, ".cache", `threads-${process.pid}`);
  await mkdir(outdir, { recursive: true });
  await build({
    entryPoints: THREADS.map((file) => join(ROOT, file)),
    outbase: ROOT,
    outdir,
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node20",
    conditions: ["source"],
    outExtension: { ".js": ".mjs" },
    plugins: [inPlace],
    logLevel: "error",
  });
  const url = (...path: string[]) => pathToFileURL(join(...path)).href;
  const bundles = THREADS.map((file) => [url(ROOT, file), url(outdir, file.replace(/ts$/, "mjs"))]);
  process.env.SCENOGRAPH_BUNDLED_THREADS = JSON.stringify(Object.fromEntries(bundles));
  return () => rm(outdir, { recursive: true, force: true });
}
