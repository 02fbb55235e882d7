/** The native interface through the typed client: sentence -> boxes -> masks -> picture, and what the studio asks for. */

import { scenograph } from "scenograph";
import { isPng } from "scenograph/formats/png";
import { sceneFromPng } from "scenograph/scene/png";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Started, type Tiny, tiny } from "./service.fixture.ts";

let all: Tiny;
let service: Started;
const caption = "two people with a dog on the beach";

beforeAll(async () => {
  all = await tiny();
  service = await all.start();
});
afterAll(() => all.end());

test("a sentence becomes boxes, masks and a picture by address, and the picture carries its scene", async () => {
  const { client } = service;
  const layout = await client.scene({ caption, seed: 3, maxObjects: 3 });
  expect(layout.scene).toMatchObject({ version: 2, caption, seed: 3, width: 32, height: 32, model: "tiny" });
  expect(layout.scene.objects.length).toBeGreaterThan(0);
  expect(layout.sentence.words.map((w) => w.text)).toEqual(caption.split(" "));
  expect(layout.sentence.categories.map((x) => x.label)).toEqual(["person", "dog"]);
  const masked = await client.masks({ scene: layout.scene });
  expect(masked.scene.objects.every((o) => o.mask?.width === 64)).toBe(true);
  const { scene, picture } = await client.render({ scene: masked.scene });
  expect(scene).toEqual(masked.scene);
  const response = await service.fetch(new URL(picture?.url as string).pathname);
  expect(response.headers.get("content-type")).toBe("image/png");
  const png = new Uint8Array(await response.arrayBuffer());
  expect(isPng(png)).toBe(true);
  expect(sceneFromPng(png)).toEqual(scene);
});

test("the same in one request: with each stage told, in base64, the same pixels", async () => {
  const told: string[] = [];
  const start = { caption, seed: 3 };
  const body = { scene: start, maxObjects: 3, response_format: "b64_rgb" } as const;
  const streamed = await service.client.infer(body, { onStage: (stage, ms) => void (ms >= 0 && told.push(stage)) });
  expect(told).toEqual(["text", "boxes", "masks", "image"]);
  expect(Buffer.from(streamed.picture?.b64_rgb as string, "base64").length).toBe(32 * 32 * 3);
  const plain = await service.client.infer(body);
  expect({ ...plain, ms: 0 }).toEqual({ ...streamed, ms: 0 });
  const png = await service.client.infer({ ...body, response_format: "b64_json" });
  expect(isPng(Buffer.from(png.picture?.b64_json as string, "base64"))).toBe(true);
});

test("the library's bytes, whatever is asked beside: captions, seeds and sizes at once", async () => {
  const draw = await scenograph(all.model, { threads: 1 });
  const asked = [
    { caption, seed: 3 },
    { caption: "a dog", seed: 8 },
    { caption, seed: 9 },
    { caption: "three birds over a boat", seed: 3, width: 48, height: 24 },
  ];
  const together = Promise.all(
    asked.map((scene) => service.client.infer({ scene, response_format: "b64_rgb" as const })),
  );
  const alone = [];
  for (const scene of asked) alone.push(await draw({ ...scene, objects: [] }));
  for (const [i, { scene, picture }] of (await together).entries()) {
    expect(scene).toEqual(alone[i].scene);
    const own = alone[i].picture!;
    const bytes = Buffer.from(picture?.b64_rgb as string, "base64");
    // other sizes are resized by either side
    if (!("width" in asked[i])) expect(bytes.equals(Buffer.from(own.data))).toBe(true);
    else expect(bytes.length).toBe(48 * 24 * 3);
  }
  await draw.close();
});

test("fixed objects are kept first and as they are; what was mended is said", async () => {
  const dog = { label: "Dog", box: [0.5, 0.5, 0.75, 0.25] as const, mask: { width: 2, height: 2, counts: [1, 3] } };
  const { scene, notes } = await service.client.scene({ caption, seed: 1, objects: [{ ...dog, box: [...dog.box] }] });
  expect(scene.objects[0]).toMatchObject({ label: "dog", box: [0.5, 0.5, 0.5, 0.25], mask: dog.mask, locked: true });
  expect(notes.join("\n")).toMatch(/label "Dog": read as "dog"[\s\S]*clipped/);
  const masked = await service.client.masks({ scene });
  expect(masked.scene.objects[0]).toEqual(scene.objects[0]);
});

test("words, the next object's distribution, models", async () => {
  const { client } = service;
  const sentence = await client.sentence({ caption: "a dog xyzzy" });
  expect(sentence.unknown).toEqual(["xyzzy"]);
  const objects = [{ label: "dog", box: [0.1, 0.1, 0.4, 0.4] as [number, number, number, number] }];
  const next = await client.next({ caption, objects, label: "person", rows: 4, columns: 6 });
  expect(next.labels.length).toBe(81);
  expect(next.labels.reduce((a, b) => a + b)).toBeCloseTo(1, 5);
  expect(next.density.length).toBe(24);
  expect(next.density.reduce((a, b) => a + b)).toBeCloseTo(1, 5);
  const other = await client.next({ caption, objects: [], label: "person", rows: 4, columns: 6 });
  expect(other.density).not.toEqual(next.density);
  const [model] = await client.models();
  expect(model).toMatchObject({ name: "tiny", size: 32, maxObjects: 6 });
  await expect(client.scene({ caption, model: "huge" })).rejects.toMatchObject({
    status: 404,
    code: "model_not_found",
  });
});

test("without a seed every picture is another, and its seed is told", async () => {
  const [a, b] = await Promise.all([service.client.scene({ caption }), service.client.scene({ caption })]);
  expect(a.scene.seed).not.toBe(b.scene.seed);
  const again = await service.client.scene({ caption, seed: a.scene.seed });
  expect(again.scene).toEqual(a.scene);
});
