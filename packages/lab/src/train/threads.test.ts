import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Runtime, RuntimeOptions } from "@scenograph/graph/runtime/runtime";
import { expect, test } from "vitest";
import { chooseThreads } from "./threads.ts";
import { toyTask } from "./toy.fixture.ts";

/** A machine of `cores` whose steps take `one` ms on one thread and `all` on all, by a clock of its own. */
function machineOf(cores: number, one: number, all: number) {
  let time = 0;
  let open = 0;
  let loaded = 0;
  const create = ({ threads, spin }: RuntimeOptions): Runtime => {
    open++;
    expect(spin).toBe(threads === cores);
    return {
      device: "cpu",
      async load(program) {
        loaded++;
        const run = async () => {
          time += threads === 1 ? one : all;
          return {};
        };
        return { program, run, readState: async () => ({}), writeState: async () => {}, release: async () => {} };
      },
      async close() {
        open--;
      },
    };
  };
  return { cores, create, now: () => time, counts: () => ({ open, loaded }) };
}

test("a run measures one thread and all, keeps to the faster, and a resumed one does not measure again", async () => {
  const path = await mkdtemp(join(tmpdir(), "threads-"));
  const lines: string[] = [];
  const run = { path, record: async (line: string) => void lines.push(line) };
  const task = toyTask({ totalSteps: 1000 });
  const asked = { run, seed: 1, runtime: {}, log: () => {} };
  const faster = machineOf(4, 100, 60);
  expect(await chooseThreads(task, asked, faster)).toEqual({ threads: 4, spin: true });
  expect(faster.counts()).toEqual({ open: 0, loaded: 2 });
  expect(lines).toEqual(["threads: 4 (a step takes 100 ms on one, 60 ms on 4; --threads to say otherwise)"]);
  expect(JSON.parse(await readFile(join(path, "threads.json"), "utf8"))).toEqual({ threads: 4, spin: true });

  const busy = machineOf(4, 100, 300);
  expect(await chooseThreads(task, { ...asked, resume: "latest" }, busy)).toEqual({ threads: 4, spin: true });
  expect(busy.counts()).toEqual({ open: 0, loaded: 0 });
  // a new run looks again; what little is gained is not worth the other cores
  expect(await chooseThreads(task, asked, busy)).toEqual({ threads: 1, spin: false });
  expect(await chooseThreads(task, asked, machineOf(4, 100, 95))).toEqual({ threads: 1, spin: false });

  // said by the user, or nothing to choose, or no time for it
  const unused = machineOf(4, 100, 60);
  expect(await chooseThreads(task, { ...asked, runtime: { threads: 2 } }, unused)).toEqual({ threads: 2 });
  expect(await chooseThreads(task, { ...asked, steps: 20 }, unused)).toEqual({});
  expect(await chooseThreads(task, asked, machineOf(1, 100, 60))).toEqual({});
  expect(unused.counts().loaded).toBe(0);
  await rm(path, { recursive: true });
});
