/** Sentences -> embeddings with trained weights. @module */

import { bucket, chunks } from "@scenograph/graph/nn/buckets";
import { Params } from "@scenograph/graph/nn/params";
import { ProgramCache } from "@scenograph/graph/nn/programs";
import type { Weights } from "@scenograph/graph/nn/weights";
import { compile, type Program } from "@scenograph/graph/program";
import type { Runtime } from "@scenograph/graph/runtime/runtime";
import type { Sentence, TextEncoder } from "../../pipeline.ts";
import { embeddingSize, type PaperText } from "./config.ts";
import { type EncodedCaption, encodeCaption, textFeeds } from "./data.ts";
import { textEncoder } from "./model.ts";
import type { TextSeams } from "./seams.ts";
import { textInputs } from "./step.ts";
import { MAX_TOKENS } from "./tokenize.ts";
import { Vocabulary } from "./vocabulary.ts";

/** Unrolled lengths that are compiled, at most once each a batch size. */
const LENGTHS = [16, 32, MAX_TOKENS];

/** Inputs "text.vectors" [T, N, 100], "text.words" [T, N], "text.valid" [T, N, 1]; output embedding [N, D]. */
export function textProgram(config: PaperText, corrections: number, length: number, n: number): Program {
  return compile({
    outputs: { embedding: textEncoder(new Params("text"), config, corrections, textInputs(length, n)) },
  });
}

/** Steps that a sentence of so many tokens is computed in. */
export function textLength(tokens: number): number {
  return LENGTHS.find((length) => length >= tokens) ?? MAX_TOKENS;
}

export interface LoadedTextEncoder extends TextEncoder {
  /** Load what `encode` needs for these captions. */
  prepare(captions: readonly string[]): Promise<void>;
  release(): Promise<void>;
}

/** Encoder from weights "text.*" and "vocabulary.*". Throws UserError for a sentence without words. */
export function createTextEncoder(
  runtime: Runtime,
  config: PaperText,
  weights: Weights,
  { read }: Pick<TextSeams, "read"> = {},
): LoadedTextEncoder {
  const vocabulary = Vocabulary.fromTensors(weights);
  const programs = new ProgramCache(runtime, weights);
  const size = embeddingSize(config);

  const sizes = (captions: readonly EncodedCaption[]) => ({
    length: textLength(Math.max(1, ...captions.map((c) => c.tokens.length))),
    n: bucket(captions.length),
  });
  const executable = ({ length, n }: ReturnType<typeof sizes>) =>
    programs.get(`${length}x${n}`, () => textProgram(config, vocabulary.deltaCount, length, n));

  const encodeChunk = async (captions: readonly string[]): Promise<Sentence[]> => {
    const encoded = captions.map((c) => encodeCaption(vocabulary, c));
    const { length, n } = sizes(encoded);
    const feeds = textFeeds(encoded, length, n);
    const run = await executable({ length, n });
    const { embedding } = await run.run({
      "text.vectors": feeds.vectors,
      "text.words": feeds.words,
      "text.valid": feeds.valid,
    });
    return encoded.map((c, i) => ({
      caption: c.caption,
      words: c.tokens.map((text, k) => ({ text, known: c.known[k] })),
      embedding: (embedding as Float32Array).slice(i * size, (i + 1) * size),
      vectors: c.vectors,
      ...read?.(c.caption),
    }));
  };

  return {
    async encode(captions) {
      const sentences: Sentence[] = [];
      for (const chunk of chunks(captions)) sentences.push(...(await encodeChunk(chunk)));
      return sentences;
    },
    async prepare(captions) {
      for (const chunk of chunks(captions)) await executable(sizes(chunk.map((c) => encodeCaption(vocabulary, c))));
    },
    release: () => programs.release(),
  };
}
