import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ConfigError, FormatError, UserError } from "@scenograph/graph/errors";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { VECTORS_PACKAGE } from "../data/vectors.node.ts";
import { vectorsCommand } from "./vectors.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "vectors-cli-"));
  await mkdir(join(folder, "annotations"));
});
afterEach(() => rm(folder, { recursive: true }));

const run = (...args: string[]) =>
  vectorsCommand()
    .exitOverride()
    .parseAsync(["--data", folder, "--cache", folder, ...args], { from: "user" });

describe("data vectors", () => {
  it("names a missing captions file, and one that holds something else", async () => {
    await expect(run("--split", "nowhere")).rejects.toThrow(UserError);
    await expect(run("--split", "nowhere")).rejects.toThrow(/captions_nowhere/);
    await writeFile(join(folder, "annotations", "captions_train.json"), '{"images": 3}');
    await expect(run()).rejects.toThrow(FormatError);
  });

  it("refuses a package that is not the pinned one", async () => {
    const captions = { images: [{ id: 1 }], annotations: [{ id: 1, image_id: 1, caption: "a dog" }] };
    await writeFile(join(folder, "annotations", "captions_train.json"), JSON.stringify(captions));
    await writeFile(join(folder, VECTORS_PACKAGE.file), "something else");
    await expect(run("--out", join(folder, "out.safetensors"))).rejects.toThrow(/sha256/);
  });

  it("refuses numbers out of range", async () => {
    await expect(run("--size", "0")).rejects.toThrow(ConfigError);
    await expect(run("--min-count", "many")).rejects.toThrow(/--min-count/);
  });
});
