/**
 * Evaluation of a model: rows (model, ceilings, floors) x metrics for boxes, masks, pictures and captions, each under a protocol.
 * Resumable (partial results in the report's folder, by protocol), deterministic for a seed, spread over worker threads.
 * @module
 */
import { join } from "node:path";
import { ConfigError, nearest, UserError } from "@scenograph/graph/errors";
import type { Device } from "@scenograph/graph/runtime/runtime";
import { defaultPart, hashOfProtocol, type Protocol } from "./protocol.ts";
import { judgeMetric, type Row, type Verdict } from "./results.ts";
import type { EvaluateSettings, StageContext, StageResult, Ticker } from "./run/context.ts";
import { Pool } from "./run/pool.ts";
import { ROWS_OF } from "./run/rows.ts";
import { Store } from "./run/store.ts";
import { standingTable } from "./standing.ts";

export const EVALUATED_STAGES = ["boxes", "masks", "image", "captions", "probes"] as const;
export type EvaluatedStage = (typeof EVALUATED_STAGES)[number];

export interface EvaluateOptions extends EvaluateSettings {
  /** Model name or folder; default: the shipped default. */
  readonly model?: string;
  /** Worker threads; each computes on one core. */
  readonly jobs: number;
  readonly device?: Device;
  /** Folder for partial results; without it an interrupted evaluation begins again. */
  readonly out?: string;
  /** Another folder and split for the boxes alone, which need no pixels. Default: `data`, `split`. */
  readonly boxesData?: string;
  readonly boxesSplit?: string;
  /** Pictures of the boxes alone. Default: `count`; all of them where they are judged elsewhere. */
  readonly boxesCount?: number;
  readonly signal?: AbortSignal;
  /** One line for people. */
  readonly log?: (line: string) => void;
  readonly progress?: (title: string, total: number) => Ticker;
}

export interface StageReport extends StageResult {
  readonly stage: EvaluatedStage;
  readonly verdicts: readonly Verdict[];
  /** What was noted on the way: judges that are missing, singular covariances. */
  readonly notes: readonly string[];
}

const RUNNERS: Record<EvaluatedStage, () => Promise<(context: StageContext) => Promise<StageResult>>> = {
  boxes: async () => (await import("./run/boxes.ts")).evaluateBoxesStage,
  masks: async () => (await import("./run/masks.ts")).evaluateMasksStage,
  image: async () => (await import("./run/image.ts")).evaluateImageStage,
  captions: async () => (await import("./run/captions.ts")).evaluateCaptionsStage,
  probes: async () => (await import("./run/probes.ts")).evaluateProbesStage,
};

/**
 * @param stages one of them: what it lacks is an error; several: a stage that cannot be judged on this data (no masks, no pixels,
 * no captioner) is noted and left out.
 * @throws UserError for a model or data that are not there or damaged, or when no stage could be judged
 */
export async function evaluate(stages: readonly EvaluatedStage[], options: EvaluateOptions): Promise<StageReport[]> {
  const { jobs, log = () => {} } = options;
  if (!Number.isInteger(jobs) || jobs < 1)
    throw new ConfigError(`evaluate: jobs is a whole number from 1, got ${jobs}`);
  checkRows(stages, options.rows);
  const pool = new Pool(jobs, options.model, options.signal, options.device);
  const reports: StageReport[] = [];
  try {
    const { info, categories } = await pool.model();
    for (const stage of stages) {
      const notes: string[] = [];
      const note = (line: string) => {
        if (notes.includes(line)) return;
        notes.push(line);
        log(line);
      };
      const context: StageContext = {
        ...options,
        ...(stage === "boxes" && elsewhere(options)),
        info,
        categories,
        pool,
        note,
        store: (protocol) => new Store(partialFolder(options.out, protocol)),
        begin: (title, total) => options.progress?.(title, total) ?? SILENT,
      };
      try {
        const result = await (await RUNNERS[stage]())(context);
        const verdicts = result.metrics
          .filter(({ name }) => result.rows.some((r) => r.metrics[name] !== undefined))
          .map((m) => judgeMetric(m, result.rows));
        const standing = standingTable(result.metrics, result.rows);
        reports.push({
          ...result,
          tables: [...(standing ? [standing] : []), ...result.tables],
          stage,
          verdicts,
          notes,
        });
      } catch (error) {
        if (stages.length === 1 || !(error instanceof UserError)) throw error;
        log(`evaluate: ${stage} is left out: ${error.message}`);
      }
    }
  } finally {
    await pool.close();
  }
  if (reports.length === 0)
    throw new UserError(`evaluate: none of ${stages.join(", ")} can be judged on ${options.data}; see the lines above`);
  return reports;
}

/** @throws ConfigError for a key that none of the stages has */
function checkRows(stages: readonly EvaluatedStage[], rows: readonly string[] = []): void {
  const known: string[] = [...new Set(stages.flatMap((stage) => [...ROWS_OF[stage]]))];
  const odd = rows.find((key) => !known.includes(key));
  if (odd === undefined) return;
  const near = nearest(odd, known);
  throw new ConfigError(
    `evaluate: rows of ${stages.join(", ")} are ${known.join(", ")}, got "${odd}"${near ? `; did you mean "${near}"?` : "; name one of them"}`,
  );
}

/** Where the boxes are judged, and what their floors learn from. */
function elsewhere({ boxesData, boxesSplit, boxesCount }: EvaluateOptions): Partial<EvaluateSettings> {
  if (boxesData === undefined && boxesSplit === undefined) return boxesCount === undefined ? {} : { count: boxesCount };
  return {
    ...(boxesData !== undefined && { data: boxesData, trainData: boxesData }),
    ...(boxesSplit !== undefined && { split: boxesSplit, trainSplit: boxesSplit, part: defaultPart(boxesSplit) }),
    count: boxesCount,
  };
}

const SILENT: Ticker = { tick: () => {}, end: () => {} };

/** Where partial results of a protocol are kept. */
export function partialFolder(out: string | undefined, protocol: Protocol): string | undefined {
  return out === undefined ? undefined : join(out, "partial", `${protocol.stage}-${hashOfProtocol(protocol)}`);
}

/** What `--json` prints: of several stages the rows are named "stage: row" and there is a protocol a stage. */
export function plainResult(reports: readonly StageReport[]): {
  protocol: Protocol | Record<string, Protocol>;
  rows: Record<string, Row["metrics"]>;
} {
  const rowsOf = ({ rows }: StageReport, prefix: string) => rows.map((r) => [`${prefix}${r.name}`, r.metrics] as const);
  if (reports.length === 1) return { protocol: reports[0].protocol, rows: Object.fromEntries(rowsOf(reports[0], "")) };
  return {
    protocol: Object.fromEntries(reports.map((r) => [r.stage, r.protocol])),
    rows: Object.fromEntries(reports.flatMap((r) => rowsOf(r, `${r.stage}: `))),
  };
}
