/** Folders: making them, and getting them to the disk. @module */
import { mkdir, open, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";

/**
 * `mkdir -p`; a folder that is there already is left alone. In place of Node's recursive mkdir, which never returns where a
 * folder exists but none can be made in it (/proc answers ENOENT). @throws the system's error, with its code and path
 */
export async function makeFolder(path: string): Promise<void> {
  const missing: string[] = [];
  let at = resolve(path);
  while (!(await made(at))) {
    missing.push(at);
    at = dirname(at);
  }
  for (const folder of missing.reverse()) if (!(await made(folder))) await mkdir(folder);
}

/** false: its parent is missing. */
async function made(path: string, isFirst = true): Promise<boolean> {
  try {
    await mkdir(path);
    return true;
  } catch (error) {
    if (await isFolder(path)) return true;
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    if (!(await isFolder(dirname(path)))) return false;
    // somebody else has made the parent meanwhile, or nothing can be made in it
    if (!isFirst) throw error;
    return made(path, false);
  }
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() ?? false;
}

/** A rename must reach the disk too. Windows cannot open folders and does not need it. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === "win32") return;
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
