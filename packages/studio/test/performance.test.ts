/**
 * What the studio's speed hangs on and no machine's load changes: bytes, requests, and in which order things come.
 * `npm run bench:studio` prints the times with the shipped model.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { dragging, firstPaint, loading, newPage, programSize, settled } from "../../../bench/studio/measure.ts";
import { CHROMIUM, type Studio, startStudio } from "./studio.fixture.ts";

describe.runIf(CHROMIUM)("speed of the studio", { timeout: 180_000 }, () => {
  let studio: Studio;

  beforeAll(async () => {
    studio = await startStudio();
  }, 600_000);

  afterAll(async () => {
    await studio?.close();
  });

  test("the program is below 500 kB, gzipped, without wasm and weights", async () => {
    const size = await programSize(studio.browser, studio.address);
    expect(size).toBeGreaterThan(100);
    expect(size).toBeLessThan(500);
  });

  test("the page's frame is painted before the program has started", async () => {
    const page = await newPage(studio.browser);
    const { frame, program } = await firstPaint(page, studio.address);
    expect(frame).toBeLessThanOrEqual(program);
    await page.context().close();
  });

  test("the model is loaded once; its share is shown", async () => {
    const { progress, first, second } = await loading(studio.browser, studio.address);
    expect(progress).toBe(true);
    expect(first).toBeGreaterThan(0);
    expect(second).toBe(0);
  });

  test("side by side, pictures come while a box is dragged", async () => {
    const page = await newPage(studio.browser, { viewport: { width: 1360, height: 860 } });
    await page.goto(studio.address);
    await settled(page);
    const { pictures } = await dragging(page, 150, 1);
    expect(pictures).toBeGreaterThanOrEqual(1);
    await page.context().close();
  });
});
