/** The document as it is stored between visits. What is read back passes through `restoreScene`, as everything does. @module */
import { Categories, COCO } from "scenograph/scene/categories";
import { restoreScene } from "scenograph/scene/restore";
import { same } from "./delta.ts";
import { type Entry, type History, NO_HISTORY } from "./history.ts";
import { INFERRED } from "./stages.ts";
import { type Doc, INITIAL_VIEW, type State, VARY, type View, withoutChoices } from "./state.ts";
import { categories } from "./vocabulary.ts";

export interface Snapshot {
  readonly format: 1;
  readonly doc: Doc;
  readonly history: History;
  readonly view: View;
  /** Of labels, where it is not COCO's. */
  readonly vocabulary?: Vocabulary;
}

type Vocabulary = Pick<Categories, "categories" | "except">;

/** Parts of the view that need not be there, all text. */
const OPTIONAL = ["selected", "model"];
/** Steps of undo that are kept between visits. */
const KEPT_STEPS = 100;

export function snapshotOf({ doc, history, view }: State): Snapshot {
  // a step that begins after loading must not be taken for part of the last one
  const entry = ({ label, delta }: Entry): Entry => ({ label, delta });
  return {
    format: 1,
    ...(categories() !== COCO && { vocabulary: { categories: categories().categories, except: categories().except } }),
    doc,
    view,
    history: { past: history.past.slice(-KEPT_STEPS).map(entry), future: history.future.map(entry) },
  };
}

/** The state that was stored; notes say what had to be mended. @throws FormatError when its scene is beyond repair */
export function stateOfSnapshot(value: unknown, notes: string[] = []): State {
  const { doc, history, view, vocabulary } = (value ?? {}) as Partial<Snapshot>;
  const labels = vocabulary ? new Categories(vocabulary.categories, vocabulary.except) : COCO;
  const scene = restoreScene(doc?.scene, notes, labels);
  const ids = new Set(scene.objects.map((o) => o.id));
  const painted = (Array.isArray(doc?.painted) ? doc.painted : []).filter((id) => ids.has(id));
  const stale = INFERRED.filter((s) => Array.isArray(doc?.stale) && doc.stale.includes(s));
  const chosen = (Array.isArray(doc?.chosen) ? doc.chosen : []).filter((c) => typeof c === "string");
  const picture = typeof doc?.picture === "string" ? { picture: doc.picture } : {};
  const intact = same(scene, doc?.scene) && Array.isArray(history?.past) && Array.isArray(history?.future);
  const known = Object.entries(view ?? {}).filter(([key, v]) => {
    const initial = INITIAL_VIEW[key as keyof View];
    if (key === "vary") return typeof v === "string" && v in VARY;
    return initial === undefined ? OPTIONAL.includes(key) && typeof v === "string" : typeof initial === typeof v;
  });
  return {
    doc: withoutChoices({ scene, painted, stale, ...(chosen.length > 0 && { chosen }), ...picture }, ids),
    // steps fit only the document that they were made on
    history: intact ? (history as History) : NO_HISTORY,
    view: { ...INITIAL_VIEW, ...Object.fromEntries(known), also: [], tool: "select" },
  };
}
