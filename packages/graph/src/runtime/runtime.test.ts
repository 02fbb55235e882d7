import { afterAll, describe, expect, test } from "vitest";
import { ConfigError, ShapeError } from "../errors.ts";
import { zeros } from "../init.ts";
import { input, parameter } from "../leaves.ts";
import { add, cast, greater, mul } from "../ops/elementwise.ts";
import { argMax, sum } from "../ops/reduce.ts";
import { compile } from "../program.ts";
import { createNodeRuntime } from "./node.ts";
import { createWorkerRuntime } from "./remote.node.ts";
import type { Runtime } from "./runtime.ts";
import { createWebRuntime } from "./web.ts";

/** y = x + w + count of flags; w grows by the sum of x every run; `fixed` never changes. */
function counter() {
  const x = input("x", [2]);
  const w = parameter("w", [2], zeros);
  const fixed = parameter("fixed", [], zeros);
  const flags = sum(cast(input("flags", [3], "uint8")));
  return compile({
    outputs: { y: add(add(x, w), add(flags, fixed)), top: argMax(x), positive: greater(x, 0) },
    updates: [[w, add(w, mul(sum(x), 1))]],
  });
}
const feeds = { x: Float32Array.of(1, 2), flags: Uint8Array.of(1, 0, 1) };

const runtimes: Record<string, Runtime> = {
  node: createNodeRuntime({ threads: 1 }),
  wasm: createWebRuntime({ threads: 1 }),
  worker: createWorkerRuntime({ threads: 1 }),
};
afterAll(() => Promise.all(Object.values(runtimes).map((r) => r.close())));

describe.each(Object.entries(runtimes))("%s", (name, runtime) => {
  test("state moves on by one step a run; outputs keep their types", async () => {
    const executable = await runtime.load(counter());
    await executable.writeState({ w: Float32Array.of(10, 20), fixed: Float32Array.of(100) });
    const first = await executable.run(feeds);
    expect([...first.y]).toEqual([113, 124]);
    expect(first.top).toEqual(BigInt64Array.of(1n));
    expect([...first.positive]).toEqual([1, 1]);
    expect([...(await executable.run(feeds)).y]).toEqual([116, 127]);
    expect([...(await executable.run(feeds)).y]).toEqual([119, 130]);
    // results of earlier runs are the caller's own
    expect([...first.y]).toEqual([113, 124]);
    const state = await executable.readState();
    expect([...state.w]).toEqual([19, 29]);
    expect([...state.fixed]).toEqual([100]);
    await executable.release();
  });

  test("state that is read or written is copied", async () => {
    const executable = await runtime.load(counter());
    const w = Float32Array.of(1, 1);
    await executable.writeState({ w });
    w.fill(99);
    const copy = await executable.readState(["w"]);
    expect(Object.keys(copy)).toEqual(["w"]);
    expect([...copy.w]).toEqual([1, 1]);
    copy.w.fill(-5);
    expect([...(await executable.run(feeds)).y]).toEqual([4, 5]);
    expect(feeds.x).toHaveLength(2);
    await executable.release();
  });

  test("wrong feeds and states are told by name and size", async () => {
    const executable = await runtime.load(counter());
    const refuses = async (what: Promise<unknown>, message: string) => {
      await expect(what).rejects.toThrow(message);
      await expect(what).rejects.toBeInstanceOf(ShapeError);
    };
    await refuses(executable.run({ x: feeds.x }), 'run(): input "flags" [3] is missing');
    await refuses(
      executable.run({ ...feeds, x: new Float32Array(3) }),
      'input "x" wants Float32Array of 2 [2], got Float32Array of 3',
    );
    await refuses(
      executable.run({ ...feeds, x: new Uint8Array(2) }),
      'input "x" wants Float32Array of 2 [2], got Uint8Array of 2',
    );
    await refuses(executable.run({ ...feeds, z: feeds.x }), '"z" is not an input; inputs are x, flags');
    await refuses(executable.writeState({ q: feeds.x }), 'writeState(): the program has no state "q"');
    await refuses(executable.writeState({ w: new Float32Array(5) }), '"w" wants 2 values [2], got 5');
    await refuses(executable.readState(["q"]), 'the program has no state "q"');
    // and nothing has moved
    expect([...(await executable.run(feeds)).y]).toEqual([3, 4]);
    await executable.release();
  });

  test(`${name} reports its device`, () => {
    expect(runtime.device).toBe(name === "wasm" ? "wasm" : "cpu");
  });
});

test("a device that is not there is a configuration error that lists the others", () => {
  expect(() => createNodeRuntime({ device: "coreml" })).toThrow(ConfigError);
  expect(() => createNodeRuntime({ device: "coreml" })).toThrow(/device: "coreml" is not in this onnxruntime.*cpu/);
  expect(() => createWebRuntime({ device: "cuda" })).toThrow('onnxruntime-web has wasm and webgpu, got "cuda"');
});

test("a worker that is closed rejects instead of hanging", async () => {
  const runtime = createWorkerRuntime({ threads: 1 });
  const executable = await runtime.load(counter());
  await runtime.close();
  await expect(executable.run(feeds)).rejects.toThrow("the compute worker stopped");
});
