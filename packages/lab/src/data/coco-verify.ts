/**
 * Whether the file of a picture can be used: every byte decoded, once a process. `data check` reports the verdicts, loading goes by them, so that
 * what one of them refuses no other meets. @module
 */
import { readFile, stat } from "node:fs/promises";
import { decodeWhole, firstLine, fits, openPicture } from "scenograph/draw/openPicture";
import type { ImageRecord, Problem } from "scenograph/scene/cocoRecords";
import { parallel } from "./coco-pictures.ts";

export type Verdict = readonly Pick<Problem, "kind" | "severity" | "message">[];

/** By file, date, size and what the annotations say of it. */
const known = new Map<string, Verdict>();

/** What is wrong with a picture's file; with an error among it, the picture is left out. */
export async function judgePicture(
  file: string,
  image: Pick<ImageRecord, "id" | "width" | "height">,
): Promise<Verdict> {
  const found = await stat(file).catch(() => undefined);
  const key = `${file}\n${found?.size}\n${found?.mtimeMs}\n${image.id} ${image.width}x${image.height}`;
  const verdict = known.get(key) ?? (await judge(file, image));
  known.set(key, verdict);
  return verdict;
}

/** Verdicts of many, in their order. */
export async function judgePictures(
  pictures: readonly (readonly [file: string, image: Pick<ImageRecord, "id" | "width" | "height">])[],
  onProgress?: (done: number, total: number) => void,
  signal?: AbortSignal,
): Promise<Verdict[]> {
  const verdicts: Verdict[] = new Array(pictures.length);
  let done = 0;
  await parallel(pictures.length, 4, async (i) => {
    signal?.throwIfAborted();
    verdicts[i] = await judgePicture(...pictures[i]);
    onProgress?.(++done, pictures.length);
  });
  return verdicts;
}

async function judge(file: string, image: Pick<ImageRecord, "id" | "width" | "height">): Promise<Verdict> {
  const declared = image.width > 0 && image.height > 0 ? image : undefined;
  const verdict: { kind: Problem["kind"]; severity: Problem["severity"]; message: string }[] = [];
  const add = (kind: Problem["kind"], severity: Problem["severity"], message: string) =>
    verdict.push({ kind, severity, message: `image ${image.id} ${message}` });
  try {
    const opened = await openPicture(await readFile(file), declared);
    await decodeWhole(opened);
    const { width, height, turned, ignored, frames } = opened;
    if (turned > 1)
      add("picture-turned", "warning", `is turned by its EXIF orientation ${turned}, as browsers show it`);
    if (ignored > 1)
      add(
        "picture-turned",
        "warning",
        `is not turned by its EXIF orientation ${ignored}: the JSON has the size of the stored pixels`,
      );
    if (frames > 1) add("picture-frames", "warning", `has ${frames} frames: the first is taken`);
    if (declared && (declared.width !== width || declared.height !== height)) {
      const same = fits(declared, width, height);
      const said = `is ${width}x${height}, the JSON says ${declared.width}x${declared.height}`;
      add("picture-size", same ? "warning" : "error", `${said}${same ? ": of the same shape, used" : ""}`);
    }
  } catch (error) {
    add("broken-picture", "error", `cannot be decoded: ${firstLine(error)}`);
  }
  return verdict;
}
