/** A layout while it is made: what is asked, what is there, what is missing. @module */
import { stream } from "@scenograph/graph/random";
import type { BoxRequest, Mention } from "../../pipeline.ts";
import type { SceneObject } from "../../scene/scene.ts";
import type { Demand, Wanted } from "./demand.ts";

/** A request while its layout is made. */
export interface Job {
  readonly request: BoxRequest;
  readonly demand: Demand;
  /** Wanted objects that no fixed one stands for. */
  readonly missing: readonly number[];
  /** Wanted -> fixed object. */
  readonly stands: ReadonlyMap<number, number>;
  /** Those of the request, without a category as well; as in photographs, all that was drawn. */
  readonly fixed: readonly SceneObject[];
  readonly extras: number;
  /** Fixed objects that may be moved all the same, where a relation wants it. */
  readonly loose: boolean;
}

/** Is it an object of the request, which stays as it is? */
export function keeps({ fixed, request }: Job, i: number): boolean {
  return i < fixed.length && (request.fixed.includes(fixed[i]) || (request.kept?.includes(fixed[i]) ?? false));
}

/** Which fixed objects stand for wanted ones, in order: of one label; without one, of one noun. */
export function match(
  wanted: readonly Wanted[],
  fixed: readonly Pick<SceneObject, "label" | "phrase">[],
): { missing: number[]; stands: Map<number, number> } {
  const free = new Set(fixed.keys());
  const stands = new Map<number, number>();
  const missing: number[] = [];
  wanted.forEach(({ label, name }, w) => {
    const called = new RegExp(`(?:^|\\s)${name.replace(/\W/g, ".")}(?:e?s)?$`, "i");
    const found = [...free].find((i) =>
      label === null ? fixed[i].label === null && called.test(fixed[i].phrase ?? "") : fixed[i].label === label,
    );
    if (found === undefined) missing.push(w);
    else {
      stands.set(w, found);
      free.delete(found);
    }
  });
  return { missing, stands };
}

/** How many unasked objects a layout may have: geometric, .3 on average at the default. */
export function extraCount(seed: number, extras: number): number {
  if (extras <= 0) return 0;
  const more = Math.min(0.78 * extras, 0.75);
  const random = stream(seed, "extras");
  let n = 0;
  while (n < 8 && random.bool(more)) n++;
  return n;
}

/** What the coverage of the labels is told: the numbers that are wanted. */
export function mentionsOf(wanted: readonly Wanted[], index: ReadonlyMap<string, number>): Mention[] {
  const counts = new Map<number, number>();
  for (const { label } of wanted) {
    const i = label === null ? undefined : index.get(label);
    if (i !== undefined) counts.set(i, (counts.get(i) ?? 0) + 1);
  }
  return [...counts].map(([classIndex, count]) => ({ classIndex, count, from: 0, to: 0 }));
}
