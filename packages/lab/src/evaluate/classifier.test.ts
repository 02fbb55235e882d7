import { UserError } from "@scenograph/graph/errors";
import { stream } from "@scenograph/graph/random";
import { createNodeRuntime } from "@scenograph/graph/runtime/node";
import { expect, test } from "vitest";
import { type Budget, trainClassifier } from "./classifier.ts";
import { twoSampleAccuracy } from "./twoSample.ts";

const runtime = createNodeRuntime({ threads: 1 });
const SIZE = 16;
const budget: Budget = { steps: 60, batch: 16, widths: [4, 8], learningRate: 5e-3, balanced: true };

/** A bright block on noise, on the left (class 0) or right (class 1); `sure` of 0 puts it anywhere. */
function items(count: number, seed: number, side?: 0 | 1) {
  const random = stream(seed, "items");
  return Array.from({ length: count }, (_, image) => {
    const pixels = Uint8Array.from({ length: SIZE * SIZE }, () => random.int(60));
    const left = (side ?? random.int(2)) === 0 ? 1 : 9;
    for (let y = 4; y < 10; y++) for (let x = left; x < left + 5; x++) pixels[y * SIZE + x] = 230;
    return { image, pixels };
  });
}

test("learns what can be told apart, the same every time", async () => {
  const [left, right] = [items(40, 1, 0), items(40, 2, 1)];
  const examples = {
    channels: 1,
    size: SIZE,
    classes: 2,
    pixels: [...left, ...right].map((i) => i.pixels),
    labels: [...left.map(() => 0), ...right.map(() => 1)],
  };
  const unseen = [...items(20, 3, 0), ...items(20, 4, 1)].map((i) => i.pixels);
  const one = await trainClassifier(runtime, examples, budget, 7);
  expect(await one.predict(unseen)).toEqual([...new Array(20).fill(0), ...new Array(20).fill(1)]);
  const again = await trainClassifier(runtime, examples, budget, 7);
  expect(await again.classify(unseen)).toEqual(await one.classify(unseen));
});

test("two-sample accuracy: 1 for what differs, about 1/2 for what does not", async () => {
  const base = { channels: 1, size: SIZE };
  const apart = await twoSampleAccuracy(
    runtime,
    { ...base, real: items(60, 1, 0), generated: items(60, 2, 1) },
    { budget },
  );
  expect(apart.value).toBeGreaterThan(0.95);
  const same = await twoSampleAccuracy(runtime, { ...base, real: items(60, 1), generated: items(60, 2) }, { budget });
  expect(same.low).toBeLessThan(0.6);
  expect(same.high).toBeGreaterThan(0.4);
});

test("says what is missing", async () => {
  const one = { channels: 1, size: SIZE, classes: 2, pixels: [new Uint8Array(3), new Uint8Array(4)], labels: [0, 1] };
  await expect(trainClassifier(runtime, one, budget, 0)).rejects.toThrow(/an item has 256 bytes, got 3/);
  await expect(
    twoSampleAccuracy(runtime, { channels: 1, size: SIZE, real: items(4, 1), generated: [] }, { budget }),
  ).rejects.toThrow(UserError);
});
