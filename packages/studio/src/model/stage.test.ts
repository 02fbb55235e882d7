/** What the stage rests on: picking, groups, flipping, names, copies. */
import { bitmapToMask, maskToBitmap } from "scenograph/formats/rle";
import type { SceneObject } from "scenograph/scene/scene";
import { describe, expect, test } from "vitest";
import * as actions from "./actions/index.ts";
import { frameOf, withinFrame } from "./geometry.ts";
import { numberedNames } from "./names.ts";
import { flipMask } from "./paint.ts";
import { hitsAt, inMarquee } from "./pick.ts";
import { EMPTY_DOC, INITIAL_STATE, type State, selectedIds } from "./state.ts";
import { Store } from "./store.ts";

const object = (id: string, label: string, box: SceneObject["box"], rest: Partial<SceneObject> = {}): SceneObject => ({
  id,
  label,
  box,
  ...rest,
});
/** The left half of the picture. */
const half = bitmapToMask(
  Uint8Array.from({ length: 64 }, (_, i) => (i % 8 < 4 ? 1 : 0)),
  8,
  8,
);
const OBJECTS = [
  object("o1", "couch", [0, 0, 1, 1], { mask: half }),
  object("o2", "cat", [0.1, 0.1, 0.3, 0.3]),
  object("o10", "cat", [0.6, 0.6, 0.3, 0.3]),
];

function stateOf(objects = OBJECTS): State {
  return { ...INITIAL_STATE, doc: { ...EMPTY_DOC, scene: { ...EMPTY_DOC.scene, caption: "cats", objects } } };
}

describe("picking", () => {
  test("a silhouette that covers the point comes before boxes alone; among boxes the smallest", () => {
    expect(hitsAt(OBJECTS, [0.2, 0.2]).map((o) => o.id)).toEqual(["o1", "o2"]);
    expect(hitsAt(OBJECTS, [0.7, 0.7]).map((o) => o.id)).toEqual(["o10", "o1"]);
  });

  test("the nearest of two silhouettes is first; hidden things are nowhere", () => {
    const two = [OBJECTS[0], object("o3", "dog", [0, 0, 1, 1], { mask: half })];
    expect(hitsAt(two, [0.2, 0.5]).map((o) => o.id)).toEqual(["o3", "o1"]);
    expect(hitsAt([two[0], { ...two[1], hidden: true }], [0.2, 0.5]).map((o) => o.id)).toEqual(["o1"]);
  });

  test("a marquee takes what lies in it by half at least", () => {
    expect(inMarquee(OBJECTS, [0, 0, 0.3, 0.5]).map((o) => o.id)).toEqual(["o2"]);
    expect(inMarquee(OBJECTS, [0, 0, 0.2, 0.5])).toEqual([]);
  });
});

test("things of a kind are told apart by numbers that restacking keeps", () => {
  const names = numberedNames([...OBJECTS].reverse());
  expect([...names]).toEqual(
    expect.arrayContaining([
      ["o2", "cat 1"],
      ["o10", "cat 2"],
      ["o1", "couch"],
    ]),
  );
});

test("a silhouette is turned over inside its box, and back", () => {
  const bitmap = new Uint8Array(64);
  bitmap[8 * 2 + 1] = 1;
  const mask = bitmapToMask(bitmap, 8, 8);
  const box = [0.125, 0, 0.5, 1] as const;
  const flipped = flipMask(mask, box);
  expect(maskToBitmap(flipped)[8 * 2 + 4]).toBe(1);
  expect(flipMask(flipped, box)).toEqual(mask);
});

test("a frame and what is in it", () => {
  const frame = frameOf([OBJECTS[1].box, OBJECTS[2].box]);
  expect(frame?.map((v) => Number(v.toFixed(6)))).toEqual([0.1, 0.1, 0.8, 0.8]);
  expect(withinFrame([0.5, 0.5, 0.5, 0.5], [0, 0, 1, 1], [0, 0, 0.5, 0.5])).toEqual([0.25, 0.25, 0.25, 0.25]);
});

describe("several at once", () => {
  const chosen = () => {
    const store = new Store(stateOf());
    store.run(actions.selectSeveral, { ids: ["o2", "o10"] });
    return store;
  };
  const ids = (store: Store) => store.state.doc.scene.objects.map((o) => o.id);

  test("shift adds and takes away", () => {
    const store = chosen();
    store.run(actions.selectToo, { id: "o2" });
    expect(selectedIds(store.state)).toEqual(["o10"]);
    store.run(actions.selectToo, { id: "o1" });
    expect(selectedIds(store.state)).toEqual(["o1", "o10"]);
  });

  test("are deleted, duplicated, nudged, aligned and restacked together, each one step of undo", () => {
    for (const action of [
      actions.deleteObject,
      actions.duplicateObject,
      actions.nudges[0],
      actions.stretches[1],
      actions.align[0],
      actions.back,
      actions.farther,
    ]) {
      const store = chosen();
      const before = store.state.doc;
      expect(store.run(action), action.id).toBe(true);
      expect(store.state.doc.scene.objects, action.id).not.toEqual(before.scene.objects);
      expect(store.state.history.past, action.id).toHaveLength(1);
      store.run(actions.undoAction);
      expect(store.state.doc, action.id).toEqual(before);
    }
  });

  test("what is locked stays; what is brought to the back keeps its order", () => {
    const store = chosen();
    store.run(actions.toggleLocked.of, { id: "o2" });
    store.run(actions.deleteObject);
    expect(ids(store)).toEqual(["o1", "o2"]);
    const other = chosen();
    other.run(actions.back);
    expect(ids(other)).toEqual(["o2", "o10", "o1"]);
    const [left, right] = [chosen(), chosen()];
    left.run(actions.align[0]);
    expect(left.state.doc.scene.objects.map((o) => o.box[0])).toEqual([0, 0.1, 0.1]);
    right.run(actions.align[2]);
    expect(right.state.doc.scene.objects[1].box[0]).toBeCloseTo(0.6);
  });
});

test("copies pass through text, are moved off their originals, and junk is none", () => {
  const store = new Store(stateOf());
  const copied = actions.pastedObjects(actions.copiedText(OBJECTS.slice(1, 2)));
  store.run(actions.pasteObjects, { objects: copied ?? [] });
  const { objects } = store.state.doc.scene;
  expect(objects).toHaveLength(4);
  expect(objects[3]).toMatchObject({ id: "o3", label: "cat" });
  expect(objects[3].box[0]).toBeCloseTo(0.15);
  expect(selectedIds(store.state)).toEqual(["o3"]);
  expect(actions.pastedObjects("two dogs")).toBeUndefined();
});

test("a typed seed is kept until the pin is off; the dice pin nothing", () => {
  const store = new Store(stateOf());
  store.run(actions.rollSeed);
  expect(store.state.view.keepSeed).toBe(false);
  store.run(actions.setSeed, { seed: 42 });
  expect(store.state.view.keepSeed).toBe(true);
  store.run(actions.inferAgain.image);
  expect(store.state.doc.scene.seed).toBe(42);
});

test("the picture's size is no step, and undo does not bring back another", () => {
  const store = new Store(stateOf());
  store.run(actions.relabel, { id: "o2", label: "dog" });
  store.run(actions.setSize, { size: 128 });
  expect(store.state.history.past).toHaveLength(1);
  store.run(actions.undoAction);
  expect(store.state.doc.scene).toMatchObject({ width: 128, height: 128 });
  expect(store.state.doc.scene.objects[1].label).toBe("cat");
});

test("a layer is shown alone or over the others; the stage is never empty", () => {
  const store = new Store(stateOf());
  store.run(actions.setLayer, { layer: "masks", too: true });
  expect(store.state.view.layers).toEqual({ picture: true, masks: true, boxes: false });
  store.run(actions.setLayer, { layer: "boxes" });
  store.run(actions.setLayer, { layer: "boxes", too: true });
  expect(store.state.view.layers).toEqual({ picture: false, masks: false, boxes: true });
});
