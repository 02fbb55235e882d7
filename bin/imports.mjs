// The direction of imports (docs/architecture.md): reads the imports of packages/*/src, prints each violation as
// file:line, exits with 1 when there are any.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, posix, relative } from "node:path";
import { fileURLToPath } from "node:url";

/** By their folder below packages/, lowest first. A package imports lower ones only. */
export const PACKAGES = {
  graph: "@scenograph/graph",
  scenograph: "scenograph",
  lab: "@scenograph/lab",
  service: "@scenograph/service",
  studio: "@scenograph/studio",
};

/**
 * Modules of each package, lowest first. A module imports modules of lower levels only; those of one level do not know
 * each other. A module is a folder of src/ or a file there; the engine's files are one module, "graph", with its operators.
 */
export const LEVELS = {
  graph: [["errors"], ["random"], ["formats"], ["graph"], ["runtime"], ["nn"]],
  scenograph: [
    ["checks", "formats"],
    ["scene"],
    ["understand"],
    ["pipeline"],
    ["draw", "queue", "http"],
    ["paper/text", "paper/boxes", "paper/masks", "paper/image", "enlarge"],
    ["ours"],
    ["interchange"],
    ["model"],
    ["library"],
    ["index", "web"],
    ["cli"],
  ],
  lab: [["formats", "captioner", "segmenter"], ["data"], ["evaluate"], ["train", "study"], ["queue"], ["cli"]],
  service: [["queue"], ["server"], ["client"], ["cli"]],
  studio: [["studio"]],
};

/** Runs in a browser: no Node module, no other package than these and ours, and only files that run there too. */
const BROWSER_MODULES = {
  graph: ["errors", "random", "formats", "graph", "nn"],
  scenograph: [
    "checks",
    "formats",
    "scene",
    "pipeline",
    "paper/text",
    "paper/boxes",
    "paper/masks",
    "paper/image",
    "enlarge",
    "ours",
    "understand",
    "interchange",
    "web",
  ],
  lab: ["captioner", "segmenter"],
  service: [],
  studio: ["studio"],
};
const BROWSER_FILES = [
  "packages/graph/src/runtime/runtime.ts",
  "packages/graph/src/runtime/state.ts",
  "packages/graph/src/runtime/web.ts",
  "packages/graph/src/runtime/webGpu.ts",
  "packages/scenograph/src/model/model.ts",
  "packages/scenograph/src/model/calls.ts",
  "packages/scenograph/src/model/info.ts",
  "packages/scenograph/src/model/dry.ts",
  "packages/scenograph/src/model/onnx.ts",
  "packages/scenograph/src/library/common.ts",
  "packages/scenograph/src/library/draw.ts",
  "packages/scenograph/src/library/drawn.ts",
  "packages/scenograph/src/library/files.ts",
  "packages/scenograph/src/library/options.ts",
  "packages/scenograph/src/library/web.ts",
  "packages/service/src/server/api.ts",
  "packages/service/src/server/compat.ts",
  "packages/service/src/server/limits.ts",
  "packages/service/src/server/schemas.ts",
];
const BROWSER_PACKAGES = ["zod", "onnxruntime-web", "#onnxruntime-web"];

const ORDER = Object.keys(PACKAGES);

/** Tests and what only tests use may import anything. */
function isTest(file) {
  return /\.(test|fixture)\.tsx?$/.test(file);
}

/** "packages/lab/src/data/coco.ts" -> ["lab", "data"]; the paper's stages are modules of their own. */
function placeOf(file) {
  const [, name, path] = /^packages\/(\w+)\/(?:src\/)?(.+)$/.exec(file) ?? [];
  const [first, second] = (path ?? "").split("/");
  const module = first.replace(/\.tsx?$/, "");
  if (name === "studio") return [name, "studio"];
  if (name === "graph" && (module === "ops" || (second === undefined && !["errors", "random"].includes(module))))
    return [name, "graph"];
  return [name, module === "paper" ? `paper/${second}` : module];
}

function runsInBrowser(file) {
  if (/\.(node|config)\.tsx?$/.test(file)) return false;
  const [name, module] = placeOf(file);
  return BROWSER_MODULES[name]?.includes(module) || BROWSER_FILES.includes(file);
}

/** The file of an import, or undefined for a package that is not ours. */
function resolve(file, target) {
  if (target.startsWith(".")) return posix.normalize(posix.join(posix.dirname(file), target));
  for (const [folder, name] of Object.entries(PACKAGES)) {
    if (target === name) return `packages/${folder}/src/index.ts`;
    if (target.startsWith(`${name}/`)) return `packages/${folder}/src/${target.slice(name.length + 1)}.ts`;
  }
  return undefined;
}

/** Imports and re-exports of a source text, types included. -> [{ line, target, isType }] */
export function importsOf(text) {
  const found = [];
  // comments hold examples; their lines stay so that numbers are right
  const code = text.replace(/\/\*[\s\S]*?\*\//g, (c) => c.replace(/[^\n]/g, " ")).replace(/^\s*\/\/.*$/gm, "");
  const add = (match, target, isType) => {
    found.push({ line: code.slice(0, match.index + match[0].length).split("\n").length, target, isType });
  };
  for (const m of code.matchAll(/^(?:import|export)\s+(type\s)?[^;"'`]*?\bfrom\s+"([^"]+)"/gm))
    add(m, m[2], m[1] !== undefined);
  for (const m of code.matchAll(/^import\s+"([^"]+)"/gm)) add(m, m[1], false);
  for (const m of code.matchAll(/\bimport\(\s*"([^"]+)"\s*\)/g)) add(m, m[1], false);
  return found.sort((a, b) => a.line - b.line);
}

/**
 * @param {Map<string, string>} files text of each file by its name below the repository
 * @param {Record<string, object>} [manifests] package.json of each package, by its folder's name
 * @returns violations
 */
export function checkImports(files, manifests) {
  const violations = [];
  const edges = new Map();
  const needed = new Map();
  for (const [file, text] of files) {
    if (isTest(file)) continue;
    const [name, module] = placeOf(file);
    const level = levelOf(name, module);
    const say = (line, what) => violations.push({ file, line, what });
    if (level < 0) say(1, `module ${module} has no place in the order of bin/imports.mjs`);
    for (const { line, target, isType } of importsOf(text)) {
      const to = resolve(file, target);
      if (!target.startsWith(".")) note(needed, name, packageName(target), `${file}:${line}`);
      if (to === undefined) {
        const own = name === "studio" && !target.startsWith("node:");
        if (runsInBrowser(file) && !own && !BROWSER_PACKAGES.includes(packageName(target)))
          say(line, `runs in a browser and imports ${target}`);
        continue;
      }
      if (isTest(to)) say(line, `imports ${to}, which is for tests`);
      if (!isType) edges.set(file, [...(edges.get(file) ?? []), { to, line }]);
      if (runsInBrowser(file) && !runsInBrowser(to) && /\.tsx?$/.test(to))
        say(line, `runs in a browser and imports ${to}, which does not`);
      const [otherName, other] = placeOf(to);
      if (target.startsWith(".") && otherName !== name)
        say(line, `reaches into packages/${otherName} by a path; import it by its name`);
      if (ORDER.indexOf(otherName) > ORDER.indexOf(name))
        say(line, `package ${name} imports ${otherName}, which is above it`);
      else if (otherName === name && other !== module && levelOf(name, other) >= level)
        say(line, `${module} imports ${other}, which is ${levelOf(name, other) === level ? "beside" : "above"} it`);
    }
  }
  return [...violations, ...cycles(edges), ...(manifests ? undeclared(needed, manifests) : [])];
}

function packageName(target) {
  return target.startsWith("@") ? target.split("/").slice(0, 2).join("/") : target.split("/")[0];
}

function note(needed, name, dependency, where) {
  if (/^(node:|#)/.test(dependency) || dependency === PACKAGES[name]) return;
  const own = needed.get(name) ?? new Map();
  if (!own.has(dependency)) own.set(dependency, where);
  needed.set(name, own);
}

/** What a package imports and does not declare in its package.json. */
function undeclared(needed, manifests) {
  const found = [];
  for (const [name, own] of needed) {
    const { dependencies, optionalDependencies, peerDependencies, devDependencies } = manifests[name];
    const listed = { ...dependencies, ...optionalDependencies, ...peerDependencies };
    // the studio ships what was built
    if (name === "studio") Object.assign(listed, devDependencies);
    for (const [dependency, where] of own) {
      const [file, line] = where.split(":");
      if (!(dependency in listed))
        found.push({ file, line: Number(line), what: `packages/${name}/package.json does not list ${dependency}` });
    }
  }
  return found;
}

function levelOf(name, module) {
  return LEVELS[name]?.findIndex((level) => level.includes(module)) ?? -1;
}

/** Operators use each other in their gradients. */
const ENGINE_FOLDERS = ["packages/graph/src", "packages/graph/src/ops"];

/** Circles of files that import each other when they run, each named once; allowed among operators alone. */
function cycles(edges) {
  const found = [];
  const state = new Map();
  const path = [];
  const visit = (file) => {
    state.set(file, "open");
    path.push(file);
    for (const { to, line } of edges.get(file) ?? []) {
      if (state.get(to) === "open") {
        const circle = path.slice(path.indexOf(to));
        const allowed = circle.every((f) => ENGINE_FOLDERS.includes(posix.dirname(f)));
        if (!allowed) found.push({ file, line, what: `circle: ${[...circle, to].join(" -> ")}` });
      }
      if (!state.has(to)) visit(to);
    }
    path.pop();
    state.set(file, "done");
  };
  for (const file of edges.keys()) if (!state.has(file)) visit(file);
  return found;
}

/** All TypeScript files below packages/, tests' folders left out, by their names below the repository. */
export function sourceFiles(root) {
  const files = new Map();
  const walk = (folder) => {
    if (!existsSync(folder)) return;
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) walk(path);
      else if (/\.tsx?$/.test(entry.name))
        files.set(relative(root, path).replaceAll("\\", "/"), readFileSync(path, "utf8"));
    }
  };
  for (const name of ORDER) walk(join(root, "packages", name, "src"));
  const tool = "packages/studio/vite.config.ts";
  files.set(tool, readFileSync(join(root, tool), "utf8"));
  return files;
}

/** package.json of each package, by its folder's name. */
export function manifestsOf(root) {
  return Object.fromEntries(
    ORDER.map((name) => [name, JSON.parse(readFileSync(join(root, "packages", name, "package.json"), "utf8"))]),
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const root = dirname(dirname(fileURLToPath(import.meta.url)));
  const files = sourceFiles(root);
  const violations = checkImports(files, manifestsOf(root));
  for (const { file, line, what } of violations) console.log(`${file}:${line}: ${what}`);
  console.log(`${files.size} files, ${violations.length} forbidden imports`);
  process.exitCode = violations.length === 0 ? 0 : 1;
}
