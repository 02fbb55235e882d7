import { expect, test } from "vitest";
import { freshId, paintOrder, visibleObjects, withObject, withoutObject } from "./ops.ts";
import type { Scene, SceneObject } from "./scene.ts";

const object = (id: string, w: number, more: Partial<SceneObject> = {}): SceneObject => ({
  id,
  label: "dog",
  box: [0, 0, w, 0.5],
  ...more,
});
const scene: Scene = {
  version: 2,
  caption: "dogs",
  width: 64,
  height: 64,
  seed: 1,
  objects: [object("o1", 0.2), object("o3", 0.9, { hidden: true }), object("x", 0.5)],
};

test("freshId fills the first gap", () => {
  expect(freshId([])).toBe("o1");
  expect(freshId(scene.objects)).toBe("o2");
});

test("withObject replaces in place or puts on top, without touching the scene it was given", () => {
  const before = structuredClone(scene);
  expect(withObject(scene, object("o3", 0.1)).objects.map((o) => [o.id, o.box[2]])).toEqual([
    ["o1", 0.2],
    ["o3", 0.1],
    ["x", 0.5],
  ]);
  expect(withObject(scene, object("new", 0.1)).objects.map((o) => o.id)).toEqual(["o1", "o3", "x", "new"]);
  expect(withoutObject(scene, "o1").objects.map((o) => o.id)).toEqual(["o3", "x"]);
  expect(scene).toEqual(before);
});

test("visibleObjects and paintOrder", () => {
  expect(visibleObjects(scene).map((o) => o.id)).toEqual(["o1", "x"]);
  expect(paintOrder(scene.objects).map((o) => o.id)).toEqual(["o3", "x", "o1"]);
});
