/** What the engine found, in the shapes of the interface. @module */
import type { Context } from "hono";
import { encodeLossy, encodePng, resizePicture } from "scenograph/draw/picture";
import { findCategories } from "scenograph/ours/text/categories";
import type { BoxOptions, Generated, Sentence } from "scenograph/pipeline";
import type { Categories } from "scenograph/scene/categories";
import { sceneToPng } from "scenograph/scene/png";
import type { Scene } from "scenograph/scene/scene";
import type { AnswerOf } from "./api.ts";
import { type Env, type Parts, resultUrl } from "./context.node.ts";

/** zlib's level: a few percent larger than the best, several times faster. */
const PNG_LEVEL = 6;

/** A picture at its scene's size as PNG, the scene inside. */
export async function pngOf({ scene, picture }: Generated): Promise<Uint8Array> {
  if (!picture) throw new Error("pngOf(): there is no picture");
  const sized = await resizePicture(picture, scene.width, scene.height);
  return sceneToPng(await encodePng(sized, PNG_LEVEL), scene);
}

export type FileFormat = "png" | "jpeg" | "webp";
/** Where a request names none. */
const QUALITY = 90;

/** A picture at its scene's size as a file. Of the formats PNG alone carries the scene. @param quality 0 to 100 */
export async function fileOf(generated: Generated, format: FileFormat, quality = QUALITY): Promise<Uint8Array> {
  if (format === "png") return pngOf(generated);
  const { scene, picture } = generated;
  if (!picture) throw new Error("fileOf(): there is no picture");
  return encodeLossy(await resizePicture(picture, scene.width, scene.height), format, Math.max(1, quality));
}

export type PictureFormat = "url" | "b64_json" | "b64_rgb";

export async function pictureAnswer(
  c: Context<Env>,
  parts: Parts,
  generated: Generated,
  format: PictureFormat,
): Promise<NonNullable<AnswerOf<"infer">["picture"]>> {
  const { width, height } = generated.scene;
  if (format === "b64_rgb") {
    if (!generated.picture) throw new Error("pictureAnswer(): there is no picture");
    const { data } = await resizePicture(generated.picture, width, height);
    return { width, height, b64_rgb: base64(data) };
  }
  const png = await pngOf(generated);
  if (format === "b64_json") return { width, height, b64_json: base64(png) };
  const { id, expires } = await parts.results.keep(png, "png");
  return { width, height, url: resultUrl(c, parts, `/v1/pictures/${id}`), expires };
}

export function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("base64");
}

export function sentenceAnswer({ caption, words, understood }: Sentence, categories: Categories): AnswerOf<"sentence"> {
  return {
    words: words.map(({ text, known }) => ({ text, known })),
    unknown: [...new Set(words.filter((w) => !w.known).map((w) => w.text))],
    categories: findCategories(caption, categories).map(({ classIndex, start, end }) => ({
      label: categories.nameOf(classIndex),
      start,
      end,
    })),
    ...(understood && { understood }),
  } as AnswerOf<"sentence">;
}

/** The scene as the interface tells it. */
export function sceneAnswer(scene: Scene): AnswerOf<"infer">["scene"] {
  return scene as unknown as AnswerOf<"infer">["scene"];
}

/** Options of sampling that a body names. */
export function samplingOf(body: BoxOptions): BoxOptions {
  const { labelTemperature, boxTemperature, maxObjects, extras, closed } = body;
  return {
    ...(labelTemperature !== undefined && { labelTemperature }),
    ...(boxTemperature !== undefined && { boxTemperature }),
    ...(maxObjects !== undefined && { maxObjects }),
    ...(extras !== undefined && { extras }),
    ...(closed !== undefined && { closed }),
  };
}
