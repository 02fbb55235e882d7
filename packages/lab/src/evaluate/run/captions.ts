/**
 * What a captioner says of the pictures (paper section 6): BLEU, METEOR, CIDEr of its sentences against the input sentence and against all
 * captions of the true picture.
 * @module
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "@scenograph/graph/errors";
import { packageFolder } from "scenograph/model/package.node";
import type { Interval } from "../bootstrap.ts";
import { type CaptionEvaluation, evaluateCaptions, openCaptioner, type PictureCaptioner } from "../captions/judge.ts";
import type { Protocol } from "../protocol.ts";
import { known, type MetricInfo, type Row, type Table } from "../results.ts";
import { type StageContext, type StageResult, shownName } from "./context.ts";
import { loadCases, pictureRows, picturesProtocol } from "./pictures.ts";

const SCORES = ["BLEU-1", "BLEU-2", "BLEU-3", "BLEU-4", "ROUGE-L", "CIDEr-D", "METEOR"] as const;

/** The captioner's file: the one named, else the one that ships beside the model. */
export function captionerOf(context: Pick<StageContext, "captioner" | "info">): string {
  if (context.captioner !== undefined) return context.captioner;
  const domain = context.info.name.startsWith("photo") ? "photo" : "illustrated";
  const file = join(packageFolder(), "models", `captioner-${domain}`, "captioner.safetensors");
  if (existsSync(file)) return file;
  throw new UserError(
    "evaluate captions: no captioner is installed for this model; train one (scenograph train captioner) and pass --captioner FILE",
  );
}

export async function evaluateCaptionsStage(context: StageContext): Promise<StageResult> {
  const file = captionerOf(context);
  const open = (bench: Parameters<Parameters<StageContext["pool"]["map"]>[1]>[0]): Promise<PictureCaptioner> =>
    bench.tool("captioner", (runtime) => openCaptioner(file, { runtime, cache: context.cache }));
  // what is wrong with the captioner is said before anything is drawn
  const [id] = await context.pool.map([0], async (bench) => (await open(bench)).id);
  const set = await loadCases(context, 1000);
  const { cases } = set;
  const base = picturesProtocol(context, set);
  const rows = await pictureRows(context, set);
  const protocolOf = (facts: Record<string, string | number>): Protocol => ({
    ...base,
    stage: "captions",
    settings: { ...base.settings, ...facts },
  });
  const store = context.store(protocolOf({ captioner: id }));
  const work = context.begin("captions", rows.length);
  const results = await context.pool.map(rows, async (bench, { key, made }) => {
    const result = await store.json<CaptionEvaluation>(key, async () =>
      evaluateCaptions(
        await open(bench),
        cases.map(({ sample, caption }, i) => ({
          id: sample.imageId,
          picture: made[i].picture,
          sentence: caption,
          references: sample.captions,
        })),
      ),
    );
    work.tick();
    return result;
  });
  work.end();
  const judged = rows.map(({ key, name, kind, about }, i): Row => {
    const { sentence, references } = results[i];
    const metrics: Record<string, Interval> = {};
    for (const score of SCORES) {
      const [own, all] = [sentence[score], references[score]];
      if (own) metrics[score] = own;
      if (all) metrics[`${score}, all captions`] = all;
    }
    // another sentence over the true layout still shows the right objects: that is no floor of a description
    const floorOf = key === "another-sentence" ? { floorOf: [] } : {};
    return { name, kind, about, metrics: known(metrics), ...floorOf };
  });
  return {
    protocol: protocolOf({ ...results[0].protocol }),
    metrics: SCORES.flatMap((score): MetricInfo[] => [
      { name: score, better: "higher", meaning: `${nameOf(score)} against the input sentence` },
      {
        name: `${score}, all captions`,
        better: "higher",
        meaning: `${nameOf(score)} against all captions of the true picture`,
      },
    ]),
    rows: judged,
    tables: context.shown > 0 ? [saidTable(context, cases.slice(0, context.shown), rows, results)] : [],
    samples: [],
  };
}

function nameOf(score: string): string {
  return score === "METEOR" ? "METEOR (no paraphrase table)" : score;
}

function saidTable(
  context: StageContext,
  cases: readonly { readonly caption: string }[],
  rows: readonly { readonly name: string; readonly kind: string }[],
  results: readonly CaptionEvaluation[],
): Table {
  const shown = rows.map((r, i) => ({ r, i })).filter(({ r }) => r.kind !== "floor");
  return {
    title: `What it said, the first ${cases.length} by index`,
    columns: ["input sentence", ...shown.map(({ r }) => r.name)],
    rows: cases.map(({ caption }, k) => [
      shownName(context, k, caption),
      ...shown.map(({ i }) => results[i].captions[k].caption),
    ]),
  };
}
