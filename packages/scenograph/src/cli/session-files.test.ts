import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UserError } from "@scenograph/graph/errors";
import { afterAll, expect, test } from "vitest";
import { parseScene } from "../scene/restore.ts";
import type { Scene } from "../scene/scene.ts";
import { Names, sceneJson, slugOf, writeScene } from "./session-files.ts";

const folder = mkdtempSync(join(tmpdir(), "scenograph-files-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const scene: Scene = {
  version: 2,
  caption: 'a "dog"\nand a cat',
  width: 16,
  height: 16,
  seed: 3,
  objects: [
    { id: "o1", label: "dog", box: [0.1, 0.2, 0.3, 0.4], score: 0.5 },
    { id: "o2", label: "cat", box: [0.5, 0.5, 0.5, 0.5], mask: { width: 4, height: 4, counts: [10, 6] } },
  ],
};
const picture = { width: 16, height: 16, data: new Uint8Array(768).fill(200) };

test("slugs: letters and digits of any case, accents removed, at most 60 characters, never empty", () => {
  expect(slugOf("Two Dogs, on a café's roof!")).toBe("two-dogs-on-a-cafe-s-roof");
  expect(slugOf("犬が 🐕 Ёлка")).toBe("犬が-елка");
  expect(slugOf("🐕 ?!")).toBe("scene");
  expect(slugOf("../../etc/passwd")).toBe("etc-passwd");
  expect(slugOf("x".repeat(99))).toBe("x".repeat(60));
  const long = slugOf("word ".repeat(40));
  expect(long.length).toBeLessThanOrEqual(60);
  expect(long).toMatch(/^word(-word)+$/);
});

test("names: the same scene keeps its name, another one of the same slug and seed gets a number", () => {
  const names = new Names();
  expect(names.nameOf({ caption: "A dog", seed: 1 })).toBe("a-dog-1");
  expect(names.nameOf({ caption: "A dog", seed: 1 })).toBe("a-dog-1");
  expect(names.nameOf({ caption: "a dog!", seed: 1 })).toBe("a-dog-1-2");
  expect(names.nameOf({ caption: "a dog?", seed: 1 })).toBe("a-dog-1-3");
  expect(names.nameOf({ caption: "a dog?", seed: 2 })).toBe("a-dog-2");
});

test("names: a scene that lies in the folder keeps its name, unless it is the same sentence's", async () => {
  const out = join(folder, "named");
  await writeScene(out, "a-dog-1", { scene: { ...scene, caption: "a dog" } });
  expect(new Names(out).nameOf({ caption: "a dog", seed: 1 })).toBe("a-dog-1");
  expect(new Names(out).nameOf({ caption: "a dog!", seed: 1 })).toBe("a-dog-1-2");
  expect(new Names(out).nameOf({ caption: "a dog!", seed: 2 })).toBe("a-dog-2");
  rmSync(out, { recursive: true });
});

test("names: another model, size, layout or mask never takes a name that is taken; the same scene, and its masks, do", async () => {
  const out = join(folder, "kept");
  const of = (change: Partial<Scene>) =>
    new Names(out).nameOf({ ...scene, caption: "a dog", model: "illustrated", ...change });
  const name = `a-dog-${scene.seed}`;
  const mine = { ...scene, caption: "a dog", model: "illustrated" };
  await writeScene(out, name, { scene: mine });
  const [first, ...rest] = mine.objects;
  const moved = [{ ...first, box: [0.1, 0.1, 0.2, 0.2] as const }, ...rest] as Scene["objects"];
  expect(of({})).toBe(name);
  expect(of({ model: "photo" })).toBe(`${name}-2`);
  expect(of({ width: 2 * scene.width })).toBe(`${name}-2`);
  expect(of({ objects: moved })).toBe(`${name}-2`);
  const bare = mine.objects.map(({ mask: _, ...o }) => o);
  // boxes alone would wipe the masks that lie there; masks may join boxes
  expect(of({ objects: bare })).toBe(`${name}-2`);
  await writeScene(out, name, { scene: { ...mine, objects: bare } });
  expect(of({})).toBe(name);
  rmSync(out, { recursive: true });
});

test("a scene file is read back as it was, with and without objects", () => {
  const notes: string[] = [];
  expect(parseScene(sceneJson(scene), notes)).toEqual(scene);
  expect(parseScene(sceneJson({ ...scene, objects: [] }), notes)).toEqual({ ...scene, objects: [] });
  expect(notes).toEqual([]);
  expect(sceneJson(scene).split("\n")).toHaveLength(12);
});

test("a full disk: one clear error, and what was saved before stays whole", async () => {
  const files = await writeScene(folder, "kept", { scene, picture });
  const before = readdirSync(folder).map((f) => [f, readFileSync(join(folder, f), "utf8")]);
  const full = async (path: string, bytes: Uint8Array | string) => {
    // half of it fits
    await writeFile(path, bytes.slice(0, bytes.length / 2));
    throw Object.assign(new Error("no space left on device"), { code: "ENOSPC" });
  };
  const failed = writeScene(folder, "kept", { scene: { ...scene, seed: 9 }, picture }, full);
  await expect(failed).rejects.toThrow(UserError);
  await expect(failed).rejects.toThrow(/the disk is full, .*kept\.panels\.png was not written; free some space/);
  expect(readdirSync(folder).map((f) => [f, readFileSync(join(folder, f), "utf8")])).toEqual(before);
  expect(parseScene(readFileSync(files.scene, "utf8"))).toEqual(scene);
});
