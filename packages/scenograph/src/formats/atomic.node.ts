/** Files that are either whole or absent, whatever happens in between: power cuts, kills, a full disk. @module */
import { open, rename, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { CheckpointError } from "@scenograph/graph/errors";
import { syncFolder } from "./folders.node.ts";

/** Writes bytes into a new file and waits until they are on the disk. Tests put failing ones in its place. */
export type WriteDurably = (path: string, bytes: Uint8Array) => Promise<void>;

export const writeDurably: WriteDurably = async (path, bytes) => {
  const file = await open(path, "w");
  try {
    await writeFile(file, bytes);
    await file.sync();
  } finally {
    await file.close();
  }
};

const SUFFIX = ".partial";

export function isPartial(path: string): boolean {
  return path.endsWith(SUFFIX);
}

/**
 * Temporary file, fsync, rename, fsync of the folder: after a crash the old file or the new one is there, never a part.
 * @throws CheckpointError when the disk is full or the folder cannot be written; the old file is then as it was.
 */
export async function writeAtomically(
  path: string,
  bytes: Uint8Array,
  write: WriteDurably = writeDurably,
): Promise<void> {
  const partial = `${path}${SUFFIX}`;
  try {
    await write(partial, bytes);
    await rename(partial, path);
  } catch (error) {
    await rm(partial, { force: true });
    throw describeWriteError(error, path);
  }
  await syncFolder(dirname(path));
}

/** One clear line for what users can mend; other errors unchanged. */
export function describeWriteError(error: unknown, path: string): Error {
  const { code } = error as NodeJS.ErrnoException;
  if (code === "ENOSPC" || code === "EDQUOT" || code === "EFBIG")
    return new CheckpointError(
      `train: the disk is full, "${path}" was not written; what was saved before is intact: free some space and go on with --resume latest`,
    );
  if (code === "EACCES" || code === "EPERM" || code === "EROFS")
    return new CheckpointError(`train: "${path}" may not be written (${code}); choose another folder with --run`);
  return error as Error;
}
