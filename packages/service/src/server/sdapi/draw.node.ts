/**
 * The interface of the Stable Diffusion web UI, as far as its clients need it to draw a picture: txt2img, img2img of
 * pictures that carry their scene, progress, interrupt, settings.
 * @module
 */
import type { Context } from "hono";
import { STAGES, type StageName } from "scenograph/pipeline";
import { extentOf } from "scenograph/scene/geometry";
import { sceneFromPng } from "scenograph/scene/png";
import type { Scene } from "scenograph/scene/scene";
import { base64, fileOf } from "../answers.node.ts";
import type { AnswerOf } from "../api.ts";
import { type App, anySeed, checkPixels, type Env, handle, type Parts } from "../context.node.ts";
import { API_LIMITS } from "../limits.ts";
import { ApiError } from "../problems.ts";
import { bytesOf, listRoutes } from "./lists.node.ts";
import { checkpointOf, formatOf, SettingsStore } from "./settings.ts";

/** What both ways of drawing read of their bodies. */
interface Drawn {
  readonly seed?: number | null | undefined;
  readonly width?: number | null | undefined;
  readonly height?: number | null | undefined;
  readonly batch_size?: number | null | undefined;
  readonly n_iter?: number | null | undefined;
  readonly send_images?: boolean | null | undefined;
  readonly override_settings?:
    | { readonly sd_model_checkpoint?: string | undefined; readonly samples_format?: string | undefined }
    | null
    | undefined;
}

interface Running {
  readonly caller: string;
  readonly job: string;
  readonly start: number;
  readonly stop: AbortController;
  stages: number;
}

export function sdapiRoutes(app: App, parts: Parts): void {
  const { engine, metrics } = parts;
  const running = new Set<Running>();
  const oldestOf = (caller: string) => [...running].find((r) => r.caller === caller);
  const settings = new SettingsStore(engine.defaultModel, (name) => engine.info(name).name);
  listRoutes(app, parts);

  handle(app, "txt2img", (body, c) => draw(c, "txt2img", body, { version: 2, caption: body.prompt, objects: [] }));

  handle(app, "img2img", (body, c) => {
    const notes: string[] = [];
    const scene = sceneFromPng(bytesOf(body.init_images[0], "init_images[0]"), notes);
    if (!scene)
      throw new ApiError(
        400,
        "no_scene",
        "init_images[0] is a PNG that carries its scene, as this server and the studio make them; others cannot be redrawn",
        { param: "init_images" },
      );
    const { caption, width, height, objects } = scene;
    const own = { width: body.width ?? width, height: body.height ?? height };
    // what stands where is kept, and drawn anew
    return draw(c, "img2img", { ...body, ...own }, { version: 2, caption: body.prompt ?? caption, objects }, "masks");
  });

  async function draw(
    c: Context<Env>,
    job: string,
    body: Drawn,
    start: Pick<Scene, "version" | "caption" | "objects">,
    from: Exclude<StageName, "text"> = "boxes",
  ): Promise<AnswerOf<"txt2img">> {
    const caller = c.get("caller");
    const { sd_model_checkpoint, samples_format } = { ...settings.of(caller), ...body.override_settings };
    const format = formatOf(samples_format);
    const { name, size } = engine.info(checkpointOf(sd_model_checkpoint));
    const { width = null, height = null } = body;
    const own = extentOf(size);
    const [w, h] = [width ?? own.width, height ?? own.height];
    const n = (body.batch_size ?? 1) * (body.n_iter ?? 1);
    if (n > API_LIMITS.pictures)
      throw new ApiError(
        400,
        "too_many_pictures",
        `batch_size x n_iter is at most ${API_LIMITS.pictures}, got ${n}; ask for fewer`,
        { param: "batch_size" },
      );
    checkPixels(w, h, n);
    c.get("spend")(n);
    const seed = body.seed === null || body.seed === undefined || body.seed < 0 ? anySeed() : body.seed;
    const seeds = Array.from({ length: n }, (_, i) => (seed + i) % (API_LIMITS.seed + 1));
    const scenes = seeds.map((each) => ({ ...start, width: w, height: h, seed: each, model: name }));
    const run: Running = { caller, job, start: performance.now(), stop: new AbortController(), stages: 0 };
    const onAbort = () => run.stop.abort(new DOMException("the connection was closed", "AbortError"));
    c.req.raw.signal.addEventListener("abort", onAbort, { once: true });
    running.add(run);
    try {
      const generated = await engine.generate(scenes, {
        model: name,
        from,
        signal: run.stop.signal,
        owner: caller,
        onStage: () => {
          run.stages++;
        },
      });
      metrics.pictures(n);
      const images: string[] = [];
      if (body.send_images !== false) for (const one of generated) images.push(base64(await fileOf(one, format)));
      const prompt = start.caption;
      const info = {
        prompt,
        all_prompts: seeds.map(() => prompt),
        seed,
        all_seeds: seeds,
        width: w,
        height: h,
        batch_size: body.batch_size ?? 1,
        sd_model_name: name,
        infotexts: seeds.map((s) => `${prompt}\nSeed: ${s}, Size: ${w}x${h}, Model: ${name}`),
      };
      const { init_images: _, ...parameters } = body as typeof body & { init_images?: unknown };
      return { images, parameters: { ...parameters }, info: JSON.stringify(info) };
    } finally {
      running.delete(run);
      c.req.raw.signal.removeEventListener("abort", onAbort);
    }
  }

  handle(app, "progress", (_, c) => {
    const run = oldestOf(c.get("caller"));
    const state = { skipped: false, interrupted: false, job: run?.job ?? "", job_count: run ? 1 : 0 };
    const steps = { sampling_step: run?.stages ?? 0, sampling_steps: run ? STAGES.length : 0, job_no: 0 };
    const progress = run ? run.stages / STAGES.length : 0;
    const seconds = run ? (performance.now() - run.start) / 1000 : 0;
    return {
      progress,
      eta_relative: progress > 0 ? (seconds * (1 - progress)) / progress : 0,
      state: { ...state, ...steps },
      current_image: null,
      textinfo: null,
    };
  });

  handle(app, "interrupt", (_, c) => {
    oldestOf(c.get("caller"))?.stop.abort(
      new ApiError(409, "interrupted", "the request was interrupted by /sdapi/v1/interrupt; send it again"),
    );
    return {};
  });

  handle(app, "sdOptions", (_, c) => ({ ...settings.of(c.get("caller")) }));
  handle(app, "sdSetOptions", (body, c) => {
    settings.change(c.get("caller"), body);
    return null;
  });
}
