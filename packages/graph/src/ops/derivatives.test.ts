import { describe, test } from "vitest";
import { checkDerivatives } from "../check.fixture.ts";
import { OPERATORS } from "./cases.fixture.ts";

// central differences in float32: of every output by every input, and of the gradients' squared norm (gradient penalty)
describe("first and second derivatives", () => {
  test.each(OPERATORS.map((c) => [c.name, c] as const))("%s", async (_, c) => {
    await checkDerivatives(c);
  });
});
