/** Look codes [ours]: one discrete code an object says how it looks, one colour what it is painted. Off unless `codes` is positive. @module */
import { z } from "zod";
import { MOST_CATEGORIES } from "../../scene/categories.ts";

const width = z.int().min(1).max(1024);
const weight = z.number().min(0);

export const looksConfig = z.strictObject({
  /** L: categories of the vocabulary. */
  classes: z.int().min(1).max(MOST_CATEGORIES).default(80),
  /** Number of code vectors of each category; 0 = off: objects are drawn by the paper's generator. */
  codes: z.int().min(0).max(4096).default(0),
  /** Numbers of a code vector. */
  width: width.default(16),
  classWidth: width.default(48),
  /** Side of a look in its box's frame. */
  side: z.union([z.literal(64), z.literal(128), z.literal(256)]).default(128),
  /** Channels of the encoder at 32, 16, 8 and 4 pixels; it reads 64. */
  encoder: z.tuple([width, width, width, width]).default([16, 32, 48, 64]),
  /** Channels of the silhouette's own encoder at 32, 16 and 8 pixels, joined to the decoder there. */
  silhouette: z.tuple([width, width, width]).default([12, 16, 24]),
  /** Channels of the decoder at 4, 8, 16, 32, 64 and 128 pixels. */
  decoder: z.tuple([width, width, width, width, width, width]).default([96, 72, 56, 40, 16, 8]),
  /** Standard deviation of the noise on encodings before there are codes: what is nearer than that draws the same. */
  noise: z.number().min(0).default(0.5),
  loss: z
    .strictObject({
      /** Mean |x - x'| over the visible pixels. */
      l1: weight.default(1),
      /** The same of what a 3 x 3 mean leaves over: outlines and patterns. */
      detail: weight.default(0.5),
      /** The paint map against the pixels that have the object's colour. */
      paint: weight.default(0.2),
      /** Half the squared length of an encoding: it says what the decoder cannot know and nothing else. */
      spread: weight.default(0.002),
      /** A discriminator on the looks, from the step `adversarialFrom` on. */
      adversarial: weight.default(0),
    })
    .prefault({}),
  discriminator: z.tuple([width, width, width]).default([16, 32, 48]),
  train: z
    .strictObject({
      /**
       * Weights of a first run, whose encoder gives the codes: k-means of its encodings within each category. Empty: this is the
       * first run, with encodings as they are.
       */
      encoder: z.string().default(""),
      steps: z.int().min(1).default(8000),
      batch: z.int().min(1).default(12),
      rate: z.number().positive().default(1.5e-3),
      rateD: z.number().positive().default(4e-4),
      adversarialFrom: z.int().min(0).default(0),
      /** Rare classes are shown more often, by this power of their frequency: 0 as they come, 1 all alike. */
      balance: z.number().min(0).max(1).default(0.5),
      /** Share of the objects that are shown in another colour, chosen at random. */
      repaint: z.number().min(0).max(1).default(0.3),
      emaDecay: z.number().min(0).lt(1).default(0.995),
    })
    .prefault({}),
});

export type LooksConfig = z.infer<typeof looksConfig>;
