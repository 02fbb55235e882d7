/**
 * Threads that run from source load TypeScript with a loader of their own, which costs each most of a second. Their
 * modules are bundled once before the tests; `boot.mjs` takes a bundle where the environment names one.
 */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundle, bundledThreads, THREADS } from "../../bin/bundle.mjs";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

export default async function setup(): Promise<() => Promise<void>> {
  // below the repository, so that packages are found
  const outdir = join(ROOT, ".cache", `threads-${process.pid}`);
  await bundle(THREADS, outdir);
  process.env.SCENOGRAPH_BUNDLED_THREADS = bundledThreads(outdir);
  return () => rm(outdir, { recursive: true, force: true });
}
