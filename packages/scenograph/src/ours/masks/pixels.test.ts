import { Params } from "@scenograph/graph/nn/params";
import { stream } from "@scenograph/graph/random";
import type { Feeds } from "@scenograph/graph/runtime/runtime";
import { expect, it } from "vitest";
import { stepNoise } from "../../paper/masks/data.ts";
import { loadSeeded, randomPictures, tinyConfig } from "../../paper/masks/masks.fixture.ts";
import { maskLosses } from "../../paper/masks/step.ts";
import { batchFeeds, type MasksConfig, maskSeams } from "./index.ts";

const losses = (config: MasksConfig, objects: number) =>
  maskLosses(config, { pictures: 2, objects }, new Params(), maskSeams(config));

it("of two samples an object the better one counts, object by object", async () => {
  const parts = async (samples: number, noise: Float32Array) => {
    const config = tinyConfig({ ours: { bce: 2, dice: 2, samples } });
    const { bce, dice } = losses(config, 2).further!.parts;
    const run = await loadSeeded({ outputs: { bce, dice } });
    const all: Feeds = batchFeeds(config, randomPictures([2, 1]), 2, noise);
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

it("shows inferred masks to the pixelwise terms alone, by their weight", async () => {
  const config = tinyConfig({ ours: { bce: 2, dice: 2 } });
  const { parts, further, discriminators } = losses(config, 3);
  const run = await loadSeeded({
    outputs: { ...parts, ...further!.parts, judges: discriminators.instance, all: discriminators.global },
  });
  const pictures = randomPictures([3, 3]);
  const noise = stepNoise(3, 0, 2 * 3 * config.noise);
  /** A weight of each object's mask: 1 an annotator's, less an inferred one's, 0 none. */
  const masked = (...weights: number[]) =>
    batchFeeds(
      config,
      pictures.map((list, n) =>
        list.map((o, t) => {
          const weight = weights[n * 3 + t];
          return { ...o, mask: weight > 0 ? o.mask : undefined, ...(weight < 1 && { inferred: weight }) };
        }),
      ),
      3,
      noise,
    );
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
