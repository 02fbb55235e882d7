import { createNodeRuntime } from "@scenograph/graph/runtime/node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadModel } from "../../model/load.node.ts";
import type { Model } from "../../model/model.ts";
import type { BoxOptions } from "../../pipeline.ts";
import type { SceneObject } from "../../scene/scene.ts";

describe("layouts of the shipped model", () => {
  const runtime = createNodeRuntime({ threads: 1 });
  let model: Model;
  afterAll(() => runtime.close());
  beforeAll(async () => {
    model = await loadModel("illustrated", runtime);
    await model.load(["text", "boxes"]);
  });
  const infer = async (captions: string[], options: BoxOptions = {}, seed = 0, fixed: SceneObject[] = []) => {
    const sentences = await model.stages.text.encode(captions);
    return model.stages.boxes.infer(
      sentences.map((sentence) => ({ sentence, fixed, seed })),
      options,
    );
  };
  const labels = (objects: readonly SceneObject[]) => objects.map((o) => o.label ?? `?${o.phrase}`).sort();

  it("hold what is asked and, at extras 0, nothing else", async () => {
    const layouts = await infer(
      ["two dogs left of a bus", "a horse without a rider", "a lamp and a cup", "twelve sheep"],
      { extras: 0 },
    );
    expect(layouts.map(labels)).toEqual([
      ["bus", "dog", "dog"],
      ["horse"],
      ["?a lamp", "cup"],
      new Array(12).fill("sheep"),
    ]);
    expect(layouts[2].find((o) => o.label === null)).toMatchObject({ phrase: "a lamp", like: expect.any(String) });
  });
  it("are the same alone and in any batch", async () => {
    const all = ["a cat on a couch", "five zebras", "a boat and a kite above it"];
    const together = await infer([...all, ...new Array(20).fill("a dog")], {});
    for (const [i, caption] of all.entries()) expect((await infer([caption]))[0]).toEqual(together[i]);
  });
  it("differ from seed to seed", async () => {
    const boxes = new Set<string>();
    for (let seed = 0; seed < 10; seed++)
      boxes.add(JSON.stringify((await infer(["a cat on a couch"], {}, seed))[0].map((o) => o.box)));
    expect(boxes.size).toBe(10);
  });
  it("keep fixed objects and count them as asked ones", async () => {
    const fixed: SceneObject[] = [{ id: "o7", label: "dog", box: [0.6, 0.5, 0.2, 0.3], locked: true }];
    const [layout] = await infer(["a cat left of a dog"], { extras: 0 }, 3, fixed);
    expect(layout[0]).toEqual(fixed[0]);
    expect(labels(layout)).toEqual(["cat", "dog"]);
    expect(layout[1].box[0] + layout[1].box[2]).toBeLessThan(0.61);
  });
  it("count things without a category that are kept, and place others by them", async () => {
    const lamp: SceneObject = { id: "o1", label: null, phrase: "a tall lamp", box: [0.7, 0.3, 0.1, 0.5], locked: true };
    const [sentence] = await model.stages.text.encode(["a cat left of a lamp"]);
    for (const extras of [0, 1]) {
      const [layout] = await model.stages.boxes.infer([{ sentence, fixed: [], kept: [lamp], seed: 3 }], { extras });
      expect(layout.filter((o) => o.label === null)).toEqual([]);
      expect(layout.map((o) => o.id)).not.toContain("o1");
      const cat = layout.find((o) => o.label === "cat")!;
      expect(cat.box[0] + cat.box[2]).toBeLessThan(0.75);
    }
  });
  it("as in photographs are the same alone and in any batch, and differ from seed to seed", async () => {
    const captions = ["a cat on a couch", "people at a market"];
    const together = await infer([...captions, ...new Array(10).fill("a dog")], { extras: 1 });
    for (const [i, caption] of captions.entries())
      expect((await infer([caption], { extras: 1 }))[0]).toEqual(together[i]);
    expect((await infer(["a cat on a couch"], { extras: 1 }, 1))[0]).not.toEqual(together[0]);
  });
  it("have more things at extras 1, and nothing that is excluded", async () => {
    const many = await infer(new Array(12).fill("a kitchen with a stove, no people"), { extras: 1 });
    expect(many.flat().length).toBeGreaterThan(20);
    expect(many.flat().some((o) => o.label === "person")).toBe(false);
  });
});
