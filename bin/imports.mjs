// The direction of imports (docs/architecture.md): reads the imports of src/ and studio/, prints each violation as
// file:line, exits with 1 when there are any.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, posix, relative } from "node:path";
import { fileURLToPath } from "node:url";

/** Lowest first. A module imports modules of lower levels only; those of one level do not know each other. */
export const LEVELS = [
  ["errors"],
  ["random"],
  ["formats"],
  ["scene"],
  ["graph"],
  ["runtime"],
  ["nn"],
  ["pipeline"],
  ["understand"],
  ["text", "boxes", "masks", "image", "captioner", "segmenter", "enlarge"],
  ["interchange"],
  ["data", "model"],
  ["evaluate"],
  ["train", "study"],
  ["index"],
  ["queue"],
  ["server"],
  ["client"],
  ["cli"],
  ["studio"],
];

/** Runs in a browser: no Node module, no other package than these, and only files that run there too. */
const BROWSER_MODULES = [
  "errors",
  "random",
  "formats",
  "scene",
  "graph",
  "nn",
  "pipeline",
  "understand",
  "text",
  "boxes",
  "masks",
  "image",
  "captioner",
  "segmenter",
  "enlarge",
  "interchange",
];
const BROWSER_FILES = [
  "runtime/runtime.ts",
  "runtime/state.ts",
  "runtime/web.ts",
  "runtime/webGpu.ts",
  "model/model.ts",
  "model/calls.ts",
  "model/info.ts",
  "model/dry.ts",
  "model/onnx.ts",
  "server/api.ts",
  "server/compat.ts",
  "server/limits.ts",
  "server/schemas.ts",
];
const BROWSER_PACKAGES = ["zod", "onnxruntime-web"];

/** Tests and what only tests use may import anything. */
function isTest(file) {
  return /\.(test|fixture)\.tsx?$/.test(file);
}

/** "boxes/infer.ts" -> "boxes"; "pipeline.ts" -> "pipeline". Files are named as below src/; those of the studio "studio/...". */
function moduleOf(file) {
  return file.split("/")[0].replace(/\.tsx?$/, "");
}

function runsInBrowser(file) {
  if (/\.(node|config)\.tsx?$/.test(file)) return false;
  const module = moduleOf(file);
  return BROWSER_MODULES.includes(module) || module === "studio" || BROWSER_FILES.includes(file);
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

/** @param {Map<string, string>} files text of each file by its name below src/ (or "studio/...") -> violations */
export function checkImports(files) {
  const violations = [];
  const edges = new Map();
  for (const [file, text] of files) {
    if (isTest(file)) continue;
    const level = levelOf(file);
    const say = (line, what) => violations.push({ file, line, what });
    if (level < 0) say(1, `module ${moduleOf(file)} has no place in the order of bin/imports.mjs`);
    for (const { line, target, isType } of importsOf(text)) {
      if (!target.startsWith(".")) {
        const name = target.startsWith("@") ? target.split("/").slice(0, 2).join("/") : target.split("/")[0];
        const own = moduleOf(file) === "studio" && !target.startsWith("node:");
        if (runsInBrowser(file) && !own && !BROWSER_PACKAGES.includes(name))
          say(line, `runs in a browser and imports ${target}`);
        continue;
      }
      const to = posix.normalize(posix.join(posix.dirname(file), target)).replace(/^(\.\.\/)?src\//, "");
      if (isTest(to)) say(line, `imports ${to}, which is for tests`);
      if (!isType) edges.set(file, [...(edges.get(file) ?? []), { to, line }]);
      if (runsInBrowser(file) && !runsInBrowser(to) && /\.tsx?$/.test(to))
        say(line, `runs in a browser and imports ${to}, which does not`);
      if (moduleOf(to) !== moduleOf(file) && levelOf(to) >= level)
        say(
          line,
          `${moduleOf(file)} imports ${moduleOf(to)}, which is ${levelOf(to) === level ? "beside" : "above"} it`,
        );
    }
  }
  return [...violations, ...cycles(edges)];
}

function levelOf(file) {
  return LEVELS.findIndex((level) => level.includes(moduleOf(file)));
}

/**
 * Circles of files that import each other when they run, each named once. Within one folder they are allowed: operators
 * use each other in their gradients.
 */
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
        const folders = new Set(circle.map((f) => posix.dirname(f)));
        if (folders.size > 1) found.push({ file, line, what: `circle: ${[...circle, to].join(" -> ")}` });
      }
      if (!state.has(to)) visit(to);
    }
    path.pop();
    state.set(file, "done");
  };
  for (const file of edges.keys()) if (!state.has(file)) visit(file);
  return found;
}

/** All TypeScript files below src/ and studio/. */
export function sourceFiles(root) {
  const files = new Map();
  const walk = (folder, base) => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (entry.isDirectory() && entry.name !== "node_modules") walk(path, base);
      else if (/\.tsx?$/.test(entry.name))
        files.set(relative(base, path).replaceAll("\\", "/"), readFileSync(path, "utf8"));
    }
  };
  walk(join(root, "src"), join(root, "src"));
  if (existsSync(join(root, "studio"))) walk(join(root, "studio"), root);
  return files;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const root = dirname(dirname(fileURLToPath(import.meta.url)));
  const files = sourceFiles(root);
  const violations = checkImports(files);
  for (const { file, line, what } of violations)
    console.log(`${file.startsWith("studio/") ? "" : "src/"}${file}:${line}: ${what}`);
  console.log(`${files.size} files, ${violations.length} forbidden imports`);
  process.exitCode = violations.length === 0 ? 0 : 1;
}
