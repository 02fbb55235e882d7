/**
 * Jobs: sentences or a scene through the pipeline in the background, on this process or on any worker of the queue. Their
 * pictures and scenes lie in the store under names that follow from the job's, so that a job that runs twice leaves one set.
 * @module
 */
import { createHash, randomBytes, randomUUID } from "node:crypto";
import type { Context } from "hono";
import { streamSSE } from "hono/streaming";
import { STAGES, type StageName } from "scenograph/pipeline";
import type { BlobStore } from "scenograph/queue/blobs";
import {
  isFinal,
  type Job,
  type JobContext,
  type JobHandler,
  type JobState,
  type Worker,
} from "scenograph/queue/queue";
import { restoreScene } from "scenograph/scene/restore";
import type { Scene } from "scenograph/scene/scene";
import { z } from "zod";
import { pngOf, samplingOf } from "./answers.node.ts";
import type { AnswerOf } from "./api.ts";
import { type App, anySeed, checkPixels, type Env, handle, type Parts, resultUrl, sceneOf } from "./context.node.ts";
import type { Engine } from "./engine/engine.node.ts";
import { revive } from "./engine/revive.ts";
import { API_LIMITS } from "./limits.ts";
import { notFound } from "./native.node.ts";
import { ApiError, answered } from "./problems.ts";
import { putResult, resultId } from "./results.node.ts";

/** Kind of these jobs in the queue. */
export const SCENES_JOB = "scenes";

/** Input of such a job, as it lies in the queue: scenes complete, seeds and sizes filled in. */
export const scenesJob = z.strictObject({
  scenes: z.array(z.unknown()).min(1).max(API_LIMITS.jobPictures),
  model: z.string().max(64),
  from: z.enum(["boxes", "masks", "image"]),
  to: z.enum(["boxes", "masks", "image"]),
  sampling: z.strictObject({
    labelTemperature: z.number().min(0).optional(),
    boxTemperature: z.number().min(0).optional(),
    maxObjects: z.int().min(1).max(API_LIMITS.objects).optional(),
    extras: z.number().min(0).max(1).optional(),
    closed: z.boolean().optional(),
  }),
  /** Seconds since 1970, when its results end. */
  expires: z.int(),
  deadlineMs: z.int().min(1),
  /** Nobody outside knows it: addresses of results follow from it. Jobs of before it was there have none. */
  secret: z.string().optional(),
});
export type ScenesJob = z.input<typeof scenesJob>;

interface ScenesResult {
  readonly expires: number;
  readonly items: readonly { caption: string; seed: number; scene: string; picture?: string }[];
}

/** Scenes of a job that are computed side by side: two full batches, so that threads need not wait for each other. */
const CHUNK = 16;
const KEEP_ALIVE_MS = 15_000;

/** Runs such jobs on an engine. What it returns and stores follows from job and model alone. */
export function scenesHandler(engine: Engine, store: BlobStore): JobHandler {
  return async (job: Job, context: JobContext): Promise<ScenesResult> => {
    const input = scenesJob.parse(job.input);
    const scenes = input.scenes.map((s) => restoreScene(s, [], engine.categories(input.model)));
    const items: ScenesResult["items"][number][] = [];
    const total = scenes.length;
    const stages = stagesOf(input.from, input.to);
    for (let at = 0; at < total; at += CHUNK) {
      const chunk = scenes.slice(at, at + CHUNK);
      const generated = await engine.generate(chunk, {
        model: input.model,
        from: input.from,
        to: input.to,
        sampling: input.sampling,
        deadlineMs: input.deadlineMs,
        signal: context.signal,
        patient: true,
        owner: job.id,
        onStage: (stage) => {
          // within a chunk: stages that are done, as a share of its pictures
          const share = (stages.indexOf(stage) + 1) / (stages.length + 1);
          context.report({ stage, done: round(at + share * chunk.length), total, unit: "pictures" });
        },
      });
      const kept = await Promise.all(
        generated.map(async (one, k) => {
          const name = (what: string) => resultId(input.expires, input.secret ?? job.id, `${job.id} ${at + k} ${what}`);
          const scene: Scene = { ...one.scene, model: input.model };
          const id = name("scene");
          await putResult(store, id, "json", new TextEncoder().encode(JSON.stringify(scene)));
          const { caption, seed } = scene;
          if (!one.picture) return { caption, seed, scene: id };
          const picture = name("picture");
          await putResult(store, picture, "png", await pngOf({ ...one, scene }));
          return { caption, seed, scene: id, picture };
        }),
      );
      items.push(...kept);
      context.report({ stage: "stored", done: at + chunk.length, total, unit: "pictures" });
    }
    return { expires: input.expires, items };
  };
}

/** This process runs jobs of its queue, two at a time: while one stores its pictures the other computes. */
export function workJobs({ engine, queue, results, metrics }: Parts): Worker {
  const run = scenesHandler(engine, results.store);
  return queue.work(
    {
      [SCENES_JOB]: async (job, context) => {
        const result = (await run(job, context)) as ScenesResult;
        metrics.pictures(result.items.filter((i) => i.picture).length);
        return result;
      },
    },
    { concurrency: 2 },
  );
}

export function jobRoutes(app: App, parts: Parts): void {
  const { engine, queue, results } = parts;

  handle(app, "createJob", async (body, c) => {
    const { captions, scene, from, to, seed = anySeed(), deadline_seconds } = body;
    if ((captions === undefined) === (scene === undefined))
      throw new ApiError(400, "invalid_value", "a job has captions or a scene, got both or neither; correct it");
    if (STAGES.indexOf(from) > STAGES.indexOf(to))
      throw new ApiError(400, "invalid_value", `from "${from}" comes after to "${to}"; swap them`, { param: "from" });
    if (captions && from !== "boxes")
      throw new ApiError(400, "invalid_value", `captions begin with boxes, got from "${from}"; send a scene`, {
        param: "from",
      });
    const { name, size } = engine.info(body.model);
    const categories = engine.categories(name);
    const scenes = captions
      ? captions.map((caption, i) => sceneOf({ caption, seed: (seed + i) % 2 ** 32 }, size, categories).scene)
      : [sceneOf({ ...(scene as NonNullable<typeof scene>), seed: scene?.seed ?? seed }, size, categories).scene];
    for (const s of scenes) checkPixels(s.width, s.height, 1);
    const input: ScenesJob = {
      scenes,
      model: name,
      from,
      to,
      sampling: samplingOf(body),
      expires: Math.ceil(Date.now() / 1000) + deadline_seconds + results.seconds,
      deadlineMs: deadline_seconds * 1000,
      secret: randomBytes(16).toString("hex"),
    };
    if (to === "image") c.get("spend")(scenes.length);
    const state = await queue.add(SCENES_JOB, input, { id: jobName(c), deadlineMs: deadline_seconds * 1000 });
    c.header("location", `/v1/jobs/${state.id}`);
    return jobAnswer(c, state);
  });

  handle(app, "jobs", async (_, c) => {
    const limit = Math.min(100, Math.max(1, Number(c.req.query("limit") ?? 20) || 20));
    const states = await queue.list(SCENES_JOB, { prefix: `${SCENES_JOB}.${ownerOf(c)}-`, limit });
    return { object: "list" as const, data: states.map((state) => jobAnswer(c, state)) };
  });

  handle(app, "job", async (_, c) => jobAnswer(c, await stateOf(c)));

  handle(app, "cancelJob", async (_, c) => {
    const { id } = await stateOf(c);
    return { id, cancelled: await queue.cancel(id) };
  });

  app.get("/v1/jobs/:id/events", async (c) => {
    const { id } = await stateOf(c);
    return streamSSE(c, async (stream) => {
      const stop = new AbortController();
      stream.onAbort(() => stop.abort());
      const onStop = () => stop.abort();
      parts.stopping.addEventListener("abort", onStop, { once: true });
      // proxies end connections that say nothing
      const alive = setInterval(() => void stream.write(": waiting\n\n").catch(onStop), KEEP_ALIVE_MS);
      try {
        for await (const state of queue.watch(id, stop.signal))
          await stream.writeSSE({
            event: isFinal(state.status) ? state.status : "progress",
            data: JSON.stringify(jobAnswer(c, state)),
          });
      } catch (error) {
        const { problem } = answered(error, c.get("requestId"));
        await stream.writeSSE({ event: "error", data: JSON.stringify(problem) });
      } finally {
        clearInterval(alive);
        parts.stopping.removeEventListener("abort", onStop);
      }
    });
  });

  app.get("/v1/results/:id", async (c) => {
    const json = await results.get(c.req.param("id"), "json");
    if (!json) throw notFound("scene");
    return c.body(new Uint8Array(json), 200, { "content-type": "application/json" });
  });

  async function stateOf(c: Context<Env>): Promise<JobState> {
    const id = c.req.param("id") as string;
    const state = /^[\w.-]{1,200}$/.test(id) ? await queue.get(id) : undefined;
    // the queue has jobs of other kinds too, which are nobody's business here
    if (state?.kind !== SCENES_JOB) throw notFound("job");
    return state;
  }

  function jobAnswer(c: Context<Env>, state: JobState): AnswerOf<"job"> {
    const { id, status, attempts, progress, createdAt, startedAt, finishedAt, error } = state;
    const found = state.result as ScenesResult | undefined;
    const url = (path: string) => resultUrl(c, parts, path);
    return {
      id,
      status,
      attempts,
      ...(progress && { progress }),
      ...(found && {
        expires: found.expires,
        results: found.items.map(({ caption, seed, scene, picture }) => ({
          caption,
          seed,
          scene_url: url(`/v1/results/${scene}`),
          ...(picture && { picture_url: url(`/v1/pictures/${picture}`) }),
        })),
      }),
      ...(error && { error: jobError(error, c.get("requestId")) }),
      created: createdAt,
      ...(startedAt !== undefined && { started: startedAt }),
      ...(finishedAt !== undefined && { finished: finishedAt }),
    };
  }
}

/** Begins the names of a caller's jobs, so that they can be listed. */
function ownerOf(c: Context<Env>): string {
  return createHash("sha256").update(c.get("caller")).digest("hex").slice(0, 12);
}

/**
 * A job's name in the queue: random, or that of the request's Idempotency-Key, so that any server of the queue answers a
 * second one with the first one's job.
 */
function jobName(c: Context<Env>): string {
  const key = c.req.header("idempotency-key");
  const own = key === undefined ? randomUUID() : createHash("sha256").update(key).digest("hex").slice(0, 32);
  return `${ownerOf(c)}-${own}`;
}

/** A job's error as answers tell it: what is not the client's fault without details. */
function jobError({ name, message }: { readonly name: string; readonly message: string }, requestId: string) {
  if (name === "CancelledError") return { code: "cancelled", message };
  const { problem } = answered(revive({ name, message }), requestId);
  return { code: problem.error.code, message: problem.error.message };
}

function round(x: number): number {
  return Math.round(x * 100) / 100;
}

/** The stages that run, the text's always. */
function stagesOf(from: StageName, to: StageName): StageName[] {
  const [first, last] = [STAGES.indexOf(from), STAGES.indexOf(to)];
  return STAGES.filter((stage, i) => stage === "text" || (first <= i && i <= last));
}
