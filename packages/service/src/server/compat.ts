/**
 * Bodies in the shapes of two widespread interfaces: OpenAI's images and the Stable Diffusion web UI. Fields that mean
 * nothing here are accepted and ignored, as clients send them unasked.
 * @module
 */
import { z } from "zod";
import { API_LIMITS as L } from "./limits.ts";
import { caption } from "./schemas.ts";

const whole = (least: number, most: number) =>
  z
    .number({ error: "is a number" })
    .int({ error: "is a whole number" })
    .min(least, { error: `is at least ${least}` })
    .max(most, { error: `is at most ${most}` });

export const imagesRequest = z
  .looseObject({
    prompt: caption,
    model: z.string().max(64).nullish().meta({
      description: "A name of GET /v1/models; dall-e-2, dall-e-3, gpt-image-1 and their kind mean the default model",
    }),
    n: whole(1, 10).nullish().meta({ description: "Pictures, of the seeds seed, seed + 1, ..." }),
    size: z
      .string()
      .regex(/^(auto|\d{1,5}x\d{1,5})$/, { error: 'is "auto" or "<width>x<height>"' })
      .nullish()
      .meta({ description: "Other than the model's: enlarged or shrunk", example: "256x256" }),
    response_format: z.enum(["url", "b64_json"], { error: "is url or b64_json" }).nullish(),
    output_format: z
      .enum(["png", "jpeg", "webp"], { error: "is png, jpeg or webp" })
      .nullish()
      .meta({ description: "PNG alone carries the scene" }),
    output_compression: whole(0, 100).nullish().meta({ description: "Quality of JPEG and WebP; left out: 90" }),
    background: z.enum(["auto", "opaque"], { error: "is auto or opaque: pictures here are not transparent" }).nullish(),
    stream: z
      .boolean({ error: "is true or false" })
      .nullish()
      .meta({ description: 'Server-sent events: "image_generation.completed" for each picture, or "error"' }),
    seed: whole(0, L.seed).nullish().meta({ description: "Not of OpenAI's: fixes every random draw" }),
  })
  .meta({ id: "ImagesRequest" });

export const imagesAnswer = z
  .object({
    created: z.int(),
    data: z.array(z.object({ url: z.string().optional(), b64_json: z.string().optional() })),
  })
  .meta({ id: "Images" });

export const txt2imgRequest = z
  .looseObject({
    prompt: caption,
    seed: whole(-1, L.seed).nullish().meta({ description: "-1: any" }),
    width: whole(L.minSide, L.maxSide).nullish(),
    height: whole(L.minSide, L.maxSide).nullish(),
    batch_size: whole(1, L.pictures).nullish(),
    n_iter: whole(1, L.pictures).nullish(),
    send_images: z.boolean().nullish(),
    override_settings: z
      .looseObject({
        sd_model_checkpoint: z.string().max(64).optional(),
        samples_format: z.string().max(10).optional().meta({ description: "png, jpeg or webp" }),
      })
      .nullish(),
  })
  .meta({ id: "Txt2ImgRequest" });

export const img2imgRequest = txt2imgRequest
  .extend({
    prompt: caption.optional().meta({ description: "Left out: the scene's own" }),
    init_images: z
      .array(z.string(), { error: "is a list of pictures in base64" })
      .length(1, { error: "has one picture" })
      .meta({ description: "A PNG that carries its scene: its things keep their places and are drawn anew" }),
  })
  .meta({ id: "Img2ImgRequest" });

export const pngInfoRequest = z
  .looseObject({ image: z.string({ error: "is a PNG in base64" }) })
  .meta({ id: "PngInfoRequest" });
export const pngInfoAnswer = z
  .object({ info: z.string(), items: z.record(z.string(), z.string()), parameters: z.record(z.string(), z.unknown()) })
  .meta({ id: "PngInfo" });
export const nothing = z.null();

export const txt2imgAnswer = z
  .object({
    images: z.array(z.string()).meta({ description: "PNG in base64" }),
    parameters: z.record(z.string(), z.unknown()),
    info: z.string().meta({ description: "JSON" }),
  })
  .meta({ id: "Txt2Img" });

export const progressAnswer = z
  .object({
    progress: z.number(),
    eta_relative: z.number(),
    state: z.record(z.string(), z.unknown()),
    current_image: z.string().nullable(),
    textinfo: z.string().nullable(),
  })
  .meta({ id: "Progress" });

export const optionsBody = z.looseObject({}).meta({ id: "Options" });
export const anyList = z.array(z.record(z.string(), z.unknown())).meta({ id: "List" });
