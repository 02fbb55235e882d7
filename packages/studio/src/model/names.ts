/** Names that tell objects of a kind apart. @module */
import { nameOf } from "scenograph/scene/ops";
import type { SceneObject } from "scenograph/scene/scene";

/** "person 2" where there are several people, "dog" where there is one; numbers follow the ids, so that restacking keeps them. */
export function numberedNames(objects: readonly SceneObject[]): Map<string, string> {
  const kinds = new Map<string, string[]>();
  for (const o of objects) kinds.set(nameOf(o), [...(kinds.get(nameOf(o)) ?? []), o.id]);
  const names = new Map<string, string>();
  for (const [name, ids] of kinds) {
    const ordered = [...ids].sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
    ordered.forEach((id, i) => {
      names.set(id, ids.length > 1 ? `${name} ${i + 1}` : name);
    });
  }
  return names;
}
