import { stream } from "@scenograph/graph/random";
import { crc32 } from "scenograph/formats/crc";
import { sceneToCoco } from "scenograph/scene/coco";
import { sceneToPng } from "scenograph/scene/png";
import { describe, expect, test, vi } from "vitest";
import { Autosave, type SaveStatus } from "./autosave.ts";
import { fitted, fromLink, importFile, MAX_LINK, shareable, toLink } from "./importing.ts";
import { SCENE, stateOf } from "./model.fixture.ts";
import { Scheduler } from "./scheduler.ts";
import { snapshotOf, stateOfSnapshot } from "./snapshot.ts";
import { sentenceOf } from "./suggest.ts";
import { fileOfZip, zip } from "./zip.ts";

const bytesOf = (value: unknown) => new TextEncoder().encode(typeof value === "string" ? value : JSON.stringify(value));
/** The smallest PNG there is: 1 x 1, grey. */
const PIXEL = Uint8Array.from(
  atob("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg=="),
  (c) => c.charCodeAt(0),
);

describe("importing", () => {
  test("a PNG with its scene, a scene, a COCO annotation", () => {
    expect(importFile(sceneToPng(PIXEL, SCENE), "a.png", 64)).toEqual({ scene: SCENE, kind: "png", notes: [] });
    expect(importFile(bytesOf(SCENE), "a.json", 64)).toEqual({ scene: SCENE, kind: "scene", notes: [] });
    const { scene, kind } = importFile(bytesOf(sceneToCoco(SCENE, "a.png")), "a.json", 64);
    expect([kind, scene]).toEqual(["coco", SCENE]);
  });

  test.each([
    ["a PNG without a scene", PIXEL, /"x" is a picture of 1 x 1 pixels without a scene/],
    ["a JPEG", Uint8Array.of(0xff, 0xd8, 0xff, 0), /is a JPEG/],
    ["another kind", Uint8Array.of(0x50, 0x4b, 0xff, 0xfe), /no text/],
    ["prose", bytesOf("two dogs"), /is no JSON; open/],
    ["broken JSON", bytesOf('{"version": 1,'), /no valid JSON/],
    ["a later version", bytesOf({ ...SCENE, version: 3 }), /newer Scenograph/],
    [
      "a label that the model lacks",
      bytesOf({ ...SCENE, objects: [{ label: "dgo", box: [0, 0, 1, 1] }] }),
      /did you mean "dog"/,
    ],
    [
      "10,000 boxes",
      bytesOf({ ...SCENE, objects: Array.from({ length: 10_000 }, () => ({ label: "dog", box: [0, 0, 1, 1] })) }),
      /at most 100 objects/,
    ],
    ["a 1-pixel picture", bytesOf({ ...SCENE, width: 1, height: 1 }), /at least 8 pixels/],
    ["a box in pixels", bytesOf({ ...SCENE, objects: [{ label: "dog", box: [10, 10, 50, 50] }] }), /fractions/],
  ])("%s is refused with a message", (_, bytes, message) => {
    expect(() => importFile(bytes, "x", 64)).toThrow(message);
  });

  test("a box outside is dropped with a note", () => {
    const { scene, notes } = importFile(
      bytesOf({ ...SCENE, objects: [{ label: "dog", box: [1.5, 0, 0.2, 0.2] }] }),
      "x",
      64,
    );
    expect(scene.objects).toEqual([]);
    expect(notes.join()).toMatch(/no area inside the picture/);
  });

  test("a scene of another size is fitted, its boxes stay", () => {
    const large = fitted({ ...SCENE, width: 640, height: 480 }, 64);
    expect(large).toMatchObject({ width: 64, height: 64, objects: SCENE.objects });
  });
});

describe("links", () => {
  test("carry a scene there and back", async () => {
    expect(await fromLink(await toLink(SCENE))).toEqual(SCENE);
    expect(await shareable(SCENE, [])).toMatchObject({ whole: true });
  });

  test("leave inferred masks out when they are too long", async () => {
    const scene = { ...SCENE, objects: [{ ...SCENE.objects[0], mask: noisyMask(256, 256) }] };
    const shared = await shareable(scene, []);
    expect(shared?.whole).toBe(false);
    expect((shared as { link: string }).link.length).toBeLessThan(MAX_LINK);
    expect(await shareable(scene, ["a"])).toBeUndefined();
  });

  test("that are damaged are refused", async () => {
    await expect(fromLink("%%%")).rejects.toThrow(/damaged/);
    await expect(fromLink((await toLink(SCENE)).slice(0, 40))).rejects.toThrow(/damaged/);
  });
});

function noisyMask(width: number, height: number) {
  const random = stream(1, "mask");
  const counts = [0];
  let left = width * height;
  while (left > 0) {
    const run = Math.min(left, 1 + random.int(13));
    counts.push(run);
    left -= run;
  }
  return { width, height, counts };
}

describe("snapshots", () => {
  test("bring back document, steps and view", () => {
    const state = stateOf();
    expect(stateOfSnapshot(JSON.parse(JSON.stringify(snapshotOf(state))))).toEqual(state);
  });

  test("that were damaged lose their steps, not the scene", () => {
    const stored = snapshotOf(stateOf());
    const broken = {
      ...stored,
      doc: { ...stored.doc, scene: { ...SCENE, objects: [{ label: "dog", box: [0, 0, 2, 1] }] } },
    };
    const notes: string[] = [];
    const { doc, history } = stateOfSnapshot(broken, notes);
    expect(doc.scene.objects).toHaveLength(1);
    expect(history.past).toEqual([]);
    expect(notes.length).toBeGreaterThan(0);
    expect(() => stateOfSnapshot(undefined)).toThrow(/restoreScene/);
  });
});

describe("autosave", () => {
  test("says saved only when the newest change is written", async () => {
    vi.useFakeTimers();
    const statuses: SaveStatus["state"][] = [];
    const writes: number[] = [];
    let confirm = () => {};
    const write = (value: number) =>
      new Promise<void>((resolve) => {
        writes.push(value);
        confirm = resolve;
      });
    const save = new Autosave<number>(write, (s) => statuses.push(s.state), 100);
    save.change(1);
    save.change(2);
    await vi.advanceTimersByTimeAsync(100);
    expect(writes).toEqual([2]);
    save.change(3);
    confirm();
    await vi.advanceTimersByTimeAsync(50);
    expect(statuses.at(-1)).toBe("unsaved");
    await vi.advanceTimersByTimeAsync(50);
    expect(writes).toEqual([2, 3]);
    expect(statuses.at(-1)).toBe("unsaved");
    confirm();
    await vi.advanceTimersByTimeAsync(0);
    expect(statuses.at(-1)).toBe("saved");
    vi.useRealTimers();
  });

  test("a failed write is said and tried again", async () => {
    let fails = true;
    const statuses: SaveStatus[] = [];
    const save = new Autosave<number>(
      async () => {
        if (fails) throw new Error("the disk is full");
      },
      (s) => statuses.push(s),
    );
    save.change(1);
    await save.flush();
    expect(statuses.at(-1)).toEqual({ state: "failed", message: "the disk is full" });
    fails = false;
    await save.flush();
    expect(statuses.at(-1)).toEqual({ state: "saved" });
  });
});

describe("scheduler", () => {
  const settle = () => new Promise((resolve) => setTimeout(resolve, 0));

  test("runs one at a time, and of those that wait the latest", async () => {
    const ran: string[] = [];
    const ends = new Map<string, () => void>();
    const task = (name: string) => (signal: AbortSignal) =>
      new Promise<void>((resolve) => {
        ran.push(name);
        ends.set(name, resolve);
        signal.addEventListener("abort", () => {
          ran.push(`${name} stopped`);
          resolve();
        });
      });
    const busy: boolean[] = [];
    const scheduler = new Scheduler((b) => busy.push(b));
    scheduler.submit(task("1"), false);
    scheduler.submit(task("2"), false);
    scheduler.submit(task("3"), false);
    await settle();
    expect(ran).toEqual(["1"]);
    ends.get("1")?.();
    await settle();
    expect(ran).toEqual(["1", "3"]);
    scheduler.submit(task("4"));
    await settle();
    expect(ran).toEqual(["1", "3", "3 stopped", "4"]);
    scheduler.submit(task("5"), false);
    scheduler.cancel();
    await settle();
    expect(ran.at(-1)).toBe("4 stopped");
    expect(busy).toEqual([true, false]);
  });
});

test("a zip holds its files with their checksums", () => {
  const data = bytesOf("masks");
  const archive = zip(
    new Map([
      ["a/dog.png", data],
      ["b.txt", new Uint8Array()],
    ]),
  );
  const view = new DataView(archive.buffer);
  expect(view.getUint32(0, true)).toBe(0x04034b50);
  expect(view.getUint32(14, true)).toBe(crc32(data));
  const end = archive.length - 22;
  expect(view.getUint16(end + 10, true)).toBe(2);
  const central = view.getUint32(end + 16, true);
  expect(view.getUint32(central, true)).toBe(0x02014b50);
  expect(new TextDecoder().decode(archive.subarray(central + 46, central + 55))).toBe("a/dog.png");
});

test("masks come back out of their zip with the whole scene; other archives are told apart", () => {
  const json = bytesOf(JSON.stringify(SCENE));
  const archive = zip(
    new Map([
      ["01-dog.png", bytesOf("a picture")],
      ["scene.json", json],
    ]),
  );
  expect(fileOfZip(archive, "scene.json")).toEqual(json);
  expect(importFile(archive, "masks.zip", SCENE.width).scene).toEqual(SCENE);
  expect(() => importFile(zip(new Map([["a.txt", json]])), "a.zip", 64)).toThrow(/ZIP without a scene/);
  archive[archive.indexOf(0x7b)] ^= 1;
  expect(() => importFile(archive, "masks.zip", 64)).toThrow(/compressed or damaged/);
});

test("COCO annotations without a caption get a sentence of their objects; more pictures than one are said", () => {
  const { images, ...rest } = sceneToCoco(SCENE, "x.png");
  const { caption: _, ...bare } = images[0];
  const value = { ...rest, images: [bare, { ...bare, id: 99 }] };
  const { scene, notes } = importFile(bytesOf(JSON.stringify(value)), "x.json", SCENE.width);
  expect(scene.caption).toBe(sentenceOf(SCENE.objects));
  expect(notes.join()).toMatch(/2 pictures: the first was opened/);
});

test("a sentence of objects counts and names them", () => {
  const objects = ["person", "dog", "person", "umbrella", "bus", "bus", "skis"].map((label, i) => ({
    id: `o${i}`,
    label,
    box: [0, 0, 1, 1] as const,
  }));
  expect(sentenceOf(objects)).toBe("two people, a dog, an umbrella, two buses and skis");
  expect(sentenceOf(objects.slice(0, 1))).toBe("a person");
  expect(sentenceOf([])).toBe("");
});
