/**
 * What the studio's speed hangs on, in bounds that hold on a busy machine: bytes, requests, and the time that the
 * page's own thread computes. `npm run bench:studio` prints the times of the clock with the shipped model.
 */
import { join } from "node:path";
import { packageFolder } from "scenograph/model/package.node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  bundleSize,
  dragging,
  firstPaint,
  loading,
  newPage,
  sentenceToPicture,
  settled,
} from "../../../bench/studio/measure.ts";
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
    const { page } = await bundleSize(join(packageFolder(), "packages", "studio", "dist"));
    expect(page).toBeGreaterThan(100);
    expect(page).toBeLessThan(500);
  });

  test("the first frame costs the page's thread far less than a second", async () => {
    const page = await newPage(studio.browser);
    const { frame, program, cpu } = await firstPaint(page, studio.address);
    expect(frame).toBeLessThanOrEqual(program);
    expect(cpu).toBeLessThan(1000);
    await page.context().close();
  });

  test("the model is loaded once; its share is shown", async () => {
    const { progress, first, second } = await loading(studio.browser, studio.address);
    expect(progress).toBe(true);
    expect(first).toBeGreaterThan(0);
    expect(second).toBe(0);
  });

  test("a drag in live mode leaves the page's thread time for 50 frames a second, and pictures come meanwhile", async () => {
    const page = await newPage(studio.browser, { viewport: { width: 1360, height: 860 } });
    await page.goto(studio.address);
    await settled(page);
    const [ms] = await sentenceToPicture(page, ["two people riding horses on the beach"]);
    expect(ms).toBeLessThan(15_000);
    const { pictures, cpu } = await dragging(page, 3);
    expect(pictures).toBeGreaterThanOrEqual(1);
    expect(cpu).toBeLessThan(20);
    await page.context().close();
  });
});
