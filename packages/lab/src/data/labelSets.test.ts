import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { classIndex } from "scenograph/scene/categories";
import { afterAll, beforeAll, expect, it } from "vitest";
import { readLabelSets } from "./labelSets.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "label-sets-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function read(content: unknown) {
  const file = join(folder, "labels.json");
  await writeFile(file, typeof content === "string" ? content : JSON.stringify(content));
  return readLabelSets(file);
}

it("gives class indices of the model's categories, whatever the file's order", async () => {
  const sets = await read({ format: "sets", categories: ["dog", "person"], labels: { 42: [1, 0], 7: [] } });
  expect(sets).toEqual(
    new Map([
      [7, []],
      [42, [classIndex("person"), classIndex("dog")]],
    ]),
  );
});

it.each([
  ["{", /labels.json:1/],
  [{ categories: ["dog"] }, /labels.json: \{categories: \[names\], labels.*got another shape \(labels\)/],
  [{ categories: ["doog"], labels: {} }, /got "doog"/],
  [{ categories: ["dog"], labels: { 3: [1] } }, /picture 3: indices are below 1, got 1/],
])("%j is one clear line", async (content, message) => {
  await expect(read(content)).rejects.toThrow(message);
});
