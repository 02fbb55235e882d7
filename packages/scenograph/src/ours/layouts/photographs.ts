/**
 * Layouts as in photographs (`extras` 1): of several that the learnt sampler draws, the one that agrees best with the others, each of
 * its boxes where most of them have it. Measured in docs/layouts.md.
 * @module
 */
import { stream } from "@scenograph/graph/random";
import { boxIou } from "../../formats/rle.ts";
import type { BoxGenerator, BoxOptions, BoxRequest } from "../../pipeline.ts";
import type { SceneObject } from "../../scene/scene.ts";
import { agreedBoxes, mostAgreed } from "./agreement.ts";

/** Layouts that are drawn for one; boxes of one label that overlap more are one. */
const DRAWS = 12;
const ONE_PLACE = 0.6;

/** As in photographs: of several learnt layouts the one that agrees best with the others, each box where most have it. */
export async function asInPhotographs(
  learnt: BoxGenerator,
  requests: readonly BoxRequest[],
  o: BoxOptions,
): Promise<SceneObject[][]> {
  const cold = o.labelTemperature === 0 && o.boxTemperature === 0;
  const draws = cold ? 1 : DRAWS;
  const rows = requests.flatMap((r) =>
    Array.from({ length: draws }, (_, k) => ({
      ...r,
      seed: k === 0 ? r.seed : stream(r.seed, "draw", k).int(2 ** 31),
    })),
  );
  const drawn = await learnt.infer(rows, o);
  return requests.map(({ fixed, sentence }, i) => {
    const own = new Set(fixed.map((f) => f.id));
    const excluded = new Set((sentence.understood?.things ?? []).flatMap((t) => (t.negated ? [t.category] : [])));
    const all = drawn
      .slice(i * draws, (i + 1) * draws)
      .map((layout) => layout.filter((f) => own.has(f.id) || !excluded.has(f.label)));
    const chosen = all[mostAgreed(all)];
    const boxes = agreedBoxes(chosen, all);
    return chosen.map((f, k) => {
      const apart = chosen.every((g, m) => m === k || g.label !== f.label || boxIou(boxes[m], boxes[k]) < ONE_PLACE);
      return own.has(f.id) || !apart ? f : { ...f, box: boxes[k] };
    });
  });
}
