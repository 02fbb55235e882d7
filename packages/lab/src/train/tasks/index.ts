/** The tasks of the stages, loaded when one is asked for. @module */
import { ConfigError, nearest } from "@scenograph/graph/errors";
import type { RuntimeOptions } from "@scenograph/graph/runtime/runtime";
import { type Categories, COCO } from "scenograph/scene/categories";
import { dataCategories } from "../../data/dataCategories.ts";
import type { Config } from "../config.ts";
import type { Task } from "../task.ts";

/** What a task may need to know, from the command line. */
export interface TaskContext {
  readonly config: Config;
  /** COCO folder: annotations/ and images/. */
  readonly data: string;
  /** instances_<split>.json, captions_<split>.json */
  readonly split: string;
  readonly seed: number;
  /** For a runtime that the task opens itself, e.g. to encode all captions once. */
  readonly runtime: RuntimeOptions;
  /** A folder for things derived from the data, shared by runs. */
  readonly cacheDir: string;
  /** vocabulary.safetensors */
  readonly vocabulary?: string;
  /** The categories of pictures that have captions alone: see `readLabelSets`. */
  readonly labels?: string;
  /** Weights of the trained text encoder. */
  readonly text?: string;
  /** Only the time of a few steps is wanted: nothing that the steps' values alone depend on has to be computed. */
  readonly rehearsal?: boolean;
  /** Of the data; `createTask` reads them. Default: COCO's. */
  readonly categories?: Categories;
  /** One line for the user. */
  log(line: string): void;
  /** A bar for work before the first step, which must be stopped; none where nobody watches. */
  progress?(title: string, total: number): { update(done: number, details: string): void; stop(): void };
}

const FACTORIES = {
  text: async () => (await import("./text.ts")).createTextTask,
  boxes: async () => (await import("./boxes.ts")).createBoxesTask,
  masks: async () => (await import("./masks.ts")).createMasksTask,
  image: async () => (await import("./image.ts")).createImageTask,
  poses: async () => (await import("./poses.ts")).createPosesTask,
  looks: async () => (await import("./looks.ts")).createLooksTask,
  priors: async () => (await import("./priors.ts")).createPriorsTask,
  captioner: async () => (await import("./captioner.ts")).createCaptionerTask,
  segmenter: async () => (await import("./segmenter.ts")).createSegmenterTask,
} satisfies Record<string, () => Promise<(context: TaskContext) => Promise<Task>>>;

export type TrainedStage = keyof typeof FACTORIES;
export const TRAINED_STAGES = Object.keys(FACTORIES) as TrainedStage[];

/** @throws ConfigError for an unknown stage. */
export function trainedStage(stage: string): TrainedStage {
  const known = TRAINED_STAGES.find((name) => name === stage);
  if (known) return known;
  const near = nearest(stage, TRAINED_STAGES);
  throw new ConfigError(
    `train: a stage is one of ${TRAINED_STAGES.join(", ")}, got "${stage}"${near ? `; did you mean "${near}"?` : ""}`,
  );
}

/** @throws ConfigError, FormatError: whatever the stage's data and configuration give rise to. */
export async function createTask(stage: TrainedStage, context: TaskContext): Promise<Task> {
  const create = await FACTORIES[stage]();
  const categories = context.categories ?? (await dataCategories(context.data, context.split));
  const task = await create({ ...context, categories, config: withClasses(context.config, categories.count) });
  if (categories === COCO) return task;
  context.log(`${categories.count} categories of the data's own: ${listed(categories.names)}`);
  const { categories: list, except } = categories;
  return { ...task, metadata: { ...task.metadata, vocabulary: JSON.stringify({ categories: list, except }) } };
}

/** Every network of the configuration with L outputs, ours among them. */
export function withClasses(config: Config, classes: number): Config {
  const changed = (group: object): object =>
    Object.fromEntries(
      Object.entries(group).map(([key, value]) =>
        typeof value === "object" && "classes" in value ? [key, { ...value, classes }] : [key, value],
      ),
    );
  return { ...changed(config), ours: changed(config.ours) } as Config;
}

/** The first of them, for a line. */
function listed(names: readonly string[]): string {
  return names.length <= 12 ? names.join(", ") : `${names.slice(0, 11).join(", ")} ...`;
}
