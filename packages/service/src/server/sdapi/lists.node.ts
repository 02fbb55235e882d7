/** What clients of the web UI ask for before they draw: lists, flags, memory; and what a PNG carries. @module */
import { readPngText } from "scenograph/formats/png";
import { sceneFromPng } from "scenograph/scene/png";
import { type App, handle, type Parts } from "../context.node.ts";
import { ApiError } from "../problems.ts";

/** Samplers by name; there is one way of sampling. */
const SAMPLERS = [{ name: "Ancestral", aliases: ["ancestral"], options: {} }];

export function listRoutes(app: App, { engine }: Parts): void {
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
  handle(app, "samplers", () => SAMPLERS);
  for (const name of ["loras", "upscalers", "sdVae", "schedulers", "hypernetworks", "promptStyles"] as const)
    handle(app, name, () => []);
  handle(app, "latentUpscaleModes", () => []);
  handle(app, "embeddings", () => ({ loaded: {}, skipped: {} }));
  handle(app, "cmdFlags", () => ({ api: true, nowebui: true, precision: "full" }));
  handle(app, "scripts", () => ({ txt2img: [], img2img: [] }));
  handle(app, "memory", () => {
    const { rss } = process.memoryUsage();
    const total = process.constrainedMemory?.() || rss;
    return {
      ram: { free: Math.max(0, total - rss), used: rss, total },
      cuda: { error: "pictures are drawn on the CPU" },
    };
  });

  handle(app, "pngInfo", ({ image }) => {
    const png = bytesOf(image, "image");
    const scene = sceneFromPng(png);
    const info = scene ? `${scene.caption}\nSeed: ${scene.seed}, Size: ${scene.width}x${scene.height}` : "";
    const text = readPngText(png, "scenograph");
    return { info, items: text === undefined ? ({} as Record<string, string>) : { scenograph: text }, parameters: {} };
  });
}

/** Bytes of base64, with or without "data:image/png;base64,". @throws ApiError for what is no PNG */
export function bytesOf(text: string, param: string): Uint8Array {
  const bytes = new Uint8Array(Buffer.from(text.replace(/^data:[\w/+.-]{1,40};base64,/, ""), "base64"));
  if (bytes[0] === 0x89 && bytes[1] === 0x50 && bytes[2] === 0x4e && bytes[3] === 0x47) return bytes;
  throw new ApiError(400, "invalid_value", `${param} is a PNG in base64, got something else; correct it`, { param });
}
