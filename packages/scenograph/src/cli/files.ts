/** Files of results. @module */
import { rename, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { makeFolder } from "../formats/folders.node.ts";

/** Makes the folder, writes beside the file, then renames: what was there stays whole when the disk is full. */
export async function writeWhole(file: string, bytes: Uint8Array | string): Promise<void> {
  await makeFolder(dirname(file));
  const partial = `${file}.${process.pid}.partial`;
  try {
    await writeFile(partial, bytes);
    await rename(partial, file);
  } finally {
    await rm(partial, { force: true });
  }
}
