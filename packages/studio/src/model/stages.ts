/**
 * Which stages a change makes stale, what is sent to inference, and how its answer enters the document. A change re-runs
 * only what follows it.
 * @module
 */
import type { Inferred } from "scenograph/model/calls";
import type { Scene, SceneObject } from "scenograph/scene/scene";
import { changeObject, type Doc, isChosen, withoutChoices } from "./state.ts";

export type { Inferred };
export const INFERRED: readonly Inferred[] = ["boxes", "masks", "image"];

/** What is to be inferred: from the first stage to the last; one object's mask alone where `only` names it. */
export interface Job {
  readonly from: Inferred;
  readonly to: Inferred;
  readonly only?: string;
  /** Asked for by the user, who wants new masks even for objects whose mask is their own; locked ones stay. */
  readonly fresh?: boolean;
  /** Other poses for all whose silhouette is not the user's own. */
  readonly again?: boolean;
  /** Of the masks alone, in the place of the scene's: another draw of one thing leaves the others as they are. */
  readonly seed?: number;
}

export interface Answer {
  readonly scene: Scene;
  /** Key of the new picture; absent where the job ended before it. */
  readonly picture?: string;
}

/** Marks stages stale. */
export function withStale(doc: Doc, ...stages: readonly Inferred[]): Doc {
  const stale = INFERRED.filter((s) => doc.stale.includes(s) || stages.includes(s));
  return stale.length === doc.stale.length ? doc : { ...doc, stale };
}

/** A box, label or set of objects changed: masks and what follows. */
export function afterBoxes(doc: Doc): Doc {
  return withStale(doc, "masks", "image");
}

/**
 * What should run by itself after a change: masks and picture, never new boxes in the place of the user's. Undefined when
 * all is fresh or there is nothing to draw.
 */
export function dueJob(doc: Doc): Job | undefined {
  if (doc.scene.objects.length === 0 && !doc.picture) return undefined;
  if (doc.scene.caption.trim() === "") return undefined;
  const inferred = doc.scene.objects.some((o) => !isKept(doc, o));
  if (doc.stale.includes("masks") && inferred) return { from: "masks", to: "image" };
  return doc.stale.includes("masks") || doc.stale.includes("image") ? { from: "image", to: "image" } : undefined;
}

/** Whether inference of masks keeps the object's mask unless it is asked for new ones. */
function isKept(doc: Doc, object: SceneObject): boolean {
  return object.mask !== undefined && (object.locked === true || doc.painted.includes(object.id));
}

/** Whether a job leaves an object's mask as it is. */
function keeps(doc: Doc, job: Job, object: SceneObject): boolean {
  if (object.mask === undefined || job.only === object.id) return false;
  return job.only !== undefined || object.locked === true || (!job.fresh && doc.painted.includes(object.id));
}

/**
 * The scene that a job is run on. Locked objects pass through every stage; objects with a mask of the user's own, and all
 * others where one alone is inferred, are locked for the masks. An object without its mask keeps its pose, so a thing that
 * was moved stands as it stood; a fresh one loses both. Looks and colours that were chosen are kept, the others drawn.
 */
export function requestOf(doc: Doc, job: Job): Scene {
  if (job.from === "boxes") return doc.scene;
  const objects = doc.scene.objects.map((o) => {
    const shaped = job.from === "masks" ? shapeOf(doc, job, o) : o;
    return o.locked ? shaped : appearing(doc, shaped);
  });
  return { ...doc.scene, objects };
}

function shapeOf(doc: Doc, job: Job, o: SceneObject): SceneObject {
  if (keeps(doc, job, o)) return { ...o, locked: true };
  const isAsked = job.only === o.id;
  if (o.locked && !isAsked) return o;
  const { mask: _, locked: __, ...bare } = o;
  if (!job.fresh && !job.again) return bare;
  const { pose: ___, ...fresh } = bare;
  return fresh;
}

/** One that was chosen stands alone or, where look and colour both were, locked: so the chain keeps it. */
function appearing(doc: Doc, o: SceneObject): SceneObject {
  const [look, colour] = [isChosen(doc, o.id, "look"), isChosen(doc, o.id, "colour")];
  if (look && colour) return { ...o, locked: true };
  const { look: ownLook, colour: ownColour, ...rest } = o;
  if (look) return { ...rest, ...(ownLook !== undefined && { look: ownLook }) };
  if (colour) return { ...rest, ...(ownColour !== undefined && { colour: ownColour }) };
  return o;
}

/**
 * The document with an answer. `current`: nothing changed since the job was asked; otherwise (while a drag goes on) only
 * masks of objects that are still the same kind and the picture are taken, and what was stale stays stale.
 */
export function withAnswer(doc: Doc, job: Job, answer: Answer, current: boolean): Doc {
  if (!current && job.from === "boxes") return doc;
  const given = new Map(answer.scene.objects.map((o) => [o.id, o]));
  let next: Doc = doc;
  if (job.from === "boxes") {
    const before = new Map(doc.scene.objects.map((o) => [o.id, o]));
    const objects = answer.scene.objects.map((o) => (o.locked ? (before.get(o.id) ?? o) : o));
    const kept = new Set(objects.filter((o) => o.locked).map((o) => o.id));
    next = {
      ...doc,
      scene: { ...doc.scene, objects, ...modelOf(answer.scene) },
      painted: doc.painted.filter((id) => kept.has(id)),
    };
    next = withoutChoices(next, kept);
  } else if (job.from === "masks") {
    const objects = doc.scene.objects.map((o) => {
      const inferred = given.get(o.id);
      if (keeps(doc, job, o) || inferred?.label !== o.label || !inferred.mask) return o;
      return { ...o, mask: inferred.mask, ...(inferred.pose !== undefined && { pose: inferred.pose }) };
    });
    const painted = objects.filter((o, i) => doc.painted.includes(o.id) && o === doc.scene.objects[i]).map((o) => o.id);
    next = { ...doc, scene: { ...doc.scene, objects, ...modelOf(answer.scene) }, painted: painted.sort() };
  }
  if (answer.picture) next = { ...withAppearances(next, given), picture: answer.picture };
  if (!current) return next;
  const [first, last] = [INFERRED.indexOf(job.from), INFERRED.indexOf(job.to)];
  const stale = INFERRED.filter((s, i) => {
    if (first <= i && i <= last) return s === "masks" && job.only !== undefined && doc.stale.includes(s);
    // masks that are all the user's own are what they are
    if (s === "masks" && job.from === "image" && next.scene.objects.every((o) => isKept(next, o))) return false;
    // an earlier job to image from masks says nothing of stale boxes; what follows the last stage is stale now
    return i > last || doc.stale.includes(s);
  });
  return { ...next, stale };
}

/** Looks and colours as they were drawn, so that they can be seen, kept and handed on. */
function withAppearances(doc: Doc, given: ReadonlyMap<string, SceneObject>): Doc {
  return doc.scene.objects.reduce((d, { id }) => {
    const { look, colour } = given.get(id) ?? {};
    return changeObject(d, id, (o) => {
      if (o.locked || (look === o.look && colour === o.colour)) return o;
      return { ...o, ...(look !== undefined && { look }), ...(colour !== undefined && { colour }) };
    });
  }, doc);
}

function modelOf(scene: Scene): Partial<Scene> {
  return scene.model === undefined ? {} : { model: scene.model };
}

/** The sentence changed: the layout no longer follows from it, and the picture's background and gate hang on it. */
export function afterSentence(doc: Doc, caption: string): Doc {
  return caption.trim() === "" ? doc : withStale(doc, "boxes", "image");
}
