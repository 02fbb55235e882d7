import { gradients } from "@scenograph/graph/gradients";
import { parameterOf } from "@scenograph/graph/leaves";
import { Params } from "@scenograph/graph/nn/params";
import { isSpectralVector } from "@scenograph/graph/nn/spectralNorm";
import { add } from "@scenograph/graph/ops/elementwise";
import { compile, initialise } from "@scenograph/graph/program";
import { stream } from "@scenograph/graph/random";
import type { Feeds } from "@scenograph/graph/runtime/runtime";
import type { Tensor } from "@scenograph/graph/tensor";
import { describe, expect, it } from "vitest";
import { batchFeeds, maskSeams, maskStep } from "../../ours/masks/index.ts";
import { stepNoise } from "./data.ts";
import { shapeLoss } from "./loss.ts";
import { loadSeeded, randomPictures, runtime, tinyConfig } from "./masks.fixture.ts";
import { maskLosses } from "./step.ts";

const OPTIONS = { pictures: 2, objects: 2 };

function feedsOf(config: ReturnType<typeof tinyConfig>, counts = [2, 1], objects = 2): Feeds {
  const samples = maskSeams(config).terms?.samples ?? 1;
  const noise = stepNoise(3, 0, samples * counts.length * objects * config.noise);
  return batchFeeds(config, randomPictures(counts), objects, noise);
}

describe("gradients of the whole loss", () => {
  // smooth but for leaky ReLU, the absolute values of feature matching, and the maximum of mergeMasks; the paper's, and ideas
  it.each([
    ["standard", "sum", 0, "picture"],
    ["hinge", "max", 1, "picture"],
    ["standard", "sum", 2, "box"],
  ])("agree with finite differences (%s, %s, samples in pixelwise terms: %d, frame: %s)", async (...of) => {
    const [adversarial, mergeMasks, samples, frame] = of;
    // spectral norm holds its vectors constant, which a difference does not
    // in its own frame a mask owes more to its class and box, and less to the picture's map: heavier terms keep slopes steep
    const heavy = frame === "box" ? { instance: 8, global: 8 } : {};
    const weight = frame === "box" ? 20 : samples > 0 ? 2 : 0;
    const config = tinyConfig({
      mergeMasks,
      loss: heavy,
      ours: { frame, adversarial, bce: weight, dice: weight, samples: Math.max(1, samples) },
    });
    const params = new Params();
    const { parts, further, discriminators } = maskLosses(
      config,
      { pictures: 1, objects: 2 },
      params,
      maskSeams(config),
    );
    const lossG = further?.total ? add(shapeLoss(config.loss, parts), further.total) : shapeLoss(config.loss, parts);
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

describe("maskStep", () => {
  it("descends, reports every loss, and total = sum of the parts", async () => {
    const config = tinyConfig({
      train: { warmup: 0, learningRateG: 1e-2 },
      ours: { ramp: [0, 4], bce: 3, dice: 2, spectralNorm: true },
    });
    const program = maskStep(config, OPTIONS);
    const run = await runtime.load(program);
    await run.writeState(initialise(program, 1));
    const feeds = feedsOf(config);
    const reconstruction: number[] = [];
    for (let step = 1; step <= 12; step++) {
      const out = await run.run(feeds);
      const { loss, instance, global, perceptual, bce, dice, lossD, instanceD, globalD } = Object.fromEntries(
        Object.entries(out).map(([name, [value]]) => [name, Number(value)]),
      );
      const ramp = Math.min(1, step / 4);
      expect(loss).toBeCloseTo(ramp * (instance + global) + 10 * perceptual + 3 * bce + 2 * dice, 3);
      expect(lossD).toBeCloseTo(instanceD + globalD, 4);
      reconstruction.push(bce + dice);
    }
    expect(reconstruction.at(-1)!).toBeLessThan(reconstruction[0] - 0.05);
    // a batch without any mask: nothing to learn, and nothing that is not finite
    const none = { masked: new Float32Array(4), weights: new Float32Array(4) };
    const out = await run.run({ ...feedsOf(config, [0, 1]), ...none });
    expect([out.loss[0], out.lossD[0]]).toEqual([0, 0]);
    const state = await run.readState();
    expect(Object.values(state).every((v) => v.every(Number.isFinite))).toBe(true);
    await run.release();
  });

  it.each([
    ["generator", "masks.discriminator"],
    ["discriminators", "masks.generator"],
  ] as const)("training the %s leaves %s.* unchanged to the bit", async (train, frozen) => {
    const config = tinyConfig({ train: { warmup: 0 }, ours: { spectralNorm: true } });
    const program = maskStep(config, { pictures: 1, objects: 2, train });
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
    const config = tinyConfig();
    const program = compile({ outputs: { ...maskLosses(config, { pictures: 2, objects: 3 }, new Params()).parts } });
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

  it("needs the network that the perceptual loss names", () => {
    const config = tinyConfig({ loss: { perceptualFeatures: "cocossd" } });
    expect(() => maskStep(config, OPTIONS)).toThrow(/cocossd.*needs that network/);
  });
});
