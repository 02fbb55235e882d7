import { expect, test } from "vitest";
import type { Program } from "../program.ts";
import type { Runtime } from "./runtime.ts";
import { createWebRuntime } from "./web.ts";
import { chooseWebRuntimes, type Gpu, hasGpu } from "./webGpu.ts";

const card = (isFallbackAdapter: boolean): Gpu => ({ requestAdapter: async () => ({ info: { isFallbackAdapter } }) });
const none: Gpu = { requestAdapter: async () => null };
const broken: Gpu = { requestAdapter: () => Promise.reject(new Error("blocklisted")) };
const silent: Gpu = { requestAdapter: () => new Promise(() => {}) };

test.each([
  ["no WebGPU", undefined, "auto", false],
  ["no adapter", none, "auto", false],
  ["an adapter that fails", broken, "auto", false],
  ["a card", card(false), "auto", true],
  ["a card that is not wanted", card(false), "off", false],
  ["a simulated card", card(true), "auto", false],
  ["a simulated card for tests", card(true), "software", true],
] as const)("%s", async (_, gpu, choice, wanted) => {
  expect(await hasGpu(gpu, choice)).toBe(wanted);
});

test("a browser that never answers has none, soon", async () => {
  const start = performance.now();
  expect(await hasGpu(silent, "auto", 30)).toBe(false);
  expect(performance.now() - start).toBeLessThan(5000);
});

/** wasm under another name; `spoil` changes what it answers. */
function pretended(spoil: (y: Float32Array) => Float32Array) {
  return (options: { device?: string } = {}): Runtime => {
    const inner = createWebRuntime({ threads: 1 });
    if (options.device !== "webgpu") return inner;
    return {
      ...inner,
      device: "webgpu",
      async load(program: Program) {
        const executable = await inner.load(program);
        return {
          program,
          run: async (feeds) => ({ y: spoil((await executable.run(feeds)).y as Float32Array) }),
          readState: (names) => executable.readState(names),
          writeState: (values) => executable.writeState(values),
          release: () => executable.release(),
        };
      },
    };
  };
}

test("pictures are computed on the card only where it computes what wasm computes", async () => {
  const devices = async (spoil: (y: Float32Array) => Float32Array, gpu?: Gpu) => {
    const { small, large } = await chooseWebRuntimes({ threads: 1 }, "auto", gpu, pretended(spoil));
    return [small.device, large.device];
  };
  const fail = () => {
    throw new Error("device lost");
  };
  expect(await devices((y) => y, card(false))).toEqual(["wasm", "webgpu"]);
  expect(await devices((y) => y.map((v) => v * (1 + 1e-4)), card(false))).toEqual(["wasm", "webgpu"]);
  expect(await devices((y) => y.map((v) => -v), card(false))).toEqual(["wasm", "wasm"]);
  expect(await devices(() => new Float32Array(8 * 64), card(false))).toEqual(["wasm", "wasm"]);
  expect(await devices((y) => y.fill(Number.NaN), card(false))).toEqual(["wasm", "wasm"]);
  expect(await devices(fail, card(false))).toEqual(["wasm", "wasm"]);
  expect(await devices(fail, none)).toEqual(["wasm", "wasm"]);
});
