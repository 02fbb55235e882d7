import { initialise } from "@scenograph/graph/program";
import { stream } from "@scenograph/graph/random";
import { createNodeRuntime } from "@scenograph/graph/runtime/node";
import { beforeAll, describe, expect, test } from "vitest";
import { revivalFeeds } from "../codes/quantize.ts";
import { posesConfig } from "./config.ts";
import { drawShapeAt } from "./infer.ts";
import { decodeProgram, encodeProgram, poseStep } from "./step.ts";

const runtime = createNodeRuntime({ threads: 1 });
const STEPS = 120;
const config = posesConfig.parse({
  codes: 4,
  width: 4,
  classWidth: 2,
  side: 64,
  encoder: [4, 6, 6, 8],
  decoder: [12, 8, 6, 6, 4],
  train: { steps: STEPS, batch: 8, rate: 5e-3, reviveEvery: 5, reviveUntil: 0.5, emaDecay: 0 },
});
const AREA = 64 * 64;

/** One class, one box, two silhouettes: nothing but the code can say which. */
const SHAPES = [0, 1].map((k) => Uint8Array.from({ length: AREA }, (_, i) => (i % 64 < 32 === (k === 0) ? 1 : 0)));

function feeds(kinds: readonly number[]) {
  const silhouettes = new Uint8Array(kinds.length * AREA);
  kinds.forEach((k, i) => {
    silhouettes.set(SHAPES[k], i * AREA);
  });
  return {
    labels: new BigInt64Array(kinds.length),
    boxes: new Float32Array(kinds.length * 4).fill(0.4),
    silhouettes,
  };
}

describe("two silhouettes that class and box cannot tell apart", () => {
  let weights: Record<string, Float32Array>;
  beforeAll(async () => {
    const program = poseStep(config);
    const run = await runtime.load(program);
    await run.writeState(initialise(program, 3));
    for (let step = 0; step < STEPS; step++) {
      const random = stream(5, "step", step);
      const kinds = Array.from({ length: 8 }, () => random.int(2));
      await run.run({ ...feeds(kinds), ...revivalFeeds(4, 8, step % 5 === 4 && step < STEPS / 2, random) });
    }
    weights = await run.readState();
    await run.release();
  });

  const encode = async (kinds: readonly number[]) => {
    const program = encodeProgram(config, kinds.length);
    const run = await runtime.load(program);
    await run.writeState(Object.fromEntries(program.state.map(({ name }) => [name, weights[name]])));
    const { codes } = await run.run(feeds(kinds));
    await run.release();
    return [...(codes as BigInt64Array)];
  };
  const decode = async (codes: readonly bigint[]) => {
    const program = decodeProgram(config, codes.length);
    const run = await runtime.load(program);
    await run.writeState(Object.fromEntries(program.state.map(({ name }) => [name, weights[name]])));
    const { silhouettes: _, ...known } = feeds(codes.map(() => 0));
    const { masks } = await run.run({ ...known, codes: BigInt64Array.from(codes) });
    await run.release();
    return codes.map((_, i) => (masks as Float32Array).slice(i * AREA, (i + 1) * AREA));
  };

  test("get codes of their own, and each is drawn sharp from its code, not as their mean", async () => {
    const codes = await encode([0, 1, 0, 1]);
    expect(codes[0]).toBe(codes[2]);
    expect(codes[1]).toBe(codes[3]);
    expect(codes[0]).not.toBe(codes[1]);
    const drawn = await decode([codes[0], codes[1]]);
    for (const k of [0, 1]) {
      const wrong = drawn[k].reduce((n, p, i) => n + (p > 0.5 === (SHAPES[k][i] === 1) ? 0 : 1), 0) / AREA;
      expect(wrong).toBeLessThan(0.05);
      const soft = drawn[k].reduce((n, p) => n + (p > 0.1 && p < 0.9 ? 1 : 0), 0) / AREA;
      expect(soft).toBeLessThan(0.2);
    }
  });

  test("draws of different codes differ, of one code not at all", async () => {
    const [a, b] = await encode([0, 1]);
    const [one, same, other] = await decode([a, a, b]);
    expect(one).toEqual(same);
    const apart = one.reduce((sum, p, i) => sum + Math.abs(p - other[i]), 0) / AREA;
    expect(apart).toBeGreaterThan(0.7);
  });
});

test("a shape is drawn inside its box alone, at any size", () => {
  const full = new Float32Array(AREA).fill(1);
  for (const size of [64, 100, 512]) {
    const bitmap = drawShapeAt(full, 64, [0.25, 0.5, 0.5, 0.25], size, 0.5);
    let [inside, wrong] = [0, 0];
    bitmap.forEach((v, i) => {
      const [x, y] = [((i % size) + 0.5) / size, (Math.floor(i / size) + 0.5) / size];
      const within = x > 0.25 && x < 0.75 && y > 0.5 && y < 0.75;
      if (v !== (within ? 1 : 0)) wrong++;
      inside += v;
    });
    expect(wrong).toBe(0);
    expect(inside / size ** 2).toBeCloseTo(0.125, 2);
  }
});
