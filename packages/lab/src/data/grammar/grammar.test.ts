import { stream } from "@scenograph/graph/random";
import { BACKGROUND_KINDS, backgroundOf } from "scenograph/ours/text/background";
import { CATEGORIES } from "scenograph/scene/categories";
import { expect, test } from "vitest";
import { synthScene } from "../synth.ts";
import { drawScene, type GrammarScene } from "./grammar.ts";
import { PLACE_PHRASES, THINGS } from "./things.ts";

const scenes: GrammarScene[] = Array.from({ length: 1200 }, (_, i) => synthScene(3, i));
const centre = ([x, y, w, h]: readonly number[]) => [x + w / 2, y + h / 2];

test("things are the 80 categories and their places are known", () => {
  expect(THINGS.map((t) => t.label).sort()).toEqual(CATEGORIES.map((c) => c.name).sort());
  for (const t of THINGS) for (const p of t.places) expect(BACKGROUND_KINDS).toContain(p);
});

test("every place phrase is recognised as its place", () => {
  for (const kind of BACKGROUND_KINDS)
    for (const phrase of PLACE_PHRASES[kind]) expect(backgroundOf(phrase)).toBe(kind);
});

test("boxes lie inside the picture and are large enough to be drawn", () => {
  for (const { objects, caption } of scenes)
    for (const {
      box: [x, y, w, h],
    } of objects) {
      expect(Math.min(x, y), caption).toBeGreaterThanOrEqual(0);
      expect(Math.max(x + w, y + h), caption).toBeLessThanOrEqual(1 + 1e-9);
      expect(w * h, caption).toBeGreaterThan(0.003);
    }
});

test("counted things occur as often as the caption says", () => {
  const numbers: Record<string, number> = { two: 2, three: 3, four: 4, five: 5 };
  const counted = scenes.filter((s) => !s.relation);
  expect(counted.length).toBeGreaterThan(200);
  for (const { caption, objects } of counted)
    expect(objects.length, caption).toBe(numbers[caption.toLowerCase().split(" ")[0]] ?? 1);
});

test("relations hold between the boxes", () => {
  const seen = new Set<string>();
  for (const { relation, objects, caption } of scenes) {
    if (!relation) continue;
    seen.add(relation);
    const [a, b] = objects.map((o) => o.box);
    const [[ax, ay], [bx, by]] = [centre(a), centre(b)];
    const bottoms = [a[1] + a[3], b[1] + b[3]];
    if (relation === "left of") expect(a[0] + a[2], caption).toBeLessThanOrEqual(b[0] + 0.02);
    if (relation === "right of") expect(b[0] + b[2], caption).toBeLessThanOrEqual(a[0] + 0.02);
    if (relation === "above") expect(ay, caption).toBeLessThan(by);
    if (relation === "behind") expect(bottoms[0], caption).toBeLessThan(bottoms[1]);
    if (relation === "in front of") expect(bottoms[0], caption).toBeGreaterThan(bottoms[1]);
    if (relation === "on") expect(bottoms[0], caption).toBeLessThan(bottoms[1]);
    if (relation === "on" || relation === "under" || relation === "riding")
      expect(Math.abs(ax - bx), caption).toBeLessThan((a[2] + b[2]) / 2);
    if (relation === "under") expect(ay, caption).toBeGreaterThan(by - 0.02);
    if (relation === "riding") expect(ay, caption).toBeLessThan(by);
    if (relation === "holding") expect(a[0] + a[2] + 0.05, caption).toBeGreaterThan(b[0]);
  }
  expect(seen.size).toBe(10);
});

test("a scene about a category has it, and a seed fixes it", () => {
  for (const { name } of CATEGORIES) {
    const scene = drawScene(stream(1, name), name);
    expect(scene.objects.map((o) => o.label)).toContain(name);
    expect(drawScene(stream(1, name), name)).toEqual(scene);
  }
});
