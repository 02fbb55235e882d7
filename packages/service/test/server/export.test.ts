/** POST /v1/export: a scene for other programs over HTTP. */
import { FORMATS } from "scenograph/interchange/index";
import sharp from "sharp";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Started, type Tiny, tiny } from "./service.fixture.ts";

let all: Tiny;
let service: Started;
const scene = {
  caption: "a cat on a red couch",
  width: 64,
  height: 32,
  objects: [
    { label: "couch", box: [0.5, 0.6, 0.25, 0.2] },
    { label: "cat", box: [0.1, 0.2, 0.3, 0.4] },
    { label: null, phrase: "a lamp", box: [0.8, 0.1, 0.1, 0.4] },
  ],
};

beforeAll(async () => {
  all = await tiny();
  service = await all.start();
});
afterAll(() => all.end());

async function post(body: unknown): Promise<{ status: number; value: Record<string, never> }> {
  const response = await service.fetch("/v1/export", { method: "POST", body: JSON.stringify(body) });
  return { status: response.status, value: await response.json() };
}

test("text as text, files in base64, notes beside them", async () => {
  const { status, value } = await post({ scene, format: "ideogram" });
  expect(status).toBe(200);
  const [file] = value.files as { name: string; mime: string; text: string }[];
  expect(file).toMatchObject({ name: "scene.json", mime: "application/json" });
  const { elements } = JSON.parse(file.text).compositional_deconstruction;
  expect(elements.map((e: { desc: string }) => e.desc)).toEqual(["a red couch", "a cat", "a lamp"]);
  expect(elements[0].bbox).toEqual([600, 500, 800, 750]);
  const png = await sharp({ create: { width: 16, height: 8, channels: 3, background: "#ff0000" } })
    .png()
    .toBuffer();
  const ora = await post({ scene, format: "ora", width: 128, picture: png.toString("base64"), name: "cat" });
  const [layered] = ora.value.files as { name: string; b64: string }[];
  expect(layered.name).toBe("cat.ora");
  expect(Buffer.from(layered.b64, "base64").subarray(30, 54).toString()).toBe("mimetypeimage/openraster");
  expect(String(ora.value.notes)).toMatch(/have no mask/);
});

test("every format", async () => {
  for (const { name } of FORMATS.filter((f) => f.write)) {
    const { status, value } = await post({ scene, format: name, width: 64, height: 32 });
    expect([name, status, (value.files as unknown[]).length > 0]).toEqual([name, 200, true]);
  }
});

test("what is wrong is said", async () => {
  for (const [body, message] of [
    [{ scene, format: "ideagram" }, /did you mean ideogram/],
    [{ scene }, /format is required/],
    [{ scene, format: "psd", width: 100_000 }, /width is at most/],
    [{ scene, format: "psd", picture: "!!!" }, /picture is a PNG or JPEG in base64/],
    [{ scene: { ...scene, objects: [{ label: "dragon", box: [0, 0, 1, 1] }] }, format: "svg" }, /label is one of/],
    [{ scene, format: "svg", extra: 1 }, /extra is no field/],
  ] as const) {
    const { status, value } = await post(body);
    expect([status, (value.error as { message: string }).message]).toEqual([400, expect.stringMatching(message)]);
  }
});
