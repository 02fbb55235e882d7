/** Where a run begins: initial weights, or the checkpoint that it resumes. @module */
import { stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { CheckpointError, ConfigError } from "@scenograph/graph/errors";
import { initialise } from "@scenograph/graph/program";
import { type Checkpoint, checkpointSteps, loadCheckpoint, loadLatest } from "./checkpoint.ts";
import { type Task, valuesOf, type Weights } from "./task.ts";

/**
 * The checkpoint that `resume` names: "latest" is the newest whole one of this run; else a file or another run's folder.
 * @throws CheckpointError when there is none, or when newer ones of this run would be overwritten.
 */
export async function findCheckpoint(
  resume: string,
  ownFolder: string,
  warn: (line: string) => void,
): Promise<Checkpoint> {
  if (resume === "latest") return loadLatest(ownFolder, warn);
  const isFolder = (await stat(resume).catch(() => undefined))?.isDirectory() ?? false;
  if (isFolder) return loadLatest(basename(resume) === "checkpoints" ? resume : join(resume, "checkpoints"), warn);
  const checkpoint = await loadCheckpoint(resume);
  const newest = (await checkpointSteps(ownFolder))[0] ?? 0;
  if (resolve(dirname(resume)) === resolve(ownFolder) && newest > checkpoint.meta.step)
    throw new CheckpointError(
      `resume: the run has a newer checkpoint, of step ${newest}; branch off into a new folder with --run`,
    );
  return checkpoint;
}

/** Seeded initial values, the task's own over them, then what fits of `init`. @throws ConfigError if nothing fits */
export function initialState(
  task: Task,
  seed: number,
  init: Weights | undefined,
  log: (line: string) => void,
): Record<string, Float32Array> {
  const state = initialise(task.program, seed);
  for (const [name, value] of Object.entries(task.initial ?? {}))
    if (Object.hasOwn(state, name) && !place(state, name, value))
      throw new ConfigError(
        `train: "${name}" of the given weights has ${value.length} values, the configuration makes it ${state[name].length}; use weights of the same configuration`,
      );
  if (init) {
    const values = Object.entries(valuesOf(init));
    const shapes = new Map(task.program.state.map((s) => [s.name, s.shape]));
    const left = values
      .filter(([name, value]) => {
        const fitted = widened(value, init.get(name)?.shape ?? [], shapes.get(name) ?? []);
        return !(fitted && place(state, name, fitted));
      })
      .map(([name]) => name);
    if (left.length === values.length)
      throw new ConfigError(`--init: no tensor fits stage ${task.stage} in name and size; give weights of that stage`);
    const rest = left.length > 0 ? `; no place for ${left.slice(0, 3).join(", ")}${left.length > 3 ? " ..." : ""}` : "";
    log(`beginning from ${values.length - left.length} of ${values.length} given tensors${rest}`);
  }
  return state;
}

/**
 * A weight for a layer that reads more channels than the one that it comes from: the new ones, behind the old, begin
 * without effect. As it is where the shapes agree; undefined where they differ otherwise.
 */
function widened(value: Float32Array, from: readonly number[], to: readonly number[]): Float32Array | undefined {
  if (from.length !== to.length) return undefined;
  if (from.some((d, axis) => (axis === 1 ? d > to[axis] : d !== to[axis]))) return undefined;
  if (from.every((d, axis) => d === to[axis])) return value;
  const rest = from.slice(2).reduce((a, b) => a * b, 1);
  const [old, wide] = [from[1] * rest, to[1] * rest];
  const out = new Float32Array(from[0] * wide);
  for (let row = 0; row < from[0]; row++) out.set(value.subarray(row * old, (row + 1) * old), row * wide);
  return out;
}

/** Sets a weight and, since it restarts too, its moving average. -> false when it does not fit. */
function place(state: Record<string, Float32Array>, name: string, value: Float32Array): boolean {
  if (!Object.hasOwn(state, name) || state[name].length !== value.length) return false;
  state[name] = Float32Array.from(value);
  if (Object.hasOwn(state, `ema/${name}`)) state[`ema/${name}`] = Float32Array.from(value);
  return true;
}
