import { expect, test } from "vitest";
import { BACKGROUND_KINDS, backgroundOf, fallbackBackground, sceneBackground, timeOf } from "./background.ts";

test.each([
  ["A man riding a wave on top of a surfboard.", "ocean"],
  ["A zebra standing in a grassy field.", "grass"],
  ["A woman skiing down a snowy slope", "snow"],
  ["a kitchen with a table and a stove", "kitchen"],
  ["A pizza on a plate", "table"],
  ["a bottle of water in a living room", "room"],
  ["Two dogs playing on the beach near the water", "beach"],
  ["a train on the tracks near a city", "track"],
  ["a jet on the runway under a blue sky", "airport"],
  ["A large clock", undefined],
])("%s -> %s", (caption, kind) => {
  expect(backgroundOf(caption)).toBe(kind);
});

test("objects decide where the caption names no place", () => {
  expect(fallbackBackground(["person", "skis"])).toBe("snow");
  expect(fallbackBackground([])).toBe("room");
  expect(sceneBackground("A large thing", ["toilet"])).toBe("bath");
});

test("a table in the picture moves the scene from the table top into a room", () => {
  expect(sceneBackground("a pizza on a table", ["pizza"])).toBe("table");
  expect(sceneBackground("a pizza on a table", ["pizza", "dining table"])).toBe("room");
});

test("time of day follows the words", () => {
  expect(["a street at night", "a beach at sunset", "a horse"].map(timeOf)).toEqual(["night", "sunset", "day"]);
});

test("16 kinds", () => expect(new Set(BACKGROUND_KINDS).size).toBe(16));
