/** Where pictures are computed in Chromium: wasm without a word where there is no graphics card, WebGPU where there is. */
import { chromium } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Session } from "../src/app/session.ts";
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

  test("with a card that computes what wasm computes it is WebGPU", async () => {
    const browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox", ...SIMULATED] });
    try {
      const page = await browser.newPage();
      await page.goto(`${studio.address}?gpu=software`);
      // a simulated card draws too slowly to wait for the picture
      const device = await page.waitForFunction(
        () => {
          const { model } = (globalThis as unknown as { scenograph?: Session }).scenograph?.status.get() ?? {};
          return model?.state === "ready" && model.facts.device;
        },
        undefined,
        { timeout: 300_000 },
      );
      const has = await page.evaluate(() => "gpu" in navigator);
      if (!has) console.warn("studio: this Chromium has no WebGPU; it was not tried");
      expect(await device.jsonValue()).toBe(has ? "webgpu" : "wasm");
    } finally {
      await browser.close();
    }
  });
});
