/** Commands of masks. What is painted belongs to the user: inference leaves it alone unless it is asked for. @module */
import { stream } from "@scenograph/graph/random";
import type { Mask, SceneObject } from "scenograph/scene/scene";
import { same } from "../delta.ts";
import { clamp, type Point } from "../geometry.ts";
import { boxMask, emptyMask, fillHoles, floodFill, paintable, stroke } from "../paint.ts";
import { withStale } from "../stages.ts";
import { BRUSH_SIZES, changeObject, type State, selectedObject, withPainted } from "../state.ts";
import { type Action, always, type Outcome, SEEDS, withDoc, withView } from "./action.ts";

const hasMask = (state: State) => selectedObject(state)?.mask !== undefined && !selectedObject(state)?.locked;
const hasUnlocked = (state: State) => selectedObject(state) !== undefined && !selectedObject(state)?.locked;

function painted(state: State, id: string | undefined, change: (mask: Mask, object: SceneObject) => Mask): State {
  if (id === undefined) return state;
  const { width, height } = state.doc.scene;
  const doc = changeObject(state.doc, id, (o) => {
    if (o.locked) return o;
    const mask = change(paintable(o.mask, width, height), o);
    return o.mask && same(mask.counts, o.mask.counts) && mask.width === o.mask.width ? o : { ...o, mask };
  });
  return doc === state.doc ? state : withDoc(state, withStale(withPainted(doc, id, true), "image"));
}

export interface Paint {
  readonly id: string;
  readonly from: Point;
  readonly to: Point;
  /** 1 adds, 0 takes away. */
  readonly value: 0 | 1;
  readonly gesture: string;
}

export const paint: Action<Paint> = {
  id: "mask.paint",
  label: "Paint mask",
  group: "mask",
  enabled: always,
  run: (state, { id, from, to, value, gesture }) => ({
    state: painted(state, id, (mask) => stroke(mask, from, to, state.view.brush, value)),
    key: gesture,
  }),
};

/** Fill the area around a point with the mask, as a paint bucket does. */
export const fillAt: Action<{ readonly id: string; readonly point: Point; readonly value: 0 | 1 }> = {
  id: "mask.fill-at",
  label: "Fill area",
  group: "mask",
  enabled: always,
  run: (state, { id, point, value }) => ({ state: painted(state, id, (mask) => floodFill(mask, point, value)) }),
};

function onSelected(
  id: string,
  label: string,
  shortcut: string,
  enabled: (state: State) => boolean,
  change: (mask: Mask, object: SceneObject) => Mask,
): Action {
  const run = (state: State): Outcome => ({ state: painted(state, state.view.selected, change) });
  return { id, label, group: "mask", shortcut: [shortcut], enabled, run };
}

/** Close the holes; a mask without any becomes its whole box. */
export const fillMask = onSelected("mask.fill", "Fill mask", "F", hasUnlocked, (mask, object) => {
  const filled = fillHoles(mask);
  return filled === mask ? boxMask(object.box, mask.width, mask.height) : filled;
});

export const clearMask = onSelected("mask.clear", "Clear mask", "Shift+Delete", hasMask, emptyMask);

/** Another silhouette for the selected object alone, then the picture; all else stays as it is. */
export const inferMask: Action = {
  id: "mask.infer",
  label: "Another silhouette",
  group: "mask",
  shortcut: ["M"],
  enabled: hasUnlocked,
  run: (state) => {
    const object = selectedObject(state);
    if (!object) return { state };
    const { seed } = state.doc.scene;
    // with the scene's own seed it would be drawn as it was
    const now = `${object.pose} ${object.mask?.counts.length} ${object.mask?.counts[1]}`;
    const job = {
      from: "masks",
      to: "image",
      only: object.id,
      fresh: true,
      seed: stream(seed, "another", object.id, now).int(SEEDS),
    } as const;
    return { state, effect: { type: "infer", job } };
  },
};

function brush(name: string, key: string, factor: number): Action {
  return {
    id: `view.brush.${name}`,
    label: `Brush ${name}`,
    group: "view",
    shortcut: [key],
    enabled: always,
    run: (state) => ({ state: withView(state, { brush: clamp(state.view.brush * factor, ...BRUSH_SIZES) }) }),
  };
}

export const smallerBrush = brush("smaller", "[", 0.8);
export const largerBrush = brush("larger", "]", 1.25);

export const setBrush: Action<{ readonly brush: number }> = {
  id: "view.brush",
  label: "Brush size",
  group: "view",
  enabled: always,
  run: (state, { brush: size }) => ({ state: withView(state, { brush: clamp(size, ...BRUSH_SIZES) }) }),
};
