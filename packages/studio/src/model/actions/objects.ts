/** Commands of objects and their boxes. Locked objects are left as they are. @module */
import { freshId } from "scenograph/scene/ops";
import type { Box, SceneObject } from "scenograph/scene/scene";
import { SCENE_LIMITS } from "scenograph/scene/schema";
import { same } from "../delta.ts";
import { insidePicture, moveBox, NUDGE, type Point } from "../geometry.ts";
import { moveMask } from "../paint.ts";
import { afterBoxes, withStale } from "../stages.ts";
import {
  changeObject,
  type Doc,
  objectOf,
  type State,
  selectedIds,
  selectedObject,
  selectedObjects,
  withPainted,
} from "../state.ts";
import { sentenceOf } from "../suggest.ts";
import { isLabel } from "../vocabulary.ts";
import { type Action, always, withDoc, withScene, withView } from "./action.ts";

const hasSelected = (state: State) => selectedObject(state) !== undefined;
const hasUnlocked = (state: State) => selectedObjects(state).some((o) => !o.locked);

/** `base` is the object as it was when the gesture began: its mask goes along with the box, resampled once. */
export interface SetBox {
  readonly id: string;
  readonly box: Box;
  readonly base?: SceneObject;
  readonly gesture?: string;
}

export const setBox: Action<SetBox> = {
  id: "object.box",
  label: "Move box",
  group: "object",
  enabled: always,
  run: (state, { id, box, base, gesture }) => ({
    state: withDoc(state, placed(state.doc, id, box, base)),
    ...(gesture !== undefined && { key: gesture }),
  }),
};

/** Several boxes at once: a group that is moved, resized, aligned. */
export const setBoxes: Action<{ readonly places: readonly Omit<SetBox, "gesture">[]; readonly gesture?: string }> = {
  id: "object.boxes",
  label: "Move boxes",
  group: "object",
  enabled: always,
  run: (state, { places, gesture }) => ({
    state: withDoc(
      state,
      places.reduce((d, { id, box, base }) => placed(d, id, box, base), state.doc),
    ),
    ...(gesture !== undefined && { key: gesture }),
  }),
};

export function placed(doc: Doc, id: string, wanted: Box, base?: SceneObject): Doc {
  const box = insidePicture(wanted);
  const next = changeObject(doc, id, (o) => {
    if (o.locked || same(o.box, box) || !box.every(Number.isFinite)) return o;
    const from = base ?? o;
    return { ...o, box, ...(from.mask && { mask: moveMask(from.mask, from.box, box) }) };
  });
  return next === doc ? doc : afterBoxes(next);
}

/**
 * Where nobody wrote a sentence, or it only lists the things that were there, it lists those that are there now: boxes that
 * are drawn without a sentence are "a dog and a cat".
 */
function listed(before: Doc, after: Doc): Doc {
  const { caption, objects } = before.scene;
  if (caption.trim() !== "" && caption !== sentenceOf(objects)) return after;
  return { ...after, scene: { ...after.scene, caption: sentenceOf(after.scene.objects) } };
}

function nudge(name: string, key: string, [dx, dy]: Point, far: boolean): Action {
  const steps = far ? 10 : 1;
  return {
    id: `object.nudge.${name}${far ? ".far" : ""}`,
    label: `Nudge ${name}${far ? " far" : ""}`,
    group: "object",
    shortcut: [`${far ? "Shift+" : ""}${key}`],
    enabled: hasUnlocked,
    run: (state) => {
      const by: Point = [dx * NUDGE * steps, dy * NUDGE * steps];
      const group = selectedObjects(state);
      const doc = group.reduce((d, o) => placed(d, o.id, moveBox(o.box, by)), state.doc);
      return { state: withDoc(state, doc), key: `nudge ${group.map((o) => o.id)}` };
    },
  };
}

export const nudges: readonly Action[] = [false, true].flatMap((far) => [
  nudge("left", "ArrowLeft", [-1, 0], far),
  nudge("right", "ArrowRight", [1, 0], far),
  nudge("up", "ArrowUp", [0, -1], far),
  nudge("down", "ArrowDown", [0, 1], far),
]);

export const addObject: Action<{ readonly label: string; readonly box: Box }> = {
  id: "object.add",
  label: "Add object",
  group: "object",
  enabled: (state) => state.doc.scene.objects.length < SCENE_LIMITS.objects,
  run: (state, { label, box }) => {
    const { objects } = state.doc.scene;
    if (!isLabel(label) || objects.length >= SCENE_LIMITS.objects) return { state };
    const id = freshId(objects);
    const added = [...objects, { id, label, box: insidePicture(box) }];
    const doc = afterBoxes(withScene(state, { objects: added }));
    return { state: withView(withDoc(state, listed(state.doc, doc)), { selected: id, tool: "select" }) };
  },
};

export const deleteObject: Action = {
  id: "object.delete",
  label: "Delete object",
  group: "object",
  shortcut: ["Delete", "Backspace"],
  enabled: hasUnlocked,
  run: (state) => {
    const gone = new Set(selectedObjects(state).flatMap((o) => (o.locked ? [] : [o.id])));
    if (gone.size === 0) return { state };
    const objects = state.doc.scene.objects.filter((o) => !gone.has(o.id));
    const doc = [...gone].reduce((d, id) => withPainted(d, id, false), withScene(state, { objects }));
    const { selected: _, ...view } = state.view;
    const left = listed(state.doc, withStale(doc, "masks", "image"));
    return { state: { ...withDoc(state, left), view: { ...view, also: [] } } };
  },
};

export const duplicateObject: Action = {
  id: "object.duplicate",
  label: "Duplicate object",
  group: "object",
  shortcut: ["Ctrl+D"],
  enabled: (state) => hasSelected(state) && addObject.enabled(state),
  run: (state) => ({ state: withCopies(state, selectedObjects(state), [0.05, 0.05]) }),
};

/** Copies of objects, in front, moved by a vector; they are what is selected then. As many as a scene may hold. */
export function withCopies(state: State, originals: readonly SceneObject[], by: Point): State {
  let objects = state.doc.scene.objects;
  let doc = state.doc;
  const made: string[] = [];
  for (const o of originals) {
    if (objects.length >= SCENE_LIMITS.objects) break;
    const { locked: _, score: __, ...rest } = o;
    const id = freshId(objects);
    const box = moveBox(o.box, by);
    const copy = { ...rest, id, box, ...(o.mask && { mask: moveMask(o.mask, o.box, box) }) };
    // beside its original where that is here, in front of all where it comes from elsewhere
    const at = objects.indexOf(o) + 1 || objects.length;
    objects = [...objects.slice(0, at), copy, ...objects.slice(at)];
    doc = withPainted(doc, id, o.mask !== undefined && (at === objects.length || doc.painted.includes(o.id)));
    made.unshift(id);
  }
  if (made.length === 0) return state;
  const next = listed(state.doc, afterBoxes({ ...doc, scene: { ...doc.scene, objects } }));
  return withView(withDoc(state, next), { selected: made[0], also: made.slice(1), tool: "select" });
}

export const relabel: Action<{ readonly id: string; readonly label: string }> = {
  id: "object.relabel",
  label: "Change label",
  group: "object",
  enabled: always,
  run: (state, { id, label }) => {
    const doc = changeObject(state.doc, id, (o) => {
      if (o.locked || o.label === label || !isLabel(label)) return o;
      const { score: _, ...rest } = o;
      return { ...rest, label };
    });
    return { state: doc === state.doc ? state : withDoc(state, listed(state.doc, afterBoxes(doc))) };
  },
};

/** Change the place of what is selected in the drawing order. */
function reorder(name: string, key: string, place: (ids: readonly string[], chosen: ReadonlySet<string>) => string[]) {
  const ordered = (state: State): SceneObject[] => {
    const { objects } = state.doc.scene;
    const byId = new Map(objects.map((o) => [o.id, o]));
    return place([...byId.keys()], new Set(selectedIds(state))).map((id) => byId.get(id) as SceneObject);
  };
  const differs = (state: State) => ordered(state).some((o, i) => o !== state.doc.scene.objects[i]);
  const action: Action = {
    id: `object.order.${name}`,
    label: `${name === "nearer" || name === "farther" ? "Bring" : "Bring to"} ${name}`,
    group: "object",
    shortcut: [key],
    enabled: (state) => hasSelected(state) && differs(state),
    run: (state) => ({ state: withDoc(state, withStale(withScene(state, { objects: ordered(state) }), "image")) }),
  };
  return action;
}

/** Each of the chosen one place towards the end, unless another of them is there. */
function raised(ids: readonly string[], chosen: ReadonlySet<string>): string[] {
  const out = [...ids];
  for (let i = out.length - 2; i >= 0; i--)
    if (chosen.has(out[i]) && !chosen.has(out[i + 1])) [out[i], out[i + 1]] = [out[i + 1], out[i]];
  return out;
}

const parted = (ids: readonly string[], chosen: ReadonlySet<string>) =>
  [ids.filter((id) => !chosen.has(id)), ids.filter((id) => chosen.has(id))] as const;

export const nearer = reorder("nearer", "Ctrl+]", raised);
export const farther = reorder("farther", "Ctrl+[", (ids, chosen) => raised([...ids].reverse(), chosen).reverse());
export const front = reorder("front", "Ctrl+Shift+]", (ids, chosen) => parted(ids, chosen).flat());
export const back = reorder("back", "Ctrl+Shift+[", (ids, chosen) => [...parted(ids, chosen)].reverse().flat());

/** An object before another in the list, for dragging; `to` counts among the others. */
export const moveInOrder: Action<{ readonly id: string; readonly to: number }> = {
  id: "object.order.move",
  label: "Change order",
  group: "object",
  enabled: always,
  run: (state, { id, to }) => {
    const object = objectOf(state, id);
    if (!object) return { state };
    const rest = state.doc.scene.objects.filter((o) => o !== object);
    const objects = [...rest.slice(0, to), object, ...rest.slice(to)];
    if (objects.every((o, i) => o === state.doc.scene.objects[i])) return { state };
    return { state: withDoc(state, withStale(withScene(state, { objects }), "image")) };
  },
};

interface Flag {
  /** Of the selected object. */
  readonly selected: Action;
  readonly of: Action<{ readonly id: string }>;
}

function flag(name: "locked" | "hidden", label: string, key: string): Flag {
  const toggled = (state: State, id: string): State => {
    const doc = changeObject(state.doc, id, (o) => {
      const { [name]: on, ...rest } = o;
      return on ? rest : { ...o, [name]: true };
    });
    if (doc === state.doc) return state;
    return withDoc(state, name === "hidden" ? withStale(doc, "image") : doc);
  };
  const shared = { label, group: "object" as const };
  return {
    selected: {
      ...shared,
      id: `object.${name}`,
      shortcut: [key],
      enabled: hasSelected,
      run: (state) => {
        const on = selectedObject(state)?.[name] === true;
        const alike = selectedObjects(state).filter((o) => (o[name] === true) === on);
        return { state: alike.reduce((s, o) => toggled(s, o.id), state) };
      },
    },
    of: {
      ...shared,
      id: `object.${name}.of`,
      enabled: always,
      run: (state, { id }) => ({ state: toggled(state, id) }),
    },
  };
}

export const toggleLocked = flag("locked", "Lock or unlock", "L");
export const toggleHidden = flag("hidden", "Hide or show", "H");
