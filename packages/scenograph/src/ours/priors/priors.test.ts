import { initialise } from "@scenograph/graph/program";
import { stream } from "@scenograph/graph/random";
import { createNodeRuntime } from "@scenograph/graph/runtime/node";
import type { Feeds } from "@scenograph/graph/runtime/runtime";
import { beforeAll, describe, expect, test } from "vitest";
import { WORD_DIM } from "../image/slots.ts";
import { priorsConfig } from "./config.ts";
import { type PriorPicture, priorFeeds, ranksOf } from "./data.ts";
import { colourPriorProgram, posePriorProgram, priorStep } from "./step.ts";

const runtime = createNodeRuntime({ threads: 1 });
const STEPS = 150;
const [N, T] = [8, 2];
const COUNTS = { poses: 3, looks: 2, lookWidth: 4 };
const config = priorsConfig.parse({
  width: 12,
  classWidth: 6,
  hidden: 16,
  palette: 3,
  train: { steps: STEPS, batch: N, rate: 5e-3, emaDecay: 0 },
});

/** A word is a direction of its own; "a <colour> thing": word 1 is the colour, word 2 the noun. */
const word = (k: number) => Float32Array.from({ length: WORD_DIM }, (_, i) => (i === k ? 3 : 0));
function sentence(colour: number) {
  const vectors = new Float32Array(3 * WORD_DIM);
  [word(0), word(10 + colour), word(20)].forEach((v, i) => {
    vectors.set(v, i * WORD_DIM);
  });
  return { vectors, mentions: [{ classIndex: 0, from: 2, to: 3, count: 1 }] };
}
/** A person (class 0) with a horse (17) below it or beside it. */
function picture(colour: number, below: boolean): PriorPicture {
  const objects = [
    { classIndex: 0, box: [0.4, 0.1, 0.2, 0.4] as const },
    { classIndex: 17, box: [below ? 0.3 : 0.7, 0.4, 0.3, 0.4] as const },
  ];
  return { objects, sentence: sentence(colour) };
}

describe("priors that were taught: the colour is said, who is over a horse rides", () => {
  let weights: Record<string, Float32Array>;
  beforeAll(async () => {
    const program = priorStep(config, COUNTS, T);
    const run = await runtime.load(program);
    await run.writeState(initialise(program, 4));
    for (let step = 0; step < STEPS; step++) {
      const random = stream(1, "step", step);
      const told = Array.from({ length: N }, () => ({ colour: random.int(3), below: random.bool() }));
      const codes = (of: (t: (typeof told)[number]) => number) =>
        BigInt64Array.from(told.flatMap((t) => [BigInt(of(t)), 0n]));
      const first = Float32Array.from({ length: N * T }, (_, i) => (i % T === 0 ? 1 : 0));
      await run.run({
        ...priorFeeds(
          told.map((t) => picture(t.colour, t.below)),
          N,
          T,
        ),
        poses: codes((t) => (t.below ? 2 : 1)),
        looks: codes(() => 0),
        colours: codes((t) => t.colour),
        posed: first,
        seen: first,
      });
    }
    weights = await run.readState();
    await run.release();
  });

  const ask = async (name: "pose" | "colour", pictures: readonly PriorPicture[]) => {
    const build = name === "pose" ? posePriorProgram : colourPriorProgram;
    const program = build(config, COUNTS, pictures.length, T);
    const run = await runtime.load(program);
    await run.writeState(Object.fromEntries(program.state.map((s) => [s.name, weights[s.name]])));
    const more: Feeds = name === "colour" ? { looks: new BigInt64Array(pictures.length * T) } : {};
    const { logits } = await run.run({ ...priorFeeds(pictures, pictures.length, T), ...more });
    await run.release();
    return pictures.map((_, i) => {
      const own = [...(logits as Float32Array).slice(i * T * 3, i * T * 3 + 3)];
      return own.indexOf(Math.max(...own));
    });
  };

  test("the words decide the colour", async () => {
    expect(await ask("colour", [picture(0, true), picture(1, true), picture(2, false)])).toEqual([0, 1, 2]);
  });

  test("the neighbours decide the pose", async () => {
    expect(await ask("pose", [picture(0, true), picture(0, false)])).toEqual([2, 1]);
  });
});

test("ranks count the larger of a class first", () => {
  const box = (w: number) => [0, 0, w, 0.5] as const;
  const objects = [
    { classIndex: 3, box: box(0.1) },
    { classIndex: 4, box: box(0.2) },
    { classIndex: 3, box: box(0.3) },
  ];
  expect(ranksOf(objects)).toEqual([1, 0, 0]);
});
