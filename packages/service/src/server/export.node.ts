/** POST /v1/export: a scene in another program's format. @module */
import { decodePicture } from "scenograph/draw/picture";
import { exportScene, formatOf } from "scenograph/interchange/index";
import type { Picture } from "scenograph/scene/scene";
import { type App, checkPixels, handle, type Parts, sceneOf } from "./context.node.ts";
import { ApiError } from "./problems.ts";

/** Scenes that say no size. */
const SIDE = 128;

export function exportRoutes(app: App, { engine }: Parts): void {
  handle(app, "export", async ({ scene: input, format: name, picture: encoded, ...options }) => {
    const format = formatOf(name, "write");
    // labels may be null here, which restoring a scene allows
    const given = input as Parameters<typeof sceneOf>[0];
    // of the model that made it, where the scene says so and it is here
    const categories = engine.categories(engine.models.find((m) => m.name === given.model)?.name);
    const { scene, notes } = sceneOf(given, SIDE, categories);
    const { width = scene.width, height = scene.height } = options;
    // a layer a thing, each as large as the canvas at worst
    checkPixels(width, height, format.wants === "boxes" ? 1 : 2);
    const picture = encoded === undefined ? undefined : await pictureOf(encoded);
    const exported = await exportScene(scene, format.name, { ...options, categories, ...(picture && { picture }) });
    return {
      format: exported.format,
      files: exported.files.map(({ name, mime, bytes }) =>
        isText(mime)
          ? { name, mime, text: new TextDecoder().decode(bytes) }
          : { name, mime, b64: Buffer.from(bytes).toString("base64") },
      ),
      notes: [...notes, ...exported.notes],
    };
  });
}

function isText(mime: string): boolean {
  return mime.startsWith("text/") || mime === "application/json" || mime === "image/svg+xml";
}

/** @throws ApiError 400 */
async function pictureOf(base64: string): Promise<Picture> {
  try {
    return await decodePicture(Buffer.from(base64, "base64"));
  } catch {
    throw new ApiError(400, "invalid_picture", "picture is a PNG or JPEG in base64, got something else; correct it", {
      param: "picture",
    });
  }
}
