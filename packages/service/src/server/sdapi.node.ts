/**
 * The interface of the Stable Diffusion web UI, as far as its clients need it to draw a picture: txt2img, progress,
 * interrupt, and the lists that they ask for first.
 * @module
 */
import { STAGES } from "scenograph/pipeline";
import { base64, pngOf } from "./answers.node.ts";
import { type App, anySeed, checkPixels, handle, type Parts } from "./context.node.ts";
import { API_LIMITS } from "./limits.ts";
import { ApiError } from "./problems.ts";

interface Running {
  readonly caller: string;
  readonly start: number;
  readonly stop: AbortController;
  stages: number;
}

export function sdapiRoutes(app: App, { engine, metrics }: Parts): void {
  const running = new Set<Running>();
  const oldestOf = (caller: string) => [...running].find((r) => r.caller === caller);

  handle(app, "txt2img", async (body, c) => {
    const asked = body.override_settings?.sd_model_checkpoint?.replace(/\s*\[.*\]$/, "");
    const { name, size } = engine.info(asked || undefined);
    const { width = null, height = null } = body;
    const [w, h] = [width ?? size, height ?? size];
    const n = (body.batch_size ?? 1) * (body.n_iter ?? 1);
    if (n > API_LIMITS.pictures)
      throw new ApiError(
        400,
        "too_many_pictures",
        `batch_size x n_iter is at most ${API_LIMITS.pictures}, got ${n}; ask for fewer`,
        { param: "batch_size" },
      );
    checkPixels(w, h, n);
    const seed = body.seed === null || body.seed === undefined || body.seed < 0 ? anySeed() : body.seed;
    const seeds = Array.from({ length: n }, (_, i) => (seed + i) % (API_LIMITS.seed + 1));
    const scenes = seeds.map((own) => {
      const start = { version: 2, caption: body.prompt, width: w, height: h, objects: [] } as const;
      return { ...start, seed: own, model: name };
    });
    const run: Running = { caller: c.get("caller"), start: performance.now(), stop: new AbortController(), stages: 0 };
    const onAbort = () => run.stop.abort(new DOMException("the connection was closed", "AbortError"));
    c.req.raw.signal.addEventListener("abort", onAbort, { once: true });
    running.add(run);
    try {
      const generated = await engine.generate(scenes, {
        model: name,
        signal: run.stop.signal,
        onStage: () => {
          run.stages++;
        },
      });
      metrics.pictures(n);
      const images: string[] = [];
      if (body.send_images !== false) for (const one of generated) images.push(base64(await pngOf(one)));
      const infotexts = seeds.map((s) => `${body.prompt}\nSeed: ${s}, Size: ${w}x${h}, Model: ${name}`);
      const info = {
        prompt: body.prompt,
        all_prompts: seeds.map(() => body.prompt),
        seed,
        all_seeds: seeds,
        width: w,
        height: h,
        batch_size: body.batch_size ?? 1,
        sd_model_name: name,
        infotexts,
      };
      return { images, parameters: { ...body }, info: JSON.stringify(info) };
    } finally {
      running.delete(run);
      c.req.raw.signal.removeEventListener("abort", onAbort);
    }
  });

  handle(app, "progress", (_, c) => {
    const run = oldestOf(c.get("caller"));
    const state = { skipped: false, interrupted: false, job: run ? "txt2img" : "", job_count: run ? 1 : 0 };
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

  handle(app, "sdOptions", () => ({ sd_model_checkpoint: engine.defaultModel, samples_format: "png" }));
  handle(app, "sdModels", () =>
    engine.models.map(({ name }) => ({
      title: name,
      model_name: name,
      hash: null,
      sha256: null,
      filename: name,
      config: null,
    })),
  );
  handle(app, "samplers", () => [{ name: "Ancestral", aliases: ["ancestral"], options: {} }]);
  // asked for by clients before they draw; there are none
  for (const path of ["loras", "upscalers", "embeddings", "sd-vae", "schedulers", "hypernetworks", "prompt-styles"])
    app.get(`/sdapi/v1/${path}`, (c) => c.json(path === "embeddings" ? { loaded: {}, skipped: {} } : []));
  // the model is named in each request; changes of the shared settings are not taken
  app.post("/sdapi/v1/options", (c) => c.json(null));
}
