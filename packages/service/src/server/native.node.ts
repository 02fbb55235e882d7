/** Routes of the native interface: models, sentences, scenes, masks, pictures. @module */
import type { Context } from "hono";
import { streamSSE } from "hono/streaming";
import type { ModelInfo } from "scenograph/model/info";
import { embeddingSize } from "scenograph/paper/text/config";
import { type BoxOptions, STAGES, type StageName } from "scenograph/pipeline";
import type { Categories } from "scenograph/scene/categories";
import { extentOf } from "scenograph/scene/geometry";
import { restoreScene } from "scenograph/scene/restore";
import type { Scene } from "scenograph/scene/scene";
import {
  type FileFormat,
  type PictureFormat,
  pictureAnswer,
  samplingOf,
  sceneAnswer,
  sentenceAnswer,
} from "./answers.node.ts";
import type { AnswerOf } from "./api.ts";
import { type App, anySeed, checkPixels, type Env, handle, type Parts, sceneOf } from "./context.node.ts";
import { ApiError, answered } from "./problems.ts";
import { TYPES } from "./results.node.ts";

type Inferred = Exclude<StageName, "text">;

interface Asked {
  readonly scene: Scene;
  readonly notes: readonly string[];
  readonly model?: string;
  readonly from: Inferred;
  readonly to: Inferred;
  readonly sampling?: BoxOptions;
  readonly format?: PictureFormat;
}

export function nativeRoutes(app: App, parts: Parts): void {
  const { engine, results } = parts;

  handle(app, "models", () => ({
    object: "list" as const,
    data: engine.models.map((m) => modelFacts(m, engine.categories(m.name), engine.threads)),
  }));
  handle(app, "model", (_, c) => {
    const found = engine.models.find((m) => m.name === c.req.param("id"));
    if (!found) throw notFound("model");
    return modelFacts(found, engine.categories(found.name), engine.threads);
  });

  handle(app, "sentence", async ({ caption, model }, c) =>
    sentenceAnswer(
      await engine.sentence(caption, { signal: c.req.raw.signal, owner: c.get("caller"), ...(model && { model }) }),
      engine.categories(model),
    ),
  );

  handle(app, "next", async ({ caption, objects, label, rows, columns, temperature, model }, c) => {
    const options = { signal: c.req.raw.signal, owner: c.get("caller"), ...(model && { model }) };
    const probe = { label, box: [0, 0, 1, 1] };
    // labels are read as those of scenes are; the probe's is the last
    const scene = restoreScene({ width: 8, height: 8, objects: [...objects, probe] }, [], engine.categories(model));
    const asked = scene.objects.at(-1)?.label as string;
    const grid = { label: asked, rows, columns, temperature };
    const found = await engine.next(caption, scene.objects.slice(0, -1), grid, options);
    return { labels: [...found.labels], density: [...found.density], rows, columns };
  });

  handle(app, "scene", async (body, c) => {
    const { caption, seed = anySeed(), model, objects = [] } = body;
    const { size } = engine.info(model);
    const fixed = objects.map((o) => ({ ...o, locked: true }));
    const own = extentOf(size);
    const { width = own.width, height = own.height } = body;
    const { scene, notes } = sceneOf({ caption, seed, width, height, objects: fixed }, size, engine.categories(model));
    const sampling = samplingOf(body);
    return infer(c, { scene, notes, sampling, from: "boxes", to: "boxes", ...(model && { model }) });
  });

  handle(app, "masks", (body, c) => infer(c, { ...given(body), from: "masks", to: "masks" }));

  handle(app, "render", (body, c) => {
    const asked = given(body);
    const bare = asked.scene.objects.findIndex((o) => !o.mask && !o.hidden);
    if (bare >= 0)
      throw new ApiError(
        400,
        "mask_missing",
        `scene.objects[${bare}] needs a mask, got none; ask /v1/scenes/masks first, or /v1/scenes/infer from masks`,
        { param: `scene.objects[${bare}].mask` },
      );
    return infer(c, { ...asked, from: "image", to: "image", format: body.response_format });
  });

  handle(app, "infer", (body, c) => {
    const { from, to, response_format: format, stream } = body;
    if (STAGES.indexOf(from) > STAGES.indexOf(to))
      throw new ApiError(400, "invalid_value", `from "${from}" comes after to "${to}"; swap them`, { param: "from" });
    const asked = { ...given(body), from, to, sampling: samplingOf(body), format };
    return stream ? inferStream(c, asked) : infer(c, asked);
  });

  app.get("/v1/pictures/:id", async (c) => {
    const [, id = "", kind = "png"] = /^([^.]*)(?:\.(jpeg|webp))?$/.exec(c.req.param("id")) ?? [];
    const bytes = await results.get(id, kind as FileFormat);
    if (!bytes) throw notFound("picture");
    return c.body(new Uint8Array(bytes), 200, {
      "content-type": TYPES[kind as FileFormat],
      "cache-control": "private, max-age=31536000, immutable",
      "content-security-policy": "default-src 'none'",
    });
  });

  function given(body: { readonly scene: Parameters<typeof sceneOf>[0]; readonly model?: string }) {
    // a scene remembers its model, which this server need not have
    const model = body.model ?? engine.models.find((m) => m.name === body.scene.model)?.name;
    return { ...sceneOf(body.scene, engine.info(model).size, engine.categories(model)), ...(model && { model }) };
  }

  async function infer(
    c: Context<Env>,
    { scene, notes, model, from, to, sampling, format = "url" }: Asked,
    onStage?: (stage: StageName, ms: number) => void,
  ): Promise<AnswerOf<"infer">> {
    const { name } = engine.info(model);
    if (to === "image") {
      checkPixels(scene.width, scene.height, 1);
      c.get("spend")(1);
    }
    const ms: Record<string, number> = {};
    const [generated] = await engine.generate([scene], {
      model: name,
      from,
      to,
      signal: c.req.raw.signal,
      owner: c.get("caller"),
      ...(sampling && { sampling }),
      onStage: (stage, time) => {
        ms[stage] = Math.round(time * 10) / 10;
        onStage?.(stage, ms[stage]);
      },
    });
    const result = from === "image" ? generated : { ...generated, scene: { ...generated.scene, model: name } };
    if (result.picture) parts.metrics.pictures(1);
    return {
      scene: sceneAnswer(result.scene),
      sentence: sentenceAnswer(result.sentence, engine.categories(model)),
      ...(result.picture && { picture: await pictureAnswer(c, parts, result, format) }),
      notes: [...notes],
      ms,
    };
  }

  function inferStream(c: Context<Env>, asked: Asked): Response {
    return streamSSE(c, async (stream) => {
      let written: Promise<void> = Promise.resolve();
      const say = (event: string, data: unknown) => {
        written = written.then(() => stream.writeSSE({ event, data: JSON.stringify(data) }));
      };
      try {
        say("done", await infer(c, asked, (stage, ms) => say("stage", { stage, ms })));
      } catch (error) {
        const { problem, failure } = answered(error, c.get("requestId"));
        if (failure) parts.log("error", "stream failed", { requestId: c.get("requestId"), error: String(error) });
        say("error", problem);
      }
      await written;
    });
  }
}

export function notFound(what: string): ApiError {
  return new ApiError(404, "not_found", `there is no such ${what}, or no more; check its name`);
}

function modelFacts(info: ModelInfo, categories: Categories, threads: number): AnswerOf<"model"> {
  const { text, boxes, masks } = info.config;
  return {
    id: info.name,
    object: "model",
    created: 0,
    owned_by: "scenograph",
    name: info.name,
    description: info.description,
    size: info.size,
    embedding: embeddingSize(text),
    mixtures: boxes.mixtures,
    maxObjects: boxes.maxObjects,
    temperatures: { labelTemperature: boxes.labelTemperature, boxTemperature: boxes.boxTemperature },
    threshold: masks.threshold,
    threads,
    labels: categories.names,
  };
}
