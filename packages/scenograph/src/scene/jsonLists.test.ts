import { expect, test } from "vitest";
import { ParsedLists, parseExactly, wideInteger } from "./jsonLists.ts";

test("ids beyond 2^53 keep their digits, other numbers and texts stay what they are", () => {
  const text =
    '{"id":9223372036854775801,"image_id" : -9223372036854775808,"coco_id":9007199254740991,"x":[12345678901234567890,0.12345678901234567],"s":"\\"id\\":9223372036854775801"}';
  const value = parseExactly(text) as Record<string, unknown>;
  expect(wideInteger(value.id)).toBe("9223372036854775801");
  expect(wideInteger(value.image_id)).toBe("-9223372036854775808");
  expect(value.coco_id).toBe(Number.MAX_SAFE_INTEGER);
  expect(value.x).toEqual(JSON.parse("[12345678901234567890,0.12345678901234567]"));
  expect(value.s).toBe('"id":9223372036854775801');
  expect(() => parseExactly('{"id": 12345678901234567890,}')).toThrow(SyntaxError);
});

test("lists by key, and what stands there instead", () => {
  const lists = new ParsedLists({ images: [1, 2], annotations: null });
  expect([...(lists.list("images") ?? [])]).toEqual([1, 2]);
  expect([lists.list("annotations"), lists.instead("annotations"), lists.instead("categories")]).toEqual([
    undefined,
    null,
    undefined,
  ]);
  expect(new ParsedLists([1]).instead("images")).toEqual([1]);
});
