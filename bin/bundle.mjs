// The command line and its threads, from source, as a few files of JavaScript: tsx translates some 400 modules one by one, in every
// thread and process anew, which takes seconds. Bundled below .cache/ when first needed, and again when a source has changed.
import { readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const CACHE = join(ROOT, ".cache", "bundles");
const DAY = 86_400_000;

/** What threads run (spawnWorker). */
export const THREADS = [
  "packages/graph/src/runtime/worker.node.ts",
  "packages/lab/src/data/illustrate/worker.ts",
  "packages/service/src/server/engine/worker.node.ts",
];
const MAIN = "packages/scenograph/src/cli/main.ts";
const OPTIONAL_FILE = join("cli", "optional.ts");
/** What it imports by name. */
const OPTIONAL = [
  "lab/cli/*",
  "lab/train/config",
  "lab/train/run",
  "lab/train/checkpoint",
  "service/cli/*",
  "service/queue/open",
];
const OURS = /^(scenograph|@scenograph)(\/|$)/;

/** Modules know their own place, and packages from the registry stay where they are, but for zod, which is seventy small modules. */
const inPlace = {
  name: "in-place",
  setup({ onLoad, onResolve }) {
    onLoad({ filter: filesWith("import.meta.url") }, async ({ path }) => {
      const source = await readFile(path, "utf8");
      const contents = source.replaceAll("import.meta.url", JSON.stringify(pathToFileURL(path).href));
      return { loader: "ts", contents: path.endsWith(OPTIONAL_FILE) ? withModules(contents) : contents };
    });
    onResolve({ filter: /^[^./]/ }, ({ kind, path }) =>
      kind === "entry-point" || OURS.test(path) || path === "zod" ? undefined : { path, external: true },
    );
  },
};

/** Only these are read by the plugin, which takes longer than esbuild by itself. */
function filesWith(text) {
  const files = readdirSync(join(ROOT, "packages"), { recursive: true, withFileTypes: true })
    .filter((f) => f.isFile() && f.name.endsWith(".ts") && !f.parentPath.includes("node_modules"))
    .map((f) => join(f.parentPath, f.name))
    .filter((file) => file.endsWith(OPTIONAL_FILE) || readFileSync(file, "utf8").includes(text));
  const escaped = files.map((file) => file.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^(?:${escaped.join("|")})$`);
}

/** The names of OPTIONAL, a folder's commands one by one. */
export function optionalModules() {
  return OPTIONAL.flatMap((name) => {
    const [, packageName, folder] = /^(\w+)\/(.*)\/\*$/.exec(name) ?? [];
    if (!folder) return [`@scenograph/${name}`];
    return readdirSync(join(ROOT, "packages", packageName, "src", folder))
      .filter((file) => file.endsWith(".ts") && !/\.(test|fixture)\.ts$/.test(file))
      .map((file) => `@scenograph/${packageName}/${folder}/${file.slice(0, -3)}`);
  });
}

/** A name that is put together when it runs cannot be followed: all of them, in its place. */
function withModules(source) {
  const lines = optionalModules().map((name) => `${JSON.stringify(name)}: () => import(${JSON.stringify(name)})`);
  const call = /import\((?=\/\*|`)[^;]*?`\)/;
  if (!call.test(source)) throw new Error("bundle.mjs: cli/optional.ts imports its module by name no longer");
  return `${source.replace(call, () => 'modules[[packageName, module].join("/")]()')}\nconst modules = {${lines.join(", ")}};\n`;
}

/** Bundles modules of the repository (paths below its root) into a folder inside it. -> esbuild's metafile */
export async function bundle(entries, outdir, options = {}) {
  const { build } = await import("esbuild");
  const { metafile } = await build({
    absWorkingDir: ROOT,
    entryPoints: entries,
    outbase: ROOT,
    outdir,
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node20",
    conditions: ["source"],
    // "sideEffects": false of our packages would drop silence.node.ts
    ignoreAnnotations: true,
    outExtension: { ".js": ".mjs" },
    plugins: [inPlace],
    logLevel: "error",
    metafile: true,
    ...options,
  });
  return metafile;
}

/** What spawn.node.ts's boot.mjs reads: which file to run in place of a thread's module. */
export function bundledThreads(outdir) {
  const url = (...path) => pathToFileURL(join(...path)).href;
  return JSON.stringify(
    Object.fromEntries(THREADS.map((file) => [url(ROOT, file), url(outdir, file.replace(/ts$/, "mjs"))])),
  );
}

/** Address of the bundled command line, whose threads are told to boot.mjs; undefined where it cannot be bundled. */
export async function commandLine() {
  try {
    const folder = current() ?? (await made());
    process.env.SCENOGRAPH_BUNDLED_THREADS = bundledThreads(folder);
    return pathToFileURL(join(folder, MAIN.replace(/ts$/, "mjs"))).href;
  } catch {
    // a folder that cannot be written, a source that is being edited: tsx runs it, or says what is wrong
    return undefined;
  }
}

/** The folder of the bundle, unless a source has changed since. */
function current() {
  try {
    const { folder, inputs } = JSON.parse(readFileSync(join(CACHE, "current.json"), "utf8"));
    return Object.entries(inputs).every(([file, stamp]) => stampOf(file) === stamp) ? join(CACHE, folder) : undefined;
  } catch {
    return undefined;
  }
}

/** A file's size and time. */
function stampOf(file) {
  const { size, mtimeMs } = statSync(join(ROOT, file));
  return `${size} ${mtimeMs}`;
}

async function made() {
  const folder = `${Date.now().toString(36)}-${process.pid}`;
  const outdir = join(CACHE, folder);
  try {
    const metafile = await bundle([MAIN, ...THREADS], outdir, { splitting: true });
    const used = Object.keys(metafile.inputs).filter((file) => !file.startsWith("node_modules/"));
    const files = [...used, relative(ROOT, fileURLToPath(import.meta.url)), "package-lock.json"];
    const inputs = Object.fromEntries(files.map((file) => [file, stampOf(file)]));
    const partial = join(CACHE, `${folder}.json`);
    writeFileSync(partial, JSON.stringify({ folder, inputs }));
    renameSync(partial, join(CACHE, "current.json"));
  } catch (error) {
    rmSync(outdir, { recursive: true, force: true });
    throw error;
  }
  removeOld();
  return outdir;
}

/** Processes of today may still load from their folder. */
function removeOld() {
  for (const name of readdirSync(CACHE)) {
    const path = join(CACHE, name);
    if (name !== "current.json" && statSync(path).mtimeMs < Date.now() - DAY)
      rmSync(path, { recursive: true, force: true });
  }
}
