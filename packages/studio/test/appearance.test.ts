/** How things and scenes look: poses, looks, colours, places, variations, the tour, a picture underneath, the first visit. */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CHROMIUM, type Studio, StudioPage, startStudio } from "./studio.fixture.ts";

describe.runIf(CHROMIUM)("poses, looks and places", { timeout: 300_000 }, () => {
  let studio: Studio;
  let page: StudioPage;

  beforeAll(async () => {
    studio = await startStudio({ codes: true });
    page = await StudioPage.stage(studio, { viewport: { width: 1440, height: 900 } });
    page.page.setDefaultTimeout(60_000);
  }, 600_000);

  afterAll(async () => {
    expect(page?.errors ?? []).toEqual([]);
    await studio?.close();
  });

  const first = async () => (await page.scene()).objects[0];
  const button = (name: string) => page.page.getByRole("button", { name, exact: true });
  const undo = async () => {
    await page.run("edit.undo");
    await page.settled();
  };
  async function prepared(): Promise<void> {
    await page.withOneObject();
    await page.run("view.select", { id: "o1" });
    await page.settled();
  }

  // first, as this page is a first visit
  test("the first visit: three steps, each gone when it was done", async () => {
    const lesson = page.page.locator(".lesson");
    await expect.poll(() => lesson.textContent()).toContain("1 of 3");
    const [thing] = [...(await page.scene()).objects].sort((a, b) => b.box[2] * b.box[3] - a.box[2] * a.box[3]);
    const [x, y, w, h] = thing.box;
    await page.run("view.select", { id: thing.id });
    await page.drag("stage", [x + w / 2, y + h / 2], [x + w / 2 + (x > 0.2 ? -0.08 : 0.08), y + h / 2]);
    await expect.poll(() => lesson.textContent()).toContain("2 of 3");
    await page.settled();
    await page.page.locator(".choice[aria-pressed=false]").first().click();
    await expect.poll(() => lesson.textContent()).toContain("3 of 3");
    await page.page.getByRole("textbox", { name: "Sentence" }).fill("a dog and a cat");
    await page.page.keyboard.press("Enter");
    await expect.poll(() => lesson.count()).toBe(0);
    await page.settled();
  });

  test("a pose is chosen by its thumbnail, kept when the thing moves, and undone", async () => {
    await prepared();
    const before = await first();
    const poses = page.page.getByRole("region", { name: /^Poses of/ }).getByRole("button");
    await expect.poll(() => poses.count()).toBe(8);
    await poses.and(page.page.locator("[aria-pressed=false]")).last().click();
    await page.settled();
    const { pose } = await first();
    expect(pose).not.toBe(before.pose);
    await page.run("object.box", { id: "o1", box: [0.1, 0.1, 0.5, 0.5] });
    await page.settled();
    expect((await first()).pose).toBe(pose);
    await undo();
    await undo();
    expect((await first()).pose).toBe(before.pose);
    expect((await first()).mask).toEqual(before.mask);
  });

  test("another is another, turning round turns, and both are undone", async () => {
    await prepared();
    const before = await first();
    await button("Another").click();
    await page.settled();
    expect((await first()).pose).not.toBe(before.pose);
    await undo();
    expect((await first()).pose).toBe(before.pose);
    await button("Turn round").click();
    await page.settled();
    expect((await first()).pose).toBe(((before.pose ?? 0) + 8) % 16);
    await undo();
    expect(await first()).toEqual(before);
  });

  test("a look and a colour are chosen and kept while all else is drawn anew; one undo each", async () => {
    await prepared();
    const before = await first();
    const looks = page.page.getByRole("region", { name: /^Looks of/ }).getByRole("button");
    await expect.poll(() => looks.count()).toBe(8);
    await looks.and(page.page.locator("[aria-pressed=false]")).last().click();
    await page.settled();
    const { look } = await first();
    expect(look).not.toBe(before.look);
    await button("blue").click();
    await page.settled();
    await page.run("picture.dice");
    await page.settled();
    expect(await first()).toMatchObject({ look, colour: "#2f6fe0" });
    await undo();
    await undo();
    expect((await first()).colour).not.toBe("#2f6fe0");
    await undo();
    expect((await first()).look).toBe(before.look);
  });

  test("others of its kind become like it", async () => {
    await prepared();
    await page.run("object.duplicate");
    await page.settled();
    await page.run("view.select", { id: "o1" });
    await button("red").click();
    await button("All dogs like this").click();
    await page.settled();
    const { objects } = await page.scene();
    expect(objects[1]).toMatchObject({ pose: objects[0].pose, look: objects[0].look, colour: "#e0322f" });
  });

  test("place, time and weather are said in the sentence, and undone", async () => {
    await prepared();
    const { caption } = await page.scene();
    await button("Place, time, weather").click();
    await button("snow").click();
    await button("night").click();
    expect((await page.scene()).caption).toBe("two people riding horses in the snow at night");
    await page.page.keyboard.press("Escape");
    for (let i = 0; (await page.scene()).caption !== caption && i < 3; i++) await page.run("edit.undo");
    expect((await page.scene()).caption).toBe(caption);
    await page.settled();
  });

  test("variations of poses and places differ; one is starred, one removed and brought back", async () => {
    await prepared();
    for (const vary of ["poses", "places"]) {
      await page.run("picture.variations", { vary });
      await page.settled();
      const scenes = await page.page.evaluate(() => {
        const { scenograph } = globalThis as unknown as { scenograph: import("../src/app/session.ts").Session };
        return scenograph.status.get().variations.map((key) => scenograph.shot(key)?.scene);
      });
      const told = scenes.map((s) => (vary === "poses" ? s?.objects[0].pose : s?.caption));
      expect(told.length, vary).toBeGreaterThanOrEqual(vary === "poses" ? 4 : 8);
      expect(new Set(told).size, vary).toBe(told.length);
    }
    const tiles = page.page.locator(".strip .tile");
    const count = await tiles.count();
    await tiles.first().hover();
    await tiles.first().getByRole("button", { name: "Star: keep it" }).click();
    await tiles.first().getByRole("button", { name: "Take the star off" }).waitFor();
    await tiles.nth(1).hover();
    await tiles.nth(1).getByRole("button", { name: "Remove" }).click();
    await expect.poll(() => tiles.count()).toBe(count - 1);
    await button("Undo").last().click();
    await expect.poll(() => tiles.count()).toBe(count);
  });

  test("boxes without a sentence make one, and are drawn", async () => {
    await page.run("file.new");
    await page.run("object.add", { label: "dog", box: [0.1, 0.3, 0.3, 0.4] });
    await page.run("object.add", { label: "cat", box: [0.6, 0.3, 0.3, 0.4] });
    await page.settled();
    expect((await page.scene()).caption).toBe("a dog and a cat");
    expect((await page.scene()).objects.every((o) => o.mask)).toBe(true);
  });

  test("the tour: five screens with numbers of this scene and links to the code, accessible", async () => {
    await prepared();
    await page.run("file.dialog.tour");
    const dialog = page.page.getByRole("dialog");
    const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
    await page.page.evaluate(axe);
    const expected = [/ms/, /\d of \d/, /Step 1: dog/, /code \d/, /channel/];
    for (const [i, text] of expected.entries()) {
      const screen = dialog.locator(".tour-screen");
      await expect.poll(() => screen.textContent()).toMatch(text);
      const link = await screen.getByRole("link").last().getAttribute("href");
      const source = await page.page.request.get(`${studio.address}${link}`);
      expect(source.status(), `${link}`).toBe(200);
      const violations = await page.page.evaluate(async () => {
        const { axe: tool } = globalThis as unknown as { axe: typeof import("axe-core") };
        return (await tool.run(".tour")).violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target).join()}`);
      });
      expect(violations).toEqual([]);
      if (i < 4) await dialog.getByRole("button", { name: "Next" }).click();
    }
    await page.page.keyboard.press("Escape");
  });

  test("a picture lies under the stage, shows through, and goes", async () => {
    await prepared();
    const png = await page.page.screenshot({ clip: { x: 0, y: 0, width: 20, height: 20 } });
    await page.drop("sketch.png", png);
    await button("Lay it under the stage").click();
    const under = page.page.getByRole("img", { name: "Under the stage: sketch.png" });
    await under.waitFor();
    await page.run("view.reference", { strength: 0.75 });
    const opacity = () => page.page.locator("div.stage-picture").evaluate((e) => getComputedStyle(e).opacity);
    expect(await opacity()).toBe("0.25");
    await button("Take the picture under the stage away").click();
    await expect.poll(() => under.count()).toBe(0);
    expect(await opacity()).toBe("1");
  });
});
