/**
 * Layered files opened by readers that are not ours: ag-psd everywhere; Python's zipfile and PIL, psd-tools, ImageMagick, GIMP and
 * Chromium where this machine has them (GIMP only with SCENOGRAPH_GIMP=1). What is not there is skipped, and said.
 */
import { execFile, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Resvg } from "@resvg/resvg-js";
import sharp from "sharp";
import { afterAll, expect, test } from "vitest";
import type { Scene } from "../scene/scene.ts";
import { exportScene } from "./index.ts";
import { masked, ramp } from "./scene.fixture.ts";

const folder = mkdtempSync(join(tmpdir(), "scenograph-readers-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const scene: Scene = {
  ...masked,
  objects: masked.objects.map((o, i) => ({ ...o, ...(i === 1 && { locked: true }), ...(i === 2 && { hidden: true }) })),
};
const size = { width: 320, height: 160 };
const picture = ramp(80, 40);

async function written(format: string): Promise<string> {
  const { files } = await exportScene(scene, format, { ...size, picture });
  const path = join(folder, files[0].name);
  writeFileSync(path, files[0].bytes);
  return path;
}

function python(code: string, ...args: string[]): string {
  const run = spawnSync("/usr/bin/python3", ["-c", code, ...args], { encoding: "utf8" });
  if (run.status !== 0) throw new Error(run.stderr);
  return run.stdout;
}
const has = (command: string, ...args: string[]) => spawnSync(command, args, { encoding: "utf8" }).status === 0;
const hasPil = has("/usr/bin/python3", "-c", "import PIL");
const hasPsdTools = has("/usr/bin/python3", "-c", "import psd_tools");
const convert = ["/usr/bin/convert-im6.q16", "/usr/bin/magick"].find((c) => has(c, "-version"));
// it takes half a minute to start: only where it is asked for
const hasGimp = process.env.SCENOGRAPH_GIMP === "1" && has("gimp", "--version");
const chromium = ["chromium", "chromium-browser", "google-chrome"].find((c) => has(c, "--version"));
for (const [name, there] of Object.entries({
  PIL: hasPil,
  "psd-tools": hasPsdTools,
  ImageMagick: convert,
  GIMP: hasGimp,
  Chromium: chromium,
}))
  if (!there) console.log(`no ${name} here: what it reads is skipped`);

/** Names from the bottom, corner, size, hidden; and the alpha in the middle and at the corner of the cat's layer. */
const CAT = { left: 32, top: 32, width: 96, height: 64 };

test.skipIf(!hasPil)("ora: Python's zipfile and PIL find the stack and every layer where it belongs", async () => {
  const code = `
import sys, zipfile, json, io
import xml.etree.ElementTree as ET
from PIL import Image
z = zipfile.ZipFile(sys.argv[1])
assert z.testzip() is None
first = z.infolist()[0]
image = ET.fromstring(z.read("stack.xml"))
layers = [dict(l.attrib, size=Image.open(io.BytesIO(z.read(l.get("src")))).size) for l in image.iter("layer")]
cat = Image.open(io.BytesIO(z.read([l for l in layers if l["name"] == "a cat"][0]["src"])))
merged = Image.open(io.BytesIO(z.read("mergedimage.png")))
thumb = Image.open(io.BytesIO(z.read("Thumbnails/thumbnail.png")))
print(json.dumps(dict(first=first.filename, stored=first.compress_type, mimetype=z.read("mimetype").decode(), w=image.get("w"), h=image.get("h"), layers=layers,
  mode=cat.mode, middle=cat.getpixel((cat.width // 2, cat.height // 2)), corner=cat.getpixel((0, 0)), merged=[merged.size, merged.getpixel((80, 64))], thumb=thumb.size)))`;
  const seen = JSON.parse(python(code, await written("ora")));
  expect(seen).toMatchObject({
    first: "mimetype",
    stored: 0,
    mimetype: "image/openraster",
    w: "320",
    h: "160",
    mode: "RGBA",
  });
  // topmost first
  expect(seen.layers.map((l: { name: string }) => l.name)).toEqual(["a lamp", "a cat", "a red couch", "background"]);
  expect(seen.layers.map((l: { visibility: string }) => l.visibility)).toEqual([
    "hidden",
    "visible",
    "visible",
    "visible",
  ]);
  const cat = seen.layers[1];
  expect(cat["edit-locked"]).toBe("true");
  for (const [got, want] of [
    [Number(cat.x), CAT.left],
    [Number(cat.y), CAT.top],
    [cat.size[0], CAT.width],
    [cat.size[1], CAT.height],
  ])
    expect(Math.abs(got - want)).toBeLessThan(5);
  // the ramp: red is x, green is y
  expect(seen.middle[3]).toBe(255);
  expect(Math.abs(seen.middle[0] - 255 * 0.25)).toBeLessThan(5);
  expect(Math.abs(seen.middle[1] - 255 * 0.4)).toBeLessThan(5);
  expect(seen.corner[3]).toBe(0);
  expect(seen.merged[0]).toEqual([320, 160]);
  expect(seen.thumb).toEqual([256, 128]);
});

test.skipIf(!hasPsdTools)("psd: psd-tools finds the layers, and draws the same picture of them", async () => {
  const code = `
import sys, json
from psd_tools import PSDImage
psd = PSDImage.open(sys.argv[1])
cat = [l for l in psd if l.name == "a cat"][0]
im = cat.topil()
print(json.dumps(dict(size=psd.size, layers=[[l.name, l.left, l.top, l.width, l.height, l.visible] for l in psd], mode=im.mode, middle=im.getpixel((im.width // 2, im.height // 2)), corner=im.getpixel((0, 0)),
  whole=psd.topil().convert("RGB").getpixel((80, 64)), composed=psd.composite().convert("RGB").getpixel((80, 64)))))`;
  const seen = JSON.parse(python(code, await written("psd")));
  expect(seen.size).toEqual([320, 160]);
  expect(seen.layers.map((l: unknown[]) => l[0])).toEqual(["background", "a red couch", "a cat", "a lamp"]);
  expect(seen.layers.map((l: unknown[]) => l[5])).toEqual([true, true, true, false]);
  const [, left, top, width, height] = seen.layers[2];
  for (const [got, want] of [
    [left, CAT.left],
    [top, CAT.top],
    [width, CAT.width],
    [height, CAT.height],
  ])
    expect(Math.abs(got - want)).toBeLessThan(5);
  expect(seen.middle[3]).toBe(255);
  expect(seen.corner[3]).toBe(0);
  for (const pixel of [seen.whole, seen.composed])
    for (const [c, want] of [
      [0, 64],
      [1, 102],
    ])
      expect(Math.abs(pixel[c] - want)).toBeLessThan(6);
});

test.skipIf(!convert)("psd: ImageMagick finds as many pictures, of the same sizes", async () => {
  const run = spawnSync(convert as string, [await written("psd"), "-format", "%w %h %X %Y|", "info:"], {
    encoding: "utf8",
  });
  expect(run.stderr).toBe("");
  const rows = run.stdout.trim().split("|").filter(Boolean);
  // the whole, then the layers from the bottom
  expect(rows).toHaveLength(5);
  expect(rows.slice(0, 2)).toEqual(["320 160 +0 +0", "320 160 +0 +0"]);
  const [width, height, x, y] = rows[3].split(" ").map(Number);
  for (const [got, want] of [
    [x, CAT.left],
    [y, CAT.top],
    [width, CAT.width],
    [height, CAT.height],
  ])
    expect(Math.abs(got - want)).toBeLessThan(5);
});

// Debian's GIMP 2.10 has no plug-in for OpenRaster
test.skipIf(!hasGimp)("psd: GIMP loads the layers by name and place", async () => {
  const file = await written("psd");
  const script = `(let* ((image (car (gimp-file-load RUN-NONINTERACTIVE "${file}" "${file}"))) (layers (vector->list (cadr (gimp-image-get-layers image))))) (for-each (lambda (l) (gimp-message (string-append "LAYER " (car (gimp-item-get-name l)) "|" (number->string (car (gimp-drawable-offsets l))) "|" (number->string (cadr (gimp-drawable-offsets l))) "|" (number->string (car (gimp-drawable-width l))) "|" (number->string (car (gimp-item-get-visible l)))))) layers) (gimp-quit 0))`;
  // not waited for in this thread, which answers the test runner
  const said = await new Promise<string>((done) => {
    const options = { timeout: 200_000, env: { ...process.env, HOME: folder } };
    execFile("gimp", ["-i", "-d", "-f", "-b", script], options, (_, stdout, stderr) => done(`${stdout}${stderr}`));
  });
  const rows = [...said.matchAll(/LAYER ([^|\n]+)\|(\d+)\|(\d+)\|(\d+)\|(\d)/g)].map((m) => m.slice(1));
  expect(
    rows.map((r) => r[0]),
    said,
  ).toEqual(["a lamp", "a cat", "a red couch", "background"]);
  expect(rows.map((r) => r[4])).toEqual(["0", "1", "1", "1"]);
  for (const [got, want] of [
    [Number(rows[1][1]), CAT.left],
    [Number(rows[1][2]), CAT.top],
    [Number(rows[1][3]), CAT.width],
  ])
    expect(Math.abs(got - want)).toBeLessThan(5);
});

async function pixel(png: Uint8Array, x: number, y: number): Promise<number[]> {
  const { data, info } = await sharp(png).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  const at = (Math.floor(y * info.height) * info.width + Math.floor(x * info.width)) * info.channels;
  return [...data.subarray(at, at + 3)];
}

test("svg: resvg draws the things where they are, with and without a picture", async () => {
  const flat = new TextDecoder().decode((await exportScene(scene, "svg", size)).files[0].bytes);
  const drawn = new Resvg(flat).render().asPng();
  const [r, g, b] = await pixel(drawn, 0.625, 0.7);
  expect(r).toBeGreaterThan(g + 80);
  expect(r).toBeGreaterThan(b + 80);
  expect(await pixel(drawn, 0.45, 0.05)).toEqual([238, 238, 234]);
  // hidden
  expect(await pixel(drawn, 0.85, 0.28)).toEqual([238, 238, 234]);
  const pictured = new TextDecoder().decode((await exportScene(scene, "svg", { ...size, picture })).files[0].bytes);
  const [red, green] = await pixel(new Resvg(pictured).render().asPng(), 0.25, 0.4);
  expect([Math.abs(red - 64) < 8, Math.abs(green - 102) < 8]).toEqual([true, true]);
});

test.skipIf(!chromium)("svg: Chromium draws it too", async () => {
  const file = await written("svg");
  const shot = join(folder, "shot.png");
  const run = spawnSync(
    chromium as string,
    [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--hide-scrollbars",
      `--user-data-dir=${folder}/chromium`,
      "--window-size=320,160",
      `--screenshot=${shot}`,
      `file://${file}`,
    ],
    { encoding: "utf8", timeout: 200_000 },
  );
  expect(run.error).toBeUndefined();
  const [red, green] = await pixel(await sharp(shot).png().toBuffer(), 0.25, 0.4);
  expect([Math.abs(red - 64) < 10, Math.abs(green - 102) < 10]).toEqual([true, true]);
});

test("cut-outs lie in place, one over the other", async () => {
  const { files } = await exportScene(scene, "cutouts", { ...size, picture });
  expect(files.map((f) => f.name)).toEqual(["scene-1-a-red-couch.png", "scene-2-a-cat.png"]);
  const { data, info } = await sharp(files[1].bytes).raw().toBuffer({ resolveWithObject: true });
  expect(info).toMatchObject({ width: 320, height: 160, channels: 4 });
  const alpha = (x: number, y: number) => data[(Math.floor(y * 160) * 320 + Math.floor(x * 320)) * 4 + 3];
  expect([alpha(0.25, 0.4), alpha(0.11, 0.21), alpha(0.6, 0.7)]).toEqual([255, 0, 0]);
});
