/** Objects and sentences -> feeds of the priors. Pure functions. @module */

import type { Feeds } from "@scenograph/graph/runtime/runtime";
import type { Sentence } from "../../pipeline.ts";
import type { Box } from "../../scene/scene.ts";
import { mentionOf, RANKS, WORD_DIM, WORDS } from "../image/slots.ts";

export interface PriorObject {
  readonly classIndex: number;
  readonly box: Box;
}

/** A picture for the priors; objects of any number up to T. */
export interface PriorPicture {
  readonly objects: readonly PriorObject[];
  readonly sentence: Pick<Sentence, "vectors" | "mentions">;
}

/** Rank of every object in its class, the largest first. */
export function ranksOf(objects: readonly PriorObject[]): number[] {
  const area = ({ box }: PriorObject) => box[2] * box[3];
  const order = objects.map((_, i) => i).sort((a, b) => area(objects[b]) - area(objects[a]) || a - b);
  const seen = new Map<number, number>();
  const ranks = new Array<number>(objects.length).fill(0);
  for (const i of order) {
    const rank = seen.get(objects[i].classIndex) ?? 0;
    ranks[i] = rank;
    seen.set(objects[i].classIndex, rank + 1);
  }
  return ranks;
}

/** Feeds of `priorInputs` for n pictures of t objects. `keeps`: is word i of picture k seen? Default all. */
export function priorFeeds(
  pictures: readonly PriorPicture[],
  n: number,
  t: number,
  keeps: (picture: number, word: number) => boolean = () => true,
): Feeds {
  const labels = new BigInt64Array(n * t);
  const ranks = new BigInt64Array(n * t);
  const boxes = new Float32Array(n * t * 4).fill(0.5);
  const valid = new Float32Array(n * t);
  const said = new Float32Array(n * t * WORDS);
  const vectors = new Float32Array(n * WORDS * WORD_DIM);
  const wordsValid = new Float32Array(n * WORDS);
  pictures.forEach(({ objects, sentence }, i) => {
    const own = ranksOf(objects);
    objects.slice(0, t).forEach((o, k) => {
      const at = i * t + k;
      labels[at] = BigInt(o.classIndex);
      ranks[at] = BigInt(Math.min(RANKS - 1, own[k]));
      boxes.set(o.box, at * 4);
      valid[at] = 1;
      const mention = mentionOf(sentence.mentions ?? [], o.classIndex, own[k]);
      if (mention) said.fill(1, at * WORDS + Math.min(WORDS, mention.from), at * WORDS + Math.min(WORDS, mention.to));
    });
    const all = (sentence.vectors ?? new Float32Array()).subarray(0, WORDS * WORD_DIM);
    for (let w = 0; w < all.length / WORD_DIM; w++) {
      if (!keeps(i, w)) continue;
      vectors.set(all.subarray(w * WORD_DIM, (w + 1) * WORD_DIM), (i * WORDS + w) * WORD_DIM);
      wordsValid[i * WORDS + w] = 1;
    }
  });
  return { labels, ranks, boxes, valid, said, "words.vectors": vectors, "words.valid": wordsValid };
}
