import { boxesConfig } from "scenograph/paper/boxes/config";
import { expect, test } from "vitest";
import { asLearnt } from "./boxes.ts";

test("the row as learnt is the paper's sampling: everything that is added when sampling is off, the network stays", () => {
  const on = boxesConfig.parse({
    hidden: 96,
    coverage: 32,
    labelTemperature: 0.3,
    boxTemperature: 0.2,
    candidates: 16,
    agreement: 0.1,
    maxOverlap: 0.5,
    endBias: 0.7,
    endSpread: 0.4,
    relations: true,
    guidance: 3,
    crowding: 2,
  });
  const learnt = asLearnt(on);
  expect(learnt).toEqual({
    ...on,
    labelTemperature: 1,
    boxTemperature: 1,
    candidates: 1,
    agreement: 0,
    maxOverlap: 1,
    endBias: 0,
    endSpread: null,
    relations: false,
    guidance: 0,
    crowding: 0,
  });
  expect([learnt.hidden, learnt.coverage]).toEqual([96, 32]);
});
