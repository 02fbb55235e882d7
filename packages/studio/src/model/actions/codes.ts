/** Commands of poses, looks and colours: which silhouette, which appearance, for models that have codes of them. @module */
import type { Mask } from "scenograph/scene/scene";
import { flipMask } from "../paint.ts";
import { afterBoxes, withStale } from "../stages.ts";
import { changeObject, type Doc, isChosen, objectOf, withChosen, withPainted } from "../state.ts";
import { type Action, always, withDoc } from "./action.ts";

/** A pose with the silhouette that it draws; what was painted before gives way to it. */
export const setPose: Action<{ readonly id: string; readonly pose: number; readonly mask: Mask }> = {
  id: "object.pose",
  label: "Choose a pose",
  group: "object",
  enabled: always,
  run: (state, { id, pose, mask }) => {
    const doc = changeObject(state.doc, id, (o) => (o.locked ? o : { ...o, pose, mask }));
    return { state: doc === state.doc ? state : withDoc(state, withStale(withPainted(doc, id, false), "image")) };
  },
};

/** The other facing of a pose. @param codes number of the model's pose codes */
export const turnRound: Action<{ readonly id: string; readonly codes: number }> = {
  id: "object.turn",
  label: "Turn round",
  group: "object",
  enabled: always,
  run: (state, { id, codes }) => {
    const doc = changeObject(state.doc, id, (o) => {
      if (o.locked || o.pose === undefined) return o;
      const pose = o.pose < codes ? o.pose + codes : o.pose - codes;
      return { ...o, pose, ...(o.mask && { mask: flipMask(o.mask, o.box) }) };
    });
    return { state: doc === state.doc ? state : withDoc(state, withStale(doc, "image")) };
  },
};

/** Undefined lets the model choose again. */
export const setLook: Action<{ readonly id: string; readonly look?: number }> = {
  id: "object.look",
  label: "Choose a look",
  group: "object",
  enabled: always,
  run: (state, { id, look }) => ({ state: withDoc(state, appearing(state.doc, id, "look", look)) }),
};

export const setColour: Action<{ readonly id: string; readonly colour?: string }> = {
  id: "object.colour",
  label: "Choose a colour",
  group: "object",
  enabled: always,
  run: (state, { id, colour }) => ({
    state: withDoc(state, appearing(state.doc, id, "colour", colour)),
    // a picker tells every colour that the pointer passes
    key: `colour ${id}`,
  }),
};

function appearing(doc: Doc, id: string, what: "look" | "colour", value: number | string | undefined): Doc {
  const object = doc.scene.objects.find((o) => o.id === id);
  if (!object || object.locked) return doc;
  if (value === undefined && !isChosen(doc, id, what)) return doc;
  const next = changeObject(doc, id, ({ [what]: _, ...o }) => (value === undefined ? o : { ...o, [what]: value }));
  return withStale(withChosen(next, id, what, value !== undefined), "image");
}

/** The others of its kind get its pose, look and colour. */
export const likeThis: Action<{ readonly id: string }> = {
  id: "object.like-this",
  label: "Others like this one",
  group: "object",
  enabled: always,
  run: (state, { id }) => {
    const model = objectOf(state, id);
    if (!model) return { state };
    const { pose, look, colour, label } = model;
    const others = state.doc.scene.objects.filter((o) => o.id !== id && o.label === label && !o.locked);
    const doc = others.reduce((d, other) => {
      let next = d;
      if (pose !== undefined) {
        // without a mask the pose is drawn in its own box
        const posed = changeObject(next, other.id, ({ mask: _, ...o }) => ({ ...o, pose }));
        next = afterBoxes(withPainted(posed, other.id, false));
      }
      return next;
    }, state.doc);
    // its own are kept as well: two of a kind are drawn different where nothing says otherwise
    const alike = [model, ...others].reduce((d, { id: own }) => {
      const looked = look === undefined ? d : appearing(d, own, "look", look);
      return colour === undefined ? looked : appearing(looked, own, "colour", colour);
    }, doc);
    return { state: withDoc(state, alike) };
  },
};
