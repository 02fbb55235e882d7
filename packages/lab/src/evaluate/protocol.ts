/**
 * The protocol of a number: everything that fixes it. Two results may be compared when their protocols differ in the model alone.
 * @module
 */
import { createHash } from "node:crypto";
import { UserError } from "@scenograph/graph/errors";
import type { ModelInfo } from "scenograph/model/info";
import { listSplits, type Sample } from "../data/coco.ts";
import { isHeldOut, type Part } from "../data/split.ts";

/** Rises when the definition of any metric, row or floor changes, so that old numbers are not compared with new ones. */
export const DEFINITIONS = 3;

export interface Protocol {
  /** Version of the definitions of metrics and rows. */
  readonly definitions: number;
  readonly stage: string;
  readonly model: { readonly name: string; readonly sha256: string };
  readonly data: {
    readonly split: string;
    readonly part: Part;
    /** SHA-256 of the picture ids, in order. */
    readonly ids: string;
    readonly pictures: number;
  };
  /** e.g. captions a picture, layouts a caption. */
  readonly samples: Readonly<Record<string, number>>;
  readonly seed: number;
  /** What else fixes the numbers: resolution, resize filter, crop, judges with their hashes, budgets of classifiers. */
  readonly settings: Readonly<Record<string, string | number | boolean | null>>;
}

/** Part that is taken where none is asked for: held-out splits whole, of every other the validation part, which no shipped model saw. */
export function defaultPart(split: string): Part {
  const held = split.split(",").map((name) => isHeldOut(name.trim()));
  return held.every(Boolean) ? "all" : held.some(Boolean) ? "held-out" : "validation";
}

/** Which pictures of which split a part means, for people; undefined where the name says it. */
export function partInWords(split: string, part: Part): string | undefined {
  if (part !== "held-out") return undefined;
  const names = split.split(",").map((name) => name.trim());
  const list = (of: readonly string[]) => of.join(", ");
  return `judged are ${list(names.filter(isHeldOut))} whole, of ${list(names.filter((n) => !isHeldOut(n)))} the validation part; --part chooses one for all`;
}

/** Split of a COCO folder where none is asked for: its only one, else the first that is held out, else "train". @throws UserError listing them */
export async function defaultSplit(dir: string): Promise<string> {
  const { instances } = await listSplits(dir);
  const found =
    instances.length === 1 ? instances[0] : (instances.find(isHeldOut) ?? instances.find((name) => name === "train"));
  if (found !== undefined) return found;
  const there = instances.length > 0 ? `${dir} has ${instances.join(", ")}` : `${dir} has none`;
  throw new UserError(`evaluate: a split is needed, ${there}; pass --split NAME`);
}

/** SHA-256 over the ids of pictures in their order. */
export function hashOfIds(samples: readonly Pick<Sample, "split" | "imageId">[]): string {
  const hash = createHash("sha256");
  for (const { split, imageId } of samples) hash.update(`${split}:${imageId}\n`);
  return hash.digest("hex");
}

/** SHA-256 over the hashes of a model's weight files and its configuration, for the stages that matter. */
export function hashOfModel(info: ModelInfo, stages: readonly (keyof ModelInfo["sha256"])[]): string {
  const parts = stages.map((stage) => [stage, info.sha256[stage], info.config[stage]]);
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}

/** 16 hex digits that name a protocol: partial results are kept under them. */
export function hashOfProtocol(protocol: Protocol): string {
  return createHash("sha256").update(JSON.stringify(protocol)).digest("hex").slice(0, 16);
}
