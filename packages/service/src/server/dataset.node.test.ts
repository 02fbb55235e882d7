import { request, type Server } from "node:http";
import { CATEGORY_LIST, caption, image, makeFolder, object } from "@scenograph/lab/data/coco.fixture";
import { maskArea } from "scenograph/formats/rle";
import { listen } from "scenograph/http/server.node";
import type { DatasetItem, DatasetPage } from "scenograph/scene/dataset";
import { restoreScene } from "scenograph/scene/restore";
import type { Scene } from "scenograph/scene/scene";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openDataset, PAGE_SIZE } from "./dataset.node.ts";
import { withDataset } from "./datasetRoutes.node.ts";
import { staticHandler } from "./static.node.ts";

let remove: () => Promise<void>;
let server: Server;
let base: string;
const COUNT = PAGE_SIZE + 6;

beforeAll(async () => {
  const ids = Array.from({ length: COUNT }, (_, i) => i + 1);
  const square = [25, 20, 75, 20, 75, 60, 25, 60];
  const folder = await makeFolder({
    instances: {
      train: {
        images: ids.map((id) => image(id)),
        categories: CATEGORY_LIST,
        annotations: [
          object(1, 1, [25, 20, 50, 40], { segmentation: [square] }),
          object(2, 1, [0, 0, 20, 20], { category_id: 1 }),
          object(3, 2, [0, 0, 50, 80], { category_id: 3, segmentation: { size: [80, 100], counts: "damaged" } }),
        ],
      },
      other: { images: [image(500)], categories: CATEGORY_LIST, annotations: [object(9, 500, [0, 0, 50, 40])] },
    },
    captions: {
      train: {
        images: ids.map((id) => image(id)),
        annotations: [
          caption(1, 1, "A dog on the beach."),
          caption(2, 1, "Someone plays with a Dog"),
          caption(3, 2, "a red car"),
        ],
      },
    },
    images: { "1.jpg": [100, 80] },
  });
  remove = folder.remove;
  const handler = withDataset(staticHandler({ folders: {} }), openDataset(folder.dir));
  const started = await listen(handler, { host: "127.0.0.1", port: 0 });
  server = started.server;
  base = `http://127.0.0.1:${started.port}/data/`;
});

afterAll(async () => {
  server.close();
  await remove();
});

const ask = async (path: string) => {
  const response = await fetch(base + path);
  return { status: response.status, value: await response.json() };
};
const page = async (query: string) => (await ask(`page.json?split=train&${query}`)).value as DatasetPage;
const idsOf = ({ items }: DatasetPage) => items.map((i) => i.id);

test("splits, and what is in one", async () => {
  expect((await ask("index.json")).value.splits).toEqual(["other", "train"]);
  expect((await ask("split.json?split=train")).value).toEqual({
    name: "train",
    pictures: COUNT,
    objects: 3,
    captions: 3,
    categories: [
      { name: "car", pictures: 1 },
      { name: "dog", pictures: 1 },
      { name: "person", pictures: 1 },
    ],
  });
});

test("never more than a page; past the end it is the last", async () => {
  const first = await page("");
  expect(first).toMatchObject({ total: COUNT, page: 0, pages: 2 });
  expect(first.items).toHaveLength(PAGE_SIZE);
  expect((await page("page=1")).items).toHaveLength(COUNT - PAGE_SIZE);
  expect(await page("page=99")).toMatchObject({ page: 1 });
});

test("category and words choose; words begin words of one caption", async () => {
  expect(idsOf(await page("category=dog"))).toEqual([1]);
  expect(idsOf(await page("words=DO%20bea"))).toEqual([1]);
  expect(idsOf(await page("words=beach%20plays"))).toEqual([]);
  expect(idsOf(await page("words=each"))).toEqual([]);
  expect(idsOf(await page("words=a&category=car"))).toEqual([2]);
});

test("an item has its boxes, masks and captions; a damaged mask is left out", async () => {
  const { value } = await ask("item.json?split=train&id=1");
  const item = value as DatasetItem;
  expect(item).toMatchObject({
    id: 1,
    width: 100,
    height: 80,
    picture: true,
    captions: ["A dog on the beach.", "Someone plays with a Dog"],
  });
  expect(item.objects).toMatchObject([{ label: "dog", box: [0.25, 0.25, 0.5, 0.5] }, { label: "person" }]);
  const [dog, person] = item.objects;
  expect([dog.mask?.width, dog.mask?.height]).toEqual([320, 256]);
  expect(maskArea(dog.mask!) / (320 * 256)).toBeCloseTo(0.25, 2);
  expect(person.mask).toBeUndefined();
  expect((await page("category=car")).items[0].objects[0]).toEqual({ id: 3, label: "car", box: [0, 0, 0.5, 1] });
});

test("a scene to edit is the middle square with the caption that was chosen", async () => {
  const { value } = await ask("scene.json?split=train&id=1&caption=1");
  const scene = value as Scene;
  expect(restoreScene(scene, [])).toEqual(scene);
  expect(scene.caption).toBe("Someone plays with a Dog");
  // 100 x 80 loses 10 pixels left and right: [25, 50] of 100 wide is [15, 50] of 80
  expect(scene.objects[0].box.map((v) => Math.round(v * 1e4) / 1e4)).toEqual([0.1875, 0.25, 0.625, 0.5]);
  expect(scene.objects[0].mask).toMatchObject({ width: 128, height: 128 });
});

test("pictures by their id alone", async () => {
  const response = await fetch(`${base}picture?split=train&id=1`);
  expect(response.headers.get("content-type")).toBe("image/jpeg");
  expect((await response.arrayBuffer()).byteLength).toBeGreaterThan(100);
});

test.each([
  "picture?split=train&id=2",
  "picture?split=train&id=../../etc/passwd",
  "picture?split=..%2f..%2fetc&id=1",
  "split.json?split=../train",
  "page.json?split=train&category=unicorn",
  "item.json?split=train&id=99999",
  "item.json",
  "nothing.json",
  "annotations/instances_train.json",
])("%s is not there", async (path) => {
  expect((await ask(path)).status).toBe(404);
});

test("foreign pages and foreign names are refused; other addresses pass on; only reading", async () => {
  const status = (headers: Record<string, string>) =>
    new Promise<number | undefined>((resolve) => {
      request(`${base}index.json`, { headers }, (r) => resolve(r.resume().statusCode)).end();
    });
  expect(await status({ host: "evil.example" })).toBe(403);
  expect(await status({ origin: "http://evil.example" })).toBe(403);
  expect(await status({ "sec-fetch-site": "cross-site" })).toBe(403);
  expect((await fetch(base.replace("/data/", "/elsewhere"))).status).toBe(404);
  expect((await fetch(`${base}index.json`, { method: "POST" })).status).toBe(405);
});
