/**
 * Placing boxes by several draws each, of which one is taken, and by drawing again what does not fit: what `candidates.ts` and
 * `redraws.ts` ask for, in the place of the paper's one draw.
 * @module
 */
import { sampleRaw } from "@scenograph/graph/nn/mixture";
import { decodeBox, encodeBox } from "../../paper/boxes/codec.ts";
import { addObject } from "../../paper/boxes/sample.ts";
import type { Decoding } from "../../paper/boxes/seams.ts";
import type { Sentence } from "../../pipeline.ts";
import type { Categories } from "../../scene/categories.ts";
import type { Box, SceneObject } from "../../scene/scene.ts";

/** Where a box is about to be placed. */
export interface Place {
  readonly label: number;
  readonly objects: readonly SceneObject[];
  readonly sentence: Sentence;
  readonly categories: Categories;
}

export interface Candidates {
  /** Draws of each box. */
  readonly draws: number;
  /** Which of the boxes that may stand is taken. */
  choose(boxes: readonly Box[]): number;
}

/** Which draws may stand; where none may they are drawn again, `attempts` times in all, then the object is left out. */
export interface Redraws {
  readonly attempts: number;
  temperature(base: number, attempt: number): number;
  fitting(place: Place, boxes: readonly Box[], attempt: number): readonly Box[];
}

/** Nothing where neither idea is on. */
export function placing(
  candidates: Candidates | undefined,
  redraws: Redraws | undefined,
): Pick<Decoding, "draws" | "place"> {
  if (!candidates && !redraws) return {};
  const draws = candidates?.draws ?? 1;
  return {
    ...(candidates && { draws }),
    async place({ run, drafts, t, labels, boxes, sampling }) {
      const { config, categories, statistics, temperature } = sampling;
      const width = 6 * config.mixtures;
      const open = new Set<number>();
      drafts.forEach(({ request, ended }, i) => {
        const given = request.fixed[t];
        if (given) boxes.set(encodeBox(given.box, statistics), i * 4);
        else if (!ended) open.add(i);
      });
      const centres = await run.centres(labels);
      // draw by draw, [draws, n, 2]
      const xy = new Float32Array(draws * run.n * 2);
      for (let k = 0; k < draws; k++)
        for (const i of drafts.keys()) xy.set(boxes.subarray(i * 4, i * 4 + 2), (k * run.n + i) * 2);
      for (let attempt = 0; attempt === 0 || (open.size > 0 && attempt < (redraws?.attempts ?? 1)); attempt++) {
        const warmth = attempt === 0 || !redraws ? temperature.box : redraws.temperature(temperature.box, attempt);
        const draw = (raw: Float32Array, row: number, i: number) =>
          sampleRaw(raw, row * width, width, warmth, config, drafts[i].random);
        for (const i of open) for (let k = 0; k < draws; k++) xy.set(draw(centres, i, i), (k * run.n + i) * 2);
        const sizes = await run.sizes(labels, xy);
        for (const i of [...open]) {
          const draft = drafts[i];
          const drawn = Array.from({ length: draws }, (_, k): Box => {
            const row = k * run.n + i;
            return decodeBox([xy[row * 2], xy[row * 2 + 1], ...draw(sizes, row, i)], statistics);
          });
          const at = { label: draft.label, objects: draft.objects, sentence: draft.request.sentence, categories };
          const fitting = redraws ? redraws.fitting(at, drawn, attempt) : drawn;
          const box = fitting[fitting.length > 1 && candidates ? candidates.choose(fitting) : 0];
          // what is left out is fed back all the same: the layout goes on as if it had been meant
          boxes.set(encodeBox(box ?? drawn[0], statistics), i * 4);
          if (!box) continue;
          addObject(draft, box, sampling);
          open.delete(i);
        }
      }
    },
  };
}
