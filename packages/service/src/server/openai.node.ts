/** OpenAI's image interface: POST /v1/images/generations. @module */
import { base64, pngOf } from "./answers.node.ts";
import { type App, anySeed, checkPixels, handle, type Parts, resultUrl } from "./context.node.ts";
import { API_LIMITS } from "./limits.ts";
import { ApiError } from "./problems.ts";

/**
 * What OpenAI's clients and the programs built on them name unasked: the default model draws for them.
 * @see https://platform.openai.com/docs/api-reference/images
 */
const OPENAI_MODELS: ReadonlySet<string> = new Set(["dall-e-2", "dall-e-3", "gpt-image-1"]);
/** Of these OpenAI answers in base64 unasked, and their clients read nothing else. */
const BASE64_MODELS: ReadonlySet<string> = new Set(["gpt-image-1"]);

export function openaiRoutes(app: App, parts: Parts): void {
  const { engine, results, metrics, publicUrl } = parts;
  handle(app, "images", async (body, c) => {
    const asked = body.model ?? "";
    const known = engine.models.some((m) => m.name === asked);
    if (asked !== "" && !known && !OPENAI_MODELS.has(asked)) {
      const there = engine.models.map((m) => m.name).join(", ");
      throw new ApiError(404, "model_not_found", `model: there are ${there}, got "${asked}"; choose one of them`, {
        param: "model",
      });
    }
    const { name, size: own } = engine.info(known ? asked : undefined);
    const [width, height] = sizeOf(body.size ?? "auto", own);
    const n = body.n ?? 1;
    const format = body.response_format ?? (!known && BASE64_MODELS.has(asked) ? "b64_json" : "url");
    checkPixels(width, height, n);
    const seed = body.seed ?? anySeed();
    const scenes = Array.from({ length: n }, (_, i) => {
      const start = { version: 2, caption: body.prompt, width, height, objects: [] } as const;
      return { ...start, seed: (seed + i) % (API_LIMITS.seed + 1), model: name };
    });
    const generated = await engine.generate(scenes, { model: name, signal: c.req.raw.signal });
    metrics.pictures(n);
    const data = [];
    for (const one of generated) {
      const png = await pngOf(one);
      if (format === "b64_json") data.push({ b64_json: base64(png) });
      else {
        const { id } = await results.keep(png, "png");
        data.push({ url: resultUrl(c, publicUrl, `/v1/pictures/${id}`) });
      }
    }
    return { created: Math.floor(Date.now() / 1000), data };
  });
}

/** "640x480" in pixels. @throws ApiError for sides out of range */
function sizeOf(size: string, own: number): [number, number] {
  if (size === "auto") return [own, own];
  const [width, height] = size.split("x").map(Number);
  const { minSide, maxSide } = API_LIMITS;
  for (const side of [width, height])
    if (side < minSide || side > maxSide)
      throw new ApiError(400, "invalid_value", `size has sides of ${minSide} to ${maxSide} pixels, got "${size}"`, {
        param: "size",
      });
  return [width, height];
}
