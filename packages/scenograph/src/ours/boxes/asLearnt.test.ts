import { expect, test } from "vitest";
import { asLearnt, boxesConfig } from "./index.ts";

test("as learnt is the paper's sampling: everything that is added when sampling is off, the network stays", () => {
  const on = boxesConfig.parse({
    hidden: 96,
    labelTemperature: 0.3,
    boxTemperature: 0.2,
    ours: {
      coverage: 32,
      candidates: 16,
      agreement: 0.1,
      maxOverlap: 0.5,
      endBias: 0.7,
      endSpread: 0.4,
      relations: true,
      guidance: 3,
      crowding: 2,
    },
  });
  const learnt = asLearnt(on);
  const off = { ...boxesConfig.parse({}).ours, coverage: 32 };
  expect(learnt).toEqual({ ...on, labelTemperature: 1, boxTemperature: 1, ours: off });
  expect([learnt.hidden, learnt.ours.coverage]).toEqual([96, 32]);
});
