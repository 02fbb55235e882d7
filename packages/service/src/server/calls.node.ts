/**
 * Calls of models over HTTP, for programs that a person works with (the studio): one call a request, answered as lines of
 * JSON: {"stage", "ms"} while it is computed, then {"done"} or {"error"}. Closing the connection ends the call.
 * @module
 */

import { BusyError, UserError } from "@scenograph/graph/errors";
import type { Runtime } from "@scenograph/graph/runtime/runtime";
import { type Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { toTypedJson } from "scenograph/formats/typedJson";
import { answerCall, type Call, factsOf, interruptible } from "scenograph/model/calls";
import { type Model, openModel } from "scenograph/model/model";
import type { Categories } from "scenograph/scene/categories";
import { restoreScene } from "scenograph/scene/restore";
import { SCENE_LIMITS, sceneSchema } from "scenograph/scene/schema";
import { z } from "zod";

export interface CallsOptions {
  /** Models by name; each gives the bytes of the files in its folder. */
  readonly models: ReadonlyMap<string, (path: string) => Promise<Uint8Array>>;
  readonly runtime: Runtime;
  readonly threads: number;
  readonly sha256?: (bytes: Uint8Array) => string | Promise<string>;
}

/** Calls that may wait for the one that is computed; a person at work has two or three. */
const MOST_WAITING = 16;
/** A scene of SCENE_LIMITS.objects painted masks has less. */
const BODY_BYTES = 16 * 2 ** 20;

const temperature = z.number().min(0).max(10);
const stage = z.enum(["boxes", "masks", "image"]);
const caption = z.string().max(SCENE_LIMITS.captionCharacters);
const callSchema = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("open") }),
  z.strictObject({ type: z.literal("sentence"), caption }),
  z.strictObject({
    type: z.literal("next"),
    caption,
    objects: sceneSchema.shape.objects,
    label: z.string(),
    rows: z.int().min(1).max(256),
    columns: z.int().min(1).max(256),
    temperature,
  }),
  z.strictObject({ type: z.literal("gate"), scene: z.unknown() }),
  z.strictObject({ type: z.literal("poses"), scene: z.unknown(), id: z.string(), count: z.int().min(1).max(64) }),
  z.strictObject({
    type: z.literal("looks"),
    scene: z.unknown(),
    id: z.string(),
    count: z.int().min(1).max(64),
    side: z.int().min(8).max(256),
  }),
  z.strictObject({ type: z.literal("nearest"), word: z.string().min(1).max(100) }),
  z.strictObject({
    type: z.literal("infer"),
    scene: z.unknown(),
    from: stage,
    to: stage,
    options: z.strictObject({
      labelTemperature: temperature.optional(),
      boxTemperature: temperature.optional(),
      maxObjects: z.int().min(1).max(SCENE_LIMITS.objects).optional(),
      extras: z.number().min(0).max(1).optional(),
      closed: z.boolean().optional(),
    }),
  }),
]);

/**
 * Routes: GET / lists the models, POST /:model takes a call. Calls are computed one after the other.
 */
export function callsApp({ models, runtime, threads, sha256 }: CallsOptions): Hono {
  const app = new Hono();
  const opened = new Map<string, Promise<Model>>();
  let current: AbortSignal | undefined;
  let queue: Promise<void> = Promise.resolve();
  let waiting = 0;
  const guarded = interruptible(runtime, () => current?.throwIfAborted());

  function modelOf(name: string): Promise<Model> {
    const read = models.get(name);
    if (!read)
      throw new UserError(`model: unknown model "${name}", there are ${[...models.keys()].join(", ")}; choose one`);
    let model = opened.get(name);
    if (!model) {
      model = openModel(read, guarded, { ...(sha256 && { sha256 }), where: name });
      model.catch(() => opened.delete(name));
      opened.set(name, model);
    }
    return model;
  }

  /** Who chooses another model leaves the one before: what was compiled of it goes, and comes back if it is asked again. */
  async function releaseOthers(name: string): Promise<void> {
    for (const [other, model] of opened) if (other !== name) await (await model.catch(() => undefined))?.release();
  }

  /** After all that was asked before. */
  function inTurn<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    if (waiting >= MOST_WAITING) throw new BusyError("calls: the server has enough to do; try again in a moment");
    waiting++;
    const result = queue.then(async () => {
      signal.throwIfAborted();
      current = signal;
      return work();
    });
    queue = result.then(
      () => {},
      () => {},
    );
    return result.finally(() => waiting--);
  }

  async function answer(name: string, call: z.infer<typeof callSchema>, signal: AbortSignal, say: Say) {
    return inTurn(signal, async () => {
      const model = await modelOf(name);
      if (call.type === "open") {
        await model.load();
        await releaseOthers(name);
        return factsOf(model.info, threads, runtime.device);
      }
      return answerCall(model, checked(call, model.categories), { signal, onStage: (s, ms) => say({ stage: s, ms }) });
    });
  }

  app.use(bodyLimit({ maxSize: BODY_BYTES, onError: (c) => c.json({ error: "a call has at most 16 MB" }, 413) }));
  app.get("/", (c) => c.json({ models: [...models.keys()], device: runtime.device, threads }, 200, NO_STORE));
  app.post("/:model", async (c) => {
    const call = await body(c);
    const name = c.req.param("model");
    const stop = new AbortController();
    const lines = new ReadableStream<Uint8Array>({
      async start(controller) {
        const say: Say = (value) => {
          if (!stop.signal.aborted) controller.enqueue(new TextEncoder().encode(`${toTypedJson(value)}\n`));
        };
        try {
          say({ done: await answer(name, call, stop.signal, say) });
        } catch (thrown) {
          const error = thrown instanceof Error ? thrown : new Error(String(thrown));
          say({ error: { name: error.name, message: error.message } });
        }
        if (!stop.signal.aborted) controller.close();
      },
      cancel: () => stop.abort(),
    });
    return c.body(lines, 200, { ...NO_STORE, "content-type": "application/x-ndjson" });
  });
  app.notFound((c) => c.json({ error: "there is nothing at this address" }, 404));
  app.onError((error, c) => {
    const status = error instanceof UserError ? error.status : 500;
    return c.json({ error: status === 500 ? "the server failed" : error.message }, status as 400 | 429 | 500);
  });
  return app;
}

type Say = (value: unknown) => void;

const NO_STORE = { "cache-control": "no-store", "x-content-type-options": "nosniff" };

async function body(c: Context): Promise<z.infer<typeof callSchema>> {
  // a foreign page cannot send this type without asking first, and is never allowed to
  if (!c.req.header("content-type")?.startsWith("application/json"))
    throw new UserError("call: the body is application/json");
  let value: unknown;
  try {
    value = await c.req.json();
  } catch {
    throw new UserError("call: the body is no JSON");
  }
  const parsed = callSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new UserError(`call: ${issue.path.join(".") || "body"}: ${issue.message}`);
}

/** The call with its scene restored, so that nothing else reaches the stages. @throws FormatError */
function checked(call: Exclude<z.infer<typeof callSchema>, { type: "open" }>, categories: Categories): Call {
  switch (call.type) {
    case "sentence":
    case "nearest":
      return call;
    case "next": {
      const scene = { version: 2, caption: call.caption, width: 64, height: 64, seed: 0, objects: call.objects ?? [] };
      return { ...call, objects: restoreScene(scene, [], categories).objects };
    }
    case "gate":
    case "poses":
    case "looks":
    case "infer":
      return { ...call, scene: restoreScene(call.scene, [], categories) };
  }
}
