/** What a worker can do: a handler a kind of job, opened when the worker starts, its models and data when a job needs them. @module */

import { FormatError } from "@scenograph/graph/errors";
import type { RuntimeOptions } from "@scenograph/graph/runtime/runtime";
import type { RoundInput } from "@scenograph/lab/queue/training";
import type { BlobStore } from "scenograph/queue/blobs";
import { type JobHandler, WorkerLostError } from "scenograph/queue/queue";
import { type ComputeShard, shardHandler } from "scenograph/queue/shards";
import type { z } from "zod";

export interface KindContext extends RuntimeOptions {
  readonly store: BlobStore;
  /** Default model of jobs that name none. */
  readonly model?: string;
  /** Folder for things that may be made again. */
  readonly scratch: string;
  log(line: string): void;
}

export interface OpenKind {
  readonly handler: JobHandler;
  close(): Promise<void>;
}

/** By the name of --kinds. */
export const KINDS: Readonly<Record<string, (context: KindContext) => Promise<OpenKind>>> = {
  async scenes({ store, model, threads, log }) {
    const [{ Engine }, { scenesHandler }] = await Promise.all([
      import("../server/engine/engine.node.ts"),
      import("../server/jobs.node.ts"),
    ]);
    const engine = await Engine.open({
      ...(model !== undefined && { model }),
      ...(threads !== undefined && { threads }),
      onLost: (reason) => log(`a computing thread died (${reason}), another takes its place`),
    });
    return { handler: scenesHandler(engine, store), close: () => engine.close() };
  },

  async sentences(context) {
    const [{ drawSentences, sentencesInput }, { ModelSessions }] = await Promise.all([
      import("scenograph/cli/queue-sentences"),
      import("./queue-sessions.ts"),
    ]);
    const sessions = new ModelSessions(context);
    const compute = (input: z.infer<typeof sentencesInput>, own: Parameters<ComputeShard<unknown>>[1]) =>
      sessions.use(input.model ?? context.model, (session) => drawSentences(session, input, own));
    return { handler: shards(compute, sentencesInput, context), close: () => sessions.close() };
  },

  async drawings(context) {
    const { drawDrawings, drawingsInput } = await import("@scenograph/lab/cli/queue-drawings");
    return { handler: shards(drawDrawings, drawingsInput, context), close: async () => {} };
  },

  async evaluation(context) {
    const { evaluateStage, evaluationInput } = await import("@scenograph/lab/cli/queue-evaluation");
    const { availableParallelism } = await import("node:os");
    const jobs = context.threads ?? Math.min(8, availableParallelism());
    const compute: ComputeShard<z.infer<typeof evaluationInput>> = (input, own) =>
      evaluateStage(input, { jobs, scratch: context.scratch }, own);
    return { handler: shards(compute, evaluationInput, context), close: async () => {} };
  },

  async training(context) {
    const { RoundWorker, trainingInput } = await import("@scenograph/lab/cli/queue-training");
    const rounds = new RoundWorker(context.store, { ...context, cacheDir: context.scratch });
    const compute: ComputeShard<RoundInput> = (input, own) => rounds.compute(input, own);
    return { handler: shards(compute, trainingInput, context), close: () => rounds.close() };
  },
};

function shards<T extends z.ZodType>(compute: ComputeShard<z.infer<T>>, schema: T, { store }: KindContext): JobHandler {
  const guarded: ComputeShard<z.infer<T>> = async (input, context) => {
    try {
      return await compute(input, context);
    } catch (error) {
      // a thread of onnxruntime that crashed takes no more than this attempt with it
      if (/compute worker stopped/.test((error as Error).message)) throw new WorkerLostError((error as Error).message);
      throw error;
    }
  };
  return shardHandler(guarded, store, (input) => {
    const parsed = schema.safeParse(input);
    if (parsed.success) return parsed.data;
    const { path, message } = parsed.error.issues[0];
    throw new FormatError(`job: ${path.join(".") || "input"}: ${message}; run the same version everywhere`);
  });
}
