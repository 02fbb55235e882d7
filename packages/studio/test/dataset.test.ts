/** The dataset page in Chromium, on a small folder that `data synth` and `data illustrate` make. */

import { mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadCoco, type Sample } from "@scenograph/lab/data/coco";
import { openDataset, PAGE_SIZE } from "@scenograph/service/server/dataset.node";
import { withDataset } from "@scenograph/service/server/datasetRoutes.node";
import type { Page } from "playwright-core";
import { CATEGORIES } from "scenograph/scene/categories";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runHere } from "../../../test/cli/run.fixture.ts";
import { CHROMIUM, type Studio, StudioPage, startStudio } from "./studio.fixture.ts";

const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

describe.runIf(CHROMIUM)("dataset", { timeout: 180_000 }, () => {
  let folder: string;
  let studio: Studio;
  let page: Page;
  let samples: readonly Sample[];
  const errors: string[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "scenograph-dataset-"));
    const [layouts, dir] = [join(folder, "layouts"), join(folder, "drawn")];
    for (const args of [
      ["data", "synth", "--out", layouts, "--count", "30", "--seed", "4"],
      ["data", "illustrate", "--data", layouts, "--out", dir, "--size", "64", "--variants", "1", "--minimum", "0"],
    ]) {
      const { code, stderr } = await runHere(...args);
      expect([code, stderr]).toEqual([0, expect.any(String)]);
    }
    samples = (await loadCoco(dir, "train")).samples;
    studio = await startStudio({ wrap: (next) => withDataset(next, openDataset(dir)) });
    page = await newPage();
  }, 600_000);

  afterAll(async () => {
    expect(errors).toEqual([]);
    await studio?.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function newPage(options = {}): Promise<Page> {
    const context = await studio.browser.newContext({ viewport: { width: 1280, height: 860 }, ...options });
    const opened = await context.newPage();
    opened.on("pageerror", (error) => errors.push(error.message));
    await opened.goto(`${studio.address}dataset.html`);
    await opened.locator(".card").first().waitFor();
    return opened;
  }

  const cards = () => page.locator(".card");
  const found = (text: string | RegExp) => page.locator(".dataset-found", { hasText: text }).waitFor();

  test("a page of pictures with boxes, masks and names; paging", async () => {
    await found(`${samples.length} pictures`);
    expect(await cards().count()).toBe(PAGE_SIZE);
    const first = samples[0];
    await page.getByRole("button", { name: first.captions[0], exact: true }).first().waitFor();
    expect(await cards().first().locator("rect").count()).toBe(first.objects.length);
    expect(await cards().first().locator("path").count()).toBe(first.objects.length);
    expect(await cards().first().locator("path").first().getAttribute("d")).toMatch(/^M/);
    await page
      .locator(".card img")
      .first()
      .evaluate((img: HTMLImageElement) => img.decode());
    await page.getByRole("button", { name: "masks" }).click();
    expect(await page.locator(".card path").count()).toBe(0);
    await page.getByRole("button", { name: "masks" }).click();

    await page.getByRole("button", { name: "Next", exact: true }).click();
    await page.getByText("Page 2 of 2").waitFor();
    await expect.poll(() => cards().count()).toBe(samples.length - PAGE_SIZE);
    expect(page.url()).toMatch(/page=1/);
    await page.goBack();
    await page.getByText("Page 1 of 2").waitFor();
    await expect.poll(() => cards().count()).toBe(PAGE_SIZE);
  });

  test("category and words filter, together too; a reload keeps them", async () => {
    const index = samples[0].objects[0].classIndex;
    const having = samples.filter((s) => s.objects.some((o) => o.classIndex === index));
    await page.getByRole("combobox", { name: "Category" }).selectOption(CATEGORIES[index].name);
    await found(new RegExp(`^${having.length} pictures? of ${samples.length}`));
    await expect.poll(() => cards().count()).toBe(Math.min(PAGE_SIZE, having.length));
    const word = having[0].captions[0].toLowerCase().match(/[a-z]{4,}/)?.[0] ?? "";
    const both = having.filter((s) =>
      s.captions.some((c) =>
        c
          .toLowerCase()
          .split(/[^a-z]+/)
          .some((w) => w.startsWith(word)),
      ),
    );
    await page.getByRole("searchbox", { name: "Words in a caption" }).fill(word);
    await found(both.length === samples.length ? /pictures/ : new RegExp(`^${both.length} pictures? of`));
    await page.reload();
    expect(await page.getByRole("searchbox").inputValue()).toBe(word);
    await expect.poll(() => cards().count()).toBe(Math.min(PAGE_SIZE, both.length));
    await page.getByRole("searchbox").fill("zzzz");
    await found("No picture fits");
    await page.getByRole("searchbox").fill("");
    await page.getByRole("combobox", { name: "Category" }).selectOption("");
    await found(`${samples.length} pictures`);
  });

  test("details by keyboard, the next picture by arrow, and into the studio with caption, boxes and masks", async () => {
    await cards().first().focus();
    await page.keyboard.press("Enter");
    const dialog = page.getByRole("dialog", { name: `Picture ${samples[0].imageId}` });
    await dialog.getByText(`${samples[0].objects.length} object`).waitFor();
    await page.keyboard.press("ArrowRight");
    const [, second] = samples;
    const next = page.getByRole("dialog", { name: `Picture ${second.imageId}` });
    await next.getByRole("radio", { name: second.captions[0], exact: true }).waitFor();
    expect(await next.locator(".details-objects li").count()).toBe(second.objects.length);
    const href = await next.getByRole("link", { name: "Open in studio" }).getAttribute("href");
    await page.keyboard.press("Escape");
    expect(await page.getByRole("dialog").count()).toBe(0);

    const opened = await StudioPage.open({ ...studio, address: `${studio.address}${href}` });
    const scene = await opened.scene();
    expect(scene).toMatchObject({ caption: second.captions[0], width: 32, height: 32 });
    expect(scene.objects.map((o) => o.label)).toEqual(second.objects.map((o) => CATEGORIES[o.classIndex].name));
    scene.objects.forEach((o, i) => {
      expect(o.box).toEqual(second.objects[i].box);
      expect(o.mask).toMatchObject({ width: 128, height: 128 });
    });
    expect(opened.errors).toEqual([]);
    // the address is the studio's again: a reload keeps what was changed since
    expect(new URL(opened.page.url()).hash).toBe("");
    await opened.close();
  });

  test("nothing for axe to say, in light and dark, with details open, on a phone", async () => {
    for (const options of [
      { colorScheme: "light" },
      { colorScheme: "dark" },
      { viewport: { width: 390, height: 800 }, hasTouch: true },
    ] as const) {
      const at = await newPage(options);
      await at.addScriptTag({ path: AXE });
      const violations = () =>
        at.evaluate(async () => {
          const { axe } = globalThis as unknown as {
            axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
          };
          return (await axe.run()).violations.map((v) => `${v.id}: ${v.nodes[0].html}`);
        });
      expect(await violations()).toEqual([]);
      await at.locator(".card").first().click();
      await at.getByRole("link", { name: "Open in studio" }).waitFor();
      expect(await violations()).toEqual([]);
      const wide = await at.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      expect(wide).toBeLessThanOrEqual(0);
      await at.context().close();
    }
  });

  test("without a folder the page says how to name one", async () => {
    const context = await studio.browser.newContext();
    const bare = await context.newPage();
    await bare.route("**/data/index.json", (route) => route.fulfill({ status: 404, body: "not found" }));
    await bare.goto(`${studio.address}dataset.html`);
    await bare.getByText("scenograph studio --data DIR").waitFor();
    await context.close();
  });
});
