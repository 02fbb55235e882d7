import type { Program } from "@scenograph/graph/program";
import type { Runtime } from "@scenograph/graph/runtime/runtime";
import { expect, it } from "vitest";
import { withScope } from "./scope.ts";

const program: Program = { bytes: new Uint8Array(), inputs: [], outputs: [], state: [], nodeCount: 0, work: 0 };

function countingRuntime() {
  const counts = { loaded: 0, released: 0, closed: 0 };
  const runtime: Runtime = {
    device: "cpu",
    async load() {
      counts.loaded++;
      return {
        program,
        run: async () => ({}),
        readState: async () => ({}),
        writeState: async () => {},
        release: async () => void counts.released++,
      };
    },
    close: async () => void counts.closed++,
  };
  return { runtime, counts };
}

it("releases what the work left open, once, and not the runtime", async () => {
  const { runtime, counts } = countingRuntime();
  const result = await withScope(runtime, async (scope) => {
    const first = await scope.load(program);
    await scope.load(program);
    await first.release();
    await first.release();
    await scope.close();
    return 7;
  });
  expect(result).toBe(7);
  expect(counts).toEqual({ loaded: 2, released: 2, closed: 0 });
});

it("releases after a failure too", async () => {
  const { runtime, counts } = countingRuntime();
  const work = withScope(runtime, async (scope) => {
    await scope.load(program);
    throw new Error("no");
  });
  await expect(work).rejects.toThrow("no");
  expect(counts.released).toBe(1);
});
