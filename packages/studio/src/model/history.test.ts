import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { redoAction, setBox, setCaption, undoAction } from "./actions/index.ts";
import { apply, difference, inverse } from "./delta.ts";
import { HISTORY_LIMIT } from "./history.ts";
import { anyStep, fakeAnswer, SCENE, stateOf } from "./model.fixture.ts";
import { withAnswer } from "./stages.ts";
import { Store } from "./store.ts";

const undoAll = (store: Store) => {
  let steps = 0;
  while (store.run(undoAction)) steps++;
  return steps;
};
const redoAll = (store: Store) => {
  while (store.run(redoAction));
};

test("any sequence of commands, undone, is the beginning; redone, the end", () => {
  fc.assert(
    fc.property(fc.array(anyStep, { maxLength: 40 }), (steps) => {
      const store = new Store(stateOf());
      // the first answer has no step that it could belong to
      store.run(setCaption, { caption: "first" });
      for (const step of steps) step(store);
      redoAll(store);
      const end = store.state.doc;
      if (undoAll(store) > 0) expect(store.state.doc).toEqual(stateOf().doc);
      redoAll(store);
      expect(store.state.doc).toEqual(end);
    }),
    { numRuns: 150 },
  );
});

test("every step on its own can be taken back and done again", () => {
  fc.assert(
    fc.property(fc.array(anyStep, { maxLength: 12 }), (steps) => {
      const store = new Store(stateOf());
      store.run(setCaption, { caption: "first" });
      for (const step of steps) {
        const before = store.state.doc;
        step(store);
        const after = store.state.doc;
        const delta = difference(before, after);
        if (!delta) expect(after).toEqual(before);
        else {
          expect(apply(before, delta)).toEqual(after);
          expect(apply(after, inverse(delta))).toEqual(before);
        }
      }
    }),
    { numRuns: 60 },
  );
});

describe("steps", () => {
  const box = (x: number) => ({ id: "a", box: [x, 0.1, 0.3, 0.3] as const });

  test("a drag is one, with what inference answered to it", () => {
    const store = new Store(stateOf());
    const gesture = store.beginGesture();
    for (const x of [0.2, 0.3, 0.4]) store.run(setBox, { ...box(x), gesture });
    store.endGesture();
    const job = { from: "masks", to: "image" } as const;
    store.amend((doc) => withAnswer(doc, job, fakeAnswer(doc, job, "p1"), true));
    expect(store.state.doc).toMatchObject({ picture: "p1", stale: [] });
    expect(store.state.history.past).toHaveLength(1);
    store.run(undoAction);
    expect(store.state.doc).toEqual(stateOf().doc);
    store.run(redoAction);
    expect(store.state.doc).toMatchObject({ picture: "p1", stale: [] });
  });

  test("a drag that is given up leaves no trace", () => {
    const store = new Store(stateOf());
    store.run(setBox, box(0.15));
    const gesture = store.beginGesture();
    store.run(setBox, { ...box(0.5), gesture });
    store.endGesture(false);
    expect(store.state.doc.scene.objects[0].box[0]).toBe(0.15);
    expect(store.state.history).toMatchObject({ past: [{ label: "Move box" }], future: [] });
  });

  test("at least a hundred are kept, at most the limit", () => {
    const store = new Store(stateOf());
    for (let i = 0; i < HISTORY_LIMIT + 50; i++) store.run(setBox, box(i % 2 ? 0.1 : 0.2));
    expect(undoAll(store)).toBe(HISTORY_LIMIT);
    expect(HISTORY_LIMIT).toBeGreaterThanOrEqual(100);
  });

  test("what was undone is forgotten when something else is done", () => {
    const store = new Store(stateOf());
    store.run(setBox, box(0.2));
    store.run(undoAction);
    store.run(setBox, box(0.3));
    expect(store.run(redoAction)).toBe(false);
  });

  test("a delta holds only what changed", () => {
    const after = {
      ...stateOf().doc,
      scene: { ...SCENE, objects: SCENE.objects.with(0, { ...SCENE.objects[0], label: "cat" }) },
    };
    expect(difference(stateOf().doc, after)).toEqual({
      doc: {},
      scene: {},
      objects: { a: { fields: { label: { from: "dog", to: "cat" } } } },
    });
  });
});
