import { gradients } from "@scenograph/graph/gradients";
import { full, parameterOf } from "@scenograph/graph/leaves";
import { Params } from "@scenograph/graph/nn/params";
import { isSpectralVector } from "@scenograph/graph/nn/spectralNorm";
import { add } from "@scenograph/graph/ops/elementwise";
import { compile, initialise } from "@scenograph/graph/program";
import { stream } from "@scenograph/graph/random";
import type { Feeds } from "@scenograph/graph/runtime/runtime";
import type { Tensor } from "@scenograph/graph/tensor";
import { describe, expect, it } from "vitest";
import { batchFeeds, stepNoise } from "./data.ts";
import { shapeLoss } from "./loss.ts";
import { loadSeeded, randomPictures, runtime, tinyConfig } from "./masks.fixture.ts";
import { buildLosses, buildStep, STEP_LOSSES } from "./step.ts";

const OPTIONS = { pictures: 2, objects: 2 };

function feedsOf(config: ReturnType<typeof tinyConfig>, counts = [2, 1], objects = 2): Feeds {
  return batchFeeds(
    randomPictures(counts),
    objects,
    stepNoise(3, 0, config.loss.samples * counts.length * objects * config.noise),
  );
}

describe("gradients of the whole loss", () => {
  // bce: smooth but for leaky ReLU, the absolute values of feature matching, and the maximum of mergeMasks
  it.each([
    ["bce", "sum", 2, "picture"],
    ["hinge", "max", 1, "picture"],
    ["bce", "sum", 2, "box"],
  ])("agree with finite differences (%s, %s, best of %d, frame: %s)", async (kind, mergeMasks, samples, frame) => {
    // spectral norm holds its vectors constant, which a difference does not
    // in its own frame a mask owes more to its class and box, and less to the picture's map: heavier terms keep slopes steep
    const pixels = frame === "box" ? { bce: 20, dice: 20, instance: 8, global: 8 } : {};
    const config = tinyConfig({
      frame,
      mergeMasks,
      spectralNorm: false,
      loss: { kind, samples, ramp: [0, 0], ...pixels },
    });
    const params = new Params();
    const { parts, discriminators } = buildLosses(config, { pictures: 1, objects: 2 }, params);
    const lossG = shapeLoss(config.loss, parts, full([], 1));
    const lossD = add(discriminators.instance, discriminators.global);
    for (const [scope, loss] of [
      ["masks.generator", lossG],
      ["masks.discriminator", lossD],
    ] as const) {
      const ps = params
        .scope(scope)
        .all()
        .filter((p) => !isSpectralVector(parameterOf(p).name));
      await checkGradients(loss, ps, feedsOf(config, [2]));
    }
  });
});

it("of two samples an object the better one counts, object by object", async () => {
  const parts = async (samples: number, noise: Float32Array) => {
    const config = tinyConfig({ spectralNorm: false, loss: { samples } });
    const { bce, dice } = buildLosses(config, OPTIONS, new Params()).parts;
    const run = await loadSeeded({ outputs: { bce, dice } });
    const all: Feeds = { ...feedsOf(config), noise };
    const used = Object.fromEntries(run.program.inputs.map((p) => [p.name, all[p.name]]));
    const out = await run.run(used);
    await run.release();
    return 2 * Number(out.bce[0]) + 2 * Number(out.dice[0]);
  };
  const size = 2 * 2 * 2;
  const both = stream(5, "noise")
    .normals(2 * size)
    .map((v) => 3 * v);
  const [first, second] = [both.slice(0, size), both.slice(size)];
  const best = await parts(2, both);
  const singles = [await parts(1, first), await parts(1, second)];
  expect(best).toBeLessThanOrEqual(Math.min(...singles) + 1e-6);
  expect(Math.abs(singles[0] - singles[1])).toBeGreaterThan(1e-4);
  // the same noise twice is no choice
  expect(await parts(2, Float32Array.from([...first, ...first]))).toBeCloseTo(singles[0], 5);
});

/**
 * For each parameter a walk along a random direction that leans towards the gradient: the change of the loss against the mean of
 * the slopes on the way. In the constant regions of masks thousands of places meet the corner of leaky ReLU at once, so a
 * derivative at one point need not agree with a difference; the integral does.
 */
async function checkGradients(loss: Tensor, ps: readonly Tensor[], feeds: Feeds): Promise<void> {
  const grads = gradients(loss, ps);
  const outputs = Object.fromEntries([["loss", loss], ...grads.map((g, i) => [`g${i}`, g])]) as Record<string, Tensor>;
  const run = await loadSeeded({ outputs });
  const random = stream(8, "coordinates");
  // biases begin at 0, where the corner is
  for (const { name, shape } of run.program.state)
    if (/bias|shift/.test(name)) await run.writeState({ [name]: random.normals(shape[0]).map((v) => v * 0.7) });
  const used = Object.fromEntries(run.program.inputs.map((p) => [p.name, feeds[p.name]]));
  const first = await run.run(used);
  const [length, points] = [8e-3, 5];
  let steep = 0;
  for (const [i, p] of ps.entries()) {
    const { name } = parameterOf(p);
    const g = first[`g${i}`] as Float32Array;
    const start = (await run.readState([name]))[name];
    const size = Math.max(1e-12, Math.hypot(...g));
    const direction = g.map((v) => v / size + (0.3 * random.normal()) / Math.sqrt(g.length));
    const at = async (distance: number) => {
      await run.writeState({ [name]: start.map((v, k) => v + distance * direction[k]) });
      const out = await run.run(used);
      const slope = direction.reduce((s, d, k) => s + d * Number(out[`g${i}`][k]), 0);
      return { loss: Number(out.loss[0]), slope };
    };
    const slopes: number[] = [];
    for (let k = 0; k < points; k++) slopes.push((await at((length * (k + 0.5)) / points)).slope);
    const slope = slopes.reduce((a, b) => a + b) / points;
    const difference = ((await at(length)).loss - Number(first.loss[0])) / length;
    await run.writeState({ [name]: start });
    // a corner between two points adds at most its jump over their number
    const jump = Math.max(...slopes) - Math.min(...slopes);
    const tolerance = 2e-3 + 0.02 * Math.abs(slope) + jump / points;
    expect(Math.abs(difference - slope), `${name}: ${difference} against ${slope}`).toBeLessThan(tolerance);
    if (Math.abs(slope) > 10 * tolerance) steep++;
  }
  // many slopes are far above the tolerance
  expect(steep / ps.length).toBeGreaterThan(0.4);
  await run.release();
}

describe("buildStep", () => {
  it("descends, reports every loss, and total = sum of the parts", async () => {
    const config = tinyConfig({ loss: { ramp: [0, 4], bce: 3, dice: 2 }, train: { warmup: 0, learningRateG: 1e-2 } });
    const program = buildStep(config, OPTIONS);
    const run = await runtime.load(program);
    await run.writeState(initialise(program, 1));
    const feeds = feedsOf(config);
    const reconstruction: number[] = [];
    for (let step = 1; step <= 12; step++) {
      const out = await run.run(feeds);
      expect(Object.keys(out).sort()).toEqual([...STEP_LOSSES].sort());
      const [loss, instance, global, perceptual, bce, dice, lossD, instanceD, globalD] = STEP_LOSSES.map((name) =>
        Number(out[name][0]),
      );
      const ramp = Math.min(1, step / 4);
      expect(loss).toBeCloseTo(ramp * (instance + global) + 10 * perceptual + 3 * bce + 2 * dice, 3);
      expect(lossD).toBeCloseTo(instanceD + globalD, 4);
      reconstruction.push(bce + dice);
    }
    expect(reconstruction.at(-1)!).toBeLessThan(reconstruction[0] - 0.05);
    // a batch without any mask: nothing to learn, and nothing that is not finite
    const out = await run.run({ ...feedsOf(config, [0, 1]), masked: new Float32Array(4) });
    expect([out.loss[0], out.lossD[0]]).toEqual([0, 0]);
    const state = await run.readState();
    expect(Object.values(state).every((v) => v.every(Number.isFinite))).toBe(true);
    await run.release();
  });

  it.each([
    ["generator", "masks.discriminator"],
    ["discriminators", "masks.generator"],
  ] as const)("training the %s leaves %s.* unchanged to the bit", async (train, frozen) => {
    const config = tinyConfig({ loss: { ramp: [0, 0] }, train: { warmup: 0 } });
    const program = buildStep(config, { pictures: 1, objects: 2, train });
    const run = await runtime.load(program);
    const before = initialise(program, 1);
    await run.writeState(before);
    await run.run(feedsOf(config, [2], 2));
    const after = await run.readState();
    const moved = (scope: string) =>
      Object.keys(after).filter(
        (name) => name.startsWith(`${scope}.`) && after[name].some((v, i) => v !== before[name][i]),
      );
    expect(moved(frozen)).toEqual([]);
    expect(moved(train === "generator" ? "masks.generator" : "masks.discriminator").length).toBeGreaterThan(10);
    await run.release();
  });

  it("does not look at padding, nor at objects without a mask in the losses", async () => {
    const config = tinyConfig({ loss: { ramp: [0, 0] } });
    const program = compile({ outputs: { ...buildLosses(config, { pictures: 2, objects: 3 }, new Params()).parts } });
    const run = await runtime.load(program);
    await run.writeState(initialise(program, 1));
    const feeds = feedsOf(config, [3, 1], 3);
    const base = await run.run(feeds);
    const changed = structuredClone(feeds);
    // places 4 and 5 are padding: other noise, labels, mask pixels
    for (let i = 4 * config.noise; i < 6 * config.noise; i++) (changed.noise as Float32Array)[i] += 3;
    (changed.masks as Uint8Array).fill(1, 4 * 4096);
    (changed.labels as BigInt64Array).fill(5n, 4);
    expect(await run.run(changed)).toEqual(base);
    // an object without a mask: what its mask input holds is not seen
    const masked = Float32Array.of(1, 0, 1, 1, 0, 0);
    const first = await run.run({ ...feeds, masked });
    const other = (feeds.masks as Uint8Array).map((v, i) => (i >= 4096 && i < 8192 ? 1 - v : v));
    expect(await run.run({ ...feeds, masked, masks: other })).toEqual(first);
    expect(first).not.toEqual(base);
    await run.release();
  });

  it("shows inferred masks to the pixelwise terms alone, by their weight", async () => {
    const config = tinyConfig({ spectralNorm: false });
    const { parts, discriminators } = buildLosses(config, { pictures: 2, objects: 3 }, new Params());
    const run = await loadSeeded({
      outputs: { ...parts, judges: discriminators.instance, all: discriminators.global },
    });
    const feeds = feedsOf(config, [3, 3], 3);
    const masked = (...v: number[]) => ({ ...feeds, masked: Float32Array.from(v) });
    const real = await run.run(masked(1, 0, 0, 1, 0, 0));
    const filled = await run.run(masked(1, 0.5, 0, 1, 0, 0));
    for (const name of ["instance", "global", "perceptual", "judges", "all"]) expect(filled[name]).toEqual(real[name]);
    expect(filled.bce[0]).not.toBeCloseTo(Number(real.bce[0]), 5);
    // weighted means: of a picture's objects, then of pictures, one with half a mask counting half
    const [a, b] = [await run.run(masked(1, 0, 0, 0, 0, 0)), await run.run(masked(0, 0, 0, 0, 1, 0))];
    const both = await run.run(masked(1, 0, 0, 0, 0.5, 0));
    expect(both.bce[0]).toBeCloseTo((2 * Number(a.bce[0]) + Number(b.bce[0])) / 3, 5);
    await run.release();
  });

  it("needs the network that the perceptual loss names", () => {
    const config = tinyConfig({ loss: { perceptualFeatures: "cocossd" } });
    expect(() => buildStep(config, OPTIONS)).toThrow(/cocossd.*needs that network/);
  });
});
