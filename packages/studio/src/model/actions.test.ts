import { describe, expect, test } from "vitest";
import * as actions from "./actions/index.ts";
import { SCENE, stateOf } from "./model.fixture.ts";
import { commandOf, keysOf, matches } from "./shortcuts.ts";
import { type State, selectedObject } from "./state.ts";
import { Store } from "./store.ts";

const selecting = (id: string): State => ({ ...stateOf(), view: { ...stateOf().view, selected: id } });
const outcome = (action: actions.Action, id = "a") => {
  const store = new Store(selecting(id));
  return { ran: store.run(action), ...store.state };
};

test("ids and shortcuts are unique; every command has a name", () => {
  const ids = actions.COMMANDS.map((c) => c.id);
  expect(new Set(ids).size).toBe(ids.length);
  const keys = actions.COMMANDS.flatMap((c) => c.shortcut ?? []);
  expect(new Set(keys).size).toBe(keys.length);
  expect(actions.COMMANDS.every((c) => c.label.length > 0)).toBe(true);
});

test("a command is found by its id, a misspelt one with its nearest", () => {
  expect(actions.actionOf("object.add")).toBe(actions.addObject);
  expect(() => actions.actionOf("object.ad")).toThrow(/did you mean "object.add"/);
});

describe("objects", () => {
  test("a duplicate lies beside the original, is selected and has its mask", () => {
    const { doc, view } = outcome(actions.duplicateObject);
    expect(doc.scene.objects.map((o) => o.id)).toEqual(["a", "o1", "b", "c"]);
    expect(view.selected).toBe("o1");
    expect(doc.scene.objects[1].box[0]).toBeCloseTo(0.15);
    expect(doc.scene.objects[1].mask).toBeDefined();
  });

  test("locked ones are not moved, painted, relabelled or deleted", () => {
    const store = new Store(selecting("c"));
    store.run(actions.setBox, { id: "c", box: [0, 0, 0.1, 0.1] });
    store.run(actions.relabel, { id: "c", label: "dog" });
    store.run(actions.paint, { id: "c", from: [0, 0], to: [1, 1], value: 1, gesture: "g" });
    expect(store.run(actions.deleteObject)).toBe(false);
    expect(store.state.doc.scene).toBe(SCENE);
  });

  test("order, deletion, nudging", () => {
    expect(outcome(actions.front).doc.scene.objects.map((o) => o.id)).toEqual(["b", "c", "a"]);
    expect(outcome(actions.back).ran).toBe(false);
    const gone = outcome(actions.deleteObject);
    expect(gone.doc.scene.objects.map((o) => o.id)).toEqual(["b", "c"]);
    expect(gone.view.selected).toBeUndefined();
    expect(outcome(actions.nudges[1]).doc.scene.objects[0].box[0]).toBeGreaterThan(0.1);
  });

  test("a label that is no category changes nothing", () => {
    const store = new Store(stateOf());
    store.run(actions.addObject, { label: "unicorn", box: [0, 0, 1, 1] });
    store.run(actions.relabel, { id: "a", label: "unicorn" });
    expect(store.state.doc.scene).toBe(SCENE);
  });
});

describe("inference", () => {
  const effectOf = (action: actions.Action, state: State) => {
    const outcome = action.run(state, undefined);
    return { effect: outcome.effect, seed: outcome.state.doc.scene.seed };
  };

  test("Infer brings up to date what is stale, with the same seed", () => {
    const stale: State = { ...stateOf(), doc: { ...stateOf().doc, stale: ["masks", "image"] } };
    const { effect, seed } = effectOf(actions.inferAll, stale);
    expect(effect).toEqual({ type: "infer", job: { from: "masks", to: "image" } });
    expect(seed).toBe(SCENE.seed);
  });

  test("when all is fresh it throws the dice, unless the seed is kept", () => {
    const { effect, seed } = effectOf(actions.inferAll, stateOf());
    expect(effect).toMatchObject({ job: { from: "boxes", to: "image" } });
    expect(seed).not.toBe(SCENE.seed);
    const kept = { ...stateOf(), view: { ...stateOf().view, keepSeed: true } };
    expect(effectOf(actions.inferAll, kept).seed).toBe(SCENE.seed);
  });

  test("again is a stage and all that follow, so that nothing is left out of date", () => {
    expect(effectOf(actions.inferAgain.masks, stateOf()).effect).toMatchObject({ job: { from: "masks", to: "image" } });
    expect(effectOf(actions.inferAgain.boxes, stateOf()).effect).toMatchObject({ job: { from: "boxes", to: "image" } });
    expect(
      actions.inferAll.enabled({ ...stateOf(), doc: { ...stateOf().doc, scene: { ...SCENE, caption: "" } } }),
    ).toBe(false);
  });
});

test("opening a scene keeps its masks, and one undo brings the old one back", () => {
  const store = new Store(stateOf());
  const scene = { ...SCENE, caption: "another", objects: [SCENE.objects[0], { ...SCENE.objects[1], mask: undefined }] };
  store.run(actions.openScene, { scene });
  expect(store.state.doc).toMatchObject({ painted: ["a"], stale: ["masks", "image"] });
  store.run(actions.undoAction);
  expect(store.state.doc).toEqual(stateOf().doc);
});

describe("keys", () => {
  const press = (key: string, mods: string = "") => ({
    key,
    ctrlKey: mods.includes("c"),
    metaKey: mods.includes("m"),
    shiftKey: mods.includes("s"),
    altKey: mods.includes("a"),
  });

  test.each([
    ["Ctrl+Z", press("z", "c"), true],
    ["Ctrl+Z", press("z", "m"), true],
    ["Ctrl+Z", press("Z", "cs"), false],
    ["?", press("?", "s"), true],
    ["[", press("["), true],
    ["Ctrl+Shift+]", press("}", "cs"), true],
    ["Ctrl+]", press("]", "c"), true],
    ["V", press("v", "a"), false],
    ["Shift+ArrowLeft", press("ArrowLeft", "s"), true],
    ["ArrowLeft", press("ArrowLeft", "s"), false],
  ])("%s %o -> %s", (shortcut, key, wanted) => expect(matches(shortcut, key)).toBe(wanted));

  test("letters are text where text is typed", () => {
    expect(commandOf(press("b"), false)?.id).toBe("view.tool.brush");
    expect(commandOf(press("b"), true)).toBeUndefined();
    expect(commandOf(press("Enter", "c"), true)?.id).toBe("infer.all");
    expect(keysOf("Ctrl+ArrowLeft", true)).toEqual(["⌘", "←"]);
  });

  test("selecting with N goes round", () => {
    const store = new Store(selecting("c"));
    store.run(actions.selectNext);
    expect(selectedObject(store.state)?.id).toBe("a");
  });
});
