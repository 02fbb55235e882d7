import { expect, test } from "vitest";
import { checkImports, importsOf, sourceFiles } from "../bin/imports.mjs";

/** Violations of files given as { name: text }, as "file:line: what". */
function check(files: Record<string, string>): string[] {
  return checkImports(new Map(Object.entries(files))).map((v) => `${v.file}:${v.line}: ${v.what}`);
}

test("this repository has no forbidden import", () => {
  const files = sourceFiles(new URL("..", import.meta.url).pathname);
  expect(files.size).toBeGreaterThan(100);
  expect(checkImports(files)).toEqual([]);
});

test("a module imports lower ones only, and none beside it; types count", () => {
  expect(check({ "graph/a.ts": 'import { x } from "../scene/b.ts";', "scene/b.ts": "export const x = 1;" })).toEqual(
    [],
  );
  expect(check({ "scene/b.ts": '\nimport type { X } from "../graph/a.ts";' })).toEqual([
    "scene/b.ts:2: scene imports graph, which is above it",
  ]);
  expect(check({ "boxes/a.ts": 'import {\n  y,\n} from "../masks/b.ts";' })).toEqual([
    "boxes/a.ts:3: boxes imports masks, which is beside it",
  ]);
  expect(check({ "pipeline.ts": 'export * from "./boxes/a.ts";' })).toEqual([
    "pipeline.ts:1: pipeline imports boxes, which is above it",
  ]);
  expect(check({ "novel/a.ts": "" })).toEqual([
    "novel/a.ts:1: module novel has no place in the order of bin/imports.mjs",
  ]);
});

test("what runs in a browser imports no Node module, directly or through another file", () => {
  expect(check({ "nn/a.ts": 'import { readFile } from "node:fs/promises";' })).toEqual([
    "nn/a.ts:1: runs in a browser and imports node:fs/promises",
  ]);
  expect(check({ "text/a.ts": 'const sharp = await import("sharp");' })).toEqual([
    "text/a.ts:1: runs in a browser and imports sharp",
  ]);
  expect(
    check({ "text/a.ts": 'import { f } from "./b.node.ts";', "text/b.node.ts": 'import fs from "node:fs";' }),
  ).toEqual(["text/a.ts:1: runs in a browser and imports text/b.node.ts, which does not"]);
  expect(check({ "studio/a.ts": 'import { f } from "../src/data/b.ts";' })).toEqual([
    "studio/a.ts:1: runs in a browser and imports data/b.ts, which does not",
  ]);
  expect(check({ "nn/a.ts": 'import { z } from "zod";', "nn/a.test.ts": 'import fs from "node:fs";' })).toEqual([]);
});

test("circles over folders, and tests that leak into programs", () => {
  const circle = { "data/a.ts": 'import "./x/b.ts";', "data/x/b.ts": 'import { a } from "../a.ts";' };
  expect(check(circle)).toEqual(["data/x/b.ts:1: circle: data/a.ts -> data/x/b.ts -> data/a.ts"]);
  expect(check({ ...circle, "data/x/b.ts": 'import type { A } from "../a.ts";' })).toEqual([]);
  expect(check({ "data/a.ts": 'import { x } from "./b.fixture.ts";' })).toEqual([
    "data/a.ts:1: imports data/b.fixture.ts, which is for tests",
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
