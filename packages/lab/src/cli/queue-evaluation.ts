/** `evaluate` over a queue: a shard a stage. Reports are put together as `evaluate` does on one machine. @module */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { FormatError, UserError } from "@scenograph/graph/errors";
import type { Shared } from "scenograph/cli/queue-options";
import type { JobContext } from "scenograph/queue/queue";
import { keyOf, runShardsShared, type ShardOutput } from "scenograph/queue/shards";
import { z } from "zod";
import {
  EVALUATED_STAGES,
  type EvaluatedStage,
  type EvaluateOptions,
  evaluate,
  type StageReport,
} from "../evaluate/run.ts";

/** Kind of the jobs. */
export const EVALUATION = "evaluation";

/** What fixes a report's numbers; paths are the worker's. */
export const evaluationInput = z.object({
  stage: z.enum(EVALUATED_STAGES),
  options: z.looseObject({ data: z.string(), split: z.string(), seed: z.int(), shown: z.int() }),
});
export type EvaluationInput = z.infer<typeof evaluationInput>;

type Plain = Omit<EvaluateOptions, "jobs" | "out" | "signal" | "log" | "progress" | "device" | "cache">;

export interface EvaluationWorker {
  readonly jobs: number;
  /** Partial results are kept here, so that a shard that is begun again goes on. */
  readonly scratch: string;
}

/** A worker's part. A stage that the data do not allow is an answer too. */
export async function evaluateStage(
  { stage, options }: EvaluationInput,
  { jobs, scratch }: EvaluationWorker,
  context: JobContext,
): Promise<ShardOutput> {
  const out = join(scratch, keyOf(options));
  await mkdir(out, { recursive: true });
  let total = 0;
  let done = 0;
  try {
    const [report] = await evaluate([stage], {
      ...(options as unknown as Plain),
      jobs,
      out,
      signal: context.signal,
      progress(title, steps) {
        total += steps;
        return {
          tick(n = 1) {
            done += n;
            context.report({ stage: title, done: Math.min(done, total), total, unit: "steps" });
          },
          end: () => {},
        };
      },
    });
    return detach(report);
  } catch (error) {
    if (!(error instanceof UserError) || context.signal.aborted) throw error;
    return { files: new Map(), record: { leftOut: error.message } };
  }
}

/** As `evaluate`, computed by workers. @throws UserError as `evaluate` */
export async function evaluateShared(
  stages: readonly EvaluatedStage[],
  given: EvaluateOptions,
  { queue, store, signal }: Shared,
): Promise<StageReport[]> {
  // what is this machine's own stays here
  const { jobs: _jobs, out: _out, device: _device, cache: _cache, signal: own, log = () => {}, ...rest } = given;
  const { progress, ...options } = rest;
  const outputs: ShardOutput[] = [];
  const ticker = progress?.("stages", stages.length);
  const inputs = stages.map((stage) => ({ stage, options }));
  try {
    await runShardsShared(
      {
        kind: EVALUATION,
        key: keyOf(inputs),
        shards: inputs.map((input, index) => ({ index, input, units: 1 })),
      },
      {
        has: async (index) => outputs[index] !== undefined,
        put: async (index, output) => {
          outputs[index] = output;
        },
      },
      { queue, store, log, signal: own ? AbortSignal.any([own, signal]) : signal, onShard: () => ticker?.tick() },
    );
  } finally {
    ticker?.end();
  }
  const reports: StageReport[] = [];
  for (const [i, output] of outputs.entries()) {
    const { leftOut } = output.record as { leftOut?: string };
    if (leftOut === undefined) {
      const report = attach(output) as StageReport;
      for (const line of report.notes) log(line);
      reports.push(report);
    } else if (stages.length === 1) throw new UserError(leftOut);
    else log(`evaluate: ${stages[i]} is left out: ${leftOut}`);
  }
  if (reports.length === 0)
    throw new UserError(`evaluate: none of ${stages.join(", ")} can be judged on ${given.data}; see the lines above`);
  return reports;
}

/** Takes what JSON cannot hold out of a value: bytes become files, numbers that are none become text. */
export function detach(value: unknown): ShardOutput {
  const files = new Map<string, Uint8Array>();
  const plain = (v: unknown): unknown => {
    if (v instanceof Uint8Array) {
      const name = `bytes-${files.size}`;
      files.set(name, v);
      return { $bytes: name };
    }
    if (typeof v === "number" && (!Number.isFinite(v) || Object.is(v, -0)))
      return { $number: Object.is(v, -0) ? "-0" : String(v) };
    if (Array.isArray(v)) return v.map(plain);
    if (v !== null && typeof v === "object")
      return Object.fromEntries(Object.entries(v).map(([k, inner]) => [k, plain(inner)]));
    return v;
  };
  return { record: plain(value), files };
}

/** The value again. @throws FormatError */
export function attach({ files, record }: ShardOutput): unknown {
  const whole = (v: unknown): unknown => {
    if (Array.isArray(v)) return v.map(whole);
    if (v === null || typeof v !== "object") return v;
    const { $bytes, $number } = v as { $bytes?: unknown; $number?: unknown };
    if (typeof $number === "string") return Number($number);
    if (typeof $bytes === "string") {
      const bytes = files.get($bytes);
      if (!bytes) throw new FormatError(`evaluate: a shard names bytes "${$bytes}" that it lacks; evaluate again`);
      return bytes;
    }
    return Object.fromEntries(Object.entries(v).map(([k, inner]) => [k, whole(inner)]));
  };
  return whole(record);
}
