/** What `layout` and `generate` say of a sentence: what was understood, what cannot be drawn or done. @module */
import { nearest, UserError } from "@scenograph/graph/errors";
import { demandOf } from "../ours/layouts/demand.ts";
import { wordsOf } from "../ours/text/coco.ts";
import type { BoxOptions, Generated } from "../pipeline.ts";
import type { Categories } from "../scene/categories.ts";
import { describeUnderstanding } from "../understand/describe.ts";
import { understand, understoodNothing } from "../understand/understand.ts";
import { note } from "./session.ts";

/** @throws UserError for a sentence that names neither a thing nor a place, with suggestions for words that are nearly names */
export function refuseNothing(command: string, caption: string, categories: Categories): void {
  const u = understand(caption, wordsOf(categories));
  if (!understoodNothing(u)) return;
  const shown = JSON.stringify(caption.length > 60 ? `${caption.slice(0, 60)}...` : caption);
  const gone = u.things.filter((t) => t.negated);
  if (gone.length > 0)
    throw new UserError(
      `${command}: ${shown} says only what is not there; say what is, for example "a couch, no ${gone[0].category ?? gone[0].noun}"`,
    );
  const { names } = categories;
  const meant = [...new Set(u.ignored.flatMap((word) => nearest(word, names) ?? []))].slice(0, 3);
  const advice = meant.length > 0 ? `did you mean ${meant.join(", ")}?` : 'name some, for example "a dog on a couch"';
  throw new UserError(`${command}: nothing in ${shown} names a thing or a place; ${advice}`);
}

/** One line: "2 dog, 1 blue bus; dog left of bus". */
export function understoodLine({ sentence }: Pick<Generated, "sentence">): string {
  return sentence.understood ? describeUnderstanding(sentence.understood) : "";
}

/** One note for each word that has a box at most, and for each demand that cannot be met. */
export function noteUndone({ sentence, scene }: Pick<Generated, "sentence" | "scene">, options: BoxOptions): void {
  const { understood } = sentence;
  if (!understood) return;
  for (const { word, nearest: near } of understood.undrawable) {
    const what = options.closed ? "is left out" : "gets a box and is not drawn";
    note(`"${word}" is no category: it ${what}${near.length > 0 ? `; near to it: ${near.join(", ")}` : ""}`);
  }
  const limit = options.maxObjects === undefined ? {} : { limit: options.maxObjects };
  for (const line of demandOf(understood, scene.seed, limit).notes) note(line);
}
