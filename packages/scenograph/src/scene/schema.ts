/**
 * What a scene file may hold: types and hard limits, as a zod schema. Fields that `restoreScene` can supply are optional
 * here; what it can mend (boxes over the edge, doubled ids, ...) passes.
 * @module
 */
import { z } from "zod";

export const SCENE_LIMITS = {
  objects: 100,
  captionCharacters: 4000,
  idCharacters: 64,
  phraseCharacters: 400,
  /** Pose and look codes are below this. */
  codes: 65536,
  /** Sides of a picture, in pixels. */
  minSide: 8,
  maxSide: 4096,
} as const;

const text = (max: number) => z.string({ error: "is text" }).max(max, { error: `has at most ${max} characters` });
const number = z.number({ error: "is a number" });
const flag = z.boolean({ error: "is true or false" });
const code = number
  .int({ error: "is a whole number" })
  .min(0, { error: "is not negative" })
  .max(SCENE_LIMITS.codes - 1, { error: `is below ${SCENE_LIMITS.codes}` });
const side = number
  .int({ error: "is a whole number of pixels" })
  .min(SCENE_LIMITS.minSide, { error: `is at least ${SCENE_LIMITS.minSide} pixels` })
  .max(SCENE_LIMITS.maxSide, { error: `is at most ${SCENE_LIMITS.maxSide} pixels` });

const words = z.array(text(64), { error: "is a list of words" });

/** Categories with their words, as model.json and a file beside the data hold them. */
export const vocabularySchema = z.strictObject({
  categories: z.array(
    z.strictObject({
      id: number.int({ error: "is a whole number" }),
      name: text(64),
      supercategory: text(64).optional(),
      synonyms: words.optional(),
      plural: text(64).optional(),
      senses: z.array(z.strictObject({ words, near: words })).optional(),
    }),
  ),
  except: words.optional(),
});

export const maskSchema = z.looseObject(
  { width: number, height: number, counts: z.array(number, { error: "is a list of run lengths" }) },
  { error: "is {width, height, counts}" },
);

export const objectSchema = z.looseObject(
  {
    id: text(SCENE_LIMITS.idCharacters).min(1, { error: "is not empty" }).optional(),
    label: text(SCENE_LIMITS.idCharacters).nullable(),
    box: z.tuple([number, number, number, number], { error: "is [x, y, w, h]" }).optional(),
    mask: maskSchema.optional(),
    pose: code.optional(),
    look: code.optional(),
    colour: text(40).optional(),
    phrase: z.string({ error: "is text" }).optional(),
    like: text(SCENE_LIMITS.idCharacters).optional(),
    score: number.optional(),
    locked: flag.optional(),
    hidden: flag.optional(),
  },
  { error: "is {id, label, box, ...}" },
);

export const sceneSchema = z.looseObject(
  {
    version: z.union([z.literal(1), z.literal(2)], { error: "is 1 or 2" }).optional(),
    caption: text(SCENE_LIMITS.captionCharacters).optional(),
    width: side.optional(),
    height: side.optional(),
    seed: number.int({ error: "is a whole number below 2^53" }).min(0, { error: "is not negative" }).optional(),
    model: text(200).optional(),
    objects: z
      .array(objectSchema, { error: "is a list" })
      .max(SCENE_LIMITS.objects, { error: `has at most ${SCENE_LIMITS.objects} objects` })
      .optional(),
  },
  { error: "is an object {version, caption, width, height, seed, objects}" },
);

export type SceneInput = z.infer<typeof sceneSchema>;
