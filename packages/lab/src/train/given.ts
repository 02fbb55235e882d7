/** `--init`: weights to begin from, of a file, another run or a model by name, made to fit the data's own categories. @module */
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { FormatError } from "@scenograph/graph/errors";
import { categoriesOf, parseModelInfo } from "scenograph/model/info";
import { findModel } from "scenograph/model/load.node";
import { STATISTICS } from "scenograph/paper/boxes/model";
import { Vocabulary } from "scenograph/paper/text/vocabulary";
import type { StageName } from "scenograph/pipeline";
import { Categories, COCO } from "scenograph/scene/categories";
import { vocabularySchema } from "scenograph/scene/schema";
import { readWeightFile } from "./export.ts";
import type { Weights } from "./task.ts";
import type { TrainedStage } from "./tasks/index.ts";
import { categorySources, type Given, ontoCategories, ontoWords } from "./transfer.ts";

export interface GivenOptions {
  readonly stage: TrainedStage;
  /** Of the data. */
  readonly categories: Categories;
  /** Files with the run's own word vectors. */
  readonly vocabulary?: string;
  readonly text?: string;
  log(line: string): void;
}

/** @param source a weights.safetensors, a run folder, or a model's name or folder. @throws ConfigError, UserError, FormatError */
export async function readGiven(source: string, options: GivenOptions): Promise<Weights> {
  const { stage, categories, vocabulary, text, log } = options;
  const given = await open(source, stage);
  const own = vocabulary ?? text;
  const vectors = own === undefined ? given.vectors : Vocabulary.fromTensors((await readWeightFile(own)).tensors);
  // the data's own scale, not the given weights'
  const weights = new Map([...given.weights].filter(([name]) => name !== STATISTICS));
  const worded = vectors && stage === "text" ? ontoWords(weights, vectors) : weights;
  const from = given.categories;
  if (from.equals(categories)) return worded;
  const sources = categorySources(from, categories, vectors);
  const told = sources.flatMap((s, i) => {
    const like = s.from === undefined ? "the mean of all" : from.nameOf(s.from);
    return s.known ? [] : [`${categories.nameOf(i)} like ${like}`];
  });
  const kept = sources.length - told.length;
  log(`--init: ${kept} of ${sources.length} categories are known${told.length > 0 ? `; ${listed(told)}` : ""}`);
  return ontoCategories({ weights: worded, categories: from }, categories, sources);
}

/** What a model was trained with, as values for `loadConfig`; none where the source is a file or a run. */
export async function givenSettings(source: string): Promise<string[]> {
  if (await weightFile(source)) return [];
  const { info } = await openInfo(source);
  return Object.entries(info.config).map(([key, value]) => `${key}=${JSON.stringify(value)}`);
}

interface Opened extends Given {
  readonly vectors?: Vocabulary;
}

async function open(source: string, stage: TrainedStage): Promise<Opened> {
  const file = await weightFile(source);
  if (file !== undefined) {
    const { tensors, metadata } = await readWeightFile(file);
    return { weights: tensors, categories: notedCategories(metadata?.vocabulary, file), vectors: vectorsOf(tensors) };
  }
  const { info, folder, where } = await openInfo(source);
  const { tensors } = await readWeightFile(join(folder, info.files[fileOf(stage)]));
  const text = await readWeightFile(join(folder, info.files.text));
  return {
    weights: new Map([...tensors].filter(([name]) => name.startsWith(`${stage}.`) || name.startsWith("vocabulary."))),
    categories: categoriesOf(info, where),
    vectors: vectorsOf(text.tensors),
  };
}

/** The weights file that the source is or has as a run; undefined for a model. */
async function weightFile(source: string): Promise<string | undefined> {
  const found = await stat(source).catch(() => undefined);
  if (found?.isFile() || source.endsWith(".safetensors")) return source;
  const inside = join(source, "weights.safetensors");
  return found && (await stat(inside).catch(() => undefined)) ? inside : undefined;
}

async function openInfo(source: string) {
  const folder = await findModel(source);
  const where = join(folder, "model.json");
  return { info: parseModelInfo(await readFile(where, "utf8"), where), folder, where };
}

/** The weight file of a model that holds a stage: codes lie beside the stage that draws by them. */
function fileOf(stage: TrainedStage): StageName {
  if (stage === "poses" || stage === "priors") return "masks";
  if (stage === "looks") return "image";
  if (stage === "captioner" || stage === "segmenter")
    throw new FormatError(`--init: a model holds no ${stage}; name a weights.safetensors or a run folder`);
  return stage;
}

/** What a weight file notes that its class indices mean. */
function notedCategories(json: string | undefined, file: string): Categories {
  if (json === undefined) return COCO;
  const parsed = vocabularySchema.safeParse(JSON.parse(json));
  if (!parsed.success) throw new FormatError(`--init: ${file}: its vocabulary is damaged; name another file`);
  return new Categories(parsed.data.categories, parsed.data.except);
}

function vectorsOf(tensors: Weights): Vocabulary | undefined {
  return tensors.has("vocabulary.words") ? Vocabulary.fromTensors(tensors) : undefined;
}

/** The first of them, for a line. */
function listed(names: readonly string[]): string {
  return names.length <= 12 ? names.join(", ") : `${names.slice(0, 11).join(", ")} ...`;
}
