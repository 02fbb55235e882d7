import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { writeSite } from "./site.ts";

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "scenograph-site-"));
  for (const folder of ["app/assets", "models/tiny", "own"]) await mkdir(join(root, folder), { recursive: true });
  const files = ["app/index.html", "app/assets/a.js", "app/assets/a.js.br", "models/tiny/model.json", "own/model.json"];
  for (const file of [...files, "models/tiny/text.safetensors", "models/tiny/README.md"])
    await writeFile(join(root, file), file);
});
afterEach(() => rm(root, { recursive: true, force: true }));

const served = () => ({
  folders: { "/": join(root, "app"), "/models/": join(root, "models"), "/models/yours/": join(root, "own") },
  json: { "/models/index.json": async () => ["yours", "tiny"] },
});

test("the app, its models and their list; nothing else of a model's folder", async () => {
  const out = join(root, "site");
  expect(await writeSite(out, served())).toEqual(["yours", "tiny"]);
  const files = (await readdir(out, { recursive: true, withFileTypes: true })).filter((e) => e.isFile());
  expect(files.map((e) => join(e.parentPath, e.name).slice(out.length + 1)).sort()).toEqual([
    "assets/a.js",
    "assets/a.js.br",
    "index.html",
    "models/index.json",
    "models/tiny/model.json",
    "models/tiny/text.safetensors",
    "models/yours/model.json",
  ]);
  expect(JSON.parse(await readFile(join(out, "models/index.json"), "utf8"))).toEqual(["yours", "tiny"]);
});

test("a folder that holds something is left alone", async () => {
  await expect(writeSite(join(root, "app"), served())).rejects.toThrow(/new or empty folder/);
});
