import { expect, test } from "vitest";
import { SMALL_PROGRAM, threadsFor } from "./sessions.node.ts";

test("a program too small for two threads gets one, a larger one all that are allowed", () => {
  expect(threadsFor({ work: SMALL_PROGRAM - 1 }, 4)).toBe(1);
  expect(threadsFor({ work: SMALL_PROGRAM }, 4)).toBe(4);
  expect(threadsFor({ work: SMALL_PROGRAM }, 1)).toBe(1);
});
