/**
 * Bodies of requests and answers of the HTTP interface, as zod schemas: they validate, give the client its types, and the
 * OpenAPI document is generated from them. Runs in a browser.
 * @module
 */

import { FORMATS } from "scenograph/interchange/index";
import { z } from "zod";
import { API_LIMITS as L } from "./limits.ts";

const text = (most: number) => z.string({ error: "is text" }).max(most, { error: `has at most ${most} characters` });
const number = z.number({ error: "is a number" });
const flag = z.boolean({ error: "is true or false" });
const whole = (least: number, most: number) =>
  number
    .int({ error: "is a whole number" })
    .min(least, { error: `is at least ${least}` })
    .max(most, { error: `is at most ${most}` });
const fraction = number
  .min(-2, { error: "is a fraction of the picture" })
  .max(2, { error: "is a fraction of the picture" });
const temperature = number
  .min(0, { error: "is not negative" })
  .max(L.temperature, { error: `is at most ${L.temperature}` });

export const caption = text(L.captionCharacters)
  .trim()
  .min(1, { error: "is not empty" })
  .meta({ description: "The sentence, in English", example: "two people riding horses on the beach" });
const seed = whole(0, L.seed).meta({ description: "Fixes every random draw; left out: any, told in the answer" });
const model = text(64).min(1).meta({ description: "A name of GET /v1/models; left out: the first of them" });
const side = whole(L.minSide, L.maxSide).meta({ description: "Pixels; left out: the model's size" });

export const mask = z
  .looseObject(
    {
      width: whole(1, L.maskSide),
      height: whole(1, L.maskSide),
      counts: z.array(number, { error: "is a list of run lengths" }),
    },
    { error: "is {width, height, counts}" },
  )
  .meta({
    id: "Mask",
    description: "A binary mask over the whole picture as COCO run lengths: down the columns, zeros first",
  });

const objectFields = {
  label: text(64).meta({
    description: "A category of the model (`labels` of GET /v1/models); those of the shipped ones are COCO's 80",
    example: "dog",
  }),
  box: z
    .tuple([fraction, fraction, fraction, fraction], { error: "is [x, y, w, h]" })
    .meta({ description: "[x, y, w, h]: left, top, width, height as fractions of the picture" }),
  mask: mask.optional(),
  score: number.optional().meta({ description: "Label probability when the object was inferred" }),
  locked: flag.optional().meta({ description: "Keeps box, mask and noise while the rest is inferred" }),
  hidden: flag.optional().meta({ description: "Left out of the picture" }),
};
const id = text(64).min(1, { error: "is not empty" }).meta({ description: "Names the object's random stream" });

export const objectInput = z
  .looseObject({ id: id.optional(), ...objectFields }, { error: "is {label, box, ...}" })
  .meta({ id: "SceneObjectInput" });
export const sceneObject = z.object({ id, ...objectFields }).meta({ id: "SceneObject" });

const objects = <T extends z.ZodType>(object: T) =>
  z.array(object, { error: "is a list" }).max(L.objects, { error: `has at most ${L.objects} objects` });

/** A scene of a request; what can be mended is, and said in the answer's notes. */
export const sceneInput = z
  .looseObject(
    {
      version: z.literal([1, 2], { error: "is 1 or 2" }).optional(),
      caption,
      width: side.optional(),
      height: side.optional(),
      seed: seed.optional(),
      model: text(200).optional(),
      objects: objects(objectInput).optional(),
    },
    { error: "is a scene {caption, objects, ...}" },
  )
  .meta({ id: "SceneInput" });

export const scene = z
  .object({
    version: z.literal(2),
    caption: z.string(),
    width: z.int(),
    height: z.int(),
    seed: z.int(),
    model: z.string().optional(),
    objects: z.array(sceneObject),
  })
  .meta({ id: "Scene", description: "What the picture shows, in drawing order" });

const sampling = {
  labelTemperature: temperature.optional().meta({ description: "0 takes the most likely label" }),
  boxTemperature: temperature.optional().meta({ description: "0 takes the most likely box" }),
  maxObjects: whole(1, L.objects).optional().meta({ description: "At most so many objects, fixed ones included" }),
  extras: z
    .number()
    .min(0)
    .max(1)
    .optional()
    .meta({ description: "Objects nobody asked for: 0 none, 1 as in photographs" }),
  closed: z.boolean().optional().meta({ description: "Leave things out that no category names" }),
};

export const sceneRequest = z
  .strictObject({
    caption,
    seed: seed.optional(),
    model: model.optional(),
    width: side.optional(),
    height: side.optional(),
    objects: objects(objectInput)
      .optional()
      .meta({ description: "Kept as they are; the others are inferred around them" }),
    ...sampling,
  })
  .meta({ id: "SceneRequest" });

export const masksRequest = z.strictObject({ scene: sceneInput, model: model.optional() }).meta({ id: "MasksRequest" });

const responseFormat = z.enum(["url", "b64_json", "b64_rgb"], { error: "is url, b64_json or b64_rgb" }).meta({
  description:
    "url: an address that expires; b64_json: a PNG in base64; b64_rgb: raw rows of 3 bytes a pixel in base64",
});

export const renderRequest = z
  .strictObject({ scene: sceneInput, model: model.optional(), response_format: responseFormat.default("url") })
  .meta({ id: "RenderRequest" });

const inferred = z.enum(["boxes", "masks", "image"], { error: "is boxes, masks or image" });

export const inferRequest = z
  .strictObject({
    scene: sceneInput,
    model: model.optional(),
    from: inferred.default("boxes").meta({ description: "First stage; what comes before is taken from the scene" }),
    to: inferred.default("image").meta({ description: "Last stage" }),
    ...sampling,
    response_format: responseFormat.default("url"),
    stream: flag
      .default(false)
      .meta({ description: 'Server-sent events: "stage" {stage, ms} after each, then "done" or "error"' }),
  })
  .meta({ id: "InferRequest" });

const exportText = text(L.captionCharacters);
/** Things without a category are boxes with words: other programs can draw them. */
const exportObject = objectInput
  .extend({
    label: text(64).nullable().meta({ description: "A category of the model, or null: then phrase says what it is" }),
    phrase: exportText.optional().meta({ description: "The words of the caption that speak of it" }),
    colour: text(40).optional().meta({ description: '"#rrggbb"' }),
  })
  .meta({ id: "ExportObject" });
export const exportRequest = z
  .strictObject({
    scene: sceneInput.extend({ objects: objects(exportObject).optional() }).meta({ id: "ExportScene" }),
    format: text(40).meta({
      description: "Which program it is for",
      example: "ideogram",
      "x-enum": FORMATS.filter((f) => f.write).map((f) => f.name),
    }),
    width: whole(L.minSide, L.maxSide)
      .optional()
      .meta({ description: "Pixels of what is written; one side keeps the aspect" }),
    height: whole(L.minSide, L.maxSide).optional(),
    picture: z
      .string({ error: "is base64" })
      .optional()
      .meta({ description: "The scene's picture, a PNG or JPEG in base64: layers are cut from it" }),
    place: exportText
      .optional()
      .meta({ description: 'What is behind the things: "beach"; left out: what the caption says' }),
    background: exportText.optional().meta({ description: "The background in words" }),
    negative: exportText.optional().meta({ description: "What should not be seen" }),
    name: text(100).optional().meta({ description: "Begins the names of files" }),
  })
  .meta({ id: "ExportRequest" });

export const exported = z
  .object({
    format: z.string(),
    files: z.array(
      z.object({
        name: z.string(),
        mime: z.string(),
        text: z.string().optional().meta({ description: "Of a text" }),
        b64: z.string().optional().meta({ description: "Of other files, in base64" }),
      }),
    ),
    notes: z.array(z.string()).meta({ description: "What was mended, left out or changed on the way" }),
  })
  .meta({ id: "Exported", description: "The first file is the one that counts" });

export const sentenceRequest = z.strictObject({ caption, model: model.optional() }).meta({ id: "SentenceRequest" });

export const nextRequest = z
  .strictObject({
    caption,
    model: model.optional(),
    objects: objects(objectInput).default([]),
    label: objectFields.label,
    rows: whole(1, L.grid).default(32),
    columns: whole(1, L.grid).default(32),
    temperature: temperature.default(1),
  })
  .meta({ id: "NextRequest" });

const pair = z.array(z.int()).length(2);
export const understanding = z
  .object({
    sentence: z.string(),
    things: z.array(
      z.object({
        phrase: z.string(),
        span: pair.meta({ description: "Characters [start, end)" }),
        noun: z.string(),
        category: z.string().nullable().meta({ description: "null: no category names it" }),
        range: pair.meta({ description: "At least, at most so many" }),
        count: z.int().optional().meta({ description: "The number, where one is said" }),
        colours: z.array(z.string()),
        attributes: z.array(z.string()),
        negated: z.boolean().meta({ description: "It is not to be seen" }),
        plural: z.boolean(),
      }),
    ),
    relations: z.array(
      z.object({
        kind: z.string(),
        subject: z.int().meta({ description: "Index of a thing" }),
        objects: z.array(z.int()),
        negated: z.literal(true).optional(),
      }),
    ),
    place: z.string().nullable(),
    time: z.string().nullable(),
    weather: z.string().nullable(),
    only: z.boolean().meta({ description: "Nothing else is to be seen" }),
    ignored: z.array(z.string()),
    undrawable: z.array(z.object({ word: z.string(), nearest: z.array(z.string()) })),
  })
  .meta({ id: "Understanding", description: "What a sentence asks for" });

export const sentence = z
  .object({
    words: z.array(z.object({ text: z.string(), known: z.boolean() })),
    unknown: z.array(z.string()).meta({ description: "Words that the model does not know; read as if not there" }),
    categories: z
      .array(z.object({ label: z.string(), start: z.int(), end: z.int() }))
      .meta({ description: "Categories that the sentence names, with the characters [start, end)" }),
    understood: understanding.optional(),
  })
  .meta({ id: "Sentence" });

export const next = z
  .object({
    labels: z.array(z.number()).meta({ description: "p(l), the categories in order and the end" }),
    density: z.array(z.number()).meta({ description: "rows x columns, row after row; sums to 1" }),
    rows: z.int(),
    columns: z.int(),
  })
  .meta({ id: "Next", description: "The next object's distribution" });

export const picture = z
  .object({
    width: z.int(),
    height: z.int(),
    url: z.string().optional(),
    expires: z.int().optional().meta({ description: "Seconds since 1970" }),
    b64_json: z.string().optional(),
    b64_rgb: z.string().optional(),
  })
  .meta({ id: "Picture" });

export const inference = z
  .object({
    scene,
    sentence,
    picture: picture.optional(),
    notes: z.array(z.string()).meta({ description: "What was mended in the scene" }),
    ms: z.record(z.string(), z.number()).meta({ description: "Milliseconds a stage took, waiting included" }),
  })
  .meta({ id: "Inference" });

export const modelFacts = z
  .object({
    id: z.string(),
    object: z.literal("model"),
    created: z.int(),
    owned_by: z.string(),
    name: z.string(),
    description: z.string(),
    size: z
      .union([z.int(), z.tuple([z.int(), z.int()])])
      .meta({ description: "Pixels of its pictures: the side of a square, or [width, height]" }),
    embedding: z.int(),
    mixtures: z.int(),
    maxObjects: z.int(),
    temperatures: z.object({ labelTemperature: z.number(), boxTemperature: z.number() }),
    threshold: z.number(),
    threads: z.int(),
    labels: z.array(z.string()).meta({ description: "Its categories: what labels of scenes may be" }),
  })
  .meta({ id: "Model" });
export const modelList = z.object({ object: z.literal("list"), data: z.array(modelFacts) }).meta({ id: "ModelList" });

export const jobRequest = z
  .strictObject({
    captions: z
      .array(caption, { error: "is a list of sentences" })
      .min(1, { error: "has at least one sentence" })
      .max(L.jobPictures, { error: `has at most ${L.jobPictures} sentences` })
      .optional(),
    scene: sceneInput.optional().meta({ description: "Instead of captions" }),
    model: model.optional(),
    seed: seed.optional().meta({ description: "Of the first picture; the others take the following ones" }),
    from: inferred.default("boxes"),
    to: inferred.default("image"),
    ...sampling,
    deadline_seconds: whole(1, 86_400).default(3600),
  })
  .meta({ id: "JobRequest" });

export const job = z
  .object({
    id: z.string(),
    status: z.enum(["waiting", "running", "done", "failed", "cancelled"]),
    attempts: z.int(),
    progress: z.object({ stage: z.string(), done: z.number(), total: z.number(), unit: z.string() }).optional(),
    results: z
      .array(
        z.object({ caption: z.string(), seed: z.int(), scene_url: z.string(), picture_url: z.string().optional() }),
      )
      .optional()
      .meta({ description: "When done; the addresses expire" }),
    expires: z.int().optional(),
    error: z.object({ code: z.string(), message: z.string() }).optional(),
    created: z.number(),
    started: z.number().optional(),
    finished: z.number().optional(),
  })
  .meta({ id: "Job" });
export const jobList = z.object({ object: z.literal("list"), data: z.array(job) }).meta({ id: "JobList" });
export const cancelled = z.object({ id: z.string(), cancelled: z.boolean() }).meta({ id: "Cancelled" });

export const health = z
  .object({ status: z.enum(["ok", "warming up", "draining", "store unavailable"]) })
  .meta({ id: "Health" });

/** Every error of every route. */
export const problem = z
  .object({
    error: z.object({
      message: z.string().meta({ description: "One line: the rule, what came, what to do" }),
      type: z.enum(["invalid_request_error", "authentication_error", "rate_limit_error", "server_error"]),
      code: z.string(),
      param: z.string().nullable().meta({ description: "The field of the request" }),
      request_id: z.string(),
    }),
  })
  .meta({ id: "Problem" });
export type Problem = z.output<typeof problem>;
