/** Settings of the captioner (Show and Tell, Vinyals et al. 2015). @module */
import { z } from "zod";

export const captionerConfig = z.strictObject({
  /** LSTM units; Show and Tell has 512, for a data set fifty times the size. */
  hidden: z.int().min(1).default(256),
  /** Width of word embeddings, and of the picture as the LSTM's first input. */
  embedding: z.int().min(1).default(128),
  /** Words that occur at least so often in the training captions (the paper's 5) ... */
  minCount: z.int().min(1).default(5),
  /** ... and at most so many of them, the most frequent. */
  vocabulary: z.int().min(1).default(2000),
  /** Longer captions are cut. */
  maxWords: z.int().min(1).max(50).default(16),
  /** Side in pixels at which the feature network looks at a picture. */
  size: z.int().min(32).max(512).default(224),
  /** Sides that training pictures are reduced to before, one at random a sample; validation takes the last. */
  resolutions: z.array(z.int().min(16).max(512)).min(1).default([64, 128]),
  /** Width of the beam; the paper's 20 became 3 in its later version. */
  beam: z.int().min(1).max(16).default(3),
  /** A caption's score is its log-probability / (words + end)^lengthPower. */
  lengthPower: z.number().min(0).max(2).default(1),
  /** At most so many pictures of each part, evenly spread over the files: features are what takes long. */
  pictures: z.int().min(1).default(20_000),
  train: z
    .strictObject({
      batch: z.int().min(1).default(64),
      steps: z.int().min(1).default(2000),
      learningRate: z.number().positive().default(2e-3),
      finalRate: z.number().min(0).default(5e-5),
      /** Of the LSTM's outputs. */
      dropout: z.number().min(0).max(0.9).default(0.5),
      /** Of its inputs, picture and words. */
      inputDropout: z.number().min(0).max(0.9).default(0.3),
      clipNorm: z.number().positive().default(5),
      emaDecay: z.number().min(0).max(1).default(0.995),
    })
    .prefault({}),
});

export type CaptionerConfig = z.infer<typeof captionerConfig>;
