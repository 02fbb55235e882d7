/** What every stage's evaluation is given. @module */

import { UserError } from "@scenograph/graph/errors";
import { hash32 } from "@scenograph/graph/random";
import type { ModelInfo } from "scenograph/model/info";
import type { Categories } from "scenograph/scene/categories";
import { type Size, sizeName } from "scenograph/scene/geometry";
import type { CocoDataset, LoadOptions, Sample } from "../../data/coco.ts";
import { loadCoco } from "../../data/coco.ts";
import type { Part } from "../../data/split.ts";
import type { Budget } from "../classifier.ts";
import type { Protocol } from "../protocol.ts";
import type { MetricInfo, Row, Table } from "../results.ts";
import type { Pool } from "./pool.ts";
import type { Store } from "./store.ts";

export interface EvaluateSettings {
  /** COCO folder and split, several joined by commas. */
  readonly data: string;
  readonly split: string;
  readonly part: Part;
  /** Where floors and classifiers learn: the training part of this folder and split. Default: of `data`. */
  readonly trainData?: string;
  readonly trainSplit?: string;
  /** At most this many pictures, the first in file order. */
  readonly count?: number;
  readonly seed: number;
  /** Samples by index that a report shows. */
  readonly shown: number;
  /** Samples stand under their numbers, not their sentences: for captions that may not be passed on. Default false. */
  readonly anonymous?: boolean;
  /** Folder of the pretrained judges; default: the user's cache. */
  readonly cache?: string;
  /** An ONNX file as a further judge of pictures: features for a Frechet distance (with the right file, FID). */
  readonly judge?: string;
  /** Steps of the classifiers that are trained on the spot; default: those of their budgets. */
  readonly classifierSteps?: number;
  /**
   * Keys of the rows that are made (run/rows.ts); default: all. The model's first row of boxes and of masks is always made.
   */
  readonly rows?: readonly string[];
  /** Pictures drawn a sentence: 2 tells the diversity, 1 halves the work. Default 2. */
  readonly samples?: number;
  /** Another model whose pictures, enlarged or shrunk to this one's size, are a further row. */
  readonly against?: string;
  /** Weights of a captioner; default: the one that ships for the model. */
  readonly captioner?: string;
}

export interface StageContext extends EvaluateSettings {
  /** Of the model: what class indices mean everywhere but in the judges that know COCO's 80 alone. */
  readonly categories: Categories;
  readonly info: ModelInfo;
  readonly pool: Pool;
  readonly signal?: AbortSignal;
  /** Partial results of a protocol. */
  store(protocol: Protocol): Store;
  /** Announces work; `tick` counts what is done of it. */
  begin(title: string, total: number): Ticker;
  /** One line for people, on stderr and in the report. */
  note(line: string): void;
}

export interface Ticker {
  tick(n?: number): void;
  end(): void;
}

/** One picture or layout among the samples by index. */
export interface Shown {
  readonly caption: string;
  readonly panels: readonly ShownPanel[];
}
export interface ShownPanel {
  readonly title: string;
  /** A PNG file, or labelled boxes to draw. */
  readonly png?: Uint8Array;
  readonly boxes?: readonly { readonly label: string; readonly box: readonly number[] }[];
}

/** What the evaluation of a stage gives. */
export interface StageResult {
  readonly protocol: Protocol;
  readonly metrics: readonly MetricInfo[];
  readonly rows: readonly Row[];
  readonly tables: readonly Table[];
  readonly samples: readonly Shown[];
}

/** The pictures that are judged; inferred masks count as missing, and what is left out is noted. @throws UserError when there is none */
export async function evaluated(context: StageContext, options: LoadOptions): Promise<CocoDataset> {
  const { data, split, part, count, note, categories } = context;
  const all = await loadCoco(data, split, { ...options, categories, part, inferred: false, log: note });
  return { ...all, samples: all.samples.slice(0, count) };
}

/**
 * Pictures that floors and classifiers may learn from: the training part, without any that is judged. Empty where there are none.
 */
export async function learning(
  settings: EvaluateSettings & Partial<Pick<StageContext, "categories">>,
  options: LoadOptions,
  judged: readonly Sample[],
  limit = Number.POSITIVE_INFINITY,
): Promise<readonly Sample[]> {
  const dir = settings.trainData ?? settings.data;
  const split = settings.trainSplit ?? settings.split;
  try {
    const { categories } = settings;
    const { samples } = await loadCoco(dir, split, { ...options, categories, part: "training", inferred: false });
    const own = new Set(judged.map((s) => s.cocoImageId));
    return samples.filter((s) => !own.has(s.cocoImageId)).slice(0, limit);
  } catch (error) {
    if (error instanceof UserError && /has no picture/.test(error.message)) return [];
    throw error;
  }
}

/** A seed of its own for every picture and sample: adding pictures changes no other's. */
export function seedOf(seed: number, ...path: readonly (string | number)[]): number {
  return hash32([seed, ...path].join("/"));
}

/** What sample `index` is called in a report: its sentence, or its number. */
export function shownName({ anonymous }: Pick<EvaluateSettings, "anonymous">, index: number, sentence: string): string {
  return anonymous ? `no. ${index + 1}` : sentence;
}

/** What a protocol says of the part of pictures that is judged. */
export function cropName(size: Size): string {
  return typeof size === "number" ? "centre square" : `centre of ${sizeName(size)}`;
}

/** Is the row asked for? */
export function wantsRow({ rows }: Pick<EvaluateSettings, "rows">, key: string): boolean {
  return rows === undefined || rows.includes(key);
}

/** A classifier's budget, with the steps that were asked for. */
export function budgetOf(settings: EvaluateSettings, budget: Budget): Budget {
  return { ...budget, steps: settings.classifierSteps ?? budget.steps };
}
