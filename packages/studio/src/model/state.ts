/**
 * What the studio knows: the document (undone, redone, saved) and the view (how it is looked at; never undone). Plain
 * values without methods; every change makes new ones and shares what did not change.
 * @module
 */
import type { BoxOptions } from "scenograph/pipeline";
import type { Scene, SceneObject } from "scenograph/scene/scene";
import { type History, NO_HISTORY } from "./history.ts";
import type { Inferred } from "./stages.ts";

export interface Doc {
  readonly scene: Scene;
  /** Ids of objects whose mask is the user's own, in alphabetical order: inference keeps these masks. */
  readonly painted: readonly string[];
  /** Looks and colours that the user chose, "look <id>" or "colour <id>", in alphabetical order: inference keeps them. */
  readonly chosen?: readonly string[];
  /** Stages whose result does not fit what comes before them, in order. */
  readonly stale: readonly Inferred[];
  /** Key of the picture that was drawn last, in the picture shelf. */
  readonly picture?: string;
}

export type Tool = "select" | "add" | "brush" | "eraser";
export type Theme = "system" | "light" | "dark";
export type PanelName = "sentence" | "boxes" | "masks" | "picture";
export const PANELS: readonly PanelName[] = ["sentence", "boxes", "masks", "picture"];

/** What the stage shows, each over those before it. */
export interface Layers {
  readonly picture: boolean;
  readonly masks: boolean;
  readonly boxes: boolean;
}
export type LayerName = keyof Layers;
export const LAYERS: readonly LayerName[] = ["picture", "masks", "boxes"];

/** What variations vary. */
export type Vary = "scenes" | "layouts" | "poses" | "looks" | "places";
export const VARY: Readonly<Record<Vary, string>> = {
  scenes: "everything",
  layouts: "layouts",
  poses: "poses",
  looks: "looks",
  places: "places",
};

export interface View {
  readonly selected?: string;
  /** Ids of what is selected beside it. */
  readonly also: readonly string[];
  /** One large stage, or the stages of the paper side by side. */
  readonly layout: "stage" | "side";
  readonly layers: Layers;
  readonly tool: Tool;
  /** Panel that shortcuts and, on a narrow screen, the only visible area belong to. */
  readonly panel: PanelName;
  /** Brush diameter as a fraction of the picture's width, in BRUSH_SIZES. */
  readonly brush: number;
  /** Opacity of masks, 0 to 1. */
  readonly opacity: number;
  /** Masks drawn over the picture. */
  readonly overlay: boolean;
  /** Infer while a gesture goes on, not only at its end. */
  readonly live: boolean;
  /** A new inference keeps the seed instead of throwing the dice. */
  readonly keepSeed: boolean;
  readonly snap: boolean;
  /** Category whose density of the next box is drawn over the boxes. */
  readonly heat?: string;
  readonly temperatures: Required<Pick<BoxOptions, "labelTemperature" | "boxTemperature">>;
  /** Things that the sentence does not name: 0 none, 1 as many as photographs have. */
  readonly extras: number;
  readonly vary: Vary;
  /** How many variations and alternatives are made at a time. */
  readonly variations: number;
  /** Key of a picture to compare with the current one. */
  readonly compare?: string;
  /** How strong a picture under the stage shows, 0 to 1. */
  readonly reference: number;
  /** Steps of the first visit that were done; LESSONS: all, or nobody wanted them. */
  readonly lesson: number;
  readonly theme: Theme;
  /** Where inference happens; "auto" is the server while it answers. */
  readonly compute: "auto" | "browser" | "server";
  /** Name of the model that was chosen; the server's first where none was. */
  readonly model?: string;
}

export interface State {
  readonly doc: Doc;
  readonly view: View;
  readonly history: History;
}

export const BRUSH_SIZES: readonly [smallest: number, largest: number] = [1 / 64, 0.5];
export const LESSONS = 3;
export const VARIATIONS: readonly [fewest: number, most: number] = [4, 8];

export const EMPTY_DOC: Doc = {
  scene: { version: 2, caption: "", width: 64, height: 64, seed: 1, objects: [] },
  painted: [],
  stale: [],
};

export const INITIAL_VIEW: View = {
  also: [],
  layout: "stage",
  layers: { picture: true, masks: false, boxes: false },
  tool: "select",
  panel: "sentence",
  brush: 0.08,
  opacity: 0.9,
  overlay: false,
  live: true,
  keepSeed: false,
  snap: true,
  temperatures: { labelTemperature: 0.4, boxTemperature: 0.1 },
  extras: 0.3,
  vary: "scenes",
  variations: 8,
  reference: 0.5,
  lesson: LESSONS,
  theme: "system",
  compute: "auto",
};

export const INITIAL_STATE: State = { doc: EMPTY_DOC, view: INITIAL_VIEW, history: NO_HISTORY };

export function objectOf(state: State, id: string | undefined): SceneObject | undefined {
  return state.doc.scene.objects.find((o) => o.id === id);
}

export function selectedObject(state: State): SceneObject | undefined {
  return objectOf(state, state.view.selected);
}

/** Ids of all that is selected and still there; the one that fields show comes first. */
export function selectedIds({ doc, view }: State): string[] {
  if (view.selected === undefined) return [];
  const there = new Set(doc.scene.objects.map((o) => o.id));
  return [...new Set([view.selected, ...view.also])].filter((id) => there.has(id));
}

/** What is selected, in drawing order. */
export function selectedObjects(state: State): SceneObject[] {
  const ids = new Set(selectedIds(state));
  return state.doc.scene.objects.filter((o) => ids.has(o.id));
}

/** The document with one object changed; a function that answers the same object changes nothing. */
export function changeObject(doc: Doc, id: string, change: (object: SceneObject) => SceneObject): Doc {
  const at = doc.scene.objects.findIndex((o) => o.id === id);
  if (at < 0) return doc;
  const object = change(doc.scene.objects[at]);
  if (object === doc.scene.objects[at]) return doc;
  return { ...doc, scene: { ...doc.scene, objects: doc.scene.objects.with(at, object) } };
}

/** The ids and one more, or one less. */
export function withPainted(doc: Doc, id: string, painted: boolean): Doc {
  if (doc.painted.includes(id) === painted) return doc;
  return { ...doc, painted: painted ? [...doc.painted, id].sort() : doc.painted.filter((p) => p !== id) };
}

/** What of an object's appearance can be the user's own. */
export type Appearance = "look" | "colour";

export function isChosen({ chosen = [] }: Doc, id: string, what: Appearance): boolean {
  return chosen.includes(`${what} ${id}`);
}

export function withChosen(doc: Doc, id: string, what: Appearance, on: boolean): Doc {
  if (isChosen(doc, id, what) === on) return doc;
  const { chosen = [], ...rest } = doc;
  const name = `${what} ${id}`;
  const next = on ? [...chosen, name].sort() : chosen.filter((c) => c !== name);
  return next.length === 0 ? rest : { ...rest, chosen: next };
}

/** The document without what was chosen for objects that are gone. */
export function withoutChoices(doc: Doc, ids: ReadonlySet<string>): Doc {
  const { chosen, ...rest } = doc;
  const next = chosen?.filter((name) => ids.has(name.slice(name.indexOf(" ") + 1)));
  return next === undefined || next.length === chosen?.length
    ? doc
    : next.length === 0
      ? rest
      : { ...rest, chosen: next };
}
