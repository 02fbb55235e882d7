import { expect, test } from "vitest";
import { CATEGORIES } from "./categories.ts";
import { classColor, inkOn } from "./colors.ts";

const rgb = (hex: string) => [1, 3, 5].map((i) => Number.parseInt(hex.slice(i, i + 2), 16));

test("80 different colours, each far enough from white to be seen", () => {
  const colors = CATEGORIES.map((c) => classColor(c.name));
  expect(new Set(colors).size).toBe(80);
  for (const color of colors) {
    expect(color).toMatch(/^#[0-9a-f]{6}$/);
    expect(Math.hypot(...rgb(color).map((v) => v - 255))).toBeGreaterThan(90);
  }
  // Those that often share a picture are told apart easily.
  const often = ["person", "chair", "car", "dining table", "cup", "dog", "cat", "couch", "bottle", "bowl", "horse"];
  for (const a of often)
    for (const b of often)
      if (a !== b)
        expect(Math.hypot(...rgb(classColor(a)).map((v, k) => v - rgb(classColor(b))[k])), `${a} ${b}`).toBeGreaterThan(
          45,
        );
  expect(classColor(null)).toBe("#808080");
});

test("categories of other vocabularies have colours by their names", () => {
  const names = "castle dragon knight goblin wizard sword shield tower cauldron treasure griffin ox".split(" ");
  const colors = names.map((name) => classColor(name));
  expect(new Set(colors).size).toBe(names.length);
  expect(colors).not.toContain(classColor(null));
  expect(names.map((name) => classColor(name))).toEqual(colors);
});

test("ink is readable on every colour", () => {
  expect(inkOn("#ffffff")).toBe("#1a1a1a");
  expect(inkOn("#000000")).toBe("#ffffff");
  const luminance = (hex: string) => {
    const [r, g, b] = rgb(hex).map((v) => (v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  for (const { name } of CATEGORIES) {
    const pair = [luminance(classColor(name)), luminance(inkOn(classColor(name)))].sort((a, b) => b - a);
    expect((pair[0] + 0.05) / (pair[1] + 0.05), name).toBeGreaterThan(4);
  }
});
