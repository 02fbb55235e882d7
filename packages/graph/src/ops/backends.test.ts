import { describe, test } from "vitest";
import { checkBackends } from "../check.fixture.ts";
import { OPERATORS } from "./cases.fixture.ts";

// values, first and second derivatives: |wasm - node| <= 5e-5 (1 + |node|)
describe("onnxruntime-web equals onnxruntime-node", () => {
  test.each(OPERATORS.map((c) => [c.name, c] as const))("%s", async (_, c) => {
    await checkBackends(c);
  });
});
