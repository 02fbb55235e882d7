/** Scenes and random commands for tests of the model. */
import fc from "fast-check";
import { CATEGORIES } from "scenograph/scene/categories";
import type { Box, Scene, SceneObject } from "scenograph/scene/scene";
import * as actions from "./actions/index.ts";
import { boxMask } from "./paint.ts";
import { type Answer, INFERRED, type Job, withAnswer } from "./stages.ts";
import { INITIAL_STATE, type State } from "./state.ts";
import type { Store } from "./store.ts";

export function objectAt(id: string, box: Box, more: Partial<SceneObject> = {}): SceneObject {
  return { id, label: "dog", box, ...more };
}

export const SCENE: Scene = {
  version: 2,
  caption: "two dogs and a cat",
  width: 64,
  height: 64,
  seed: 5,
  objects: [
    objectAt("a", [0.1, 0.1, 0.3, 0.3], { mask: boxMask([0.1, 0.1, 0.3, 0.3], 64, 64) }),
    objectAt("b", [0.5, 0.2, 0.4, 0.6], { mask: boxMask([0.5, 0.2, 0.4, 0.6], 64, 64), score: 0.5 }),
    objectAt("c", [0, 0.6, 1, 0.4], { label: "cat", locked: true, mask: boxMask([0, 0.6, 1, 0.4], 64, 64) }),
  ],
};

export function stateOf(scene: Scene = SCENE): State {
  return { ...INITIAL_STATE, doc: { scene, painted: [], stale: [], picture: "p0" } };
}

/** What a generator would answer: every object that it may change gets another box or mask. */
export function fakeAnswer(doc: State["doc"], job: Job, picture: string): Answer {
  const objects = doc.scene.objects.map((o) => {
    if (o.locked) return o;
    const box: Box = job.from === "boxes" ? [o.box[1], o.box[0], o.box[3], o.box[2]] : o.box;
    return { ...o, box, mask: boxMask(box, 64, 64) };
  });
  return { scene: { ...doc.scene, objects }, ...(job.to === "image" && { picture }) };
}

export type Step = (store: Store) => void;

const unit = fc.double({ min: 0, max: 1, noNaN: true });
const box = fc.tuple(unit, unit, unit, unit).map((b): Box => b);
const point = fc.tuple(unit, unit);
const label = fc.constantFrom(...CATEGORIES.map((c) => c.name));
const id = fc.nat({ max: 6 });
const nth = (store: Store, n: number): string => {
  const { objects } = store.state.doc.scene;
  return objects[n % Math.max(1, objects.length)]?.id ?? "none";
};

const step = <T>(values: fc.Arbitrary<T>, run: (store: Store, value: T) => void): fc.Arbitrary<Step> =>
  values.map((value) => (store: Store) => run(store, value));

/** Any command with any arguments, gestures and answers of inference among them; undo and redo too. */
export const anyStep: fc.Arbitrary<Step> = fc.oneof(
  step(fc.constantFrom(...actions.COMMANDS), (store, command) => store.run(command)),
  step(fc.tuple(id, box), (store, [n, b]) => store.run(actions.setBox, { id: nth(store, n), box: b })),
  step(fc.tuple(label, box), (store, [l, b]) => store.run(actions.addObject, { label: l, box: b })),
  step(fc.tuple(id, label), (store, [n, l]) => store.run(actions.relabel, { id: nth(store, n), label: l })),
  step(fc.tuple(id, id), (store, [n, to]) => store.run(actions.moveInOrder, { id: nth(store, n), to })),
  step(id, (store, n) => store.run(actions.select, { id: nth(store, n) })),
  step(fc.string({ maxLength: 8 }), (store, caption) => store.run(actions.setCaption, { caption })),
  step(fc.nat(), (store, seed) => store.run(actions.setSeed, { seed })),
  step(fc.tuple(id, fc.array(point, { minLength: 2, maxLength: 4 }), fc.boolean()), (store, [n, points, keep]) => {
    const gesture = store.beginGesture();
    for (let i = 1; i < points.length; i++)
      store.run(actions.paint, { id: nth(store, n), from: points[i - 1], to: points[i], value: 1, gesture });
    store.endGesture(keep);
  }),
  step(fc.tuple(id, point), (store, [n, p]) => store.run(actions.fillAt, { id: nth(store, n), point: p, value: 0 })),
  step(fc.tuple(id, fc.array(box, { minLength: 1, maxLength: 4 })), (store, [n, boxes]) => {
    const gesture = store.beginGesture();
    const base = store.state.doc.scene.objects.find((o) => o.id === nth(store, n));
    for (const b of boxes) store.run(actions.setBox, { id: nth(store, n), box: b, base, gesture });
    store.endGesture();
  }),
  step(fc.tuple(fc.constantFrom(...INFERRED), fc.nat(), fc.boolean()), (store, [from, picture, own]) => {
    const job: Job = { from, to: "image" };
    const change = (doc: State["doc"]) => withAnswer(doc, job, fakeAnswer(doc, job, `p${picture}`), true);
    if (own) store.commit("Infer", change);
    else store.amend(change);
  }),
  step(fc.nat(), (store, n) => store.run(actions.openScene, { scene: { ...SCENE, seed: n } })),
);
