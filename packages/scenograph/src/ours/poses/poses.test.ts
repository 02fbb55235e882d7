import { initialise } from "@scenograph/graph/program";
import { stream } from "@scenograph/graph/random";
import { createNodeRuntime } from "@scenograph/graph/runtime/node";
import { beforeAll, describe, expect, test } from "vitest";
import { classCentres, ownCentres } from "../codes/kmeans.ts";
import { WAVES, waves } from "../codes/waves.ts";
import { posesConfig } from "./config.ts";
import { drawShapeAt } from "./infer.ts";
import { decodeProgram, poseStep } from "./step.ts";

const runtime = createNodeRuntime({ threads: 1 });
const STEPS = 120;
const config = posesConfig.parse({
  codes: 4,
  classWidth: 2,
  side: 64,
  decoder: [12, 8, 6, 6, 4],
  train: { steps: STEPS, batch: 8, rate: 5e-3, emaDecay: 0 },
});
const AREA = 64 * 64;

/** One class, one box, two silhouettes: nothing but the code can say which. */
const SHAPES = [0, 1].map((k) => Uint8Array.from({ length: AREA }, (_, i) => (i % 64 < 32 === (k === 0) ? 1 : 0)));

/** The codes of class 0, of many of both silhouettes. */
const POINTS = [0, 1, 0, 1, 1].map((k) => waves(SHAPES[k], 64));
const CENTRES = classCentres(POINTS, [0, 0, 0, 0, 0], { classes: 80, count: 4 }, 1);
const codeOf = (kind: number) => ownCentres([waves(SHAPES[kind], 64)], [0], CENTRES, 4)[0];

function feeds(kinds: readonly number[]) {
  const silhouettes = new Uint8Array(kinds.length * AREA);
  kinds.forEach((k, i) => {
    silhouettes.set(SHAPES[k], i * AREA);
  });
  return {
    labels: new BigInt64Array(kinds.length),
    codes: BigInt64Array.from(kinds, (k) => BigInt(codeOf(k))),
    boxes: new Float32Array(kinds.length * 4).fill(0.4),
    silhouettes,
  };
}

describe("two silhouettes that class and box cannot tell apart", () => {
  let weights: Record<string, Float32Array>;
  beforeAll(async () => {
    const program = poseStep(config);
    const run = await runtime.load(program);
    await run.writeState({ ...initialise(program, 3), "poses.codebook": CENTRES });
    for (let step = 0; step < STEPS; step++) {
      const random = stream(5, "step", step);
      const kinds = Array.from({ length: 8 }, () => random.int(2));
      await run.run(feeds(kinds));
    }
    weights = await run.readState();
    await run.release();
  });

  const decode = async (codes: readonly number[]) => {
    const program = decodeProgram(config, codes.length);
    const run = await runtime.load(program);
    await run.writeState(Object.fromEntries(program.state.map(({ name }) => [name, weights[name]])));
    const { silhouettes: _, ...known } = feeds(codes.map(() => 0));
    const { masks } = await run.run({ ...known, codes: BigInt64Array.from(codes, BigInt) });
    await run.release();
    return codes.map((_, i) => (masks as Float32Array).slice(i * AREA, (i + 1) * AREA));
  };

  test("get codes of their own, and each is drawn sharp from its code, not as their mean", async () => {
    const codes = [codeOf(0), codeOf(1)];
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
    const [a, b] = [codeOf(0), codeOf(1)];
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

test("waves are the same at every side, and far apart for other silhouettes", () => {
  const large = Uint8Array.from(
    { length: 128 * 128 },
    (_, i) => SHAPES[0][Math.floor(i / 256) * 64 + ((i % 128) >> 1)],
  );
  const [one, again, other] = [waves(SHAPES[0], 64), waves(large, 128), waves(SHAPES[1], 64)];
  expect(one).toHaveLength(WAVES);
  const apart = (a: Float32Array, b: Float32Array) => Math.hypot(...a.map((v, i) => v - b[i]));
  expect(apart(one, again)).toBeLessThan(0.02 * apart(one, other));
});
