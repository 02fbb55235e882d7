import { describe, expect, test } from "vitest";
import { paint, setBox, setCaption, toggleHidden, toggleLocked } from "./actions/index.ts";
import { fakeAnswer, SCENE, stateOf } from "./model.fixture.ts";
import { boxMask } from "./paint.ts";
import { dueJob, requestOf, withAnswer } from "./stages.ts";
import { Store } from "./store.ts";

const edited = (edit: (store: Store) => void) => {
  const store = new Store(stateOf());
  edit(store);
  return store.state.doc;
};
const move = (store: Store) => store.run(setBox, { id: "a", box: [0.3, 0.3, 0.3, 0.3] });
const brush = (store: Store) =>
  store.run(paint, { id: "a", from: [0.5, 0.5], to: [0.6, 0.6], value: 1, gesture: "stroke" });

describe("a change makes stale what follows it", () => {
  test.each([
    ["a moved box", move, ["masks", "image"], "masks"],
    ["a painted mask", brush, ["image"], "image"],
    ["a hidden object", (s: Store) => s.run(toggleHidden.of, { id: "a" }), ["image"], "image"],
    ["a sentence", (s: Store) => s.run(setCaption, { caption: "a dog in the snow" }), ["boxes", "image"], "image"],
    ["a lock", (s: Store) => s.run(toggleLocked.of, { id: "a" }), [], undefined],
  ] as const)("%s", (_, edit, stale, from) => {
    const doc = edited(edit);
    expect(doc.stale).toEqual(stale);
    expect(dueJob(doc)?.from).toBe(from);
  });

  test("nothing runs by itself on an empty scene or without a sentence", () => {
    expect(dueJob({ scene: { ...SCENE, objects: [] }, painted: [], stale: ["image"] })).toBeUndefined();
    expect(dueJob({ ...edited(move), scene: { ...SCENE, caption: " " } })).toBeUndefined();
  });
});

describe("answers", () => {
  test("masks that are all the user's own are not out of date once the picture is drawn", () => {
    const own = stateOf();
    const { objects } = own.doc.scene;
    const masked = objects.map((o) => ({ ...o, mask: o.mask ?? boxMask(o.box, 64, 64) }));
    const doc = { ...own.doc, scene: { ...own.doc.scene, objects: masked }, painted: masked.map((o) => o.id).sort() };
    const store = new Store({ ...own, doc });
    move(store);
    const job = dueJob(store.state.doc);
    expect(job).toEqual({ from: "image", to: "image" });
    const answered = withAnswer(store.state.doc, { from: "image", to: "image" }, { scene: SCENE, picture: "p" }, true);
    expect(answered.stale).toEqual([]);
  });

  const job = { from: "masks", to: "image" } as const;

  test("locked objects and painted masks stay bit-identical", () => {
    const doc = edited((s) => {
      brush(s);
      s.run(setBox, { id: "b", box: [0.4, 0.4, 0.2, 0.2] });
    });
    expect(requestOf(doc, job).objects.map((o) => o.locked === true)).toEqual([true, false, true]);
    const next = withAnswer(doc, job, fakeAnswer(doc, job, "p1"), true);
    expect(next.scene.objects[0]).toBe(doc.scene.objects[0]);
    expect(next.scene.objects[2]).toBe(doc.scene.objects[2]);
    expect(next.scene.objects[1].mask).toEqual(boxMask([0.4, 0.4, 0.2, 0.2], 64, 64));
    expect(next).toMatchObject({ stale: [], picture: "p1", painted: ["a"] });
  });

  test("new masks that were asked for replace painted ones, but not locked ones", () => {
    const doc = edited(brush);
    const fresh = { ...job, fresh: true };
    expect(requestOf(doc, fresh).objects.map((o) => o.locked === true)).toEqual([false, false, true]);
    const next = withAnswer(doc, fresh, fakeAnswer(doc, fresh, "p1"), true);
    expect(next.scene.objects[0].mask).toEqual(boxMask([0.1, 0.1, 0.3, 0.3], 64, 64));
    expect(next.painted).toEqual([]);
  });

  test("one object's mask alone", () => {
    const doc = edited(brush);
    const only = { ...job, only: "a", fresh: true };
    const request = requestOf(doc, only);
    expect(request.objects.map((o) => o.mask === undefined)).toEqual([true, false, false]);
    const next = withAnswer(doc, only, fakeAnswer(doc, only, "p1"), true);
    expect(next.scene.objects[1]).toBe(doc.scene.objects[1]);
    expect(next.scene.objects[0].mask).not.toEqual(doc.scene.objects[0].mask);
    expect(next.painted).toEqual([]);
  });

  test("a stage alone leaves what follows stale", () => {
    const { doc } = stateOf();
    const boxes = { from: "boxes", to: "boxes" } as const;
    const next = withAnswer(doc, boxes, fakeAnswer(doc, boxes, ""), true);
    expect(next.stale).toEqual(["masks", "image"]);
    expect(next.scene.objects[2]).toBe(doc.scene.objects[2]);
    expect(next.picture).toBe("p0");
  });

  test("one that comes late gives masks and picture, and all stays stale; late boxes are dropped", () => {
    const asked = edited(move);
    const answer = fakeAnswer(asked, job, "p1");
    const later = edited((s) => {
      move(s);
      s.run(setBox, { id: "a", box: [0.6, 0.6, 0.3, 0.3] });
    });
    const next = withAnswer(later, job, answer, false);
    expect(next.scene.objects[0].box).toEqual([0.6, 0.6, 0.3, 0.3]);
    expect(next).toMatchObject({ picture: "p1", stale: ["masks", "image"] });
    const boxes = { from: "boxes", to: "image" } as const;
    expect(withAnswer(later, boxes, fakeAnswer(asked, boxes, "p2"), false)).toBe(later);
  });
});
