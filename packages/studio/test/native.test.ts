/** The studio whose server computes, in Chromium: the same interface, the same pictures, and what happens when it ends. */

import { createNodeRuntime } from "@scenograph/graph/runtime/node";
import { folderReader } from "scenograph/model/load.node";
import { openModel } from "scenograph/model/model";
import { generate } from "scenograph/pipeline";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CHROMIUM, SENTENCE, type Studio, StudioPage, startStudio } from "./studio.fixture.ts";

/** The largest difference that rounding makes between runtimes, of 255. */
const TOLERANCE = 2;

describe.runIf(CHROMIUM)("studio on the server's runtime", { timeout: 180_000 }, () => {
  let studio: Studio;
  let page: StudioPage;

  beforeAll(async () => {
    studio = await startStudio({ native: true });
    page = await StudioPage.open(studio);
  }, 600_000);

  afterAll(async () => {
    expect(page?.errors ?? []).toEqual([]);
    await studio?.close();
  });

  test("the server's picture is Node's, byte for byte; this browser's differs by rounding alone", async () => {
    expect(await page.place()).toBe("server");
    await page.run("sentence.use", { caption: SENTENCE });
    await page.settled();
    const scene = await page.scene();
    const runtime = createNodeRuntime({ threads: 1 });
    const { stages } = await openModel(folderReader(studio.model), runtime);
    const [wanted] = await generate(stages, [{ ...scene, objects: [] }]);
    expect(scene.objects).toEqual(wanted.scene.objects);
    const native = await page.pixels();
    expect(native).toEqual(Array.from(wanted.picture?.data ?? []));

    await page.page.getByRole("button", { name: "Menu" }).click();
    await page.page.getByRole("menuitemradio", { name: "This browser" }).click();
    await expect.poll(() => page.place()).toBe("browser");
    await page.settled();
    await page.run("sentence.use", { caption: SENTENCE });
    await page.settled();
    const here = await page.scene();
    expect(here.objects.map((o) => [o.label, o.mask])).toEqual(scene.objects.map((o) => [o.label, o.mask]));
    const worst = (await page.pixels()).reduce((most, v, i) => Math.max(most, Math.abs(v - native[i])), 0);
    expect(worst).toBeLessThanOrEqual(TOLERANCE);
  });

  test("pages of other sites and other names are refused", async () => {
    const post = (headers: Record<string, string>) =>
      fetch(`${studio.address}calls/tiny`, {
        method: "POST",
        headers: { "content-type": "application/json", ...headers },
        body: JSON.stringify({ type: "sentence", caption: "a dog" }),
      });
    expect((await post({ origin: "http://evil.example" })).status).toBe(403);
  });

  test("a server that ends in the middle of the work is replaced by the browser, and is told of", async () => {
    await page.run("view.compute", { compute: "auto" });
    await expect.poll(() => page.place()).toBe("server");
    await page.settled();
    studio.stopComputing();
    const picture = await page.picture();
    await page.run("picture.dice");
    await page.page.getByText("The server does not answer; this browser goes on by itself.").waitFor();
    await page.settled();
    expect(await page.picture()).not.toBe(picture);
    expect(await page.place()).toBe("browser");
    await page.run("view.compute", { compute: "server" });
    await page.page.getByRole("alert").filter({ hasText: "the server does not compute" }).waitFor();
    await page.run("view.compute", { compute: "browser" });
    await page.settled();
  });
});
