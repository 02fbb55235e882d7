/** What the generator is told of each object beyond its class: the feeds of `objects.ts`. @module */
import type { Feeds } from "@scenograph/graph/runtime/runtime";
import type { Described } from "../../paper/image/data.ts";
import type { Mention } from "../../pipeline.ts";
import { areaOf, extentOf, type Size } from "../../scene/geometry.ts";

/** Objects that the generator looks at one by one; of more, the largest. */
export const SLOTS = 10;
/** The largest of a class, the second, the third, the rest. */
export const RANKS = 4;
/** Words of a sentence that the objects look at; later ones are not seen. */
export const WORDS = 24;
/** Numbers of a word vector. */
export const WORD_DIM = 100;

/**
 * The mention of the object with this rank in its class: "a man and two girls" are ranks 0, and 1 and 2. The last mention
 * stands for all that follow. Undefined where the sentence does not name the class.
 */
export function mentionOf(mentions: readonly Mention[], classIndex: number, rank: number): Mention | undefined {
  const own = mentions.filter((m) => m.classIndex === classIndex);
  let before = 0;
  for (const mention of own) {
    before += mention.count ?? MANY;
    if (rank < before) return mention;
  }
  return own.at(-1);
}
/** "men", "some dogs". */
const MANY = 2;

/** Feeds of `objectInputs` for n pictures, of which the last may be blank. */
export function objectFeeds(pictures: readonly Described[], n: number, size: Size): Feeds {
  const { width, height } = extentOf(size);
  const area = areaOf(size);
  const map = () => new Uint8Array(n * area);
  const [owner, u, v] = [map().fill(SLOTS), map(), map()];
  const [classes, ranks] = [new BigInt64Array(n * SLOTS), new BigInt64Array(n * SLOTS)];
  const vectors = new Float32Array(n * WORDS * WORD_DIM);
  const valid = new Float32Array(n * WORDS);
  const said = new Float32Array(n * SLOTS * WORDS);
  /** Of each row or column of pixels the position along the box, 0 to 255. */
  const along = (pixels: number, start: number, length: number) =>
    Uint8Array.from({ length: pixels }, (_, i) =>
      Math.round(255 * Math.min(1, Math.max(0, ((i + 0.5) / pixels - start) / length))),
    );
  pictures.forEach(({ layout, sentence: { vectors: words, mentions = [] } }, i) => {
    const seen = new Map<number, number>();
    layout.objects.slice(0, SLOTS).forEach(({ classIndex }, k) => {
      const rank = seen.get(classIndex) ?? 0;
      seen.set(classIndex, rank + 1);
      classes[i * SLOTS + k] = BigInt(classIndex);
      ranks[i * SLOTS + k] = BigInt(Math.min(rank, RANKS - 1));
      const mention = mentionOf(mentions, classIndex, rank);
      if (mention)
        said.fill(
          1,
          (i * SLOTS + k) * WORDS + Math.min(WORDS, mention.from),
          (i * SLOTS + k) * WORDS + Math.min(WORDS, mention.to),
        );
    });
    const positions = layout.objects
      .slice(0, SLOTS)
      .map(({ box: [left, top, w, h] }) => ({ across: along(width, left, w), down: along(height, top, h) }));
    for (let y = 0, at = 0; y < height; y++)
      for (let x = 0; x < width; x++, at++) {
        const k = layout.owner[at];
        if (k >= SLOTS) continue;
        const { across, down } = positions[k];
        owner[i * area + at] = k;
        u[i * area + at] = across[x];
        v[i * area + at] = down[y];
      }
    const read = (words ?? new Float32Array()).subarray(0, WORDS * WORD_DIM);
    vectors.set(read, i * WORDS * WORD_DIM);
    valid.fill(1, i * WORDS, i * WORDS + read.length / WORD_DIM);
  });
  return {
    "layout.owner": owner,
    "layout.u": u,
    "layout.v": v,
    "objects.classes": classes,
    "objects.ranks": ranks,
    "objects.said": said,
    "words.vectors": vectors,
    "words.valid": valid,
  };
}
