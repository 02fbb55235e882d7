/** Sentences -> embeddings with trained weights. @module */

import { bucket, chunks } from "@scenograph/graph/nn/buckets";
import { Params } from "@scenograph/graph/nn/params";
import { loadWith, type Weights } from "@scenograph/graph/nn/weights";
import { compile } from "@scenograph/graph/program";
import type { Executable, Runtime } from "@scenograph/graph/runtime/runtime";
import type { Sentence, TextEncoder } from "../../pipeline.ts";
import { embeddingSize, type TextConfig } from "./config.ts";
import { encodeCaption, textFeeds } from "./data.ts";
import { mentionsOf } from "./mentions.ts";
import { textEncoder } from "./model.ts";
import { textInputs } from "./step.ts";
import { MAX_TOKENS } from "./tokenize.ts";
import { Vocabulary } from "./vocabulary.ts";

/** Unrolled lengths that are compiled, at most once each a batch size. */
const LENGTHS = [16, 32, MAX_TOKENS];

/** Encoder from weights "text.*" and "vocabulary.*". Throws UserError for a sentence without words. */
export function createTextEncoder(runtime: Runtime, config: TextConfig, weights: Weights): TextEncoder {
  const vocabulary = Vocabulary.fromTensors(weights);
  const compiled = new Map<string, Promise<Executable>>();
  const size = embeddingSize(config);

  const executable = (length: number, n: number): Promise<Executable> => {
    const key = `${length}x${n}`;
    let ready = compiled.get(key);
    if (!ready) {
      const embedding = textEncoder(new Params("text"), config, vocabulary.deltaCount, textInputs(length, n));
      ready = loadWith(runtime, compile({ outputs: { embedding } }), weights);
      compiled.set(key, ready);
    }
    return ready;
  };

  const encodeChunk = async (captions: readonly string[]): Promise<Sentence[]> => {
    const encoded = captions.map((c) => encodeCaption(vocabulary, c));
    const longest = Math.max(1, ...encoded.map((c) => c.tokens.length));
    const length = LENGTHS.find((l) => l >= longest) ?? MAX_TOKENS;
    const n = bucket(captions.length);
    const feeds = textFeeds(encoded, length, n);
    const run = await executable(length, n);
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
      mentions: mentionsOf(c.caption),
    }));
  };

  return {
    async encode(captions) {
      const sentences: Sentence[] = [];
      for (const chunk of chunks(captions)) sentences.push(...(await encodeChunk(chunk)));
      return sentences;
    },
  };
}
