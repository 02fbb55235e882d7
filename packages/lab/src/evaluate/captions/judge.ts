/**
 * Judging pictures by what a captioner says of them (paper section 6, "caption generation": BLEU, METEOR and CIDEr of the
 * generated picture's caption). `evaluateCaptions` compares those captions with the sentence that the picture was made from
 * and with all reference captions of the true picture. Which pictures (generated, real, shuffled) is the caller's row.
 * @module
 */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { ConfigError, FormatError, UserError } from "@scenograph/graph/errors";
import { readSafetensors } from "@scenograph/graph/formats/safetensors";
import type { Runtime } from "@scenograph/graph/runtime/runtime";
import type { Picture } from "scenograph/scene/scene";
import { z } from "zod";
import { captionerConfig } from "../../captioner/config.ts";
import { CaptionVocabulary } from "../../captioner/data.ts";
import { createCaptioner } from "../../captioner/infer.ts";
import type { Interval } from "../bootstrap.ts";
import { captionFeatures } from "./features.node.ts";
import type { Synonyms } from "./meteorAlign.ts";
import { type CaptionMetric, scoreCaptions } from "./score.ts";
import type { TokenizerName } from "./tokenize.ts";

/** A captioner with its feature network, ready for pictures. */
export interface PictureCaptioner {
  /** For protocols: architecture, sha256 of the weights, feature network. */
  readonly id: string;
  /** One lower-case caption a picture, never empty. `beam` 1 is greedy; default: the configuration's, 3. */
  caption(
    pictures: readonly Picture[],
    options?: { readonly beam?: number; readonly onProgress?: (done: number) => void },
  ): Promise<string[]>;
  release(): Promise<void>;
}

/**
 * The captioner of a weights file, as `scenograph train captioner` writes it (models/captioner-illustrated,
 * models/captioner-photo). Pictures of any size are taken; those it was trained on were reduced to the configuration's
 * `resolutions`, so judge at one of these.
 * @param file captioner.safetensors or a run's weights.safetensors
 * @param options.cache folder of installed networks; default: the user's
 * @throws ConfigError when the file cannot be read or the feature network is not installed; FormatError for another file
 */
export async function openCaptioner(
  file: string,
  { runtime, cache }: { readonly runtime: Runtime; readonly cache?: string },
): Promise<PictureCaptioner> {
  const bytes = await readFile(file).catch((error: NodeJS.ErrnoException) => {
    throw new ConfigError(
      `captioner: ${file} cannot be read (${error.code}); train one with: scenograph train captioner --config configs/captioner.yaml --data DIR`,
    );
  });
  const { tensors, metadata } = readSafetensors(bytes);
  const { config, words } = parseMetadata(metadata, file);
  const captioner = createCaptioner(runtime, config, new CaptionVocabulary(words), tensors);
  const network = await captionFeatures(runtime, { size: config.size, cache });
  if (metadata.features !== network.id)
    throw new FormatError(
      `captioner: ${file} was trained on ${metadata.features}, got ${network.id}; run: scenograph judges install`,
    );
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  return {
    id: `Show and Tell, ${words.length} words, ${sha256.slice(0, 12)} on ${network.id}`,
    async caption(pictures, { beam, onProgress } = {}) {
      const rows = await network.rows(pictures, onProgress);
      return (await captioner.caption(rows, { beam })).map((c) => c.caption);
    },
    async release() {
      await captioner.release();
      await network.release();
    },
  };
}

/** A picture to be judged. */
export interface JudgedPicture {
  readonly id: number | string;
  readonly picture: Picture;
  /** What it was made from. */
  readonly sentence: string;
  /** The captions of the true picture, `sentence` among them or not. */
  readonly references: readonly string[];
}

/** BLEU, ROUGE-L and METEOR in [0, 1], CIDEr-D in [0, 10], each with a 95 % jackknife interval over the pictures. */
export type CaptionIntervals = Partial<Record<CaptionMetric, Interval>>;

export interface CaptionEvaluation {
  /** What the numbers mean: captioner, beam, tokeniser, formula variants, counts. */
  readonly protocol: Record<string, string | number>;
  /** Against the input sentence alone, as in the paper. METEOR is absent without WordNet. */
  readonly sentence: CaptionIntervals;
  /** Against all references. */
  readonly references: CaptionIntervals;
  /** What the captioner said, in the order of the pictures. */
  readonly captions: readonly { readonly id: number | string; readonly caption: string }[];
}

export interface CaptionEvaluationOptions {
  /** Default "words". */
  readonly tokenizer?: TokenizerName;
  /** Default: the captioner's configuration. */
  readonly beam?: number;
  /** Of METEOR; default WordNet where it is installed; null leaves METEOR out. */
  readonly synonyms?: Synonyms | null;
  /** Pictures looked at so far. */
  readonly onProgress?: (done: number) => void;
}

/**
 * Caption pictures and score the captions: BLEU-1..4, ROUGE-L, CIDEr-D and METEOR (no paraphrase table). CIDEr-D takes its
 * document frequencies from the references of these pictures: compare rows over the same pictures only. A picture may
 * come once an id; several pictures of one sentence need ids of their own.
 * @throws UserError on no pictures, repeated ids, pictures without references, empty references or sentences
 */
export async function evaluateCaptions(
  captioner: Pick<PictureCaptioner, "id" | "caption">,
  pictures: readonly JudgedPicture[],
  options: CaptionEvaluationOptions = {},
): Promise<CaptionEvaluation> {
  if (pictures.length === 0) throw new UserError("evaluateCaptions(): at least one picture is needed, got none");
  const { beam, onProgress, synonyms, tokenizer = "words" } = options;
  const said = await captioner.caption(
    pictures.map((p) => p.picture),
    { beam, onProgress },
  );
  const captions = pictures.map(({ id }, i) => ({ id, caption: said[i] }));
  const score = (references: (p: JudgedPicture) => readonly string[]) =>
    scoreCaptions(captions, new Map(pictures.map((p) => [p.id, references(p)])), { tokenizer, synonyms });
  const sentence = score((p) => [p.sentence]);
  const references = score((p) => p.references);
  return {
    protocol: {
      ...references.protocol,
      captioner: captioner.id,
      beam: beam ?? "the captioner's own",
      comparison: "sentence: the one that the picture was made from; references: all captions of the true picture",
    },
    sentence: sentence.intervals,
    references: references.intervals,
    captions,
  };
}

const stored = z.object({ captioner: captionerConfig });
const wordList = z.array(z.string()).min(4);

function parseMetadata(metadata: Readonly<Record<string, string>>, file: string) {
  try {
    return {
      config: stored.parse(JSON.parse(metadata.config ?? "")).captioner,
      words: wordList.parse(JSON.parse(metadata.words ?? "")),
    };
  } catch {
    throw new FormatError(
      `captioner: weights with "config" and "words" in their metadata, got another file, ${file}; name the weights.safetensors of a captioner`,
    );
  }
}
