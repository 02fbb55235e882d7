import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createNodeRuntime } from "@scenograph/graph/runtime/node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readPngHeader } from "../formats/png.ts";
import {
  type Download,
  type Draw,
  type Drawn,
  type DrawOptions,
  exportedText,
  sceneFromPng,
  scenograph,
} from "../index.ts";
import { findModel } from "../model/load.node.ts";

const CAPTIONS = [
  "a cat on a sofa",
  "two people riding horses on the beach",
  "a kitchen with a refrigerator, an oven, a sink, a microwave and three chairs around a big wooden dining table near the window",
  "bus",
  "a man and a woman with umbrellas walk their dogs past a parked car while a bicycle leans on a bench and birds sit on the traffic light above them",
];

let draw: Draw;
beforeAll(async () => {
  draw = await scenograph("illustrated", { threads: 2 });
});
afterAll(() => draw.close());

const hash = (data: string | Uint8Array) => createHash("sha256").update(data).digest("hex").slice(0, 16);

/** Everything that was drawn, as text. */
function bytesOf({ scene, picture }: Drawn): string {
  const boxes = scene.objects.map((o) => `${o.label} ${o.box} ${o.score}`).join("; ");
  return `${boxes} scene ${hash(JSON.stringify(scene))} picture ${picture && hash(picture.data)}`;
}

describe("the same bytes", () => {
  test("alone and among others, whatever the others' length, seed and number of objects", async () => {
    const seed = 7;
    const alone: string[] = [];
    for (const [i, caption] of CAPTIONS.entries()) alone.push(bytesOf(await draw(caption, { seed: seed + i })));
    expect((await draw.many(CAPTIONS, { seed })).map(bytesOf)).toEqual(alone);
    const pair = await draw.many([
      { caption: CAPTIONS[2], seed: 9 },
      { caption: CAPTIONS[0], seed: 7 },
    ]);
    expect(pair.map(bytesOf)).toEqual([alone[2], alone[0]]);
    // twice the same sentence, which is not the same as one
    expect((await draw.many([CAPTIONS[0], CAPTIONS[0]], { seed: 6 }))[1].seed).toBe(7);
    expect(bytesOf((await draw.many([CAPTIONS[0], CAPTIONS[0]], { seed: 6 }))[1])).toBe(alone[0]);
  });

  test("in a thread of its own and in the caller's", async () => {
    const runtime = createNodeRuntime({ threads: 2 });
    const here = await scenograph("illustrated", { runtime });
    for (const caption of CAPTIONS.slice(0, 2))
      expect(bytesOf(await here(caption, { seed: 3 }))).toBe(bytesOf(await draw(caption, { seed: 3 })));
    await here.close();
    await runtime.close();
  });

  test("a seed counts, and so does each stage's", async () => {
    const [a, b] = await draw.many(["a dog and a ball", "a dog and a ball"]);
    expect(bytesOf(a)).not.toBe(bytesOf(b));
    const again = await draw(a.scene, { from: "image", seed: b.seed });
    const kept = (scene: typeof a) => scene.objects.map(({ look: _, colour: __, ...object }) => object);
    expect(kept(again)).toEqual(kept(a));
    expect(again.objects.map((o) => o.look)).not.toEqual(a.objects.map((o) => o.look));
    expect(again.picture).not.toEqual(a.picture);
  });
});

test("a scene has objects, a PNG with the scene inside, and layouts for other programs", async () => {
  const scene = await draw("a cat on a sofa", { seed: 7 });
  expect(scene.objects.map((o) => o.label)).toEqual(expect.arrayContaining(["cat", "couch"]));
  const png = await scene.toPng();
  expect(sceneFromPng(png)).toEqual(scene.scene);
  const ideogram = await scene.to("ideogram");
  const { high_level_description, compositional_deconstruction } = JSON.parse(exportedText(ideogram));
  expect(high_level_description).toBe("a cat on a sofa");
  const [x, y, w, h] = scene.objects[0].box;
  const corners = [y, x, y + h, x + w].map((v) => Math.round(Math.min(1, v) * 1000));
  expect(compositional_deconstruction.elements[0].bbox).toEqual(corners);
  expect(await scene.layout("ideogram")).toEqual(ideogram);
  // the picture comes along, at the size that is asked for
  const { files, notes } = await scene.to("scene-png", { width: 32 });
  expect(readPngHeader(files[0].bytes)).toMatchObject({ width: 32, height: 32 });
  expect(notes).toEqual([]);
  await expect(scene.to("ideogramm")).rejects.toThrow(/did you mean ideogram\?/);
  expect(JSON.parse(JSON.stringify(scene))).toEqual(scene.scene);
});

test("a scene that is given is drawn from where it stops; labels alone are enough", async () => {
  const given = { objects: [{ label: "dog", box: [0.2, 0.4, 0.4, 0.5] }, { label: "bench" }] };
  const { objects, picture } = await draw(given);
  expect(objects.map((o) => [o.label, o.box])).toEqual([
    ["dog", [0.2, 0.4, 0.4, 0.5]],
    ["bench", [0.25, 0.25, 0.5, 0.5]],
  ]);
  expect(objects.every((o) => o.mask)).toBe(true);
  expect(picture?.width).toBe(draw.info.size);
  const boxes = await draw("a dog", { to: "boxes" });
  expect(boxes.picture).toBeUndefined();
  await expect(boxes.toPng()).rejects.toThrow('toPng(): there is no picture; draw it to "image"');
});

test.each([
  [{ seed: -1 }, "seed: a whole number from 0 to 4294967295, got -1; correct it"],
  [{ seed: 1.5 }, "seed: a whole number from 0 to 4294967295, got 1.5; correct it"],
  [{ seed: "7" }, 'seed: a whole number from 0 to 4294967295, got "7"; correct it'],
  [{ temperature: 3 }, "temperature: a number from 0 to 2, got 3; correct it"],
  [{ boxTemperature: Number.NaN }, /boxTemperature: a number from 0 to 2, got/],
  [{ maxObjects: 0 }, "maxObjects: a whole number from 1 to 30, got 0; correct it"],
  [{ sede: 7 }, 'draw(): no option "sede"; did you mean seed?'],
  [{ to: "picture" }, /to: one of boxes, masks, image, got "picture"/],
  [{ from: "image", to: "boxes" }, "draw(): from image comes after to boxes; the order is boxes, masks, image"],
] as [DrawOptions, string | RegExp][])("options are checked: %j", async (options, message) => {
  await expect(draw("a cat", options)).rejects.toThrow(message);
});

test("inputs are checked", async () => {
  await expect(draw("  ")).rejects.toThrow("draw(): needs a sentence, got none");
  await expect(draw(7 as never)).rejects.toThrow("draw(): a sentence or a scene, got 7");
  await expect(draw({ objects: [{ label: "catt" }] })).rejects.toThrow(/cat/);
  await expect(draw("...")).rejects.toThrow(/word/);
  const notes = (await draw({ caption: "a cat", objects: [{ label: "cat", box: [0.5, 0.5, 0.9, 0.2] }] })).notes;
  expect(notes).toHaveLength(1);
  await expect(scenograph("ilustrated")).rejects.toThrow(/did you mean "illustrated"/);
  await expect(scenograph("illustrated", { thread: 2 } as never)).rejects.toThrow(
    /no option "thread"; did you mean threads/,
  );
  await expect(scenograph("illustrated", { threads: 0 })).rejects.toThrow(
    /threads: a whole number from 1 to 256, got 0/,
  );
});

test("a call that is no longer wanted ends, the next one is answered", async () => {
  const stop = new AbortController();
  const call = draw("a dog", { signal: stop.signal, onStage: () => stop.abort() });
  await expect(call).rejects.toThrow(/abort/i);
  expect((await draw("a dog", { to: "boxes" })).objects.length).toBeGreaterThan(0);
});

describe("a model by its URL", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "scenograph-library-"));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test("is fetched once with progress, kept by its hashes, and opens without a network; damage is noticed", async () => {
    const model = await findModel("illustrated");
    const asked: string[] = [];
    const server = createServer(async (request, response) => {
      asked.push(request.url as string);
      const bytes = await readFile(join(model, request.url?.slice("/m/".length) as string)).catch(() => undefined);
      response.writeHead(bytes ? 200 : 404, { "content-length": bytes?.length ?? 0 }).end(bytes);
    });
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    const { port } = server.address() as AddressInfo;
    const url = `http://127.0.0.1:${port}/m`;
    const runtime = createNodeRuntime({ threads: 1 });
    const downloads: Download[] = [];
    const open = () =>
      scenograph(url, { cache: folder, runtime, onProgress: (download) => void downloads.push(download) });

    const fetched = await open();
    expect(asked.length).toBe(1 + new Set(Object.values(fetched.info.files)).size);
    const last = downloads.at(-1) as Download;
    expect(last).toMatchObject({ cached: false, loaded: last.total });
    expect(last.total).toBeGreaterThan(1e6);
    expect(bytesOf(await fetched("a cat", { seed: 1 }))).toBe(bytesOf(await draw("a cat", { seed: 1 })));

    asked.length = 0;
    downloads.length = 0;
    await open();
    expect(asked).toEqual(["/m/model.json"]);
    expect(downloads.at(-1)).toMatchObject({ cached: true, loaded: last.total });

    // a kept file that was damaged is fetched again
    const kept = join(folder, "models", `${fetched.info.sha256.image}.safetensors`);
    await writeFile(kept, (await readFile(kept)).subarray(10));
    asked.length = 0;
    await open();
    expect(asked).toEqual(["/m/model.json", `/m/${fetched.info.files.image}`]);
    expect((await readdir(join(folder, "models"))).length).toBe(1 + 4);

    await new Promise((done) => server.close(done).closeAllConnections());
    const offline = await open();
    expect((await offline("a cat", { to: "boxes" })).objects.length).toBeGreaterThan(0);
    await expect(scenograph(`${url}other`, { cache: folder, runtime })).rejects.toThrow(/no connection/);
    await runtime.close();
  });
});
