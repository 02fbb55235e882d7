import { initialise } from "@scenograph/graph/program";
import { stream } from "@scenograph/graph/random";
import { createNodeRuntime } from "@scenograph/graph/runtime/node";
import { beforeAll, describe, expect, test } from "vitest";
import { classCentres } from "../codes/kmeans.ts";
import type { Seen } from "../codes/objects.ts";
import type { Rgb } from "./colour.ts";
import { type LooksConfig, looksConfig } from "./config.ts";
import { lookFeeds, seenFeeds, trainingFeeds } from "./data.ts";
import { drawLookProgram, encodeLookProgram, lookStep, readLookProgram } from "./step.ts";

const runtime = createNodeRuntime({ threads: 1 });
const STEPS = 130;
const config = looksConfig.parse({
  codes: 4,
  width: 6,
  classWidth: 2,
  side: 64,
  encoder: [6, 8, 8, 8],
  silhouette: [4, 4, 4],
  decoder: [16, 12, 12, 12, 8, 8],
  loss: { detail: 0.2 },
  train: { steps: STEPS, batch: 8, rate: 6e-3, repaint: 0.5, emaDecay: 0 },
});
const SIDE = 64;
const AREA = SIDE * SIDE;

/** A square whose upper part is painted; what is below is dark (look 0) or light (look 1). */
function object(look: number, colour: Rgb): Seen {
  const painted = Uint8Array.from({ length: AREA }, (_, i) => (i < AREA / 2 ? 1 : 0));
  const pixels = Uint8Array.from({ length: AREA * 3 }, (_, k) =>
    painted[Math.floor(k / 3)] ? colour[k % 3] : look === 0 ? 30 : 225,
  );
  const full = new Uint8Array(AREA).fill(1);
  const box = [0.2, 0.2, 0.5, 0.5] as const;
  const of = { sample: 0, object: 0, imageId: 0, objectId: 0, classIndex: 5, box, mirrored: false };
  return { ...of, shape: full, side: SIDE, pixels, visible: full, painted, colour };
}

describe("two looks that silhouette and class cannot tell apart, in any colour", () => {
  let weights: Record<string, Float32Array> = {};
  /** A run, the second from the weights of the first with the codes of both looks. */
  const train = async (own: LooksConfig, codes?: readonly bigint[]) => {
    const program = lookStep(own);
    const run = await runtime.load(program);
    const state = initialise(program, 2);
    const known = Object.entries(weights).filter(([name]) => name in state && name.startsWith("looks."));
    await run.writeState({ ...state, ...Object.fromEntries(known) });
    for (let step = 0; step < STEPS; step++) {
      const random = stream(9, "step", step);
      const looks = Array.from({ length: 8 }, () => random.int(2));
      const objects = looks.map((look) => object(look, [200, 60, 40]));
      const given = codes && looks.map((look) => Number(codes[look]));
      await run.run(trainingFeeds(objects, own, random, given));
    }
    weights = { ...weights, ...(await run.readState()) };
    await run.release();
  };
  beforeAll(async () => {
    await train(config);
    const both = [0, 1].map((look) => object(look, [200, 60, 40]));
    const program = encodeLookProgram(config, 2);
    const run = await runtime.load(program);
    await run.writeState(Object.fromEntries(program.state.map(({ name }) => [name, weights[name]])));
    const classes = both.map((o) => o.classIndex);
    const labels = BigInt64Array.from(classes, BigInt);
    const all = (await run.run({ labels, ...seenFeeds(both, 2) })).encodings as Float32Array;
    await run.release();
    const encodings = both.map((_, i) => all.slice(i * config.width, (i + 1) * config.width));
    const counts = { classes: config.classes, count: config.codes };
    weights["looks.codebook"] = classCentres(encodings, classes, counts, 1);
    await train({ ...config, train: { ...config.train, encoder: "first" } }, await read(both));
  });

  const read = async (objects: readonly Seen[]) => {
    const program = readLookProgram(config, objects.length);
    const run = await runtime.load(program);
    await run.writeState(Object.fromEntries(program.state.map(({ name }) => [name, weights[name]])));
    const labels = BigInt64Array.from(objects, (o) => BigInt(o.classIndex));
    const { codes } = await run.run({ labels, ...seenFeeds(objects, objects.length) });
    await run.release();
    return [...(codes as BigInt64Array)];
  };
  const draw = async (codes: readonly bigint[], colours: readonly Rgb[]) => {
    const program = drawLookProgram(config, codes.length);
    const run = await runtime.load(program);
    await run.writeState(Object.fromEntries(program.state.map(({ name }) => [name, weights[name]])));
    const objects = codes.map(() => object(0, [0, 0, 0]));
    const feeds = lookFeeds(objects, colours, codes.length, config);
    const { picture } = await run.run({ ...feeds, codes: BigInt64Array.from(codes) });
    await run.release();
    return codes.map((_, i) => (picture as Float32Array).slice(i * 3 * AREA, (i + 1) * 3 * AREA));
  };
  /** Mean colour, 0 to 255, of the upper or lower quarter. */
  const mean = (look: Float32Array, upper: boolean) =>
    [0, 1, 2].map((c) => {
      const from = c * AREA + (upper ? 0 : (3 * AREA) / 4);
      return (look.slice(from, from + AREA / 4).reduce((a, b) => a + b, 0) / (AREA / 4) + 1) * 127.5;
    });

  test("get codes of their own, whatever their colour", async () => {
    const red: Rgb = [200, 60, 40];
    const blue: Rgb = [40, 60, 210];
    const codes = await read([object(0, red), object(1, red), object(0, blue), object(1, blue)]);
    expect(codes[0]).not.toBe(codes[1]);
    expect(codes[2]).toBe(codes[0]);
    expect(codes[3]).toBe(codes[1]);
  });

  test("the code says the look, the colour only what is painted", async () => {
    const red: Rgb = [200, 60, 40];
    const green: Rgb = [40, 180, 70];
    const [a, b] = await read([object(0, red), object(1, red)]);
    const [one, same, green1, other] = await draw([a, a, a, b], [red, red, green, red]);
    expect(one).toEqual(same);
    expect(mean(other, false)[0] - mean(one, false)[0]).toBeGreaterThan(100);
    // painted anew: the colour within 20 of 255, the rest as it was
    mean(green1, true).forEach((v, c) => {
      expect(Math.abs(v - green[c])).toBeLessThan(20);
    });
    mean(green1, false).forEach((v, c) => {
      expect(Math.abs(v - mean(one, false)[c])).toBeLessThan(25);
    });
  });
});
