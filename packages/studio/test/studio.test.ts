/** The studio as a person uses it, in Chromium. On a machine without a browser these tests say so and are left out. */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { createNodeRuntime } from "@scenograph/graph/runtime/node";
import { folderReader } from "scenograph/model/load.node";
import { openModel } from "scenograph/model/model";
import { generate } from "scenograph/pipeline";
import { sceneToCoco } from "scenograph/scene/coco";
import { sceneFromPng } from "scenograph/scene/png";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CHROMIUM, SENTENCE, type Studio, StudioPage, startStudio } from "./studio.fixture.ts";

if (!CHROMIUM)
  console.warn("studio: no Chromium on this machine (set CHROMIUM to its path); browser tests are left out");

const near = (actual: readonly number[], wanted: readonly number[], digits = 2) =>
  actual.forEach((v, i) => {
    expect(v).toBeCloseTo(wanted[i], digits);
  });

// generous: other work may share the machine
describe.runIf(CHROMIUM)("studio", { timeout: 180_000 }, () => {
  let studio: Studio;
  let page: StudioPage;

  beforeAll(async () => {
    studio = await startStudio();
    page = await StudioPage.open(studio, { serviceWorkers: "allow" });
  }, 600_000);

  afterAll(async () => {
    expect(page?.errors ?? []).toEqual([]);
    await studio?.close();
  });

  test("a sentence becomes a picture; the exported PNG brings everything back", async () => {
    const field = page.page.getByRole("textbox", { name: "Sentence" });
    await field.fill("a red dog on the snow");
    await field.press("Enter");
    await page.settled();
    const scene = await page.scene();
    expect(scene).toMatchObject({ caption: "a red dog on the snow", model: "tiny", width: 32 });
    const [download] = await Promise.all([
      page.page.waitForEvent("download"),
      page.page.getByRole("button", { name: "Save picture with its scene" }).click(),
    ]);
    expect(download.suggestedFilename()).toBe(`a-red-dog-on-the-snow-${scene.seed}.png`);
    const png = await readFile(await download.path());
    expect(sceneFromPng(png)).toEqual(scene);
    const pixels = await page.pixels();

    await page.run("file.new");
    await page.drop("back.png", png);
    await expect.poll(() => page.scene()).toEqual(scene);
    expect(await page.pixels()).toEqual(pixels);
    expect(await field.inputValue()).toBe("a red dog on the snow");
  });

  test("the picture is the one that Node makes of the same scene and seed", async () => {
    await page.run("sentence.use", { caption: SENTENCE });
    await page.settled();
    const scene = await page.scene();
    const runtime = createNodeRuntime({ threads: 1 });
    const { stages } = await openModel(folderReader(studio.model), runtime);
    const [{ picture, scene: whole }] = await generate(stages, [{ ...scene, objects: [] }]);
    // sampling is the same; numbers differ by rounding alone
    expect(scene.objects.map((o) => o.label)).toEqual(whole.objects.map((o) => o.label));
    scene.objects.forEach((o, i) => near(o.box, whole.objects[i].box, 4));
    const theirs = Array.from(picture?.data ?? []);
    const ours = await page.pixels();
    const worst = ours.reduce((most, v, i) => Math.max(most, Math.abs(v - theirs[i])), 0);
    expect(ours).toHaveLength(32 * 32 * 3);
    expect(worst).toBeLessThanOrEqual(2);
  });

  test("boxes are moved and resized, and each gesture is one step of undo", async () => {
    await page.withOneObject();
    const before = await page.scene();
    const picture = await page.picture();
    await page.drag("boxes", [0.45, 0.45], [0.55, 0.5]);
    near((await page.scene()).objects[0].box, [0.35, 0.3, 0.4, 0.4]);
    await page.settled();
    expect(await page.picture()).not.toBe(picture);
    await page.drag("boxes", [0.75, 0.7], [0.9, 0.85]);
    near((await page.scene()).objects[0].box, [0.35, 0.3, 0.55, 0.55]);
    await page.page.keyboard.press("Control+z");
    near((await page.scene()).objects[0].box, [0.35, 0.3, 0.4, 0.4]);
    await page.page.keyboard.press("Control+z");
    await page.settled();
    expect(await page.scene()).toEqual(before);
    expect(await page.picture()).toBe(picture);
    await page.page.keyboard.press("Control+Shift+z");
    near((await page.scene()).objects[0].box, [0.35, 0.3, 0.4, 0.4]);
  });

  test("keys, fields and menus do the rest: nudge, number, label, copy, delete, draw", async () => {
    await page.withOneObject();
    await page.page.locator(".object-name").click();
    await page.page.keyboard.press("Escape");
    await page.page.keyboard.press("n");
    await page.page.keyboard.press("Shift+ArrowRight");
    near((await page.scene()).objects[0].box, [0.25 + 10 / 128, 0.25, 0.4, 0.4]);
    const x = page.page.getByRole("textbox", { name: "X", exact: true });
    await x.fill("10");
    await x.press("Enter");
    near((await page.scene()).objects[0].box, [0.1, 0.25, 0.4, 0.4]);
    await page.page.getByRole("button", { name: /^Label: dog/ }).click();
    await page.page.getByRole("combobox", { name: "Label" }).fill("tedd");
    await page.page.keyboard.press("Enter");
    expect((await page.scene()).objects[0].label).toBe("teddy bear");
    await page.page.locator(".panel-boxes").focus();
    await page.page.keyboard.press("Control+d");
    await page.page.keyboard.press("h");
    expect((await page.scene()).objects).toMatchObject([{ id: "o1" }, { id: "o2", hidden: true }]);
    await page.page.keyboard.press("Delete");
    expect((await page.scene()).objects).toHaveLength(1);
    await page.page.keyboard.press("a");
    await page.drag("boxes", [0.6, 0.1], [0.9, 0.4]);
    await page.page.keyboard.press("Enter");
    const { objects } = await page.scene();
    expect(objects.map((o) => o.label)).toEqual(["teddy bear", "person"]);
    near(objects[1].box, [0.6, 0.1, 0.3, 0.3], 1);
    for (let i = 0; i < 7; i++) await page.run("edit.undo");
    expect((await page.scene()).objects).toMatchObject([{ label: "dog", box: [0.25, 0.25, 0.4, 0.4] }]);
  });

  test("masks are painted, erased and undone; what is painted is kept when a box moves", async () => {
    await page.withOneObject();
    const mask = (await page.scene()).objects[0].mask;
    await page.run("view.select", { id: "o1" });
    await page.page.keyboard.press("b");
    await page.drag("masks", [0.1, 0.9], [0.5, 0.9]);
    const painted = (await page.scene()).objects[0].mask;
    expect(painted).not.toEqual(mask);
    await page.page.keyboard.press("e");
    await page.drag("masks", [0.1, 0.9], [0.5, 0.9]);
    await page.page.keyboard.press("Control+z");
    expect((await page.scene()).objects[0].mask).toEqual(painted);
    await page.page.keyboard.press("v");
    await page.run("object.add", { label: "cat", box: [0.7, 0, 0.3, 0.3] });
    await page.settled();
    expect((await page.scene()).objects[0].mask).toEqual(painted);
    for (let i = 0; i < 2; i++) await page.run("edit.undo");
    expect((await page.scene()).objects[0].mask).toEqual(mask);
  });

  test("a locked object stays bit-identical while all else is inferred anew", async () => {
    await page.withOneObject();
    await page.run("object.locked.of", { id: "o1" });
    const [locked] = (await page.scene()).objects;
    for (const id of ["infer.boxes", "infer.masks"]) {
      await page.run(id);
      await page.settled();
      expect((await page.scene()).objects.find((o) => o.id === "o1")).toEqual(locked);
    }
  });

  test("variations, layouts and the density of the next box", async () => {
    await page.withOneObject();
    const { seed } = await page.scene();
    await page.page.getByRole("button", { name: "Variations of the picture" }).click();
    await page.settled();
    const tiles = page.page.locator(".strip .tile-take");
    expect(await tiles.count()).toBe(8);
    await page.page.getByRole("button", { name: "Compare with the picture" }).first().click();
    await page.page.getByRole("slider", { name: /^Compare/ }).fill("0.2");
    await tiles.nth(1).click();
    expect((await page.scene()).seed).not.toBe(seed);
    await page.run("boxes.alternatives");
    await page.settled();
    expect(await page.page.locator(".strip .tile").count()).toBe(8);
    await page.run("view.heat", { label: "horse" });
    await expect.poll(() => page.density()).toBeCloseTo(1, 3);
    await page.run("view.heat", {});
  });

  test("a refresh in the middle of an edit loses nothing that was said to be saved", async () => {
    await page.withOneObject();
    await page.run("object.box", { id: "o1", box: [0.5, 0.5, 0.3, 0.3] });
    await page.settled();
    await page.saved();
    const scene = await page.scene();
    await page.page.reload();
    await page.settled();
    expect(await page.scene()).toEqual(scene);
    await page.page.keyboard.press("Control+z");
    near((await page.scene()).objects[0].box, [0.25, 0.25, 0.4, 0.4]);
  });

  test("a first visit that ends before its first picture is begun anew by the next", async () => {
    const other = await StudioPage.open(studio, {}, async (early) => {
      await early.begun();
      await early.flush();
      await early.page.reload();
    });
    expect((await other.scene()).objects.length).toBeGreaterThan(0);
    await other.close();
  });

  test("a page that cannot be drawn says so, and is whole again once loaded", async () => {
    const other = await StudioPage.open(studio);
    const { caption } = await other.scene();
    await other.flush();
    // no status is like this; a fault of ours would have this look
    await other.page.evaluate(() => {
      const { scenograph } = globalThis as unknown as { scenograph: { status: { set(change: object): void } } };
      scenograph.status.set({ toasts: undefined });
    });
    await other.page.getByRole("alert").filter({ hasText: "could not be drawn" }).waitFor();
    await other.page.getByRole("button", { name: "Load again" }).click();
    await other.page.getByRole("textbox", { name: "Sentence" }).waitFor();
    await other.settled();
    expect((await other.scene()).caption).toBe(caption);
    await other.close();
  });

  test("a worker that dies is replaced, and what was asked is answered", async () => {
    await page.withOneObject();
    const picture = await page.picture();
    const inference = page.page.workers().find((w) => /worker-/.test(w.url()));
    await inference?.evaluate(
      () => void setTimeout(() => Promise.reject(new Error("out of memory")).catch((e) => reportError(e)), 0),
    );
    await page.page.getByText("Inference had stopped and was started again.").waitFor();
    await page.run("picture.dice");
    await page.settled();
    expect(await page.picture()).not.toBe(picture);
  });

  test("bad files get a message that helps, and the open scene stays", async () => {
    await page.withOneObject();
    const scene = await page.scene();
    const json = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
    const pixel = Buffer.from(
      "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg==",
      "base64",
    );
    const many = Array.from({ length: 10_000 }, () => ({ label: "dog", box: [0, 0, 1, 1] }));
    const cases: [string, Uint8Array, string][] = [
      ["pixel.png", pixel, "without a scene inside"],
      ["later.json", json({ ...scene, version: 3 }), "newer Scenograph"],
      ["many.json", json({ ...scene, objects: many }), "at most 100 objects"],
      ["unicorn.json", json({ ...scene, objects: [{ label: "unicorn", box: [0, 0, 1, 1] }] }), "80 COCO categories"],
      ["notes.txt", new TextEncoder().encode("two dogs"), "is no JSON"],
    ];
    for (const [name, bytes, message] of cases) {
      await page.drop(name, bytes);
      await page.page.getByRole("alert").filter({ hasText: message }).waitFor();
      await page.page.getByRole("button", { name: "Dismiss" }).first().click();
    }
    expect(await page.scene()).toEqual(scene);
    await page.drop("coco.json", json(sceneToCoco({ ...scene, caption: "from COCO" }, "x.png")));
    await expect.poll(async () => (await page.scene()).caption).toBe("from COCO");
  });

  test("accessible in light and dark, dialogs included", async () => {
    const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
    await page.withOneObject();
    await page.run("view.select", { id: "o1" });
    await page.page.evaluate(axe);
    const check = () =>
      page.page.evaluate(async () => {
        const { violations } = await (globalThis as unknown as { axe: typeof import("axe-core") }).axe.run();
        return violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(" ")).join(", ")}`);
      });
    for (const theme of ["light", "dark"]) {
      await page.run("view.theme", { theme });
      expect(await check()).toEqual([]);
    }
    await page.page.keyboard.press("?");
    await page.page.getByRole("dialog").waitFor();
    expect(await check()).toEqual([]);
    await page.page.keyboard.press("Escape");
  });

  test("two hundred edits leave the memory as it was", async () => {
    await page.withOneObject();
    const client = await page.page.context().newCDPSession(page.page);
    const heap = async () => {
      await client.send("HeapProfiler.collectGarbage");
      return (await client.send("Runtime.getHeapUsage")).usedSize / 2 ** 20;
    };
    const edits = async (n: number) => {
      await page.edits(n);
      await page.settled();
    };
    await edits(20);
    const before = await heap();
    await edits(200);
    expect((await heap()) - before).toBeLessThan(15);
  });

  test("works offline after the first visit", async () => {
    const other = await StudioPage.open(studio, { serviceWorkers: "allow" });
    await other.page.evaluate(async () => {
      await navigator.serviceWorker.ready;
      while (!navigator.serviceWorker.controller) await new Promise((resolve) => setTimeout(resolve, 50));
    });
    await other.page.context().setOffline(true);
    await other.page.reload();
    await other.settled();
    await other.run("sentence.use", { caption: "a cat" });
    await other.settled();
    expect((await other.scene()).caption).toBe("a cat");
    expect(other.errors).toEqual([]);
    await other.close();
  });

  test("by touch on a phone: one panel at a time, boxes follow a finger, two fingers zoom", async () => {
    const phone = await StudioPage.open(studio, {
      viewport: { width: 390, height: 800 },
      hasTouch: true,
      isMobile: true,
    });
    await phone.withOneObject();
    await phone.page.getByRole("button", { name: "boxes", exact: true }).tap();
    const client = await phone.page.context().newCDPSession(phone.page);
    const touch = (type: "touchStart" | "touchMove" | "touchEnd", ...points: [number, number][]) =>
      client.send("Input.dispatchTouchEvent", { type, touchPoints: points.map(([x, y], id) => ({ x, y, id })) });
    const [start, end] = [await phone.at("boxes", 0.45, 0.45), await phone.at("boxes", 0.6, 0.6)];
    await touch("touchStart", start);
    await touch("touchMove", [(start[0] + end[0]) / 2, (start[1] + end[1]) / 2]);
    await touch("touchMove", end);
    await touch("touchEnd");
    near((await phone.scene()).objects[0].box, [0.4, 0.4, 0.4, 0.4], 1);
    const [a, b] = [await phone.at("boxes", 0.4, 0.5), await phone.at("boxes", 0.6, 0.5)];
    await touch("touchStart", a, b);
    await touch("touchMove", [a[0] - 40, a[1]], [b[0] + 40, b[1]]);
    await touch("touchEnd");
    await phone.page.locator(".zoom-mark").waitFor();
    near((await phone.scene()).objects[0].box, [0.4, 0.4, 0.4, 0.4], 1);
    await phone.close();
  });
});
