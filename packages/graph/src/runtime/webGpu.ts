/**
 * WebGPU where a browser has it, for programs that are mostly convolutions over whole pictures. Programs of few numbers
 * stay on wasm: each of their many runs would wait for the graphics card to answer.
 * @module
 */
import { constant, input } from "../leaves.ts";
import { conv2d } from "../ops/convolution.ts";
import { leakyRelu, mul, relu, sigmoid, tanh } from "../ops/elementwise.ts";
import { matmul } from "../ops/matmul.ts";
import { groupNorm } from "../ops/normalize.ts";
import { avgPool2d, resizeBilinear, upsampleNearest } from "../ops/pooling.ts";
import { concat, reshape } from "../ops/shape.ts";
import { compile, type Program } from "../program.ts";
import type { Runtime } from "./runtime.ts";
import { createWebRuntime, type WebRuntimeOptions } from "./web.ts";

/** "auto": a graphics card where there is one; "software": also one that is only simulated, for tests; "off": never. */
export type GpuChoice = "auto" | "software" | "off";

/** As much of WebGPU (`navigator.gpu`) as is asked. */
export interface Gpu {
  requestAdapter(): Promise<{ readonly info?: { readonly isFallbackAdapter?: boolean } } | null>;
}

/** A browser that does not say within this whether it has a graphics card has none. */
const PATIENCE_MS = 1500;

/** Whether there is a graphics card. Never throws, and answers soon. */
export async function hasGpu(gpu: Gpu | undefined, choice: GpuChoice, patience = PATIENCE_MS): Promise<boolean> {
  if (!gpu || choice === "off") return false;
  const late = new Promise<null>((resolve) => setTimeout(() => resolve(null), patience));
  const adapter = await Promise.race([gpu.requestAdapter().catch(() => null), late]);
  return adapter !== null && (choice === "software" || adapter.info?.isFallbackAdapter !== true);
}

export interface WebRuntimes {
  /** For programs of few numbers: wasm. */
  readonly small: Runtime;
  /** For convolutions over pictures: WebGPU where it works, wasm elsewhere. */
  readonly large: Runtime;
}

/** Falls back without a word: to wasm where there is no graphics card, or one that does not compute what wasm computes. */
export async function chooseWebRuntimes(
  options: Omit<WebRuntimeOptions, "device">,
  choice: GpuChoice,
  gpu: Gpu | undefined = (globalThis.navigator as { readonly gpu?: Gpu } | undefined)?.gpu,
  create: typeof createWebRuntime = createWebRuntime,
): Promise<WebRuntimes> {
  const small = create({ ...options, device: "wasm" });
  if (!(await hasGpu(gpu, choice))) return { small, large: small };
  try {
    const large = create({ ...options, device: "webgpu" });
    const [here, there] = await Promise.all([trial(small), trial(large)]);
    const agree = here.every((v, i) => Math.abs(v - there[i]) <= 1e-3 * (1 + Math.abs(v)));
    return { small, large: agree ? large : small };
  } catch {
    return { small, large: small };
  }
}

/** The operators of picture networks, with numbers that a wrong layout or a lost weight would change. */
export function trialProgram(): Program {
  const x = input("x", [1, 3, 8, 8]);
  const weights = (...shape: number[]) =>
    constant(
      Float32Array.from({ length: shape.reduce((a, b) => a * b) }, (_, i) => Math.sin(i + 1)),
      shape,
    );
  const down = leakyRelu(groupNorm(conv2d(x, weights(4, 3, 4, 4), weights(4), { stride: 2, padding: 1 }), 2));
  const gate = sigmoid(matmul(reshape(avgPool2d(x, 8), [1, 3]), weights(4, 3), { transposeB: true }));
  const up = upsampleNearest(mul(down, reshape(gate, [1, 4, 1, 1])), 2);
  const y = conv2d(concat([up, x], 1), weights(4, 7, 3, 3), undefined, { padding: 1 });
  return compile({ outputs: { y: concat([tanh(y), relu(resizeBilinear(y, 8, 8))], 1) } });
}

async function trial(runtime: Runtime): Promise<Float32Array> {
  const executable = await runtime.load(trialProgram());
  const { y } = await executable.run({ x: Float32Array.from({ length: 3 * 64 }, (_, i) => Math.cos(i)) });
  await executable.release();
  return y as Float32Array;
}
