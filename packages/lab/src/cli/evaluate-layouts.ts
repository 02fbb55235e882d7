/** `scenograph evaluate layouts`: layouts against their sentences, the model's and other people's. @module */
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { FormatError, UserError } from "@scenograph/graph/errors";
import { createNodeRuntime } from "@scenograph/graph/runtime/node";
import { createProgress } from "scenograph/cli/progress";
import { statisticsOf } from "scenograph/model/info";
import { loadModel } from "scenograph/model/load.node";
import type { Model } from "scenograph/model/model";
import { SizeTable } from "scenograph/ours/layouts/statistics";
import { type Categories, COCO } from "scenograph/scene/categories";
import { restoreScene } from "scenograph/scene/restore";
import { z } from "zod";
import { loadCoco } from "../data/coco.ts";
import { type GenEvalPrompt, readGenEval } from "../evaluate/layouts/geneval.ts";
import {
  fileMaker,
  judgeLayouts,
  LAYOUT_METRICS,
  type LayoutMetric,
  type LayoutsRow,
  type Maker,
  modelMaker,
  nearestMaker,
  realMaker,
  understoodShare,
} from "../evaluate/layouts/run.ts";
import type { JudgedObject } from "../evaluate/layouts/satisfies.ts";
import { SENTENCES } from "../evaluate/layouts/sentences.ts";

export interface LayoutsFlags {
  readonly model?: string;
  readonly data?: string;
  readonly split?: string;
  readonly count?: number;
  readonly seed: number;
  readonly prompts?: string;
  readonly layouts?: readonly string[];
  readonly seeds?: number;
  readonly list?: true;
  readonly json?: true;
}

export async function evaluateLayouts(flags: LayoutsFlags): Promise<void> {
  const prompts = flags.prompts === undefined ? [] : readGenEval(await text("--prompts", flags.prompts), flags.prompts);
  if (flags.list) {
    const all = [...prompts.map((p) => p.prompt), ...SENTENCES.map((s) => s.sentence)];
    process.stdout.write(`${all.join("\n")}\n`);
    return;
  }
  const runtime = createNodeRuntime({ threads: 1 });
  const model = await loadModel(flags.model, runtime);
  const { categories } = model;
  if (categories !== COCO) {
    const own = `model "${model.info.name}" has ${categories.count} of its own`;
    if (prompts.length > 0)
      throw new UserError(
        `evaluate layouts: GenEval's prompts are about COCO's 80 categories, ${own}; leave --prompts out`,
      );
    process.stderr.write(`note: own sentences are about COCO's 80 categories, ${own}: they are left out\n`);
  }
  const files = await Promise.all((flags.layouts ?? []).map((file) => readLayouts(file, categories)));
  const split = flags.split ?? "train";
  const load = async (part: "validation" | "training") =>
    flags.data === undefined
      ? []
      : (await loadCoco(flags.data, split, { part, need: ["captions", "objects"], categories })).samples;
  const samples = (await load("validation")).slice(0, flags.count);
  const training = await load("training");
  await model.load(["text", "boxes"]);
  const makers: Maker[] = [
    modelMaker(model, "extras 0", "only what the sentence asks for", { extras: 0 }),
    modelMaker(model, "default", "a few more things", {}),
    modelMaker(model, "extras 1", "as in photographs", { extras: 1 }),
    modelMaker(model, "as learnt", "plain ancestral sampling at temperature 1, all rules off", { rules: false }),
    ...(training.length > 0 ? [nearestMaker(training, categories), realMaker(samples, categories)] : []),
    ...files.map(({ name, layouts }) => fileMaker(name, layouts)),
  ];
  const bar = createProgress({ title: "layouts", total: makers.length, unit: "rows" });
  let done = 0;
  try {
    const rows = await judgeLayouts({
      makers,
      prompts,
      samples,
      categories,
      table: new SizeTable(statisticsOf(model.info, categories, model.info.name)),
      seeds: flags.seeds ?? 2,
      seed: flags.seed,
      runtime,
      tick: () => bar.update(++done),
    });
    const latency = await latencyOf(
      model,
      categories === COCO ? askedSentences(prompts) : samples.flatMap((s) => s.captions),
    );
    const understood =
      categories === COCO ? { seen: understoodShare("seen"), unseen: understoodShare("unseen") } : undefined;
    bar.stop();
    if (flags.json) process.stdout.write(`${JSON.stringify(plain(rows, understood, latency, flags))}\n`);
    else process.stdout.write(table(rows, understood, latency));
  } finally {
    bar.stop();
  }
}

const layoutLine = z.object({
  caption: z.string(),
  objects: z.array(z.looseObject({ box: z.array(z.number()).length(4) })),
});

/** @throws FormatError naming the line */
async function readLayouts(
  file: string,
  categories: Categories,
): Promise<{ name: string; layouts: Map<string, JudgedObject[][]> }> {
  const layouts = new Map<string, JudgedObject[][]>();
  (await text("--layouts", file)).split("\n").forEach((line, i) => {
    if (line.trim() === "") return;
    let read: ReturnType<typeof layoutLine.safeParse>;
    try {
      read = layoutLine.safeParse(JSON.parse(line));
    } catch {
      throw new FormatError(
        `${file} line ${i + 1}: a line of "layout --json", got ${JSON.stringify(line.slice(0, 40))}; correct it`,
      );
    }
    if (!read.success)
      throw new FormatError(
        `${file} line ${i + 1}: {"caption", "objects": [{"label", "box"}]}, got another shape; correct it`,
      );
    const { caption, objects } = read.data;
    const scene = restoreScene({ width: 8, height: 8, caption, objects }, [], categories);
    layouts.set(caption, [
      ...(layouts.get(caption) ?? []),
      scene.objects.map(({ label, phrase, box }) => ({ label, box, ...(phrase && { phrase }) })),
    ]);
  });
  return { name: basename(file), layouts };
}

async function text(option: string, file: string): Promise<string> {
  return readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    throw new UserError(`evaluate layouts: cannot read ${option} ${file} (${error.code}); check the path`);
  });
}

export interface Latency {
  /** Milliseconds from a sentence to its layout, median, one sentence at a time; and each of a batch of 64. */
  readonly one: number;
  readonly batch: number;
}

function askedSentences(prompts: readonly GenEvalPrompt[]): string[] {
  return [...prompts.map((p) => p.prompt), ...SENTENCES.map((s) => s.sentence)].filter((_, i) => i % 7 === 0);
}

/** Undefined without sentences. */
async function latencyOf({ stages }: Model, sentences: readonly string[]): Promise<Latency | undefined> {
  const captions = sentences.slice(0, 64);
  if (captions.length === 0) return undefined;
  const time = async (list: readonly string[]) => {
    const start = performance.now();
    const sentences = await stages.text.encode(list);
    await stages.boxes.infer(
      sentences.map((sentence, i) => ({ sentence, fixed: [], seed: i })),
      { extras: 0 },
    );
    return performance.now() - start;
  };
  await time(captions.slice(0, 1));
  const ones: number[] = [];
  for (const caption of captions) ones.push(await time([caption]));
  await time(captions);
  const batches = [await time(captions), await time(captions), await time(captions)].map((ms) => ms / captions.length);
  const median = (all: number[]) => [...all].sort((a, b) => a - b)[all.length >> 1];
  return { one: median(ones), batch: median(batches) };
}

type Understood = Record<"seen" | "unseen", { readonly right: number; readonly of: number }>;

function plain(
  rows: readonly LayoutsRow[],
  understood: Understood | undefined,
  latency: Latency | undefined,
  flags: LayoutsFlags,
) {
  return {
    protocol: { metrics: LAYOUT_METRICS, seed: flags.seed, seeds: flags.seeds ?? 2, sentences: SENTENCES.length },
    understood,
    latency,
    rows: Object.fromEntries(rows.map(({ name, about, metrics, samples }) => [name, { about, samples, metrics }])),
  };
}

function table(rows: readonly LayoutsRow[], understood?: Understood, latency?: Latency): string {
  const names = Object.keys(LAYOUT_METRICS) as LayoutMetric[];
  const width = Math.max(...names.map((n) => n.length));
  const cell = (v: number | null) => (v === null ? "-" : v.toFixed(3));
  const widths = rows.map((r) => Math.max(r.name.length, 6));
  const line = (head: string, cells: readonly string[]) =>
    `  ${head.padEnd(width)}  ${cells.map((c, i) => c.padStart(widths[i])).join("  ")}`;
  const share = ({ right, of }: { right: number; of: number }) => `${(right / of).toFixed(3)} (${right} of ${of})`;
  return [
    line(
      "",
      rows.map((r) => r.name),
    ),
    ...names.map((n) =>
      line(
        n,
        rows.map((r) => cell(r.metrics[n])),
      ),
    ),
    ...(understood
      ? [`  understood: seen wordings ${share(understood.seen)}, unseen ${share(understood.unseen)}`]
      : []),
    ...(latency
      ? [
          `  sentence to layout: ${latency.one.toFixed(1)} ms, ${latency.batch.toFixed(2)} ms each of a batch (one thread)`,
        ]
      : []),
    "",
  ].join("\n");
}
