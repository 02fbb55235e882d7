/**
 * GenEval (Ghosh et al., NeurIPS 2023) on layouts alone: its prompts and its rules, without a detector. Colours are no matter of boxes: of those
 * prompts the objects count. The prompts are read from the file of djghosh13/geneval (MIT), which is not part of this project.
 * @module
 */
import { FormatError } from "@scenograph/graph/errors";
import { genEvalOffset } from "scenograph/ours/layouts/relations";
import { COCO_VOCABULARY } from "scenograph/ours/text/coco";
import { understand } from "scenograph/understand/understand";
import { z } from "zod";
import type { JudgedObject } from "./satisfies.ts";

const line = z.object({
  tag: z.string(),
  prompt: z.string(),
  include: z.array(
    z.object({ class: z.string(), count: z.int().min(1), position: z.tuple([z.string(), z.int().min(0)]).optional() }),
  ),
});

export interface GenEvalPrompt {
  readonly tag: string;
  readonly prompt: string;
  /** Class names are those of the vocabulary ("computer keyboard" is a keyboard). */
  readonly include: readonly {
    readonly name: string;
    readonly count: number;
    readonly position?: readonly [string, number];
  }[];
}

/** The lines of GenEval's evaluation_metadata.jsonl. @throws FormatError naming the line */
export function readGenEval(text: string, where: string): GenEvalPrompt[] {
  return text
    .split("\n")
    .map((l, i) => ({ l: l.trim(), at: i + 1 }))
    .filter(({ l }) => l !== "")
    .map(({ l, at }) => {
      let value: unknown;
      try {
        value = JSON.parse(l);
      } catch {
        throw new FormatError(`${where} line ${at}: JSON, got ${JSON.stringify(l.slice(0, 40))}; correct it`);
      }
      const read = line.safeParse(value);
      if (!read.success)
        throw new FormatError(
          `${where} line ${at}: {tag, prompt, include: [{class, count}]}, got another shape; correct it`,
        );
      const { tag, prompt, include } = read.data;
      return {
        tag,
        prompt,
        include: include.map(({ class: name, count, position }) => ({
          name: understand(name, COCO_VOCABULARY).things[0]?.category ?? name,
          count,
          ...(position && { position }),
        })),
      };
    });
}

/** GenEval's rule: enough of each class, exactly so many where it counts, positions by the first object of each class. */
export function genEvalRight(objects: readonly JudgedObject[], { tag, include }: GenEvalPrompt): boolean {
  const of = (name: string) => objects.filter((o) => o.label === name);
  return include.every(({ name, count, position }) => {
    const found = of(name);
    if (tag === "counting" ? found.length !== count : found.length < count) return false;
    if (!position) return true;
    const [relation, target] = position;
    return found.some((a) =>
      of(include[target].name).some((b) => {
        const [x, y] = genEvalOffset(a.box, b.box);
        return { "left of": x < -0.5, "right of": x > 0.5, above: y < -0.5, below: y > 0.5 }[relation] ?? false;
      }),
    );
  });
}

/** Objects of classes that the prompt does not name. */
export function genEvalUnasked(objects: readonly JudgedObject[], { include }: GenEvalPrompt): number {
  return objects.filter((o) => !include.some((i) => i.name === o.label)).length;
}
