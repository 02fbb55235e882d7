/** A COCO folder with masks for all objects of its training pictures: the real ones, and the segmenter's for the rest. @module */
import { constants } from "node:fs";
import { appendFile, copyFile, link, readFile, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import { ConfigError } from "@scenograph/graph/errors";
import { makeFolder } from "scenograph/formats/folders.node";
import { encodeCounts } from "scenograph/formats/rle";
import { INFERRED } from "scenograph/scene/cocoRecords";
import type { Picture } from "scenograph/scene/scene";
import type { InferredMask, Segmenter } from "../segmenter/infer.ts";
import { loadCoco, type Sample } from "./coco.ts";
import { captionsSplitOf, findFiles, listSplits, parseSplits } from "./coco-folder.ts";
import { readJson } from "./coco-json.ts";
import { parallel } from "./coco-pictures.ts";

export interface FillOptions {
  /** COCO folder with pictures. */
  readonly dir: string;
  /** Split, or several joined by commas. */
  readonly split: string;
  /** COCO folder to write; its pictures are hard links where the file system allows it, else copies. */
  readonly out: string;
  readonly segmenter: Segmenter;
  /** What the masks depend on besides the pictures: a run that was broken off goes on only with the same. */
  readonly identity: string;
  readonly read: (sample: Sample) => Promise<Picture>;
  readonly onProgress?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
}

export interface FillResult {
  readonly splits: readonly string[];
  readonly pictures: number;
  /** Objects of the training part with a real mask. */
  readonly real: number;
  /** Objects that got the segmenter's mask, and of these the ones whose mask is an ellipse. */
  readonly inferred: number;
  readonly ellipses: number;
  /** Mean expected overlap of the inferred masks. */
  readonly confidence: number;
}

/** Pictures a piece of work. */
const PIECE = 16;

/**
 * Writes annotations/instances_<split>.json of each split with a run-length mask for every object of the training part that had
 * none; such an annotation says `"mask_source": "inferred"`, `mask_confidence` and `mask_kind`. Validation pictures are left as they are, and so
 * are crowd regions and captions. Annotations are written last; until then what is inferred lies in .fill-masks.jsonl, a line for
 * every 16 pictures, and the same call goes on from there.
 * @throws ConfigError when `out` is `dir`; UserError, FormatError as `loadCoco`.
 */
export async function fillMasks(options: FillOptions): Promise<FillResult> {
  const { dir, out } = options;
  if (resolve(dir) === resolve(out))
    throw new ConfigError(
      `fillMasks(): writes another folder than it reads, got ${out} for both; choose another --out`,
    );
  const splits = parseSplits(options.split);
  const loaded = await Promise.all(splits.map((split) => loadCoco(dir, split, { part: "training", need: ["pixels"] })));
  const total = loaded.reduce((n, { samples }) => n + samples.length, 0);
  const kept = await openKept(options);
  const counts = { real: 0, inferred: 0, ellipses: 0, confidence: 0 };
  let done = 0;
  const files: [name: string, text: string][] = [];
  for (const [s, split] of splits.entries()) {
    const found = new Map<number, InferredMask>();
    const { samples } = loaded[s];
    for (let at = 0; at < samples.length; at += PIECE) {
      options.signal?.throwIfAborted();
      const piece = samples.slice(at, at + PIECE);
      counts.real += piece.reduce((n, x) => n + x.objects.filter((o) => o.segmentation).length, 0);
      const key = `${split}/${at}`;
      const masks = kept.pieces.get(key) ?? (await inferPiece(options, piece));
      if (!kept.pieces.has(key)) await appendFile(kept.file, `${JSON.stringify({ key, masks })}\n`);
      for (const [id, mask] of masks) found.set(id, mask);
      done += piece.length;
      options.onProgress?.(done, total);
    }
    for (const { kind, confidence } of found.values()) {
      counts.inferred++;
      counts.confidence += confidence;
      if (kind === "ellipse") counts.ellipses++;
    }
    const name = join("annotations", `instances_${split}.json`);
    const source = (await findFiles(dir)).instances.get(split)!;
    files.push([name, withMasks(await readJson(join(dir, source)), found)]);
  }
  await linkPictures(options, splits);
  const { captions } = await listSplits(dir);
  for (const split of new Set(splits.flatMap((s) => captionsSplitOf(s, captions) ?? []))) {
    const name = join("annotations", `captions_${split}.json`);
    await makeFolder(join(out, "annotations"));
    await copyFile(join(dir, name), join(out, name));
  }
  for (const [name, text] of files) {
    await makeFolder(dirname(join(out, name)));
    await writeFile(join(out, name), text);
  }
  await rm(kept.file);
  const confidence = counts.inferred > 0 ? counts.confidence / counts.inferred : 0;
  return { splits, pictures: total, ...counts, confidence };
}

type Masks = readonly (readonly [id: number, mask: InferredMask])[];

/** What a broken-off run with the same segmenter has inferred; a torn last line is left out. The file is begun anew where there is none. */
async function openKept({ out, identity }: FillOptions): Promise<{ file: string; pieces: Map<string, Masks> }> {
  const file = join(out, ".fill-masks.jsonl");
  const lines = (await readFile(file, "utf8").catch(() => "")).split("\n");
  const head = JSON.stringify({ identity });
  const pieces = new Map<string, Masks>();
  // what follows the last newline is torn
  if (lines[0] === head)
    for (const line of lines.slice(1, -1)) {
      const { key, masks } = JSON.parse(line) as { key: string; masks: Masks };
      pieces.set(key, masks);
    }
  await makeFolder(out);
  const whole = [...pieces].map(([key, masks]) => JSON.stringify({ key, masks }));
  await writeFile(file, `${[head, ...whole].join("\n")}\n`);
  return { file, pieces };
}

/** Masks of the objects without one, by annotation id. */
async function inferPiece(
  { segmenter, read }: FillOptions,
  samples: readonly Sample[],
): Promise<[number, InferredMask][]> {
  const missing = samples
    .map((sample) => ({ sample, wanted: sample.objects.flatMap((o, k) => (o.segmentation ? [] : [k])) }))
    .filter(({ wanted }) => wanted.length > 0);
  const pictures = await Promise.all(missing.map(({ sample }) => read(sample)));
  const found = await segmenter.infer(
    missing.map(({ sample, wanted }, i) => ({ picture: pictures[i], objects: sample.objects, wanted })),
  );
  return missing.flatMap(({ sample, wanted }, i) =>
    wanted.map((k, j): [number, InferredMask] => [sample.objects[k].id, found[i][j]]),
  );
}

/** The file's content, the masks put in. */
function withMasks(json: unknown, found: ReadonlyMap<number, InferredMask>): string {
  const content = json as { annotations: { id: number }[] };
  const annotations = content.annotations.map((annotation) => {
    const one = found.get(annotation.id);
    if (!one) return annotation;
    const { mask, kind, confidence } = one;
    return {
      ...annotation,
      segmentation: { size: [mask.height, mask.width], counts: encodeCounts(mask.counts) },
      mask_source: INFERRED,
      mask_kind: kind,
      mask_confidence: Math.round(confidence * 1e4) / 1e4,
    };
  });
  return JSON.stringify({ ...content, annotations });
}

/** The pictures of all parts, at their places. */
async function linkPictures({ dir, out }: FillOptions, splits: readonly string[]): Promise<void> {
  const names = new Set<string>();
  for (const split of splits) {
    const { samples } = await loadCoco(dir, split, { need: ["pixels"] });
    for (const sample of samples) names.add(relative(dir, sample.file!));
  }
  const all = [...names];
  for (const folder of new Set(all.map(dirname))) await makeFolder(join(out, folder));
  await parallel(all.length, 8, async (i) => {
    const [from, to] = [join(dir, all[i]), join(out, all[i])];
    if (await stat(to).catch(() => undefined)) return;
    await link(from, to).catch(() => copyFile(from, to, constants.COPYFILE_FICLONE));
  });
}
