import { createHash } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ConfigError, FormatError } from "../../errors.ts";
import { writeSafetensors } from "../../formats/safetensors.ts";
import { input } from "../../graph/leaves.ts";
import { loadPerceptual } from "./load.node.ts";

let cache: string;
beforeEach(async () => {
  cache = await mkdtemp(join(tmpdir(), "scenograph-test-"));
});
afterEach(() => rm(cache, { recursive: true }));

test("a network that is not installed: one line that says what to do", async () => {
  const error = await loadPerceptual("cocossd", cache).catch((e: unknown) => e);
  expect(error).toBeInstanceOf(ConfigError);
  expect((error as Error).message).toMatch(/run: scenograph judges install$/);
  expect((error as Error).message).not.toContain("\n");
});

test("the file must be the one that was installed", async () => {
  const one = { dtype: "F32", shape: [1], data: Float32Array.of(1) } as const;
  const bytes = writeSafetensors([["a", one]]);
  const folder = join(cache, "judges");
  await mkdir(folder);
  await writeFile(join(folder, "coco-ssd.safetensors"), bytes);
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  await writeFile(join(folder, "judges.json"), JSON.stringify({ "coco-ssd": { sha256 } }));
  expect((await loadPerceptual("cocossd", cache)).id).toBe(`cocossd-${sha256.slice(0, 12)}`);
  await writeFile(join(folder, "coco-ssd.safetensors"), bytes.with(bytes.length - 1, 7));
  await expect(loadPerceptual("cocossd", cache)).rejects.toThrow(FormatError);
  await writeFile(join(folder, "judges.json"), "{");
  await expect(loadPerceptual("cocossd", cache)).rejects.toThrow(/judges install/);
});

test("settings", async () => {
  expect((await loadPerceptual("none", cache)).features(input("x", [1, 3, 4, 4]))).toEqual([]);
  await expect(loadPerceptual("discriminator", cache)).rejects.toThrow(/picture stage/);
  await expect(loadPerceptual("vgg", cache)).rejects.toThrow(/"cocossd", "none", "discriminator" or a path/);
});
