/** One training run a folder: a lock file with the process that owns it. @module */
import { readFileSync } from "node:fs";
import { open, readFile, rename, rm, stat } from "node:fs/promises";
import { hostname } from "node:os";
import { BusyError } from "@scenograph/graph/errors";

interface Owner {
  readonly pid: number;
  readonly host: string;
  /** Start of the process where the system tells it: a number may be given out again. */
  readonly start: string | null;
}

/**
 * Take `path`. A lock whose process is dead (killed, power cut) is taken over. -> function that gives it back.
 * @throws BusyError while another process holds it.
 */
export async function acquireLock(path: string): Promise<() => Promise<void>> {
  const own: Owner = { pid: process.pid, host: hostname(), start: startOf(process.pid) };
  const text = JSON.stringify(own);
  for (let attempt = 0; attempt < 3; attempt++) {
    try {
      const file = await open(path, "wx");
      await file.writeFile(text).finally(() => file.close());
      return async () => {
        // not ours any more: somebody removed it by hand
        if ((await readFile(path, "utf8").catch(() => "")) === text) await rm(path, { force: true });
      };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
    const found = await readFile(path, "utf8").catch(() => undefined);
    if (found !== undefined) await removeStale(path, found);
  }
  throw new BusyError(`train: another run has just taken "${path}"; wait for it or choose another folder with --run`);
}

/** Whether a process holds `path`, or may: a lock of another machine, or one that is being written. */
export async function isHeld(path: string): Promise<boolean> {
  const text = await readFile(path, "utf8").catch(() => undefined);
  if (text === undefined) return false;
  const owner = parse(text);
  return !owner || owner.host !== hostname() || isAlive(owner);
}

/** @throws BusyError when the owner lives or may live. */
async function removeStale(path: string, text: string): Promise<void> {
  const owner = parse(text);
  if (!owner) {
    // killed between creating and writing, unless it is being written at this moment
    const age = Date.now() - ((await stat(path).catch(() => undefined))?.mtimeMs ?? 0);
    if (age < 5000) throw new BusyError(`train: "${path}" has just been taken; choose another folder with --run`);
  } else if (owner.host !== hostname()) {
    throw new BusyError(
      `train: "${path}" is held by process ${owner.pid} on ${owner.host}; if that run is over, delete the file`,
    );
  } else if (isAlive(owner)) {
    throw new BusyError(
      `train: process ${owner.pid} is training in this folder ("${path}"); wait for it or choose another with --run`,
    );
  }
  // moved first and looked at again: of two that take over at once one must lose
  const aside = `${path}.${process.pid}`;
  try {
    await rename(path, aside);
  } catch {
    return;
  }
  if ((await readFile(aside, "utf8")) !== text) {
    await rename(aside, path);
    throw new BusyError(`train: another run has just taken "${path}"; choose another folder with --run`);
  }
  await rm(aside);
}

function parse(text: string): Owner | undefined {
  try {
    const owner = JSON.parse(text) as Owner;
    return Number.isInteger(owner.pid) && owner.pid > 0 && typeof owner.host === "string" ? owner : undefined;
  } catch {
    return undefined;
  }
}

function isAlive({ pid, start }: Owner): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it lives and is another user's
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return false;
  }
  const now = startOf(pid);
  return start === null || now === null || start === now;
}

/** Field 22 of /proc/<pid>/stat (proc(5)): clock ticks from boot to the start of the process. */
function startOf(pid: number): string | null {
  try {
    const line = readFileSync(`/proc/${pid}/stat`, "utf8");
    return line.slice(line.lastIndexOf(")") + 2).split(" ")[19];
  } catch {
    return null;
  }
}
