/** OpenAI's image interface: POST /v1/images/generations. @module */

import type { Context } from "hono";
import { streamSSE } from "hono/streaming";
import type { Generated } from "scenograph/pipeline";
import { extentOf, type Size } from "scenograph/scene/geometry";
import { base64, type FileFormat, fileOf } from "./answers.node.ts";
import type { ParsedOf } from "./api.ts";
import { type App, anySeed, checkPixels, type Env, handle, type Parts, resultUrl } from "./context.node.ts";
import { API_LIMITS } from "./limits.ts";
import { ApiError, answered } from "./problems.ts";

/**
 * What OpenAI's clients and the programs built on them name unasked: the default model draws for them.
 * @see https://platform.openai.com/docs/api-reference/images
 */
const OPENAI_MODELS = /^(dall-e-[23]|gpt-image-\d[\w.-]{0,40}|chatgpt-image-latest)$/;
/** Of these OpenAI answers in base64 unasked, and their clients read nothing else. */
const BASE64_MODELS = /^(gpt-image-|chatgpt-image-)/;

type Body = ParsedOf<"images">;

interface Asked {
  readonly model: string;
  readonly scenes: Parameters<Parts["engine"]["generate"]>[0];
  readonly format: "url" | "b64_json";
  readonly file: FileFormat;
  readonly size: string;
}

export function openaiRoutes(app: App, parts: Parts): void {
  const { engine, results, metrics, log } = parts;

  handle(app, "images", async (body, c) => {
    const asked = read(body);
    c.get("spend")(asked.scenes.length);
    if (body.stream) return streamed(c, body, asked);
    const generated = await draw(c, asked);
    const data = [];
    for (const one of generated) {
      const bytes = await fileOf(one, asked.file, body.output_compression ?? undefined);
      if (asked.format === "b64_json") data.push({ b64_json: base64(bytes) });
      else {
        const { id } = await results.keep(bytes, asked.file);
        const ending = asked.file === "png" ? "" : `.${asked.file}`;
        data.push({ url: resultUrl(c, parts, `/v1/pictures/${id}${ending}`) });
      }
    }
    return { created: now(), data };
  });

  function read(body: Body): Asked {
    const asked = body.model ?? "";
    const known = engine.models.some((m) => m.name === asked);
    const { name, size: own } = engine.info(asked === "" || OPENAI_MODELS.test(asked) ? undefined : asked);
    const [width, height] = sizeOf(body.size ?? "auto", own);
    const n = body.n ?? 1;
    if (body.stream && body.response_format === "url")
      throw new ApiError(400, "invalid_value", "a stream carries pictures as b64_json, got response_format url", {
        param: "response_format",
      });
    checkPixels(width, height, n);
    const seed = body.seed ?? anySeed();
    const scenes = Array.from({ length: n }, (_, i) => {
      const start = { version: 2, caption: body.prompt, width, height, objects: [] } as const;
      return { ...start, seed: (seed + i) % (API_LIMITS.seed + 1), model: name };
    });
    const format = body.response_format ?? (!known && BASE64_MODELS.test(asked) ? "b64_json" : "url");
    return { model: name, scenes, format, file: body.output_format ?? "png", size: `${width}x${height}` };
  }

  async function draw(c: Context<Env>, { model, scenes }: Asked): Promise<Generated[]> {
    const generated = await engine.generate(scenes, { model, signal: c.req.raw.signal, owner: c.get("caller") });
    metrics.pictures(scenes.length);
    return generated;
  }

  /** An event for each picture, as OpenAI's clients read them. There are no partial pictures: stages give none. */
  function streamed(c: Context<Env>, body: Body, asked: Asked): Response {
    return streamSSE(c, async (stream) => {
      const say = (event: string, data: unknown) => stream.writeSSE({ event, data: JSON.stringify(data) });
      try {
        for (const one of await draw(c, asked)) {
          const type = "image_generation.completed";
          const b64_json = base64(await fileOf(one, asked.file, body.output_compression ?? undefined));
          const { file: output_format, size } = asked;
          const usage = { input_tokens: 0, output_tokens: 0, total_tokens: 0 };
          const told = { size, output_format, quality: "auto", background: "opaque", created_at: now(), usage };
          await say(type, { type, b64_json, ...told });
        }
      } catch (error) {
        const requestId = c.get("requestId");
        const { problem, failure } = answered(error, requestId);
        if (failure) log("error", "stream failed", { requestId, error: String(error) });
        await say("error", problem);
      }
    });
  }
}

function now(): number {
  return Math.floor(Date.now() / 1000);
}

/** "640x480" in pixels. @throws ApiError for sides out of range */
function sizeOf(size: string, own: Size): [number, number] {
  const { width: w, height: h } = extentOf(own);
  if (size === "auto") return [w, h];
  const [width, height] = size.split("x").map(Number);
  const { minSide, maxSide } = API_LIMITS;
  for (const side of [width, height])
    if (side < minSide || side > maxSide)
      throw new ApiError(400, "invalid_value", `size has sides of ${minSide} to ${maxSide} pixels, got "${size}"`, {
        param: "size",
      });
  return [width, height];
}
