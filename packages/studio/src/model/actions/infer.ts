/** Commands that run stages, and what is done with their results. @module */
import { stream } from "@scenograph/graph/random";
import type { Scene, SceneObject } from "scenograph/scene/scene";
import { afterBoxes, type Inferred, type Job, withStale } from "../stages.ts";
import { type Doc, type State, VARY, type Vary } from "../state.ts";
import { type Action, always, type Outcome, SEEDS, withDoc, withScene, withView } from "./action.ts";

const hasSentence = (state: State) => state.doc.scene.caption.trim() !== "";
const hasObjects = (state: State) => hasSentence(state) && state.doc.scene.objects.length > 0;

/** The seed that the dice show after this one. */
export function nextSeed(seed: number): number {
  return stream(seed, "dice").int(SEEDS);
}

function diced(state: State): State {
  if (state.view.keepSeed) return state;
  return withDoc(state, withScene(state, { seed: nextSeed(state.doc.scene.seed) }));
}

function infer(state: State, job: Job): Outcome {
  return { state, effect: { type: "infer", job } };
}

/**
 * The button and Ctrl+Enter: bring everything up to date from the first stale stage on; when all is fresh, throw the dice
 * and infer everything anew.
 */
export const inferAll: Action = {
  id: "infer.all",
  label: "Draw",
  group: "infer",
  shortcut: ["Ctrl+Enter"],
  enabled: hasSentence,
  run: (state) => {
    const { stale, picture, scene } = state.doc;
    const first = scene.objects.length === 0 || !picture ? "boxes" : stale[0];
    if (first && (first !== "boxes" || stale.includes("boxes") || !picture))
      return infer(state, { from: first, to: "image" });
    return infer(diced(state), { from: "boxes", to: "image" });
  },
};

const NAMES: Record<Inferred, string> = { boxes: "boxes", masks: "silhouettes", image: "picture" };

function again(stage: Inferred, id: string): Action {
  return {
    id,
    label: `Draw the ${NAMES[stage]} again`,
    group: "infer",
    enabled: stage === "boxes" ? hasSentence : hasObjects,
    run: (state) => infer(diced(state), { from: stage, to: "image", fresh: true }),
  };
}

/** A stage anew with another seed unless it is kept, and all that follows it: nothing is left out of date. */
export const inferAgain: Record<Inferred, Action> = {
  boxes: again("boxes", "infer.boxes"),
  masks: again("masks", "infer.masks"),
  image: again("image", "infer.image"),
};

export const cancel: Action = {
  id: "infer.cancel",
  label: "Stop",
  group: "infer",
  enabled: always,
  run: (state) => ({ state, effect: { type: "cancel" } }),
};

/** Another seed for silhouettes and picture; boxes stay, and so does what the user painted or locked. */
function seeded(state: State, seed: number): Outcome {
  if (!Number.isSafeInteger(seed) || seed < 0 || seed === state.doc.scene.seed) return { state };
  const next = withDoc(state, withStale(withScene(state, { seed }), "masks", "image"));
  if (!hasObjects(state)) return { state: next, key: "seed" };
  return { state: next, key: "seed", effect: { type: "infer", job: { from: "masks", to: "image", again: true } } };
}

/** A seed that somebody chose is kept until the pin is taken off. */
export const setSeed: Action<{ readonly seed: number }> = {
  id: "picture.seed",
  label: "Set seed",
  group: "infer",
  enabled: always,
  run: (state, { seed }) => {
    const outcome = seeded(state, seed);
    return outcome.state === state ? outcome : { ...outcome, state: withView(outcome.state, { keepSeed: true }) };
  },
};

export const rollSeed: Action = {
  id: "picture.dice",
  label: "Throw the dice",
  group: "infer",
  shortcut: ["R"],
  enabled: always,
  run: (state) => seeded(state, nextSeed(state.doc.scene.seed)),
};

/** Of the kind of `view.vary` unless another is named. */
export const makeVariations: Action<{ readonly vary?: Vary } | undefined> = {
  id: "picture.variations",
  label: "Make variations",
  group: "infer",
  enabled: hasSentence,
  run: (state, args) => {
    const { vary, variations: count } = state.view;
    return { state, effect: { type: "variations", vary: args?.vary ?? vary, count } };
  },
};

export const setVary: Action<{ readonly vary: Vary }> = {
  id: "picture.vary",
  label: "What variations vary",
  group: "view",
  enabled: always,
  run: (state, { vary }) => ({ state: vary in VARY ? withView(state, { vary }) : state }),
};

export const makeAlternatives: Action = {
  id: "boxes.alternatives",
  label: "Suggest layouts",
  group: "infer",
  shortcut: ["Shift+A"],
  enabled: hasSentence,
  run: (state) => ({ state, effect: { type: "variations", vary: "layouts", count: state.view.variations } }),
};

/** Take a finished scene and its picture: a variation, or a picture of the history. */
export const acceptScene: Action<{
  readonly scene: Scene;
  readonly picture: string;
  readonly painted?: readonly string[];
}> = {
  id: "picture.accept",
  label: "Take picture",
  group: "infer",
  enabled: always,
  run: (state, { scene, picture, painted = state.doc.painted }) => {
    const ids = new Set(scene.objects.map((o) => o.id));
    const doc: Doc = { scene, painted: painted.filter((id) => ids.has(id)).sort(), stale: [], picture };
    const { compare: _, ...view } = state.view;
    return { state: { ...state, doc, view } };
  },
};

/** Take another layout; masks and picture follow. */
export const acceptLayout: Action<{ readonly objects: readonly SceneObject[]; readonly seed: number }> = {
  id: "boxes.accept",
  label: "Take layout",
  group: "infer",
  enabled: always,
  run: (state, { objects, seed }) => {
    const kept = new Set(objects.filter((o) => o.locked).map((o) => o.id));
    const doc = afterBoxes(withScene(state, { objects, seed }));
    const stale = doc.stale.filter((s) => s !== "boxes");
    const { selected: _, ...view } = state.view;
    return { state: { ...state, view, doc: { ...doc, stale, painted: doc.painted.filter((id) => kept.has(id)) } } };
  },
};

export const comparePicture: Action<{ readonly picture?: string }> = {
  id: "picture.compare",
  label: "Compare pictures",
  group: "view",
  enabled: always,
  run: (state, { picture }) => {
    const { compare: _, ...view } = state.view;
    return { state: { ...state, view: picture === undefined ? view : { ...view, compare: picture } } };
  },
};

/** Things beside those that the sentence names. */
export const setExtras: Action<{ readonly extras: number }> = {
  id: "boxes.extras",
  label: "Extras",
  group: "view",
  enabled: always,
  run: (state, { extras }) => ({ state: withView(state, { extras: Math.min(1, Math.max(0, extras)) }) }),
};

export const setTemperature: Action<{ readonly labelTemperature?: number; readonly boxTemperature?: number }> = {
  id: "boxes.temperature",
  label: "Temperature",
  group: "view",
  enabled: always,
  run: (state, change) => ({ state: withView(state, { temperatures: { ...state.view.temperatures, ...change } }) }),
};
