/** A folder for parsers that read files; it goes when the process ends. @module */
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

let made: string | undefined;

export function scratch(name: string): string {
  if (made === undefined) {
    // in memory where there is such a place: thousands of small files
    const folder = mkdtempSync(join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "scenograph-fuzz-"));
    made = folder;
    process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  }
  return join(made, name);
}
