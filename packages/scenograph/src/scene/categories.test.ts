import { describe, expect, test } from "vitest";
import { Categories, COCO, MOST_CATEGORIES } from "./categories.ts";

const own = new Categories([
  { id: 7, name: "castle" },
  { id: 3, name: "fire dragon" },
]);

test("index, name and id belong together, in the order of the list", () => {
  expect(own.count).toBe(2);
  expect(own.indexOf("fire dragon")).toBe(1);
  expect(own.indexOfId(7)).toBe(0);
  expect(own.nameOf(1)).toBe("fire dragon");
  expect([own.indexOf("dog"), own.indexOf(null), own.indexOfId(1)]).toEqual([-1, -1, -1]);
  expect([COCO.count, COCO.indexOf("person"), COCO.indexOfId(90)]).toEqual([80, 0, 79]);
});

test("sloppy spellings and near names are found", () => {
  expect(own.spelled(" Fire_Dragon")).toBe("fire dragon");
  expect(own.spelled("dragon")).toBeUndefined();
  expect(own.nearest("castel")).toBe("castle");
});

test("vocabularies are equal by names in order", () => {
  expect(own.equals(new Categories([...own.categories]))).toBe(true);
  expect(own.equals(new Categories([...own.categories].reverse()))).toBe(false);
  expect(own.equals(COCO)).toBe(false);
});

describe("refusals", () => {
  test.each<[string, { id: number; name: string }[], RegExp]>([
    ["none", [], /1 to 2000 of them, got 0/],
    ["too many", Array.from({ length: MOST_CATEGORIES + 1 }, (_, id) => ({ id, name: `c${id}` })), /got 2001/],
    ["an empty name", [{ id: 1, name: " " }], /names of 1 to 64 characters, got " "/],
    ["a name twice", [1, 2].map((id) => ({ id, name: "dog" })), /every name and id once, got "dog" \(id 1\) twice/],
    ["an id twice", ["a", "b"].map((name) => ({ id: 1, name })), /every name and id once, got "a" \(id 1\) twice/],
  ])("%s", (_, list, message) => {
    expect(() => new Categories(list)).toThrow(message);
  });
});
