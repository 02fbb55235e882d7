import { expect, test } from "vitest";
import { inPart, isValidation } from "../data/split.ts";
import { defaultPart, partInWords } from "./protocol.ts";

test("held-out splits are judged whole, of others the validation part; of a mixture each by its own name", () => {
  expect([defaultPart("heldout"), defaultPart("val2017, test"), defaultPart("train"), defaultPart("a,b")]).toEqual([
    "all",
    "all",
    "validation",
    "validation",
  ]);
  const part = defaultPart("heldout,nocaption");
  expect(part).toBe("held-out");
  const ids = Array.from({ length: 300 }, (_, i) => i);
  expect(ids.filter((id) => inPart(id, part, "heldout"))).toEqual(ids);
  expect(ids.filter((id) => inPart(id, part, "nocaption"))).toEqual(ids.filter(isValidation));
  expect(partInWords("heldout,nocaption", part)).toMatch(/heldout whole, of nocaption the validation part/);
  expect(partInWords("train", "validation")).toBeUndefined();
});
