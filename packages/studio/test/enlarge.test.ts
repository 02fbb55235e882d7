/** Enlarging the picture in Chromium: the network is fetched when it is asked for, and kept for when there is no connection. */
import { readFile } from "node:fs/promises";
import { createNodeRuntime } from "@scenograph/graph/runtime/node";
import { decodePicture } from "scenograph/draw/picture";
import { createEnlarger } from "scenograph/enlarge/enlarge";
import { enlargerReader } from "scenograph/enlarge/load.node";
import { packageFolder } from "scenograph/model/package.node";
import { sceneFromPng } from "scenograph/scene/png";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CHROMIUM, type Studio, StudioPage, startStudio } from "./studio.fixture.ts";

describe.runIf(CHROMIUM)("enlarging", { timeout: 180_000 }, () => {
  let studio: Studio;
  let page: StudioPage;
  const fetched: string[] = [];

  beforeAll(async () => {
    studio = await startStudio();
    page = await StudioPage.open(studio, { serviceWorkers: "allow" });
    page.page.context().on("request", (r) => {
      if (r.url().includes("/enlarge/")) fetched.push(r.url());
    });
  }, 600_000);

  afterAll(async () => {
    expect(page?.errors ?? []).toEqual([]);
    await studio?.close();
  });

  const dialog = () => page.page.getByRole("dialog", { name: "Enlarge" });
  const saved = async () => {
    const [download] = await Promise.all([
      page.page.waitForEvent("download"),
      dialog().getByRole("button", { name: "Save PNG" }).click(),
    ]);
    return { name: download.suggestedFilename(), bytes: new Uint8Array(await readFile(await download.path())) };
  };

  test("twice as large it is Node's picture, saved with its scene inside", async () => {
    expect(fetched).toEqual([]);
    await page.page.getByRole("button", { name: "Enlarge the picture" }).click();
    await dialog().getByText("64 × 64 pixels in").waitFor({ timeout: 150_000 });
    const { name, bytes } = await saved();
    const scene = await page.scene();
    expect(name).toMatch(/-x2\.png$/);
    expect(sceneFromPng(bytes)).toEqual({ ...scene, width: 64, height: 64 });
    const data = Uint8Array.from(await page.pixels());
    const enlarger = createEnlarger(createNodeRuntime({ threads: 1 }), enlargerReader(packageFolder()));
    const theirs = await enlarger.enlarge({ width: 32, height: 32, data }, 2);
    const ours = await decodePicture(bytes);
    const worst = ours.data.reduce((most, v, i) => Math.max(most, Math.abs(v - theirs.data[i])), 0);
    expect(worst).toBeLessThanOrEqual(2);
    expect(fetched.some((url) => /x2-[0-9a-f]{8}\.bin$/.test(url))).toBe(true);
  });

  test("four times as large, without a connection; the larger picture opens again in the studio", async () => {
    await page.page.context().setOffline(true);
    await dialog().getByRole("button", { name: /^4×/ }).click();
    await dialog().getByText("128 × 128 pixels in").waitFor({ timeout: 150_000 });
    await page.page.keyboard.press("Escape");
    // a new worker, a network that was kept
    await page.page.getByRole("button", { name: "Enlarge the picture" }).click();
    await dialog().getByText("64 × 64 pixels in").waitFor({ timeout: 150_000 });
    const { bytes } = await saved();
    await page.page.context().setOffline(false);
    await page.page.keyboard.press("Escape");
    const scene = await page.scene();
    await page.drop("large.png", bytes);
    await page.settled();
    expect(await page.scene()).toEqual(scene);
  });

  test("cancelling ends it at once; it can be asked again", async () => {
    await page.page.getByRole("button", { name: "Enlarge the picture" }).click();
    await dialog().getByRole("button", { name: "Cancel" }).click();
    await dialog().getByText("Choose how large.").waitFor();
    await dialog().getByRole("button", { name: /^2×/ }).click();
    await dialog().getByText("64 × 64 pixels in").waitFor({ timeout: 150_000 });
    await page.page.keyboard.press("Escape");
    expect(await dialog().count()).toBe(0);
  });
});
