/** The explanations in Chromium: on hovering, on focus, on tapping, with the numbers of the networks. */
import { createRequire } from "node:module";
import { createNodeRuntime } from "@scenograph/graph/runtime/node";
import { answerCall } from "scenograph/model/calls";
import { folderReader } from "scenograph/model/load.node";
import { openModel } from "scenograph/model/model";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CHROMIUM, type Studio, StudioPage, startStudio } from "./studio.fixture.ts";

const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

describe.runIf(CHROMIUM)("explanations", { timeout: 180_000 }, () => {
  let studio: Studio;
  let page: StudioPage;

  beforeAll(async () => {
    studio = await startStudio();
    page = await StudioPage.open(studio);
    await page.withOneObject();
  }, 600_000);

  afterAll(async () => {
    expect(page?.errors ?? []).toEqual([]);
    await studio?.close();
  });

  const title = (name: string, on = page) => on.page.getByRole("button", { name, exact: true });
  const about = (name: string, on = page) => on.page.getByRole("dialog", { name: `About the ${name}` });

  test("the pointer on a title opens it and leaving closes it; the focus stays where it was", async () => {
    await title("Masks").hover();
    await about("masks").getByText("Boxes become shapes").waitFor();
    expect(await page.page.evaluate(() => document.activeElement?.closest(".explanation"))).toBeNull();
    await page.page.mouse.move(5, 400);
    await about("masks").waitFor({ state: "detached" });
  });

  test("the keyboard's focus opens it, Enter leads to its links, Escape back", async () => {
    // the key before it, then on by Tab: a focus that is seen
    await page.page.locator(".panel-boxes").focus();
    await page.page.keyboard.press("Tab");
    await about("boxes").getByText("One object after the other").waitFor();
    await page.page.keyboard.press("Enter");
    await expect
      .poll(() => page.page.evaluate(() => document.activeElement?.closest(".explanation") !== null))
      .toBe(true);
    const links = about("boxes").getByRole("link");
    expect(await links.evaluateAll((all) => all.map((a) => a.getAttribute("href")))).toEqual([
      "https://arxiv.org/abs/1801.05091",
      "source/packages/scenograph/src/paper/boxes/model.ts.txt",
      "source/packages/graph/src/nn/mixture.ts.txt",
    ]);
    for (const file of [
      "packages/scenograph/src/paper/boxes/model.ts",
      "packages/graph/src/nn/mixture.ts",
      "packages/scenograph/src/paper/image/gate.ts",
    ])
      expect(await (await fetch(`${studio.address}source/${file}.txt`)).text()).toContain("@module");
    await page.page.keyboard.press("Escape");
    await about("boxes").waitFor({ state: "detached" });
  });

  test("labels, mixture and gate are what the networks say of this scene", async () => {
    const scene = await page.scene();
    const model = await openModel(folderReader(studio.model), createNodeRuntime({ threads: 1 }));
    const objects = scene.objects.map(({ mask: _, ...o }) => o);
    const grid = { rows: 1, columns: 1, temperature: 1 };
    const ask = { type: "next", caption: scene.caption, objects, ...grid } as const;
    const { labels } = await answerCall(model, { ...ask, label: "person" });
    await title("Boxes").click();
    const bars = about("boxes").locator(".bars").last();
    const shown = Math.max(...labels);
    await bars
      .locator("td")
      .first()
      .getByText(`${(shown * 100).toFixed(shown < 0.1 ? 1 : 0)}%`)
      .waitFor();
    const [, name] = /Where a (.+) would go/.exec((await about("boxes").locator("caption").textContent()) ?? "") ?? [];
    const { components } = await answerCall(model, { ...ask, label: name });
    expect(await about("boxes").locator("ellipse").count()).toBe(components.length);
    const [heaviest] = components;
    await about("boxes")
      .getByText(`${heaviest.x.toFixed(2)} ± ${heaviest.sigmaX.toFixed(2)}`)
      .first()
      .waitFor();
    await page.page.keyboard.press("Escape");

    const gate = await answerCall(model, { type: "gate", scene });
    await title("Picture").click();
    await about("picture").locator(".channels").waitFor();
    expect(await about("picture").locator(".columns").first().locator("rect").count()).toBe(gate.channels.length);
    const widest = gate.channels.reduce((a, b) => (b.open > a.open ? b : a));
    const row = about("picture").locator(".channels tbody tr").first();
    expect(await row.locator("th").textContent()).toBe(String(gate.channels.indexOf(widest) + 1));
    expect(await row.locator("td").last().textContent()).toBe(`${(widest.open * 100).toFixed(0)}%`);
    const on = gate.background.filter((v) => v > 0).length;
    await about("picture").getByText(`${on} of ${gate.background.length} numbers are on`).waitFor();
    await page.page.keyboard.press("Escape");
  });

  test("tapping opens and closes it on a phone; nothing for axe to say", async () => {
    const phone = await StudioPage.open(studio, {
      viewport: { width: 390, height: 800 },
      hasTouch: true,
      isMobile: true,
    });
    for (const name of ["Sentence", "Boxes", "Masks", "Picture"]) {
      await phone.run(`view.panel.${name.toLowerCase()}`);
      await title(name, phone).tap();
      await about(name.toLowerCase(), phone).waitFor();
      await phone.page.addScriptTag({ path: AXE });
      const said = await phone.page.evaluate(async () => {
        const { axe } = globalThis as unknown as { axe: typeof import("axe-core") };
        return (await axe.run(".explanation")).violations.map((v) => `${v.id}: ${v.nodes[0].html}`);
      });
      expect(said).toEqual([]);
      await title(name, phone).tap();
      await about(name.toLowerCase(), phone).waitFor({ state: "detached" });
    }
    expect(phone.errors).toEqual([]);
    await phone.close();
  });
});
