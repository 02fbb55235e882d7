/**
 * Differences between two documents that can be applied either way: the steps of undo and redo. Only what changed is
 * kept, so a hundred steps cost little; values are shared with the documents.
 * @module
 */
import type { Scene, SceneObject } from "scenograph/scene/scene";
import type { Doc } from "./state.ts";

/** A value before and after; an absent side means that there was none. */
interface Change {
  readonly from?: unknown;
  readonly to?: unknown;
}
type Changes = Readonly<Record<string, Change>>;

export interface Delta {
  readonly doc: Changes;
  readonly scene: Changes;
  /** By object id: fields of an object that stayed, or a whole object that came or went. */
  readonly objects: Readonly<Record<string, { readonly fields: Changes } | { readonly whole: Change }>>;
  /** Ids in drawing order, where they changed. */
  readonly order?: { readonly from: readonly string[]; readonly to: readonly string[] };
}

/** What leads from one document to the other; undefined where they are equal. */
export function difference(before: Doc, after: Doc): Delta | undefined {
  if (before === after) return undefined;
  const doc = fieldChanges(before, after, ["scene"]);
  const scene = fieldChanges(before.scene, after.scene, ["objects"]);
  const objects: Record<string, { fields: Changes } | { whole: Change }> = {};
  let order: Delta["order"];
  if (before.scene.objects !== after.scene.objects) {
    const old = new Map(before.scene.objects.map((o) => [o.id, o]));
    for (const o of after.scene.objects) {
      const was = old.get(o.id);
      old.delete(o.id);
      if (!was) objects[o.id] = { whole: { to: o } };
      else if (was !== o) {
        const fields = fieldChanges(was, o, ["id"]);
        if (Object.keys(fields).length > 0) objects[o.id] = { fields };
      }
    }
    for (const [id, o] of old) objects[id] = { whole: { from: o } };
    const [from, to] = [before, after].map((d) => d.scene.objects.map((o) => o.id));
    if (!same(from, to)) order = { from, to };
  }
  const empty = [doc, scene, objects].every((c) => Object.keys(c).length === 0) && !order;
  return empty ? undefined : { doc, scene, objects, ...(order && { order }) };
}

/** The document after a delta. It must be one that the delta was made from, as undo and redo see to. */
export function apply(doc: Doc, delta: Delta): Doc {
  let objects = doc.scene.objects;
  if (Object.keys(delta.objects).length > 0 || delta.order) {
    const byId = new Map<string, SceneObject>(objects.map((o) => [o.id, o]));
    for (const [id, change] of Object.entries(delta.objects)) {
      if ("fields" in change) byId.set(id, withFields(byId.get(id) as SceneObject, change.fields));
      else if (change.whole.to) byId.set(id, change.whole.to as SceneObject);
      else byId.delete(id);
    }
    objects = (delta.order?.to ?? objects.map((o) => o.id)).map((id) => byId.get(id) as SceneObject);
  }
  return withFields({ ...doc, scene: withFields<Scene>({ ...doc.scene, objects }, delta.scene) }, delta.doc);
}

/** The way back. */
export function inverse(delta: Delta): Delta {
  const objects = Object.entries(delta.objects).map(([id, change]) => [
    id,
    "fields" in change ? { fields: inverseChanges(change.fields) } : { whole: swap(change.whole) },
  ]);
  return {
    doc: inverseChanges(delta.doc),
    scene: inverseChanges(delta.scene),
    objects: Object.fromEntries(objects),
    ...(delta.order && { order: { from: delta.order.to, to: delta.order.from } }),
  };
}

function fieldChanges<T extends object>(before: T, after: T, except: readonly string[]): Changes {
  const [old, now] = [before, after] as Record<string, unknown>[];
  const changes: Record<string, Change> = {};
  for (const key of new Set([...Object.keys(old), ...Object.keys(now)])) {
    if (except.includes(key) || same(old[key], now[key])) continue;
    changes[key] = {
      ...(old[key] !== undefined && { from: old[key] }),
      ...(now[key] !== undefined && { to: now[key] }),
    };
  }
  return changes;
}

function withFields<T extends object>(value: T, changes: Changes): T {
  const out = { ...value } as Record<string, unknown>;
  for (const [key, { to }] of Object.entries(changes)) {
    if (to === undefined) delete out[key];
    else out[key] = to;
  }
  return out as T;
}

function inverseChanges(changes: Changes): Changes {
  return Object.fromEntries(Object.entries(changes).map(([key, change]) => [key, swap(change)]));
}

function swap({ from, to }: Change): Change {
  return { ...(to !== undefined && { from: to }), ...(from !== undefined && { to: from }) };
}

/** Equal values; arrays and plain objects by their content. */
export function same(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  const [p, q] = [a, b] as Record<string, unknown>[];
  const keys = Object.keys(p);
  return keys.length === Object.keys(q).length && keys.every((k) => k in q && same(p[k], q[k]));
}
