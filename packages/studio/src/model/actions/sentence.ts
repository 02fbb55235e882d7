/** Commands of the sentence. @module */
import { afterSentence } from "../stages.ts";
import { type Action, always, withDoc, withScene } from "./action.ts";

/** Typing: one step of undo a word. */
export const setCaption: Action<{ readonly caption: string }> = {
  id: "sentence.set",
  label: "Edit sentence",
  group: "sentence",
  enabled: always,
  run: (state, { caption }) => ({
    state:
      caption === state.doc.scene.caption
        ? state
        : withDoc(state, afterSentence(withScene(state, { caption }), caption)),
    key: `caption ${caption.split(/\s+/).length}`,
  }),
};

/** Another sentence and everything that follows from it. Locked objects stay. */
export const useSentence: Action<{ readonly caption: string }> = {
  id: "sentence.use",
  label: "New sentence",
  group: "sentence",
  enabled: always,
  run: (state, { caption }) => ({
    state: withDoc(state, afterSentence(withScene(state, { caption }), caption)),
    effect: { type: "infer", job: { from: "boxes", to: "image" } },
  }),
};
