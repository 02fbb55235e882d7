/** Captions and layouts of the built-in grammar as a COCO folder without pixels; `data illustrate` can draw it. @module */
import { access } from "node:fs/promises";
import path from "node:path";
import { UserError } from "@scenograph/graph/errors";
import { stream } from "@scenograph/graph/random";
import { makeFolder } from "scenograph/formats/folders.node";
import { CATEGORIES } from "scenograph/scene/categories";
import { drawScene, type GrammarScene } from "./grammar/grammar.ts";
import { GRAMMAR_ID } from "./illustrate/dataset.ts";
import { writeAtomic } from "./illustrate/shards.ts";

/** Side in pixels that the boxes of a synthetic folder refer to. */
export const SYNTH_SIZE = 512;

/** Scene `index` of a seed. Every category is asked for in turn, so that none is rare. */
export function synthScene(seed: number, index: number): GrammarScene {
  const about = index % 2 === 0 ? CATEGORIES[(index / 2) % CATEGORIES.length].name : undefined;
  return drawScene(stream(seed, "synth", index), about);
}

export interface SynthOptions {
  readonly out: string;
  readonly split: string;
  readonly count: number;
  readonly seed: number;
}

/** Write `annotations/{instances,captions}_<split>.json`. @throws UserError when the split is there already. */
export async function synthesise({
  out,
  split,
  count,
  seed,
}: SynthOptions): Promise<{ pictures: number; objects: number }> {
  const folder = path.join(out, "annotations");
  const instancesFile = path.join(folder, `instances_${split}.json`);
  const exists = await access(instancesFile).then(
    () => true,
    () => false,
  );
  if (exists)
    throw new UserError(
      `synthesise(): nothing is overwritten, but ${instancesFile} exists; choose another --out or --split`,
    );
  const images: object[] = [];
  const annotations: object[] = [];
  const captions: object[] = [];
  for (let i = 0; i < count; i++) {
    const { caption, paraphrases, background, objects, relation } = synthScene(seed, i);
    const id = i + 1;
    images.push({
      id,
      width: SYNTH_SIZE,
      height: SYNTH_SIZE,
      file_name: `${String(id).padStart(6, "0")}.png`,
      // The split by hash of the id needs ids that no picture of MS-COCO has, and others for other seeds.
      coco_image_id: GRAMMAR_ID * (2 + seed) + i,
      attributes: { background, source: "grammar", ...(relation && { relation }) },
    });
    for (const text of [caption, ...paraphrases])
      captions.push({ id: captions.length + 1, image_id: id, caption: text });
    for (const { classIndex, box } of objects) {
      const bbox = box.map((v) => Math.round(v * SYNTH_SIZE * 100) / 100);
      annotations.push({
        id: annotations.length + 1,
        image_id: id,
        category_id: CATEGORIES[classIndex].id,
        bbox,
        area: Math.round(bbox[2] * bbox[3]),
        iscrowd: 0,
      });
    }
  }
  const info = { description: "Captions and layouts from a grammar", version: "1.0", seed };
  await makeFolder(folder);
  await writeAtomic(
    path.join(folder, `captions_${split}.json`),
    JSON.stringify({ info, images, annotations: captions }),
  );
  await writeAtomic(instancesFile, JSON.stringify({ info, images, annotations, categories: CATEGORIES }));
  return { pictures: images.length, objects: annotations.length };
}
