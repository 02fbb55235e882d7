/** Poses, looks and colours: what is asked for again, what is kept, and the sentence that boxes make. */
import { describe, expect, test } from "vitest";
import {
  addObject,
  deleteObject,
  inferMask,
  likeThis,
  paint,
  relabel,
  rollSeed,
  select,
  setBox,
  setColour,
  setLook,
  setPose,
  turnRound,
  undoAction,
} from "./actions/index.ts";
import { objectAt, SCENE, stateOf } from "./model.fixture.ts";
import { boxMask, flipMask } from "./paint.ts";
import { dueJob, requestOf, withAnswer } from "./stages.ts";
import { Store } from "./store.ts";
import { attempts, signature } from "./variations.ts";

const posed = () =>
  new Store(
    stateOf({
      ...SCENE,
      objects: SCENE.objects.map((o, i) => ({ ...o, pose: i + 1, look: i + 10, colour: "#102030" })),
    }),
  );
const objectOf = (store: Store, id: string) => store.state.doc.scene.objects.find((o) => o.id === id);
const asked = (store: Store, job: Parameters<typeof requestOf>[1], id: string) =>
  requestOf(store.state.doc, job).objects.find((o) => o.id === id);

describe("poses", () => {
  test("a thing that was moved is drawn in its pose; a fresh one is not", () => {
    const store = posed();
    store.run(setBox, { id: "a", box: [0.3, 0.3, 0.3, 0.3] });
    const job = dueJob(store.state.doc);
    expect(job).toEqual({ from: "masks", to: "image" });
    // the chain keeps the pose of an object that has no mask
    expect(asked(store, { from: "masks", to: "image" }, "a")).toMatchObject({ pose: 1 });
    expect(asked(store, { from: "masks", to: "image" }, "a")).not.toHaveProperty("mask");
    const fresh = asked(store, { from: "masks", to: "image", fresh: true }, "a");
    expect(fresh).not.toHaveProperty("pose");
    expect(fresh).not.toHaveProperty("mask");
  });

  test("a chosen one brings its silhouette, is kept over what was painted, and one undo takes it back", () => {
    const store = posed();
    const before = store.state.doc;
    const mask = boxMask([0.1, 0.1, 0.1, 0.1], 64, 64);
    store.run(setPose, { id: "a", pose: 7, mask });
    expect(objectOf(store, "a")).toMatchObject({ pose: 7, mask });
    expect(store.state.doc.stale).toEqual(["image"]);
    store.run(undoAction);
    expect(store.state.doc).toEqual(before);
  });

  test("the dice give other poses, and leave what was painted", () => {
    const store = posed();
    store.run(paint, { id: "b", from: [0.6, 0.6], to: [0.7, 0.7], value: 0, gesture: "g" });
    const { effect, state } = rollSeed.run(store.state, undefined);
    if (effect?.type !== "infer") throw new Error("no job");
    const [a, b] = requestOf(state.doc, effect.job).objects;
    expect(a).not.toHaveProperty("pose");
    expect(b).toMatchObject({ mask: state.doc.scene.objects[1].mask, locked: true });
    expect(requestOf(state.doc, effect.job).seed).not.toBe(SCENE.seed);
  });

  test("turning round is the other facing, and twice is none", () => {
    const store = posed();
    const { mask, box } = SCENE.objects[0];
    store.run(turnRound, { id: "a", codes: 64 });
    expect(objectOf(store, "a")).toMatchObject({ pose: 65, mask: mask && flipMask(mask, box) });
    store.run(turnRound, { id: "a", codes: 64 });
    expect(objectOf(store, "a")).toMatchObject({ pose: 1, mask });
  });

  test("another silhouette has a seed of its own, and the rest of the scene stays", () => {
    const store = posed();
    store.run(select, { id: "a" });
    const { effect } = inferMask.run(store.state, undefined);
    expect(effect).toMatchObject({ job: { only: "a", fresh: true } });
    if (effect?.type !== "infer") throw new Error("no job");
    expect(effect.job.seed).not.toBe(SCENE.seed);
    const answer = { ...SCENE, objects: SCENE.objects.map((o) => ({ ...o, pose: 40, mask: boxMask(o.box, 8, 8) })) };
    const after = withAnswer(store.state.doc, effect.job, { scene: answer, picture: "p" }, true);
    expect(after.scene.objects[0].pose).toBe(40);
    expect(after.scene.objects.slice(1)).toEqual(store.state.doc.scene.objects.slice(1));
  });
});

describe("looks and colours", () => {
  const image = { from: "image", to: "image" } as const;

  test("what was drawn is known, and drawn again; what was chosen is kept by the chain", () => {
    const store = posed();
    // both are there and nothing is chosen: the chain draws both anew
    expect(asked(store, image, "a")).toMatchObject({ look: 10, colour: "#102030" });
    store.run(setColour, { id: "a", colour: "#ff0000" });
    const coloured = asked(store, image, "a");
    expect(coloured).toMatchObject({ colour: "#ff0000" });
    expect(coloured).not.toHaveProperty("look");
    store.run(setLook, { id: "a", look: 3 });
    expect(asked(store, image, "a")).toMatchObject({ colour: "#ff0000", look: 3, locked: true });
    store.run(setColour, { id: "a" });
    const looked = asked(store, image, "a");
    expect(looked).toMatchObject({ look: 3 });
    expect(looked).not.toHaveProperty("colour");
  });

  test("answers bring looks and colours into the scene, but no locks", () => {
    const store = posed();
    const scene = {
      ...SCENE,
      objects: SCENE.objects.map((o) => ({ ...o, look: 99, colour: "#ffffff", locked: true })),
    };
    const { objects } = withAnswer(store.state.doc, image, { scene, picture: "p" }, true).scene;
    expect(objects[0]).toMatchObject({ look: 99, colour: "#ffffff" });
    expect(objects[0].locked).toBeUndefined();
    // a locked one stays as it is
    expect(objects[2]).toMatchObject({ look: 12, colour: "#102030" });
  });

  test("others of its kind become like it", () => {
    const store = posed();
    store.run(likeThis, { id: "a" });
    expect(objectOf(store, "b")).toMatchObject({ pose: 1, look: 10, colour: "#102030" });
    expect(objectOf(store, "b")).not.toHaveProperty("mask");
    expect(objectOf(store, "c")).toMatchObject({ pose: 3, look: 12 });
    expect(store.state.doc.stale).toEqual(["masks", "image"]);
    store.run(undoAction);
    expect(objectOf(store, "b")).toMatchObject({ pose: 2, look: 11 });
  });
});

describe("the sentence of boxes", () => {
  test("boxes without a sentence make one, which follows them; a sentence that somebody wrote stays", () => {
    const store = new Store(stateOf({ ...SCENE, caption: "", objects: [] }));
    const caption = () => store.state.doc.scene.caption;
    store.run(addObject, { label: "dog", box: [0, 0, 0.3, 0.3] });
    store.run(addObject, { label: "cat", box: [0.5, 0, 0.3, 0.3] });
    expect(caption()).toBe("a dog and a cat");
    expect(dueJob(store.state.doc)).toEqual({ from: "masks", to: "image" });
    store.run(relabel, { id: store.state.doc.scene.objects[1].id, label: "dog" });
    expect(caption()).toBe("two dogs");
    store.run(deleteObject);
    expect(caption()).toBe("a dog");
    for (let i = 0; i < 4; i++) store.run(undoAction);
    expect(caption()).toBe("");
    const written = new Store(stateOf({ ...SCENE, objects: [objectAt("a", [0, 0, 0.5, 0.5])] }));
    written.run(addObject, { label: "kite", box: [0, 0, 0.3, 0.3] });
    expect(written.state.doc.scene.caption).toBe(SCENE.caption);
  });
});

describe("variations", () => {
  const first = (vary: Parameters<typeof attempts>[1], count: number) => {
    const found = [];
    for (const attempt of attempts(posed().state.doc, vary)) {
      if (found.length === count) break;
      found.push(attempt);
    }
    return found;
  };

  test.each([
    ["scenes", { from: "boxes", to: "image" }],
    ["layouts", { from: "boxes", to: "boxes" }],
    ["poses", { from: "masks", to: "image", fresh: true }],
    ["looks", { from: "image", to: "image" }],
  ] as const)("%s: eight seeds, from the stage that differs", (vary, job) => {
    const found = first(vary, 8);
    expect(new Set(found.map((a) => a.doc.scene.seed)).size).toBe(8);
    for (const a of found) expect(a.job).toEqual(job);
  });

  test("places: the same things at eight places that the sentence says", () => {
    const found = first("places", 8);
    expect(new Set(found.map((a) => a.doc.scene.caption)).size).toBe(8);
    for (const { doc } of found) expect(doc.scene.objects).toEqual(posed().state.doc.scene.objects);
  });

  test("two that show the same are told as one", () => {
    const { doc } = posed().state;
    const turned = { ...doc, scene: { ...doc.scene, objects: doc.scene.objects.map((o) => ({ ...o, pose: 9 })) } };
    expect(signature(turned, "poses")).not.toBe(signature(doc, "poses"));
    expect(signature(turned, "layouts")).toBe(signature(doc, "layouts"));
  });
});
