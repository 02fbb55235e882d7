/** Every way to edit, by hand, each taken back and done again; what a refresh, a crash or a change of mind leaves. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Scene } from "scenograph/scene/scene";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { HANDLES, handlePoint } from "../src/model/geometry.ts";
import { CHROMIUM, type Studio, StudioPage, startStudio } from "./studio.fixture.ts";

const BOX = [0.3, 0.3, 0.4, 0.4] as const;

describe.runIf(CHROMIUM)("gestures in the studio", { timeout: 300_000 }, () => {
  let studio: Studio;
  let page: StudioPage;
  let folder: string;

  /** Two objects with masks of their own, the dog selected; no inference by itself. */
  async function prepared(): Promise<Scene> {
    const square = {
      width: 64,
      height: 64,
      counts: [20 * 64 + 20, ...Array(19).fill([24, 40]).flat(), 24, 24 * 64 + 20],
    };
    const scene = {
      version: 2,
      caption: "a dog and a cat",
      width: 32,
      height: 32,
      seed: 4,
      objects: [
        { id: "o1", label: "cat", box: [0.05, 0.05, 0.15, 0.15], mask: square },
        { id: "o2", label: "dog", box: BOX, mask: square },
      ],
    };
    await page.run("file.open-scene", { scene });
    await page.settled();
    await page.run("view.select", { id: "o2" });
    return page.scene();
  }

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "scenograph-gestures-"));
    studio = await startStudio();
    page = await StudioPage.open(studio);
    page.page.setDefaultTimeout(60_000);
    if (await page.page.getByRole("switch", { name: "Live" }).isChecked()) await page.run("view.live");
  }, 600_000);

  afterAll(async () => {
    expect(page?.errors ?? []).toEqual([]);
    await studio?.close();
    await rm(folder, { recursive: true, force: true });
  });

  test("each gesture changes the scene, is one step of undo, and comes back by redo", async () => {
    const key = (name: string) => page.page.keyboard.press(name);
    const button = (name: string) => page.page.getByRole("button", { name, exact: true }).click();
    const handles = HANDLES.map((handle): [string, () => Promise<void>] => {
      const [x, y] = handlePoint(BOX, handle);
      const [dx, dy] = [handle.includes("w") ? 0.06 : -0.06, handle.includes("n") ? 0.06 : -0.06];
      return [`handle ${handle}`, () => page.drag("boxes", [x, y], [x + dx, y + dy])];
    });
    const paint = (tool: string) => async () => {
      await key(tool);
      await page.drag("masks", [0.2, 0.5], [0.6, 0.5]);
      await key("v");
    };
    const gestures: [string, () => Promise<void>][] = [
      ...handles,
      ["move", () => page.drag("boxes", [0.5, 0.45], [0.6, 0.5])],
      ["nudge", () => key("ArrowLeft")],
      ["nudge far", () => key("Shift+ArrowDown")],
      [
        "draw",
        async () => {
          await key("a");
          await page.drag("boxes", [0.75, 0.75], [0.95, 0.95]);
          await key("Enter");
        },
      ],
      [
        "number",
        async () => {
          await page.page.getByRole("textbox", { name: "W", exact: true }).fill("20");
          await key("Enter");
          await page.page.locator(".panel-boxes").focus();
        },
      ],
      [
        "label",
        async () => {
          await page.page.getByRole("button", { name: /^Label: dog/ }).click();
          await page.page.getByRole("combobox", { name: "Label" }).fill("zebra");
          await key("Enter");
          await page.page.locator(".panel-boxes").focus();
        },
      ],
      ["duplicate", () => key("Control+d")],
      ["delete", () => key("Delete")],
      ["farther", () => key("Control+[")],
      ["to the back", () => key("Control+Shift+[")],
      [
        "order by dragging",
        // its events, not the mouse: the browser's own drag and drop may hang where nobody looks at the window
        async () => {
          const rows = page.page.locator(".objects li");
          const dataTransfer = await page.page.evaluateHandle(() => new DataTransfer());
          const last = await rows.last().boundingBox();
          const below = { dataTransfer, clientY: (last?.y ?? 0) + (last?.height ?? 0) - 2 };
          await rows.first().dispatchEvent("dragstart", { dataTransfer });
          await rows.last().dispatchEvent("dragover", below);
          await rows.last().dispatchEvent("drop", below);
        },
      ],
      ["hide", () => key("h")],
      ["lock", () => key("l")],
      ["lock by its button", () => button("Lock cat")],
      ["brush", paint("b")],
      ["eraser", paint("e")],
      ["fill", () => key("f")],
      ["clear", () => button("Clear mask")],
      [
        "seed",
        async () => {
          await page.page.getByRole("textbox", { name: "Seed" }).fill("99");
          await key("Enter");
          await page.page.locator(".panel-boxes").focus();
        },
      ],
      [
        "sentence",
        async () => {
          await page.page.getByRole("textbox", { name: "Sentence" }).press("End");
          await page.page.keyboard.type("s");
          await page.page.locator(".panel-boxes").focus();
        },
      ],
    ];
    const before = await prepared();
    for (const [name, act] of gestures) {
      await page.run("view.select", { id: "o2" });
      await act();
      const after = await page.scene();
      expect(after, name).not.toEqual(before);
      // without live mode a sentence waits until it is asked for
      if (name !== "sentence") await page.settled();
      const settled = await page.scene();
      await key("Control+z");
      expect(await page.scene(), `${name}, undone`).toEqual(before);
      await key("Control+Shift+z");
      expect(await page.scene(), `${name}, done again`).toEqual(settled);
      await key("Control+z");
      await page.settled();
    }
  });

  test("Escape in the middle of a drag takes it back without a trace", async () => {
    const before = await prepared();
    await page.page.mouse.move(...(await page.at("boxes", 0.5, 0.5)));
    await page.page.mouse.down();
    await page.page.mouse.move(...(await page.at("boxes", 0.6, 0.6)), { steps: 3 });
    expect(await page.scene()).not.toEqual(before);
    await page.page.keyboard.press("Escape");
    expect(await page.scene()).toEqual(before);
    await page.page.mouse.up();
  });

  test("undone while it is inferred: nothing of it comes back", async () => {
    const before = await prepared();
    await page.run("mask.infer");
    await page.run("object.box", { id: "o2", box: [0.1, 0.5, 0.3, 0.3] });
    await page.page.keyboard.press("Control+z");
    await page.settled();
    await page.page.waitForTimeout(500);
    expect((await page.scene()).objects).toEqual(before.objects);
  });

  test("a refresh in the middle of a drag leaves a whole document; choices are remembered", async () => {
    await prepared();
    await page.run("boxes.temperature", { labelTemperature: 1.25 });
    await page.run("view.theme", { theme: "dark" });
    await page.saved();
    await page.page.mouse.move(...(await page.at("boxes", 0.5, 0.5)));
    await page.page.mouse.down();
    await page.page.mouse.move(...(await page.at("boxes", 0.6, 0.6)), { steps: 3 });
    await page.page.reload();
    await page.settled();
    const { objects } = await page.scene();
    expect(objects.map((o) => o.id)).toEqual(["o1", "o2"]);
    // any moment of the drag may have been saved, but a whole one
    const [x, y, w, h] = objects[1].box;
    expect([x, y, w, h]).toEqual([x, expect.closeTo(x), expect.closeTo(0.4), expect.closeTo(0.4)]);
    expect(x).toBeGreaterThan(0.29);
    expect(x).toBeLessThan(0.41);
    const view = await page.view();
    expect(view).toMatchObject({ live: false, theme: "dark", temperatures: { labelTemperature: 1.25 } });
    await page.run("view.theme", { theme: "light" });
  });

  test("the four panels are drawn: many colours on each canvas, in light and dark", async () => {
    await prepared();
    for (const theme of ["light", "dark"]) {
      await page.run("view.theme", { theme });
      for (const [panel, least] of [
        ["sentence", 8],
        ["boxes", 8],
        ["masks", 4],
        ["picture", 30],
      ] as const) {
        const path = join(folder, `${theme}-${panel}.png`);
        const place = panel === "sentence" ? ".panel-sentence" : `.panel-${panel} .canvas`;
        await page.page.locator(place).screenshot({ path });
        const { data } = await sharp(path).removeAlpha().raw().toBuffer({ resolveWithObject: true });
        const colours = new Set<number>();
        for (let i = 0; i < data.length; i += 3) colours.add((data[i] << 16) | (data[i + 1] << 8) | data[i + 2]);
        expect(colours.size, `${theme} ${panel}`).toBeGreaterThanOrEqual(least);
      }
    }
  });
});
