/** Commands of objects and their boxes. Locked objects are left as they are. @module */
import { classIndex } from "scenograph/scene/categories";
import { freshId } from "scenograph/scene/ops";
import type { Box, SceneObject } from "scenograph/scene/scene";
import { SCENE_LIMITS } from "scenograph/scene/schema";
import { same } from "../delta.ts";
import { insidePicture, moveBox, NUDGE, type Point } from "../geometry.ts";
import { moveMask } from "../paint.ts";
import { afterBoxes, withStale } from "../stages.ts";
import { changeObject, type Doc, objectOf, type State, selectedObject, withPainted } from "../state.ts";
import { type Action, always, withDoc, withScene, withView } from "./action.ts";

const hasSelected = (state: State) => selectedObject(state) !== undefined;
const hasUnlocked = (state: State) => hasSelected(state) && !selectedObject(state)?.locked;

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

function placed(doc: Doc, id: string, wanted: Box, base?: SceneObject): Doc {
  const box = insidePicture(wanted);
  const next = changeObject(doc, id, (o) => {
    if (o.locked || same(o.box, box) || !box.every(Number.isFinite)) return o;
    const from = base ?? o;
    return { ...o, box, ...(from.mask && { mask: moveMask(from.mask, from.box, box) }) };
  });
  return next === doc ? doc : afterBoxes(next);
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
      const o = selectedObject(state);
      if (!o) return { state };
      const box = moveBox(o.box, [dx * NUDGE * steps, dy * NUDGE * steps]);
      return { state: withDoc(state, placed(state.doc, o.id, box)), key: `nudge ${o.id}` };
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
    if (classIndex(label) < 0 || objects.length >= SCENE_LIMITS.objects) return { state };
    const id = freshId(objects);
    const added = [...objects, { id, label, box: insidePicture(box) }];
    const doc = afterBoxes(withScene(state, { objects: added }));
    return { state: withView(withDoc(state, doc), { selected: id, tool: "select" }) };
  },
};

export const deleteObject: Action = {
  id: "object.delete",
  label: "Delete object",
  group: "object",
  shortcut: ["Delete", "Backspace"],
  enabled: hasUnlocked,
  run: (state) => {
    const o = selectedObject(state);
    if (!o || o.locked) return { state };
    const objects = state.doc.scene.objects.filter((other) => other.id !== o.id);
    const doc = withPainted(withScene(state, { objects }), o.id, false);
    const { selected: _, ...view } = state.view;
    return { state: { ...withDoc(state, withStale(doc, "masks", "image")), view } };
  },
};

export const duplicateObject: Action = {
  id: "object.duplicate",
  label: "Duplicate object",
  group: "object",
  shortcut: ["Ctrl+D"],
  enabled: (state) => hasSelected(state) && addObject.enabled(state),
  run: (state) => {
    const o = selectedObject(state);
    const { objects } = state.doc.scene;
    if (!o || objects.length >= SCENE_LIMITS.objects) return { state };
    const { locked: _, score: __, ...rest } = o;
    const id = freshId(objects);
    const box = moveBox(o.box, [0.05, 0.05]);
    const copy = { ...rest, id, box, ...(o.mask && { mask: moveMask(o.mask, o.box, box) }) };
    const at = objects.indexOf(o) + 1;
    const doc = withScene(state, { objects: [...objects.slice(0, at), copy, ...objects.slice(at)] });
    const painted = withPainted(doc, id, state.doc.painted.includes(o.id));
    return { state: withView(withDoc(state, afterBoxes(painted)), { selected: id }) };
  },
};

export const relabel: Action<{ readonly id: string; readonly label: string }> = {
  id: "object.relabel",
  label: "Change label",
  group: "object",
  enabled: always,
  run: (state, { id, label }) => {
    const doc = changeObject(state.doc, id, (o) => {
      if (o.locked || o.label === label || classIndex(label) < 0) return o;
      const { score: _, ...rest } = o;
      return { ...rest, label };
    });
    return { state: doc === state.doc ? state : withDoc(state, afterBoxes(doc)) };
  },
};

/** Change the selected object's place in the drawing order. */
function reorder(name: string, key: string, place: (at: number, last: number) => number): Action {
  return {
    id: `object.order.${name}`,
    label: `${name === "nearer" || name === "farther" ? "Bring" : "Bring to"} ${name}`,
    group: "object",
    shortcut: [key],
    enabled: (state) => {
      const { objects } = state.doc.scene;
      const at = objects.findIndex((o) => o.id === state.view.selected);
      return at >= 0 && place(at, objects.length - 1) !== at;
    },
    run: (state) => {
      const { objects } = state.doc.scene;
      const at = objects.findIndex((o) => o.id === state.view.selected);
      const to = place(at, objects.length - 1);
      if (at < 0 || to === at) return { state };
      const rest = objects.filter((_, i) => i !== at);
      const moved = [...rest.slice(0, to), objects[at], ...rest.slice(to)];
      return { state: withDoc(state, withStale(withScene(state, { objects: moved }), "image")) };
    },
  };
}

export const nearer = reorder("nearer", "Ctrl+]", (at, last) => Math.min(last, at + 1));
export const farther = reorder("farther", "Ctrl+[", (at) => Math.max(0, at - 1));
export const front = reorder("front", "Ctrl+Shift+]", (_, last) => last);
export const back = reorder("back", "Ctrl+Shift+[", () => 0);

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
      run: (state) => ({ state: toggled(state, state.view.selected as string) }),
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
