import { constant } from "@scenograph/graph/leaves";
import { compile, initialise } from "@scenograph/graph/program";
import { stream } from "@scenograph/graph/random";
import { createNodeRuntime } from "@scenograph/graph/runtime/node";
import { maskToBitmap } from "scenograph/formats/rle";
import { expect, it } from "vitest";
import { bitmapIou } from "../evaluate/masks.ts";
import { cropOf, jittered, segmenterFeeds } from "./data.ts";
import { createSegmenter, ellipse } from "./infer.ts";
import { drawTriangle, randomWeights, tinyConfig, toyEncoder } from "./segmenter.fixture.ts";
import { maskLosses, segmenterStep } from "./step.ts";

const runtime = createNodeRuntime({ threads: 1 });

it("counts the pixels of the box alone", async () => {
  const map = (...v: number[]) => constant(v, [1, 1, 2, 2]);
  const { bce, dice } = maskLosses(map(0, 2, 40, -40), map(1, 0, 0, 1), map(1, 1, 0, 0));
  const got = await (await runtime.load(compile({ outputs: { bce, dice } }))).run({});
  const p = 1 / (1 + Math.exp(-2));
  expect(got.bce[0]).toBeCloseTo((Math.log(2) - Math.log(1 - p)) / 2, 5);
  expect(got.dice[0]).toBeCloseTo(1 - (2 * 0.5) / (0.5 + p + 1), 5);
});

it("learns shapes that their boxes do not tell", async () => {
  const config = tinyConfig();
  const program = segmenterStep(config, toyEncoder);
  const run = await runtime.load(program);
  await run.writeState(initialise(program, 1));
  for (let step = 0; step < config.train.steps; step++) {
    const random = stream(2, step);
    const examples = Array.from({ length: config.train.batch }, () => {
      const drawn = drawTriangle(random);
      const crop = jittered(cropOf(drawn.object.box, 48, 48, config), config.train, random);
      return { ...drawn, others: [], crop };
    });
    await run.run(segmenterFeeds(examples, examples.length, config.crop));
  }
  const state = await run.readState();
  const weights = new Map(
    program.state
      .filter(({ name }) => name.startsWith("ema/"))
      .map(({ name, shape }) => [name.slice(4), { dtype: "F32" as const, shape, data: state[name] }]),
  );
  const segmenter = createSegmenter(runtime, config, toyEncoder, weights);
  const held = Array.from({ length: 12 }, (_, i) => drawTriangle(stream(3, i)));
  const found = await segmenter.infer(held.map(({ picture, object }) => ({ picture, objects: [object], wanted: [0] })));
  const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length;
  const iou = mean(held.map(({ mask }, i) => bitmapIou(maskToBitmap(found[i][0].mask), mask)));
  const floor = mean(held.map(({ mask, object }) => bitmapIou(ellipse(object.box, 48, 48), mask)));
  expect(iou).toBeGreaterThan(0.85);
  expect(floor).toBeLessThan(0.65);
  await segmenter.release();
});

it("falls back to an ellipse for boxes too small to see, and never leaves a mask empty", async () => {
  const config = tinyConfig();
  const segmenter = createSegmenter(runtime, config, toyEncoder, randomWeights(config));
  const { picture } = drawTriangle(stream(4));
  const objects = [
    { classIndex: 0, box: [0.5, 0.5, 0.04, 0.3] as [number, number, number, number] },
    { classIndex: 0, box: [0.2, 0.2, 0.5, 0.5] as [number, number, number, number] },
  ];
  const [[tiny, large]] = await segmenter.infer([{ picture, objects, wanted: [0, 1] }]);
  expect(tiny.kind).toBe("ellipse");
  for (const { mask, confidence } of [tiny, large]) {
    expect(maskToBitmap(mask)).toContain(1);
    expect(confidence).toBeGreaterThanOrEqual(0);
    expect(confidence).toBeLessThanOrEqual(1);
  }
  await segmenter.release();
});
