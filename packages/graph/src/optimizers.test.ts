import { describe, expect, test } from "vitest";
import { node } from "./check.fixture.ts";
import { gradients } from "./gradients.ts";
import { zeros } from "./init.ts";
import { input, parameter } from "./leaves.ts";
import { mul, square, sub } from "./ops/elementwise.ts";
import { sum } from "./ops/reduce.ts";
import { adam, globalNorm, movingAverage, type Schedule, scheduled, stepCounter } from "./optimizers.ts";
import { compile } from "./program.ts";

describe("schedules", () => {
  const at = async (s: Schedule, steps: number[]): Promise<number[]> => {
    const program = compile({ outputs: { rate: scheduled(s, input("step", [])) } });
    const executable = await node.load(program);
    const rates = [];
    for (const step of steps)
      rates.push(Number((await executable.run(program.inputs.length ? { step: Float32Array.of(step) } : {})).rate[0]));
    return rates;
  };
  const close = (got: number[], expected: number[]) =>
    expected.forEach((e, i) => {
      expect(got[i]).toBeCloseTo(e, 6);
    });

  test("constant", async () => close(await at({ base: 0.3 }, [1, 1000]), [0.3, 0.3]));
  test("warm-up is linear and full at its last step", async () =>
    close(await at({ base: 1, warmup: 4 }, [1, 2, 4, 5]), [0.25, 0.5, 1, 1]));
  test("linear decay, then the final rate for ever", async () =>
    close(
      await at({ base: 1, decay: "linear", from: 10, until: 20, final: 0.2 }, [1, 10, 15, 20, 99]),
      [1, 1, 0.6, 0.2, 0.2],
    ));
  test("cosine decay after the warm-up", async () =>
    close(await at({ base: 2, warmup: 10, decay: "cosine", until: 30, final: 1 }, [5, 10, 15, 20, 30, 31]), [
      1,
      2,
      1.5 + Math.SQRT1_2 / 2,
      1.5,
      1,
      1,
    ]));
});

/** The quadratic 1/2 sum (w - target)^2. */
function quadratic(target: number, options: Omit<Parameters<typeof adam>[4], "learningRate">, names = ["w"]) {
  const parameters = names.map((n) => parameter(n, [2], { kind: "constant", value: 1 }));
  const loss = parameters.map((w) => mul(sum(square(sub(w, target))), 0.5)).reduce((a, b) => sub(a, mul(b, -1)));
  const { step, update } = stepCounter("step");
  const { updates, norm } = adam("adam", parameters, gradients(loss, parameters), step, {
    learningRate: 0.1,
    ...options,
  });
  return compile({
    outputs: { loss, norm },
    updates: [update, ...updates, ...movingAverage(updates, parameters, 0.5, step)],
  });
}

describe("adam", () => {
  test("the first step is the learning rate, whatever the gradient; moments carry the parameter's name", async () => {
    for (const target of [3, 300]) {
      const executable = await node.load(quadratic(target, {}));
      await executable.writeState({ w: Float32Array.of(1, 1), "ema/w": Float32Array.of(1, 1) });
      await executable.run({});
      const state = await executable.readState();
      expect(state.w[0]).toBeCloseTo(1.1, 5);
      expect(Object.keys(state).sort()).toEqual(["adam.m/w", "adam.v/w", "ema/w", "step", "w"]);
      expect(state["adam.m/w"][0]).toBeCloseTo(0.1 * (1 - target), 4);
      expect([...state.step]).toEqual([1]);
    }
  });

  test("reaches the minimum", async () => {
    const executable = await node.load(quadratic(3, {}));
    for (let i = 0; i < 400; i++) await executable.run({});
    expect((await executable.readState(["w"])).w[1]).toBeCloseTo(3, 3);
  });

  test("decoupled weight decay pulls to zero without touching the moments", async () => {
    const executable = await node.load(quadratic(1, { weightDecay: 0.5 }));
    await executable.writeState({ w: Float32Array.of(1, 1) });
    await executable.run({});
    const state = await executable.readState();
    expect(state.w[0]).toBeCloseTo(1 - 0.1 * 0.5, 6);
    expect(state["adam.m/w"][0]).toBe(0);
  });

  test("rateOf scales single parameters; 0 freezes them to the bit", async () => {
    const executable = await node.load(quadratic(3, { rateOf: (n) => (n === "b" ? 0 : 0.5) }, ["a", "b"]));
    const start = Float32Array.of(1.2345678, -7.654321);
    await executable.writeState({ a: start, b: start });
    await executable.run({});
    const { a, b } = await executable.readState();
    expect(a[0]).toBeCloseTo(start[0] + 0.05, 5);
    expect([...b]).toEqual([...start]);
  });

  test("clips by the norm over all parameters and reports it before clipping", async () => {
    const executable = await node.load(quadratic(4, { clipNorm: 0.5, epsilon: 1 }, ["a", "b"]));
    await executable.writeState({ a: Float32Array.of(1, 1), b: Float32Array.of(1, 1) });
    const { norm } = await executable.run({});
    expect(norm[0]).toBeCloseTo(6, 5);
    const state = await executable.readState();
    // four equal gradients of norm 0.5
    expect(state["adam.m/a"][0] / 0.1).toBeCloseTo(-0.25, 4);
  });
});

test("moving average: 1 - min(decay, (1 + step) / (10 + step)) towards the new value", async () => {
  const executable = await node.load(quadratic(3, {}));
  await executable.writeState({ w: Float32Array.of(1, 1), "ema/w": Float32Array.of(1, 1) });
  let ema = 1;
  for (let step = 1; step <= 12; step++) {
    await executable.run({});
    const state = await executable.readState();
    ema += (1 - Math.min(0.5, (1 + step) / (10 + step))) * (state.w[0] - ema);
    expect(state["ema/w"][0]).toBeCloseTo(ema, 5);
  }
});

test("globalNorm is the length of everything together", async () => {
  const norm = globalNorm([parameter("a", [2], zeros), parameter("b", [1, 1], zeros)]);
  const executable = await node.load(compile({ outputs: { norm } }));
  await executable.writeState({ a: Float32Array.of(2, 3), b: Float32Array.of(6) });
  expect((await executable.run({})).norm[0]).toBeCloseTo(7, 5);
});
