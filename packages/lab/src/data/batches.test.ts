import { ConfigError } from "@scenograph/graph/errors";
import { describe, expect, it } from "vitest";
import { classBalance, Order, prefetch } from "./batches.ts";

const sorted = (list: number[]) => [...list].sort((a, b) => a - b);

describe("Order", () => {
  it("gives every sample once an epoch, in a fresh order each time", () => {
    const order = new Order(50, 7);
    const epochs = [0, 1, 2].map((e) => order.at(e, 50));
    for (const epoch of epochs) expect(sorted(epoch)).toEqual(Array.from({ length: 50 }, (_, i) => i));
    expect(epochs[0]).not.toEqual(epochs[1]);
    expect(epochs[1]).not.toEqual(epochs[2]);
  });

  it("is a pure function of seed and position: any access order, any batch size", () => {
    const straight = new Order(23, 3);
    const flat = Array.from({ length: 30 }, (_, step) => straight.at(step, 8)).flat();
    const resumed = new Order(23, 3);
    for (const step of [29, 0, 17, 3, 17]) expect(resumed.at(step, 8)).toEqual(flat.slice(step * 8, step * 8 + 8));
    expect(new Order(23, 3).at(1, 60)).toEqual(flat.slice(60, 120));
    expect(new Order(23, 4).at(0, 23)).not.toEqual(flat.slice(0, 23));
  });

  it("fills a batch larger than the set", () => {
    const batch = new Order(3, 1).at(0, 9);
    expect(sorted(batch)).toEqual([0, 0, 0, 1, 1, 1, 2, 2, 2]);
  });

  it("draws in proportion to the weights, each count rounded up or down", () => {
    const weights = [0, 1, 2.5, 4.5];
    const order = new Order(4, 5, weights);
    const counts = [0, 0, 0, 0];
    for (let epoch = 0; epoch < 400; epoch++) {
      const batch = order.at(epoch, 4);
      for (const i of batch) counts[i]++;
      const twos = batch.filter((i) => i === 2).length;
      expect(twos === 1 || twos === 2).toBe(true);
    }
    expect(counts[0]).toBe(0);
    for (const i of [1, 2, 3]) expect(counts[i] / 400).toBeCloseTo(weights[i] / 2, 0.5);
    expect(new Order(4, 5, weights).at(37, 4)).toEqual(order.at(37, 4));
  });

  it("refuses no samples, bad weights and bad positions", () => {
    expect(() => new Order(0, 1)).toThrow(ConfigError);
    expect(() => new Order(2, 1, [1])).toThrow(ConfigError);
    expect(() => new Order(2, 1, [1, -1])).toThrow(ConfigError);
    expect(() => new Order(2, 1, [0, 0])).toThrow(/only zeros/);
    expect(() => new Order(2, 1).at(-1, 4)).toThrow(ConfigError);
  });

  it("knows its epoch", () => {
    const order = new Order(10, 1);
    expect([0, 1, 2, 3].map((step) => order.epochOf(step, 4))).toEqual([0, 0, 0, 1]);
  });
});

describe("classBalance", () => {
  it("is the largest f^-1/2 of the classes present", () => {
    const sample = (...classes: number[]) => ({ objects: classes.map((classIndex) => ({ classIndex })) });
    const weights = classBalance([sample(0, 0), sample(0, 5), sample(0), sample()]);
    expect(weights[0]).toBeCloseTo(Math.sqrt(4 / 3));
    expect(weights[1]).toBeCloseTo(2);
    expect(weights[3]).toBe(1);
  });
});

describe("prefetch", () => {
  const tick = () => new Promise((resolve) => setTimeout(resolve, 1));

  it("keeps the order and never runs further ahead than asked", async () => {
    let started = 0;
    const make = async (step: number) => {
      started++;
      await new Promise((resolve) => setTimeout(resolve, (7 - step) % 3));
      return step;
    };
    const got: number[] = [];
    for await (const value of prefetch(make, { from: 2, to: 9, ahead: 2 })) {
      expect(started).toBeLessThanOrEqual(value - 2 + 3);
      got.push(value);
      await tick();
    }
    expect(got).toEqual([2, 3, 4, 5, 6, 7, 8]);
    expect(started).toBe(7);
  });

  it("works on the next batch while the current one is in use", async () => {
    const finished: number[] = [];
    const make = async (step: number) => {
      await tick();
      finished.push(step);
      return step;
    };
    for await (const value of prefetch(make, { to: 3, ahead: 1 })) {
      await tick();
      await tick();
      await tick();
      if (value === 0) expect(finished).toContain(1);
    }
  });

  it("throws a failure at its own place", async () => {
    const got: number[] = [];
    const make = async (step: number) => {
      if (step === 2) throw new Error("broken");
      await tick();
      return step;
    };
    await expect(
      (async () => {
        for await (const value of prefetch(make, { ahead: 5, to: 9 })) got.push(value);
      })(),
    ).rejects.toThrow("broken");
    expect(got).toEqual([0, 1]);
  });

  it("stops when left or aborted", async () => {
    let started = 0;
    const make = async (step: number) => {
      started++;
      return step;
    };
    for await (const value of prefetch(make, { ahead: 1 })) if (value === 3) break;
    expect(started).toBe(5);
    const abort = new AbortController();
    abort.abort(new Error("stop"));
    await expect(prefetch(make, { signal: abort.signal }).next()).rejects.toThrow("stop");
  });
});
