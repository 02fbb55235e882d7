/** Where pictures are computed in Chromium: wasm without a word where there is no graphics card, WebGPU where there is. */
import { chromium } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Session } from "../../studio/app/session.ts";
import { CHROMIUM, type Studio, StudioPage, startStudio } from "./studio.fixture.ts";

/** A graphics card that Chromium simulates. */
const SIMULATED = ["--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader"];

describe.runIf(CHROMIUM)("WebGPU", { timeout: 180_000 }, () => {
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
    await page.page.reload();
    await page.settled();
    expect(await facts(page)).toEqual({ device: "wasm", toasts: 0 });
    expect(fetched.filter((url) => url.includes("asyncify"))).toEqual([]);
    await page.page.getByRole("button", { name: "Menu" }).click();
    await page.page.getByText(/now this browser, \d+ threads?/).waitFor();
    expect(page.errors).toEqual([]);
    await page.close();
  });

  test("with a card the picture is drawn by WebGPU, and is wasm's", async () => {
    const browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox", ...SIMULATED] });
    try {
      const pictures: number[][] = [];
      for (const gpu of ["off", "software"]) {
        const page = await StudioPage.open({ ...studio, browser, address: `${studio.address}?gpu=${gpu}` });
        const { device } = (await facts(page)) ?? {};
        if (gpu === "software" && device !== "webgpu") {
          console.warn("studio: this Chromium simulates no graphics card; WebGPU was not tried");
          expect(device).toBe("wasm");
        } else expect(device).toBe(gpu === "off" ? "wasm" : "webgpu");
        pictures.push(await page.pixels());
        expect(page.errors).toEqual([]);
        await page.close();
      }
      const [wasm, gpu] = pictures;
      expect(gpu).toHaveLength(wasm.length);
      expect(wasm.reduce((most, v, i) => Math.max(most, Math.abs(v - gpu[i])), 0)).toBeLessThanOrEqual(2);
    } finally {
      await browser.close();
    }
  });
});
