/**
 * Two-sample test by a classifier (Lopez-Paz & Oquab, ICLR 2017): trained on half the pictures to tell generated items from
 * real ones, tested on the other half. Accuracy 1/2: it cannot; 1: at a glance.
 * @module
 */
import { UserError } from "@scenograph/graph/errors";
import { hash32 } from "@scenograph/graph/random";
import type { Runtime } from "@scenograph/graph/runtime/runtime";
import { type BootstrapOptions, bootstrap, type Interval } from "./bootstrap.ts";
import { type Budget, trainClassifier } from "./classifier.ts";

export interface TwoSamples {
  readonly channels: number;
  readonly size: number;
  /** Items of [channels, size, size] bytes with the picture that each belongs to. */
  readonly real: readonly { readonly image: string | number; readonly pixels: Uint8Array }[];
  readonly generated: readonly { readonly image: string | number; readonly pixels: Uint8Array }[];
}

/** The budget that the reported accuracies are made with. */
export const TWO_SAMPLE_BUDGET: Budget = {
  steps: 300,
  batch: 32,
  widths: [12, 24, 48],
  learningRate: 2e-3,
  balanced: true,
};

/** Accuracy on the half that was not trained on, real and generated weighing the same, with a bootstrap over pictures. */
export async function twoSampleAccuracy(
  runtime: Runtime,
  samples: TwoSamples,
  options: BootstrapOptions & { readonly budget?: Budget; readonly signal?: AbortSignal } = {},
): Promise<Interval> {
  const { seed = 0, budget = TWO_SAMPLE_BUDGET } = options;
  const all = [
    ...samples.real.map((item) => ({ ...item, label: 0 })),
    ...samples.generated.map((item) => ({ ...item, label: 1 })),
  ];
  // by picture, so that no object of a picture is on both sides
  const trained = (image: string | number) => hash32(`${seed}/half/${image}`) % 2 === 0;
  const half = (wanted: boolean) => all.filter((item) => trained(item.image) === wanted);
  const [train, test] = [half(true), half(false)];
  const count = (items: typeof all, label: number) => items.filter((i) => i.label === label).length;
  for (const [items, name] of [
    [train, "training"],
    [test, "test"],
  ] as const)
    if (count(items, 0) === 0 || count(items, 1) === 0)
      throw new UserError(
        `twoSampleAccuracy(): real and generated items are needed in both halves, the ${name} half has ${count(items, 0)} and ${count(items, 1)}; judge more pictures`,
      );
  const { channels, size } = samples;
  const classifier = await trainClassifier(
    runtime,
    { channels, size, classes: 2, pixels: train.map((i) => i.pixels), labels: train.map((i) => i.label) },
    budget,
    seed,
    options.signal,
  );
  const found = await classifier.predict(test.map((i) => i.pixels));
  await classifier.release();
  const weight = [1 / count(test, 0), 1 / count(test, 1)];
  return bootstrap(
    test.map((item, i) => ({
      group: item.image,
      numerator: found[i] === item.label ? weight[item.label] : 0,
      denominator: weight[item.label],
    })),
    options,
  );
}
