/** What `draw` takes, checked. @module */
import { ConfigError, shown, UserError } from "@scenograph/graph/errors";
import { checkChoice, checkKeys, checkNumber, checkWhole, MAX_OBJECTS, MAX_SEED, MAX_TEMPERATURE } from "../checks.ts";
import { type BoxOptions, type GenerateOptions, STAGES, type StageName } from "../pipeline.ts";
import type { Categories } from "../scene/categories.ts";
import { extentOf, type Size } from "../scene/geometry.ts";
import { nameOf } from "../scene/ops.ts";
import { restoreScene } from "../scene/restore.ts";
import type { Scene } from "../scene/scene.ts";

/** A sentence, or a scene: everything but a caption, or the labels of its objects, has a default. */
export type DrawInput = string | object;

export interface DrawOptions {
  /** Fixes every random draw: the same input and seed give the same scene. Default: the scene's, else 0. */
  readonly seed?: number;
  /** Of labels and boxes, 0 to 2: 0 takes the most likely, 1 draws as learnt. Default: the model's. */
  readonly temperature?: number;
  /** Of labels alone. */
  readonly labelTemperature?: number;
  /** Of boxes alone. */
  readonly boxTemperature?: number;
  /** At most this many objects, 1 to 30. */
  readonly maxObjects?: number;
  /** First stage that is inferred. Default: the first whose result is missing. */
  readonly from?: Exclude<StageName, "text">;
  /** Last stage that is inferred. Default: "image". */
  readonly to?: Exclude<StageName, "text">;
  /** Ends the call after the stage in progress, with an AbortError. */
  readonly signal?: AbortSignal;
  /** Called after each stage with its time in milliseconds. */
  readonly onStage?: (stage: StageName, ms: number) => void;
}

const KEYS: readonly (keyof DrawOptions)[] = [
  "seed",
  "temperature",
  "labelTemperature",
  "boxTemperature",
  "maxObjects",
  "from",
  "to",
  "signal",
  "onStage",
];
const INFERRED = STAGES.slice(1) as readonly Exclude<StageName, "text">[];

export interface Asked {
  readonly scene: Scene;
  readonly options: GenerateOptions;
  /** What was mended in the scene, one sentence each. */
  readonly notes: readonly string[];
}

/** @throws UserError, ConfigError or FormatError in one line: what, the rule, what came instead */
export function asked(
  input: DrawInput,
  options: DrawOptions,
  model: { name: string; size: Size },
  categories: Categories,
): Asked {
  if (options === null || typeof options !== "object")
    throw new ConfigError(`draw(): options are an object, got ${shown(options)}; write { seed: 7 }`);
  checkKeys("draw()", options, KEYS);
  const notes: string[] = [];
  const given = sceneOf(input, model, notes, categories);
  const seed = options.seed === undefined ? given.seed : checkWhole("seed", options.seed, 0, MAX_SEED);
  const scene: Scene = { ...given, seed, model: model.name };
  const from = options.from === undefined ? firstMissing(scene) : checkChoice("from", options.from, INFERRED);
  const to = options.to === undefined ? "image" : checkChoice("to", options.to, INFERRED);
  if (STAGES.indexOf(from) > STAGES.indexOf(to))
    throw new UserError(`draw(): from ${from} comes after to ${to}; the order is boxes, masks, image`);
  if (from === "image" && scene.objects.some((o) => !o.mask && !o.hidden && o.label !== null))
    throw new UserError('draw(): from "image" needs a mask for every object, got some without; use from "masks"');
  const { signal, onStage } = options;
  return {
    scene,
    notes,
    options: { ...sampling(options), from, to, ...(signal && { signal }), ...(onStage && { onStage }) },
  };
}

/** Boxes without objects, masks where an object has none, else the picture. */
export function firstMissing(scene: Pick<Scene, "objects"> | undefined): Exclude<StageName, "text"> {
  if (!scene || scene.objects.length === 0) return "boxes";
  return scene.objects.every((o) => o.mask || o.hidden || o.label === null) ? "image" : "masks";
}

function sceneOf(input: DrawInput, { size }: { size: Size }, notes: string[], categories: Categories): Scene {
  if (typeof input === "string") {
    if (input.trim() === "") throw new UserError('draw(): needs a sentence, got none; for example: draw("a red bus")');
    return restoreScene({ caption: input.trim(), ...extentOf(size) }, notes, categories);
  }
  if (input === null || typeof input !== "object" || Array.isArray(input))
    throw new UserError(`draw(): a sentence or a scene, got ${shown(input)}; write draw("a red bus")`);
  const sized = "width" in input || "height" in input ? input : { ...input, ...extentOf(size) };
  const scene = restoreScene(sized, notes, categories);
  return scene.caption.trim() === "" ? { ...scene, caption: captionOf(scene) } : scene;
}

/** Where a scene has no caption: its objects, "2 dog, bench". */
function captionOf({ objects }: Scene): string {
  const counts = new Map<string, number>();
  for (const object of objects) counts.set(nameOf(object), (counts.get(nameOf(object)) ?? 0) + 1);
  return [...counts].map(([name, n]) => (n > 1 ? `${n} ${name}` : name)).join(", ");
}

function sampling({ temperature, labelTemperature, boxTemperature, maxObjects }: DrawOptions): BoxOptions {
  const checked = (name: string, value: number | undefined) =>
    value === undefined ? undefined : checkNumber(name, value, 0, MAX_TEMPERATURE);
  const both = checked("temperature", temperature);
  const label = checked("labelTemperature", labelTemperature) ?? both;
  const box = checked("boxTemperature", boxTemperature) ?? both;
  return {
    ...(label !== undefined && { labelTemperature: label }),
    ...(box !== undefined && { boxTemperature: box }),
    ...(maxObjects !== undefined && { maxObjects: checkWhole("maxObjects", maxObjects, 1, MAX_OBJECTS) }),
  };
}
