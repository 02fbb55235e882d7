/** What leaves the studio comes back: every export, links, and files of others; in Chromium. */

import { readFile } from "node:fs/promises";
import { readPngHeader } from "scenograph/formats/png";
import { writePng } from "scenograph/formats/pngWrite";
import { nameOf } from "scenograph/scene/ops";
import { sceneFromPng, sceneToPng } from "scenograph/scene/png";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { fileOfZip } from "../src/model/zip.ts";
import { CHROMIUM, SENTENCE, type Studio, StudioPage, startStudio } from "./studio.fixture.ts";

describe.runIf(CHROMIUM)("files of the studio", { timeout: 180_000 }, () => {
  let studio: Studio;
  let page: StudioPage;

  beforeAll(async () => {
    studio = await startStudio();
    page = await StudioPage.open(studio);
  }, 600_000);

  afterAll(async () => {
    expect(page?.errors ?? []).toEqual([]);
    await studio?.close();
  });

  test("every export opens again with the same scene", async () => {
    await page.run("sentence.use", { caption: SENTENCE });
    await page.settled();
    const scene = await page.scene();
    expect(scene.objects.length).toBeGreaterThan(0);
    for (const kind of ["png", "scene", "masks", "panels", "coco"]) {
      const { name, bytes } = await page.exported(`file.export.${kind}`);
      if (kind === "panels") {
        expect(readPngHeader(bytes)).toMatchObject({ width: 2 * (4 * 320 + 5 * 24) });
        expect(sceneFromPng(bytes)).toEqual(scene);
      }
      if (kind === "masks") {
        const first = fileOfZip(bytes, `01-${nameOf(scene.objects[0]).replaceAll(" ", "-")}.png`);
        expect(readPngHeader(first as Uint8Array)).toMatchObject({ width: scene.width, height: scene.height });
      }
      await page.run("file.new");
      await page.drop(name, bytes);
      await expect.poll(async () => (await page.scene()).caption, { message: kind }).toBe(SENTENCE);
      await page.settled();
      const back = await page.scene();
      // COCO's boxes are pixels, whose rounding shows in the last digits; its masks are those of the picture's size
      if (kind === "coco") expect(back.objects.map((o) => o.label)).toEqual(scene.objects.map((o) => o.label));
      else expect(back, kind).toEqual(scene);
    }
  });

  test("the export sheet copies and downloads every format's files, at the size and shape that are chosen", async () => {
    await page.run("sentence.use", { caption: SENTENCE });
    await page.settled();
    const { objects } = await page.scene();
    await page.page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await page.run("file.dialog.export");
    const sheet = page.page.locator(".export");
    await sheet.getByLabel("Size").selectOption("512");
    await sheet.getByLabel("Shape").selectOption("2:3");
    await sheet.getByRole("button", { name: "Copy ComfyUI boxes (Create Bounding Boxes)" }).click();
    const copied = () => page.page.evaluate(() => navigator.clipboard.readText());
    await expect.poll(copied).toMatch(/"metadata"/);
    const boxes = JSON.parse(await copied());
    // 341 becomes a multiple of 16
    const [x, y, w, h] = objects[0].box;
    expect(boxes).toHaveLength(objects.length);
    for (const [got, want] of [
      [boxes[0].x, x * 336],
      [boxes[0].y, y * 512],
      [boxes[0].width, w * 336],
      [boxes[0].height, h * 512],
    ])
      expect(Math.abs(got - want)).toBeLessThanOrEqual(1);
    const downloaded = async (title: string) => {
      const button = sheet.getByRole("button", { name: `Download ${title}` });
      const [download] = await Promise.all([page.page.waitForEvent("download"), button.click()]);
      return { name: download.suggestedFilename(), bytes: await readFile(await download.path()) };
    };
    const ora = await downloaded("OpenRaster, a layer a thing");
    expect(ora.name).toMatch(/\.ora$/);
    expect(ora.bytes.toString("latin1")).toContain("mimetypeimage/openraster");
    await sheet.getByRole("button", { name: /All \d+ formats/ }).click();
    const map = await downloaded("ControlNet segmentation, ADE20K's colours");
    expect(readPngHeader(map.bytes)).toMatchObject({ width: 344, height: 512 });
    const [file] = await Promise.all([
      page.page.waitForEvent("download"),
      sheet.getByRole("button", { name: "Picture", exact: true }).click(),
    ]);
    const picture = await readFile(await file.path());
    expect(readPngHeader(picture)).toMatchObject({ width: 341, height: 512 });
    expect(sceneFromPng(picture)?.objects).toEqual(objects);
    await page.page.keyboard.press("Escape");
  });

  test("a picture by another program of the same scene stands beside ours", async () => {
    await page.run("sentence.use", { caption: SENTENCE });
    await page.settled();
    const scene = await page.scene();
    const own = await page.pixels();
    // as render leaves it: larger, not square
    const [width, height] = [96, 64];
    const data = new Uint8Array(width * height * 3).map((_, i) => [250, 10, 120][i % 3]);
    const png = sceneToPng(
      await writePng({ width, height, channels: 3, data }),
      { ...scene, width, height },
      "ComfyUI",
    );
    await page.run("file.new");
    await page.drop("a.comfyui.png", png);
    await expect.poll(async () => (await page.view()).compare).toBeDefined();
    await page.settled();
    expect(await page.scene()).toEqual(scene);
    expect(await page.pixels()).toEqual(own);
    const other = page.page.getByRole("img", { name: "picture to compare with" });
    expect(
      await other.evaluate((canvas: HTMLCanvasElement) => [
        canvas.width,
        canvas.height,
        ...(canvas.getContext("2d")?.getImageData(50, 30, 1, 1).data ?? []),
      ]),
    ).toEqual([width, height, 250, 10, 120, 255]);
    // it stays on the shelf, and is compared again from there; ours remains the picture
    const picture = await page.picture();
    await page.run("picture.compare", {});
    expect((await page.view()).compare).toBeUndefined();
    await page.page.getByRole("tab", { name: /history/i }).click();
    await page.page.getByRole("button", { name: `Compare with the picture by ComfyUI: ${SENTENCE}` }).click();
    expect((await page.view()).compare).toBeDefined();
    expect(await page.picture()).toBe(picture);
    await page.run("picture.compare", {});
  });

  test("an annotation of COCO itself opens: polygons, no caption, a picture that is not square", async () => {
    const coco = {
      images: [{ id: 7, file_name: "7.jpg", width: 640, height: 480 }],
      annotations: [
        {
          id: 1,
          image_id: 7,
          category_id: 18,
          bbox: [64, 48, 320, 240],
          area: 1,
          iscrowd: 0,
          segmentation: [[64, 48, 384, 48, 384, 288, 64, 288]],
        },
        { id: 2, image_id: 7, category_id: 1, bbox: [400, 100, 100, 300], area: 1, iscrowd: 0, segmentation: [] },
      ],
      categories: [
        { id: 1, name: "person" },
        { id: 18, name: "dog" },
      ],
    };
    await page.drop("instances.json", new TextEncoder().encode(JSON.stringify(coco)));
    await expect.poll(async () => (await page.scene()).caption).toBe("a dog and a person");
    await page.settled();
    const { objects, width, height } = await page.scene();
    expect([width, height]).toEqual([32, 32]);
    expect(objects).toMatchObject([
      { label: "dog", box: [0.1, 0.1, 0.5, 0.5] },
      { label: "person", box: [0.625, expect.closeTo(100 / 480), 0.15625, 0.625] },
    ]);
    expect(objects.every((o) => o.mask)).toBe(true);
  });

  test("a box outside the picture is left out and told; a damaged PNG changes nothing", async () => {
    const json = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
    const scene = await page.scene();
    const { bytes } = await page.exported("file.export.png");
    await page.drop("damaged.png", bytes.subarray(0, bytes.length / 2));
    await page.page.getByRole("alert").first().waitFor();
    expect(await page.scene()).toEqual(scene);
    const objects = [
      { id: "o1", label: "dog", box: [0.2, 0.2, 0.5, 0.5] },
      { id: "o2", label: "cat", box: [1.5, 1.5, 0.5, 0.5] },
    ];
    await page.drop("outside.json", json({ ...scene, caption: "a dog", objects }));
    await page.page.getByText(/Repaired: .*no area inside the picture/).waitFor();
    expect((await page.scene()).objects.map((o) => o.id)).toEqual(["o1"]);
  });

  test("a link holds the scene; a damaged one says so and leaves what is open", async () => {
    await page.settled();
    const scene = await page.scene();
    await page.run("file.dialog.share");
    const link = await page.page.getByRole("textbox", { name: "Link" }).inputValue();
    await page.page.keyboard.press("Escape");
    const other = await StudioPage.open({ ...studio, address: link });
    expect(await other.scene()).toEqual(scene);
    expect(other.page.url()).toBe(studio.address);
    await other.page.goto(`${studio.address}#scene=xyz`);
    await other.page.reload();
    await other.page.getByRole("alert").filter({ hasText: "link is damaged" }).waitFor();
    await other.settled();
    expect(await other.scene()).toEqual(scene);
    await other.close();
  });
});
