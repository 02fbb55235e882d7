import { expect, test } from "vitest";
import { checkImports, importsOf, manifestsOf, sourceFiles } from "../bin/imports.mjs";

/** Violations of files given as { name: text }, names below packages/<package>/src, as "file:line: what". */
function check(files: Record<string, string>, manifests?: Record<string, object>): string[] {
  const named = Object.entries(files).map(([file, text]): [string, string] => [inPackage(file), text]);
  return checkImports(new Map(named), manifests).map((v) => `${v.file}:${v.line}: ${v.what}`);
}

function inPackage(file: string): string {
  const [name, ...path] = file.split("/");
  return ["packages", name, "src", ...path].join("/");
}

test("this repository has no forbidden import", () => {
  const root = new URL("..", import.meta.url).pathname;
  const files = sourceFiles(root);
  expect(files.size).toBeGreaterThan(300);
  expect(checkImports(files, manifestsOf(root))).toEqual([]);
});

test("a package imports lower ones only, by their names; types count", () => {
  const scene = { "scenograph/scene/b.ts": "export const x = 1;" };
  expect(check({ "lab/data/a.ts": 'import { x } from "scenograph/scene/b";', ...scene })).toEqual([]);
  expect(check({ "scenograph/scene/b.ts": '\nimport type { X } from "@scenograph/lab/data/a";' })).toEqual([
    "packages/scenograph/src/scene/b.ts:2: runs in a browser and imports packages/lab/src/data/a.ts, which does not",
    "packages/scenograph/src/scene/b.ts:2: package scenograph imports lab, which is above it",
  ]);
  expect(check({ "lab/data/a.ts": 'import { x } from "../../../scenograph/src/scene/b.ts";', ...scene })).toEqual([
    "packages/lab/src/data/a.ts:1: reaches into packages/scenograph by a path; import it by its name",
  ]);
});

test("a module imports lower ones of its package only, and none beside it", () => {
  expect(check({ "scenograph/paper/boxes/a.ts": 'import {\n  y,\n} from "../masks/b.ts";' })).toEqual([
    "packages/scenograph/src/paper/boxes/a.ts:3: paper/boxes imports paper/masks, which is beside it",
  ]);
  expect(check({ "scenograph/pipeline.ts": 'export * from "./paper/boxes/a.ts";' })).toEqual([
    "packages/scenograph/src/pipeline.ts:1: pipeline imports paper/boxes, which is above it",
  ]);
  expect(check({ "graph/tensor.ts": 'import "./nn/layers.ts";' })).toEqual([
    "packages/graph/src/tensor.ts:1: graph imports nn, which is above it",
  ]);
  expect(check({ "lab/novel/a.ts": "" })).toEqual([
    "packages/lab/src/novel/a.ts:1: module novel has no place in the order of bin/imports.mjs",
  ]);
});

test("what runs in a browser imports no Node module, directly or through another file", () => {
  expect(check({ "graph/nn/a.ts": 'import { readFile } from "node:fs/promises";' })).toEqual([
    "packages/graph/src/nn/a.ts:1: runs in a browser and imports node:fs/promises",
  ]);
  expect(check({ "scenograph/paper/text/a.ts": 'const sharp = await import("sharp");' })).toEqual([
    "packages/scenograph/src/paper/text/a.ts:1: runs in a browser and imports sharp",
  ]);
  const node = { "scenograph/paper/text/b.node.ts": 'import fs from "node:fs";' };
  expect(check({ "scenograph/paper/text/a.ts": 'import { f } from "./b.node.ts";', ...node })).toEqual([
    "packages/scenograph/src/paper/text/a.ts:1: runs in a browser and imports packages/scenograph/src/paper/text/b.node.ts, which does not",
  ]);
  expect(check({ "studio/a.ts": 'import { f } from "@scenograph/lab/data/b";' })).toEqual([
    "packages/studio/src/a.ts:1: runs in a browser and imports packages/lab/src/data/b.ts, which does not",
  ]);
  const tested = { "graph/nn/a.ts": 'import { z } from "zod";', "graph/nn/a.test.ts": 'import fs from "node:fs";' };
  expect(check(tested)).toEqual([]);
});

test("a package declares what it imports", () => {
  const files = {
    "lab/data/a.ts": 'import { z } from "zod";\nimport fs from "node:fs";\nimport "scenograph/pipeline";',
  };
  const own = { "scenograph/pipeline.ts": "" };
  expect(check({ ...files, ...own }, { lab: { dependencies: { scenograph: "0.1.0" } }, scenograph: {} })).toEqual([
    "packages/lab/src/data/a.ts:1: packages/lab/package.json does not list zod",
  ]);
});

test("circles beside those of operators, and tests that leak into programs", () => {
  const circle = { "lab/data/a.ts": 'import "./x/b.ts";', "lab/data/x/b.ts": 'import { a } from "../a.ts";' };
  expect(check(circle)).toEqual([
    "packages/lab/src/data/x/b.ts:1: circle: packages/lab/src/data/a.ts -> packages/lab/src/data/x/b.ts -> packages/lab/src/data/a.ts",
  ]);
  expect(check({ ...circle, "lab/data/x/b.ts": 'import type { A } from "../a.ts";' })).toEqual([]);
  const inside = { "a.ts": 'import "./b.ts";', "b.ts": 'import "./a.ts";' };
  const within = (folder: string) => Object.entries(inside).map(([name, text]) => [`${folder}/${name}`, text]);
  expect(check(Object.fromEntries(within("lab/data")))).toHaveLength(1);
  expect(check(Object.fromEntries(within("graph/ops")))).toEqual([]);
  expect(check({ "lab/data/a.ts": 'import { x } from "./b.fixture.ts";' })).toEqual([
    "packages/lab/src/data/a.ts:1: imports packages/lab/src/data/b.fixture.ts, which is for tests",
  ]);
});

test("imports are found with their lines; examples in comments are not imports", () => {
  const text =
    '/**\n * import { a } from "./doc.ts";\n */\nimport a, {\n  b,\n} from "./x.ts";\n// import "./no.ts";\nexport type { C } from "./y.ts";\nconst d = import("./z.ts");';
  expect(importsOf(text)).toEqual([
    { line: 6, target: "./x.ts", isType: false },
    { line: 8, target: "./y.ts", isType: true },
    { line: 9, target: "./z.ts", isType: false },
  ]);
});
