/** Where pictures are computed in Chromium: wasm without a word where there is no graphics card, WebGPU where there is. */
import { chromium } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { folderReader } from "../../src/model/load.node.ts";
import { openModel } from "../../src/model/model.ts";
import { generate } from "../../src/pipeline.ts";
import { createNodeRuntime } from "../../src/runtime/node.ts";
import type { Session } from "../../studio/app/session.ts";
import { CHROMIUM, type Studio, StudioPage, startStudio } from "./studio.fixture.ts";

/** A graphics card that Chromium simulates. */
const SIMULATED = ["--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader"];

describe.runIf(CHROMIUM)("WebGPU", { timeout: 400_000 }, () => {
  let studio: Studio;

  beforeAll(async () => {
    studio = await startStudio();
  }, 600_000);

  afterAll(async () => {
    await studio?.close();
  });

  const facts = (page: StudioPage) =>
    page.page.evaluate(() => {
      const { model, toasts } = (globalThis as unknown as { scenograph: Session }).scenograph.status.get();
      return model.state === "ready" ? { device: model.facts.device, toasts: toasts.length } : undefined;
    });

  test("without a card it is wasm, and nothing is said; the menu names it", async () => {
    const fetched: string[] = [];
    const page = await StudioPage.open(studio);
    page.page.context().on("request", (r) => fetched.push(r.url()));
    await page.saved();
    await page.page.reload();
    await page.settled();
    expect(await facts(page)).toEqual({ device: "wasm", toasts: 0 });
    expect(fetched.filter((url) => url.includes("asyncify"))).toEqual([]);
    await page.page.getByRole("button", { name: "Menu" }).click();
    await page.page.getByText(/now this browser, \d+ threads?/).waitFor();
    expect(page.errors).toEqual([]);
    await page.close();
  });

  test("with a card the picture is drawn by WebGPU, and is the native runtime's", async () => {
    const browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox", ...SIMULATED] });
    try {
      const page = await StudioPage.open({ ...studio, browser, address: `${studio.address}?gpu=software` });
      const { device } = (await facts(page)) ?? {};
      if (device === "wasm") console.warn("studio: this Chromium simulates no graphics card; WebGPU was not tried");
      else expect(device).toBe("webgpu");
      const { stages } = await openModel(folderReader(studio.model), createNodeRuntime({ threads: 1 }));
      const [{ picture }] = await generate(stages, [await page.scene()], { from: "image" });
      const ours = await page.pixels();
      expect(ours).toHaveLength(32 * 32 * 3);
      const worst = ours.reduce((most, v, i) => Math.max(most, Math.abs(v - (picture?.data[i] ?? 255))), 0);
      expect(worst).toBeLessThanOrEqual(2);
      expect(page.errors).toEqual([]);
    } finally {
      await browser.close();
    }
  });
});
