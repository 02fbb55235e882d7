/** Small pure operations on scenes. @module */
import type { Scene, SceneObject } from "./scene.ts";

/** The first of "o1", "o2", ... that no object has. */
export function freshId(objects: Iterable<{ readonly id: string }>): string {
  const taken = new Set<string>();
  for (const o of objects) taken.add(o.id);
  for (let n = 1; ; n++) if (!taken.has(`o${n}`)) return `o${n}`;
}

/** The scene with `object` in the place of the one with its id, or on top if there is none. */
export function withObject(scene: Scene, object: SceneObject): Scene {
  const at = scene.objects.findIndex((o) => o.id === object.id);
  return { ...scene, objects: at < 0 ? [...scene.objects, object] : scene.objects.with(at, object) };
}

/** The scene without the object of this id. */
export function withoutObject(scene: Scene, id: string): Scene {
  return { ...scene, objects: scene.objects.filter((o) => o.id !== id) };
}

/** The objects that belong into the picture, in drawing order. */
export function visibleObjects(scene: Scene): SceneObject[] {
  return scene.objects.filter((o) => !o.hidden);
}

/** What people call it: its category, or the words of the sentence where no category names it. */
export function nameOf({ label, phrase }: Pick<SceneObject, "label" | "phrase">): string {
  return label ?? phrase ?? "thing";
}

/** Largest box first, so that small objects are not covered; for layouts that say nothing of depth. Ties keep order. */
export function paintOrder<T extends Pick<SceneObject, "box">>(objects: readonly T[]): T[] {
  return [...objects].sort((a, b) => b.box[2] * b.box[3] - a.box[2] * a.box[3]);
}
