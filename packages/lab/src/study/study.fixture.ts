/** A small study for tests: coloured pictures, the red ones first. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { slugOf } from "scenograph/cli/session-files";
import { encodePng } from "scenograph/draw/picture";
import { sceneToPng } from "scenograph/scene/png";
import { afterAll } from "vitest";
import { type Created, type CreateOptions, createStudy } from "./create.node.ts";

export const SENTENCES = ["a red bus", "two dogs on the grass", "a cat on a sofa", "a plane in the sky"];

const folders: string[] = [];

/** A folder that goes away with the test file. */
export async function temporaryFolder(): Promise<string> {
  if (folders.length === 0)
    afterAll(() => Promise.all(folders.map((f) => rm(f, { recursive: true, force: true }))), 20_000);
  const folder = await mkdtemp(join(tmpdir(), "study-"));
  folders.push(folder);
  return folder;
}

/** `size` x `size` pixels of a colour, told apart by a bright square whose place follows `mark`. */
export async function colouredPng(colour: readonly number[], mark: number, size = 16): Promise<Uint8Array> {
  const data = new Uint8Array(size * size * 3);
  for (let i = 0; i < size * size; i++) data.set(i % (size * size) === mark ? [255, 255, 255] : colour, i * 3);
  return encodePng({ width: size, height: size, data });
}

/** A folder as `generate --from-file` leaves it: pictures with their scenes inside, and panels. */
export async function conditionFolder(
  colour: readonly number[],
  sentences: readonly string[] = SENTENCES,
  size = 16,
): Promise<string> {
  const folder = await temporaryFolder();
  for (const [i, caption] of sentences.entries()) {
    const scene = {
      version: 2 as const,
      caption,
      width: size,
      height: size,
      seed: i,
      model: "secret-model",
      objects: [],
    };
    const png = sceneToPng(await colouredPng(colour, i, size), scene);
    await writeFile(join(folder, `${slugOf(caption)}-${i}.png`), png);
    await writeFile(join(folder, `${slugOf(caption)}-${i}.panels.png`), await colouredPng([1, 2, 3], 0));
  }
  return folder;
}

export const RED = [200, 20, 20];
export const BLUE = [20, 20, 200];

let defaults: Promise<{ label: string; source: string }[]> | undefined;

/** The red and the blue folder, made once a test file. */
function redAndBlue() {
  defaults ??= Promise.all([
    conditionFolder(RED).then((source) => ({ label: "red", source })),
    conditionFolder(BLUE).then((source) => ({ label: "blue", source })),
  ]);
  return defaults;
}

/** A study of a red and a blue condition. */
export async function smallStudy(changes: Partial<CreateOptions> = {}): Promise<Created & { folder: string }> {
  const folder = join(await temporaryFolder(), "study");
  await mkdir(folder);
  const created = await createStudy({
    conditions: await redAndBlue(),
    sentences: SENTENCES,
    kinds: ["pair", "rank"],
    raters: 4,
    perRater: 4,
    checks: 1,
    repeats: 1,
    seed: 3,
    out: folder,
    title: "A study",
    consent: "You agree.",
    slugOf,
    ...changes,
  });
  return { ...created, folder };
}
