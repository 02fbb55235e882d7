/** Run folders of training below a folder, for pages that watch them. @module */
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { isHeld } from "@scenograph/lab/train/lock";
import { parse } from "yaml";

export interface RunSummary {
  /** Path below the folder of runs, "/" between its parts. */
  readonly name: string;
  readonly stage: string;
  /** Steps of the whole run, as its configuration says. */
  readonly steps?: number;
  /** Whether a process trains in it now. */
  readonly running: boolean;
  /** Sample grids, file names in order of steps. */
  readonly samples: readonly string[];
}

/** The runs in a folder and in its folders; running ones first, then by name. Folders that are no runs are passed over. */
export async function listRuns(folder: string): Promise<RunSummary[]> {
  const names = await folders(folder);
  for (const outer of [...names])
    for (const inner of await folders(join(folder, outer))) names.push(`${outer}/${inner}`);
  const runs = await Promise.all(names.map((name) => summary(folder, name)));
  return runs
    .filter((run) => run !== undefined)
    .sort((a, b) => Number(b.running) - Number(a.running) || a.name.localeCompare(b.name));
}

async function folders(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  return entries.filter((e) => e.isDirectory() && !e.name.startsWith(".")).map((e) => e.name);
}

async function summary(folder: string, name: string): Promise<RunSummary | undefined> {
  const path = join(folder, name);
  if (!existsSync(join(path, "run.json"))) return undefined;
  try {
    const { stage } = JSON.parse(await readFile(join(path, "run.json"), "utf8")) as { stage: string };
    const config = parse(await readFile(join(path, "config.yaml"), "utf8")) as Record<
      string,
      { train?: { steps?: number } }
    >;
    const steps = config[stage]?.train?.steps;
    const files = await readdir(join(path, "samples")).catch(() => []);
    return {
      name,
      stage,
      ...(steps !== undefined && { steps }),
      running: await isHeld(join(path, "lock.json")),
      samples: files.filter((f) => /^step-\d+\.png$/.test(f)).sort(),
    };
  } catch {
    // being written just now, or damaged
    return undefined;
  }
}
