import { checkLoss, evaluate, node, parametersOf } from "@scenograph/graph/check.fixture";
import { input, parameterOf } from "@scenograph/graph/leaves";
import { hinge, standard } from "@scenograph/graph/nn/adversarial";
import { Params } from "@scenograph/graph/nn/params";
import { type Features, featureDistance } from "@scenograph/graph/nn/perceptual/loss";
import { isSpectralVector } from "@scenograph/graph/nn/spectralNorm";
import { abs, add, cast, mul, square, sub } from "@scenograph/graph/ops/elementwise";
import { avgPool2d } from "@scenograph/graph/ops/pooling";
import { mean } from "@scenograph/graph/ops/reduce";
import { compile, initialise } from "@scenograph/graph/program";
import { stream } from "@scenograph/graph/random";
import type { Feeds } from "@scenograph/graph/runtime/runtime";
import type { Tensor } from "@scenograph/graph/tensor";
import { describe, expect, test } from "vitest";
import { augmentationFeeds } from "../../ours/image/augment.ts";
import { type ImageConfig, imageSeams, imageStep } from "../../ours/image/index.ts";
import { gradientPenalty } from "../../ours/image/r1.ts";
import { config, feedsOf, TEXT } from "./image.fixture.ts";
import { generatorLoss, matchingAwareLoss } from "./loss.ts";
import { discriminator, generator } from "./model.ts";
import { layoutInputs, noiseInput } from "./step.ts";

const KINDS = { standard, hinge };

/** Without spectral norm, whose stored vectors are constants to the gradient but not to a difference. */
function losses(name: keyof typeof KINDS, r1 = 0) {
  const kind = KINDS[name];
  const seams = imageSeams(config);
  const [n, s] = [config.train.batch, config.size];
  const layout = layoutInputs(n, config, seams);
  const real = sub(mul(cast(input("picture", [n, 3, s, s], "uint8")), 1 / 127.5), 1);
  const [text, wrong] = [input("text", [n, TEXT]), input("wrong", [n, TEXT])];
  const fake = generator(new Params("image"), config, layout, text, noiseInput(n, config), seams);
  const critic = new Params("critic");
  const judge = (picture: typeof real, said: typeof text) => discriminator(critic, config, layout, said, picture);
  const [onReal, onFake] = [judge(real, text), judge(fake, text)];
  const d = matchingAwareLoss(
    { real: onReal.score, mismatched: judge(real, wrong).score, generated: onFake.score },
    kind,
  );
  const penalty = gradientPenalty(onReal.score, real);
  return {
    discriminator: r1 > 0 ? add(d, mul(penalty, r1 / 2)) : d,
    generator: add(
      generatorLoss(onFake.score, kind),
      add(mul(featureDistance(onFake.features, onReal.features), 10), mul(mean(abs(sub(fake, real))), 10)),
    ),
  };
}
const used = (names: readonly string[]) => {
  const all = feedsOf();
  return Object.fromEntries(names.map((n) => [n, all[n]]));
};
const inputsOf = (loss: ReturnType<typeof losses>["generator"]) =>
  used(compile({ outputs: { loss } }).inputs.map((p) => p.name));

describe("whole losses agree with differences in every weight", () => {
  test.each(["hinge", "standard"] as const)("generator, %s", async (kind) => {
    const { generator: loss } = losses(kind);
    // the real picture's features are a fixed target: by the critic's weights the gradient is not the difference
    await checkLoss(loss, inputsOf(loss), { wrt: (n) => n.startsWith("image."), step: 2 ** -8, tolerance: 0.08 });
  });
  test.each([
    ["hinge", 0],
    ["standard", 0],
    ["standard", 3],
  ] as const)("discriminator, %s, R1 weight %d", async (kind, r1) => {
    const { discriminator: loss } = losses(kind, r1);
    // the penalty jumps where a leaky ReLU turns: a step small enough that none does
    const step = r1 > 0 ? 2 ** -12 : 2 ** -8;
    await checkLoss(loss, inputsOf(loss), { wrt: (n) => n.startsWith("critic."), step, tolerance: 0.03 });
  });
});

/** Loading a step's program takes longer than running it: few programs, each looked at from several sides. */
async function train(
  changes: Partial<ImageConfig["train"]>,
  ideas: Partial<ImageConfig["ours"]>,
  steps: number,
  features?: Features,
) {
  const changed = { ...config, train: { ...config.train, ...changes }, ours: { ...config.ours, ...ideas } };
  const program = imageStep(changed, TEXT, features && { features });
  const executable = await node.load(program);
  const start = initialise(program, 6);
  await executable.writeState(start);
  const outputs: Record<string, number>[] = [];
  /** Names of the weights that differ from the start, after each of the first steps. */
  const moved: string[][] = [];
  for (let i = 0; i < steps; i++) {
    const out = await executable.run(used(program.inputs.map((p) => p.name)));
    outputs.push(Object.fromEntries(Object.entries(out).map(([k, v]) => [k, Number(v[0])])));
    if (i >= 5) continue;
    const now = await executable.readState();
    moved.push(Object.keys(start).filter((name) => now[name].some((v, k) => v !== start[name][k])));
  }
  await executable.release();
  return { outputs, moved };
}
const weightsIn = (names: readonly string[], prefix: string) =>
  names.filter((n) => n.startsWith(prefix) && !isSpectralVector(n)).length;

describe("one step of both networks", () => {
  test("the generator's rate moves the generator alone; the total is the sum of its parts", async () => {
    const { outputs, moved } = await train({ rateD: 0, perceptual: 3, adversarial: 2 }, { l1: 7, l1Final: 7 }, 3);
    expect(weightsIn(moved[2], "critic.")).toBe(0);
    expect(weightsIn(moved[2], "image.")).toBeGreaterThan(15);
    for (const o of outputs) expect(o.generator).toBeCloseTo(2 * o.adversarial + 3 * o.perceptual + 7 * o.l1, 4);
  });

  test("the discriminator's rate moves the discriminator alone, and that after adversarialFrom", async () => {
    const { outputs, moved } = await train({ rateG: 0 }, { adversarialFrom: 3, l1: 5, l1Final: 5 }, 5);
    expect(moved.map((names) => weightsIn(names, "image."))).toEqual([0, 0, 0, 0, 0]);
    expect(moved.slice(0, 3).map((names) => weightsIn(names, "critic."))).toEqual([0, 0, 0]);
    expect(weightsIn(moved[3], "critic.")).toBeGreaterThan(7);
    const without = (o: Record<string, number>) => 10 * o.perceptual + 5 * o.l1;
    expect(outputs[2].generator).toBeCloseTo(without(outputs[2]), 4);
    expect(outputs[3].generator).toBeCloseTo(without(outputs[3]) + outputs[3].adversarial, 4);
  });

  test("the weight of L1 falls over the run; a perceptual network is used where one is given", async () => {
    const { outputs } = await train(
      { steps: 4, perceptual: 0.5, adversarial: 0, final: 1 },
      { l1: 8, l1Final: 2 },
      30,
      (x) => [avgPool2d(x, 4)],
    );
    const weights = outputs.map((o) => (o.generator - 0.5 * o.perceptual) / o.l1);
    [6.5, 5, 3.5, 2, 2].forEach((w, i) => {
      expect(weights[i]).toBeCloseTo(w, 3);
    });
    expect(outputs.at(-1)!.l1).toBeLessThan(outputs[0].l1 - 0.01);
  });
});

test("discriminators on feature maps train beside the one of the pixels; generator and discriminators see the same augmentation", async () => {
  const changed = {
    ...config,
    train: { ...config.train, rateG: 1e-5 },
    ours: { ...config.ours, grain: true, augment: true, featureHeads: { channels: 3, weight: 0.5 } },
  };
  const coarse = (x: Tensor) => avgPool2d(x, 2);
  const deep = (x: Tensor) => [coarse(x), avgPool2d(x, 4)];
  const program = imageStep(changed, TEXT, { features: (x) => [coarse(x)], deep });
  const random = stream(5, "step");
  const feeds: Feeds = {
    ...feedsOf(),
    grain: random.normals(config.train.batch * config.size ** 2),
    ...augmentationFeeds(config.train.batch, config.size, random),
  };
  const own = Object.fromEntries(program.inputs.map(({ name }) => [name, feeds[name]]));
  const executable = await node.load(program);
  const start = initialise(program, 6);
  await executable.writeState(start);
  const losses: number[] = [];
  for (let i = 0; i < 12; i++) losses.push(Number((await executable.run(own)).discriminator[0]));
  const now = await executable.readState();
  const moved = (prefix: string) =>
    Object.keys(start).filter(
      (k) => k.startsWith(prefix) && !isSpectralVector(k) && now[k].some((v, i) => v !== start[k][i]),
    );
  for (const head of [0, 1]) expect(moved(`critic.features.${head}.`).length).toBeGreaterThanOrEqual(5);
  expect(moved("critic.down.").length).toBeGreaterThan(0);
  expect(moved("image.").length).toBeGreaterThan(15);
  expect(losses[11]).toBeLessThan(losses[0]);
  await executable.release();
});

test("spectral vectors belong to the discriminator and are not trained", () => {
  const names = imageStep(config, TEXT).state.map((s) => s.name);
  const vectors = names.filter(isSpectralVector);
  expect(vectors).toHaveLength(config.discriminator.channels.length + 2);
  expect(vectors.every((n) => n.startsWith("critic."))).toBe(true);
  expect(names.filter((n) => n.startsWith("adamD.m/") && n.includes("spectral"))).toEqual([]);
});

test("R1 is the mean over pictures of |d score / d picture|^2", async () => {
  const picture = input("picture", [2, 1, 2, 2]);
  // d/dx sum(x^2) = 2 x
  const penalty = gradientPenalty(square(picture), picture);
  const feeds = { picture: Float32Array.of(1, 0, 0, 2, 3, 0, 0, 0) };
  const out = await evaluate(node, { program: compile({ outputs: { penalty } }), feeds, state: {} });
  expect(out.penalty[0]).toBe((4 * 5 + 4 * 9) / 2);
  expect(parametersOf([penalty]).map((p) => parameterOf(p).name)).toEqual([]);
});
