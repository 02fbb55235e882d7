/** Commands for what is selected together: flip, align, resize by keys, copies from elsewhere. @module */
import { restoreScene } from "scenograph/scene/restore";
import type { Box, SceneObject } from "scenograph/scene/scene";
import { frameOf, insidePicture, NUDGE } from "../geometry.ts";
import { flipMask } from "../paint.ts";
import { withStale } from "../stages.ts";
import { changeObject, type State, selectedObjects, withPainted } from "../state.ts";
import { categories } from "../vocabulary.ts";
import { type Action, always, withDoc } from "./action.ts";
import { placed, withCopies } from "./objects.ts";

const unlocked = (state: State) => selectedObjects(state).filter((o) => !o.locked);

/** The silhouette turned over; it is the user's own from then on. */
export const flipObject: Action = {
  id: "object.flip",
  label: "Flip",
  group: "object",
  shortcut: ["Shift+F"],
  enabled: (state) => unlocked(state).some((o) => o.mask),
  run: (state) => {
    const group = unlocked(state).filter((o) => o.mask);
    if (group.length === 0) return { state };
    const doc = group.reduce(
      (d, { id }) =>
        withPainted(
          changeObject(d, id, (o) => (o.mask ? { ...o, mask: flipMask(o.mask, o.box) } : o)),
          id,
          true,
        ),
      state.doc,
    );
    return { state: withDoc(state, withStale(doc, "image")) };
  },
};

function aligned(name: string, label: string, to: (box: Box, frame: Box) => Box): Action {
  return {
    id: `object.align.${name}`,
    label,
    group: "object",
    enabled: (state) => unlocked(state).length > 1,
    run: (state) => {
      const group = unlocked(state);
      const frame = frameOf(group.map((o) => o.box));
      if (!frame) return { state };
      return {
        state: withDoc(
          state,
          group.reduce((d, o) => placed(d, o.id, to(o.box, frame)), state.doc),
        ),
      };
    },
  };
}

export const align: readonly Action[] = [
  aligned("left", "Align left", ([, y, w, h], f) => [f[0], y, w, h]),
  aligned("centre", "Align centres", ([, y, w, h], f) => [f[0] + (f[2] - w) / 2, y, w, h]),
  aligned("right", "Align right", ([, y, w, h], f) => [f[0] + f[2] - w, y, w, h]),
  aligned("top", "Align tops", ([x, , w, h], f) => [x, f[1], w, h]),
  aligned("middle", "Align middles", ([x, , w, h], f) => [x, f[1] + (f[3] - h) / 2, w, h]),
  aligned("bottom", "Align bottoms", ([x, , w, h], f) => [x, f[1] + f[3] - h, w, h]),
];

function stretch(name: string, key: string, dw: number, dh: number): Action {
  return {
    id: `object.stretch.${name}`,
    label: `Make ${name}`,
    group: "object",
    shortcut: [`Ctrl+${key}`],
    enabled: (state) => unlocked(state).length > 0,
    run: (state) => {
      const group = unlocked(state);
      const doc = group.reduce((d, o) => {
        const [x, y, w, h] = o.box;
        return placed(d, o.id, insidePicture([x, y, w + 2 * dw * NUDGE, h + 2 * dh * NUDGE]));
      }, state.doc);
      return { state: withDoc(state, doc), key: `stretch ${group.map((o) => o.id)}` };
    },
  };
}

/** Size by keys; the upper left corner stays. */
export const stretches: readonly Action[] = [
  stretch("narrower", "ArrowLeft", -1, 0),
  stretch("wider", "ArrowRight", 1, 0),
  stretch("lower", "ArrowUp", 0, -1),
  stretch("higher", "ArrowDown", 0, 1),
];

/** Objects that were copied, here or in another tab. */
export const pasteObjects: Action<{ readonly objects: readonly SceneObject[] }> = {
  id: "object.paste",
  label: "Paste",
  group: "object",
  enabled: always,
  run: (state, { objects }) => {
    const here = new Set(state.doc.scene.objects.map((o) => JSON.stringify(o.box)));
    // on top of its original nobody would see it
    const by = objects.some((o) => here.has(JSON.stringify(o.box))) ? 0.05 : 0;
    return { state: withCopies(state, objects, [by, by]) };
  },
};

/** Objects as text for the clipboard. */
export function copiedText(objects: readonly SceneObject[]): string {
  return JSON.stringify({ scenograph: "objects", objects });
}

/** What `copiedText` wrote, checked as every file is; undefined for other texts. */
export function pastedObjects(text: string): readonly SceneObject[] | undefined {
  if (!text.startsWith('{"scenograph":"objects"')) return undefined;
  const { objects } = JSON.parse(text) as { objects: unknown };
  return restoreScene({ version: 2, caption: "", width: 64, height: 64, seed: 1, objects }, [], categories()).objects;
}
