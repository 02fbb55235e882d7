/** The large stage, by hand: every gesture with its undo, several at once, copies, documents in two tabs, phone, keys alone. */
import type { Scene } from "scenograph/scene/scene";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CHROMIUM, type Studio, StudioPage, startStudio } from "./studio.fixture.ts";

const near = (actual: readonly number[], wanted: readonly number[]) =>
  actual.forEach((v, i) => {
    expect(v).toBeCloseTo(wanted[i], 1);
  });

/** Other work may share the machine. */
const PATIENCE = 60_000;

/** A cat upper left, and a dog over a couch in the middle; the couch fills its box, the dog the left of its own. */
function sceneOf(): Scene {
  const block = (x0: number, x1: number, y0: number, y1: number) => {
    const high = y1 - y0;
    const columns = Array(x1 - x0 - 1)
      .fill([high, 64 - high])
      .flat();
    return { width: 64, height: 64, counts: [64 * x0 + y0, ...columns, high, 64 * (64 - x1) + 64 - y1] };
  };
  return {
    version: 2,
    caption: "a dog on a couch and a cat",
    width: 32,
    height: 32,
    seed: 4,
    objects: [
      { id: "o1", label: "couch", box: [0.25, 0.25, 0.5, 0.5], mask: block(16, 48, 16, 48) },
      { id: "o2", label: "dog", box: [0.375, 0.375, 0.25, 0.25], mask: block(24, 34, 24, 40) },
      { id: "o3", label: "cat", box: [0.02, 0.02, 0.15, 0.15] },
    ],
  };
}

describe.runIf(CHROMIUM)("the stage", { timeout: 300_000 }, () => {
  let studio: Studio;
  let page: StudioPage;

  beforeAll(async () => {
    studio = await startStudio();
    page = await StudioPage.stage(studio, { viewport: { width: 1440, height: 900 } });
    page.page.setDefaultTimeout(60_000);
  }, 600_000);

  afterAll(async () => {
    expect(page?.errors ?? []).toEqual([]);
    await studio?.close();
  });

  const key = (name: string) => page.page.keyboard.press(name);
  const chosen = async () => {
    const { selected, also } = await page.view();
    return [selected, ...also].filter((id) => id !== undefined);
  };
  const click = async (x: number, y: number, options: { readonly shift?: boolean } = {}) => {
    if (options.shift) await page.page.keyboard.down("Shift");
    await page.page.mouse.click(...(await page.at("stage", x, y)));
    if (options.shift) await page.page.keyboard.up("Shift");
  };
  async function prepared(): Promise<Scene> {
    await page.run("view.select", {});
    await page.run("file.open-scene", { scene: sceneOf() });
    await page.settled();
    await page.page.locator(".stage-canvas").focus();
    return page.scene();
  }

  test("the picture is at least 600 pixels at 1440 x 900, and seen whole at 1024 x 768, 1280 x 720 and 200 % zoom", async () => {
    const sizes: [number, number, number][] = [
      [1440, 900, 600],
      [1024, 768, 400],
      [1280, 720, 400],
      [720, 450, 280],
    ];
    for (const [width, height, least] of sizes) {
      await page.page.setViewportSize({ width, height });
      await page.page.waitForTimeout(300);
      const box = await page.page.locator(".stage-frame").boundingBox();
      expect(box?.width, `${width} x ${height}`).toBeGreaterThanOrEqual(least);
      if (height > 500) expect((box?.y ?? 0) + (box?.height ?? 0), `${width} x ${height}`).toBeLessThanOrEqual(height);
      const wide = await page.page.evaluate(() => document.documentElement.scrollWidth);
      expect(wide, `${width} x ${height}`).toBeLessThanOrEqual(width);
    }
    await page.page.setViewportSize({ width: 1440, height: 900 });
  });

  test("a click takes the nearest thing, a second one what lies under it; Escape lets go", async () => {
    await prepared();
    await click(0.5, 0.5);
    expect(await chosen()).toEqual(["o2"]);
    await click(0.5, 0.5);
    expect(await chosen()).toEqual(["o1"]);
    await click(0.5, 0.5);
    expect(await chosen()).toEqual(["o2"]);
    await key("Escape");
    expect(await chosen()).toEqual([]);
  });

  test("what is selected is what moves, also under a nearer thing", async () => {
    const before = await prepared();
    await click(0.3, 0.3);
    expect(await chosen()).toEqual(["o1"]);
    await page.drag("stage", [0.5, 0.5], [0.6, 0.45]);
    const { objects } = await page.scene();
    near(objects[0].box, [0.35, 0.2, 0.5, 0.5]);
    expect(objects[1].box).toEqual(before.objects[1].box);
    await key("Control+z");
    expect(await page.scene()).toEqual(before);
    await page.settled();
  });

  test("each gesture is one step of undo and comes back by redo", async () => {
    const bar = (name: string | RegExp) =>
      page.page.getByRole("toolbar", { name: /^Tools for/ }).getByRole("button", { name });
    const gestures: [string, () => Promise<void>][] = [
      ["drag", () => page.drag("stage", [0.5, 0.5], [0.6, 0.55])],
      ["resize", () => page.drag("stage", [0.625, 0.625], [0.8, 0.75])],
      ["flip", () => key("Shift+F")],
      ["duplicate", () => bar("Duplicate object").click()],
      ["delete", () => bar("Delete object").click()],
      ["farther", () => bar("Bring farther").click()],
      ["to the back", () => key("Control+Shift+[")],
      ["lock", () => bar("Lock").click()],
      ["narrower by key", () => key("Control+ArrowLeft")],
      ["nudge", () => key("ArrowUp")],
      [
        "draw a box",
        async () => {
          await key("a");
          await page.drag("stage", [0.7, 0.1], [0.9, 0.3]);
          await page.page.getByRole("combobox", { name: "Label" }).fill("kite");
          await key("Enter");
        },
      ],
      [
        "brush",
        async () => {
          await key("b");
          await page.drag("stage", [0.3, 0.7], [0.6, 0.8]);
          await key("v");
        },
      ],
    ];
    const before = await prepared();
    for (const [name, act] of gestures) {
      await page.run("view.select", { id: "o2" });
      await page.page.locator(".stage-canvas").focus();
      await act();
      await expect.poll(() => page.scene(), { message: name, timeout: PATIENCE }).not.toEqual(before);
      await page.settled();
      const after = await page.scene();
      await page.page.locator(".stage-canvas").focus();
      await key("Control+z");
      expect(await page.scene(), `${name}, undone`).toEqual(before);
      await key("Control+Shift+z");
      expect(await page.scene(), `${name}, done again`).toEqual(after);
      await key("Control+z");
      await page.settled();
    }
  });

  test("Escape in a drag takes it back; a box without a label leaves nothing", async () => {
    const before = await prepared();
    await page.page.mouse.move(...(await page.at("stage", 0.5, 0.5)));
    await page.page.mouse.down();
    await page.page.mouse.move(...(await page.at("stage", 0.65, 0.6)), { steps: 4 });
    expect(await page.scene()).not.toEqual(before);
    expect(await page.page.locator(".stage-carried canvas").count()).toBe(1);
    await key("Escape");
    await page.page.mouse.up();
    expect(await page.scene()).toEqual(before);
    await key("a");
    await page.drag("stage", [0.7, 0.1], [0.9, 0.3]);
    await page.page.getByRole("combobox", { name: "Label" }).waitFor();
    await key("Escape");
    expect(await page.scene()).toEqual(before);
    expect(await page.page.locator(".drawn-box").count()).toBe(0);
    await key("v");
  });

  test("several by shift and by marquee move, are copied, pasted and deleted together", async () => {
    const before = await prepared();
    await click(0.1, 0.1);
    await click(0.5, 0.5, { shift: true });
    expect((await chosen()).sort()).toEqual(["o2", "o3"]);
    await page.drag("stage", [0.5, 0.5], [0.55, 0.6]);
    const { objects } = await page.scene();
    near(objects[1].box, [0.425, 0.475, 0.25, 0.25]);
    near(objects[2].box, [0.07, 0.12, 0.15, 0.15]);
    await key("Control+z");
    expect(await page.scene()).toEqual(before);
    await key("Escape");
    await page.drag("stage", [0.95, 0.95], [0.24, 0.24]);
    expect((await chosen()).sort()).toEqual(["o1", "o2"]);
    await key("Control+c");
    await key("Control+v");
    await expect.poll(async () => (await page.scene()).objects.length, { timeout: PATIENCE }).toBe(5);
    await key("Delete");
    expect((await page.scene()).objects).toHaveLength(3);
    await key("Control+z");
    await key("Control+z");
    expect(await page.scene()).toEqual(before);
  });

  test("a sentence without anything to draw says so and draws nothing", async () => {
    const before = await prepared();
    await page.run("sentence.use", { caption: "the meaning of it all" });
    await page.page.getByText("Nothing in this sentence can be drawn", { exact: false }).first().waitFor();
    expect((await page.scene()).objects).toEqual(before.objects);
    await page.run("edit.undo");
    await page.settled();
  });

  test("a typed seed is drawn with", async () => {
    await prepared();
    const field = page.page.getByRole("textbox", { name: "Seed" });
    await field.fill("77");
    await field.press("Enter");
    await page.settled();
    await page.page.getByRole("button", { name: "Draw", exact: true }).click();
    await page.settled();
    expect((await page.scene()).seed).toBe(77);
    await page.run("view.keepSeed");
  });

  test("two tabs have a document each; the gallery opens, copies, deletes and brings back", async () => {
    await prepared();
    await page.saved();
    const mine = await page.scene();
    const tab = await page.page.context().newPage();
    await tab.goto(studio.address);
    const captionOf = (p: typeof tab) =>
      p.evaluate(
        () =>
          (globalThis as unknown as { scenograph: { store: { state: { doc: { scene: Scene } } } } }).scenograph?.store
            .state.doc.scene.caption,
      );
    await expect.poll(() => captionOf(tab), { timeout: PATIENCE }).toBe("two people riding horses on the beach");
    await tab.getByRole("textbox", { name: "Sentence" }).fill("a zebra");
    await tab.locator(".saved", { hasText: "Saved" }).waitFor();
    expect(await page.scene()).toEqual(mine);
    await page.page.reload();
    await page.settled();
    expect(await page.scene()).toEqual(mine);
    await tab.reload();
    await expect.poll(() => captionOf(tab), { timeout: PATIENCE }).toBe("a zebra");
    await tab.close();

    await page.run("file.dialog.gallery");
    const cards = page.page.getByRole("button", { name: /^Open: / });
    await expect.poll(() => cards.count(), { timeout: PATIENCE }).toBe(2);
    const statusOf = () =>
      page.page.evaluate(() =>
        (
          globalThis as unknown as { scenograph: { status: { get(): { document?: { id: string }; dialog?: string } } } }
        ).scenograph.status.get(),
      );
    const { document } = await statusOf();
    await page.page.getByRole("button", { name: "Duplicate a dog on a couch and a cat" }).click();
    await expect.poll(async () => (await statusOf()).document?.id, { timeout: PATIENCE }).not.toBe(document?.id);
    await expect.poll(async () => (await statusOf()).dialog, { timeout: PATIENCE }).toBeUndefined();
    expect((await page.scene()).caption).toBe(mine.caption);
    await page.settled();
    await page.run("file.dialog.gallery");
    await expect.poll(() => cards.count(), { timeout: PATIENCE }).toBe(3);
    await page.page.getByRole("button", { name: "Delete a zebra" }).click();
    await expect.poll(() => cards.count(), { timeout: PATIENCE }).toBe(2);
    await page.page.keyboard.press("Escape");
    await page.page.getByRole("button", { name: "Undo", exact: true }).last().click();
    await page.run("file.dialog.gallery");
    await expect.poll(() => cards.count(), { timeout: PATIENCE }).toBe(3);
    await page.page.getByRole("button", { name: "Open: a zebra" }).click();
    await expect.poll(async () => (await page.scene()).caption, { timeout: PATIENCE }).toBe("a zebra");
    await page.settled();
  });

  test("on a first visit there is nothing to undo", async () => {
    const other = await StudioPage.stage(studio);
    expect((await other.scene()).objects.length).toBeGreaterThan(0);
    expect(await other.run("edit.undo")).toBe(false);
    await other.close();
  });

  test("on a phone the picture stays in sight while a thing is dragged by finger", async () => {
    const phone = await StudioPage.stage(studio, {
      viewport: { width: 390, height: 844 },
      hasTouch: true,
      isMobile: true,
    });
    await phone.run("file.open-scene", { scene: sceneOf() });
    await phone.settled();
    await phone.run("view.layer", { layer: "boxes", too: true });
    const client = await phone.page.context().newCDPSession(phone.page);
    const touch = (type: "touchStart" | "touchMove" | "touchEnd", ...points: [number, number][]) =>
      client.send("Input.dispatchTouchEvent", { type, touchPoints: points.map(([x, y], id) => ({ x, y, id })) });
    const [start, end] = [await phone.at("stage", 0.5, 0.5), await phone.at("stage", 0.6, 0.6)];
    await touch("touchStart", start);
    await touch("touchMove", [(start[0] + end[0]) / 2, (start[1] + end[1]) / 2]);
    await touch("touchMove", end);
    await touch("touchEnd");
    near((await phone.scene()).objects[1].box, [0.475, 0.475, 0.25, 0.25]);
    await phone.settled();
    const picture = await phone.page.locator(".stage-picture").first().boundingBox();
    expect(picture?.height ?? 0).toBeGreaterThan(300);
    expect((picture?.y ?? 999) + (picture?.height ?? 999)).toBeLessThanOrEqual(844);
    expect(await phone.page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
    expect(phone.errors).toEqual([]);
    await phone.close();
  });
});
