import { node } from "@scenograph/graph/check.fixture";
import { input } from "@scenograph/graph/leaves";
import { dropoutMask } from "@scenograph/graph/nn/dropout";
import { linear } from "@scenograph/graph/nn/layers";
import { Params } from "@scenograph/graph/nn/params";
import { square } from "@scenograph/graph/ops/elementwise";
import { sum } from "@scenograph/graph/ops/reduce";
import { initialise } from "@scenograph/graph/program";
import { stream } from "@scenograph/graph/random";
import { expect, test } from "vitest";
import { config, feeds, sentences, TEXT } from "../../ours/boxes/boxes.fixture.ts";
import type { BoxesConfig } from "../../ours/boxes/index.ts";
import { boxStep } from "../../ours/boxes/index.ts";

/** A sentence encoder of one layer. */
function sentence() {
  const p = new Params("text");
  const embedding = linear(p, input("sentence", [3, TEXT]), TEXT);
  return { embedding, loss: sum(square(embedding)), parameters: p.all() };
}

async function train(c: BoxesConfig, steps: number) {
  const { program, drops } = boxStep(c, sentence());
  const executable = await node.load(program);
  const start = initialise(program, 2);
  await executable.writeState(start);
  const random = stream(4, "drops");
  const losses: Record<string, number>[] = [];
  for (let i = 0; i < steps; i++) {
    const masks = Object.fromEntries(
      Object.entries(drops).map(([name, { size, rate }]) => [name, dropoutMask(random, size, rate)]),
    );
    const out = await executable.run({ ...feeds, sentence: sentences, ...masks });
    losses.push(Object.fromEntries(Object.entries(out).map(([k, v]) => [k, Number(v[0])])));
  }
  return { start, end: await executable.readState(), losses, program };
}

test("training lowers the loss, moves every weight, the encoder's too, and their averages", async () => {
  const { start, end, losses } = await train(config, 80);
  expect(losses.at(-1)!.loss).toBeLessThan(0.8 * losses[0].loss);
  expect([...end.step]).toEqual([80]);
  for (const name of Object.keys(start)) {
    if (name === "step") continue;
    expect(
      end[name].some((v, i) => v !== start[name][i]),
      name,
    ).toBe(true);
  }
  const { loss, label, box } = losses[5];
  expect(loss).toBeCloseTo(4 * label + box, 3);
});

test("textRate 0 leaves the encoder as it is", async () => {
  const { start, end } = await train({ ...config, train: { ...config.train, textRate: 0 } }, 3);
  expect(end["text.weight"]).toEqual(start["text.weight"]);
  expect(end["boxes.lstm.input"]).not.toEqual(start["boxes.lstm.input"]);
});

test("without dropout no masks are fed", () => {
  const { drops, program } = boxStep(
    {
      ...config,
      train: { ...config.train, dropout: 0, boxDropout: 0, inputDropout: 0 },
      ours: { ...config.ours, headDropout: 0 },
    },
    sentence(),
  );
  expect(drops).toEqual({});
  expect(program.inputs.map((p) => p.name).filter((name) => name.startsWith("drop."))).toEqual([]);
});
