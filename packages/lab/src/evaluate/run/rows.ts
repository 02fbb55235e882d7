/** Keys of the rows of each stage's table, for `EvaluateSettings.rows`. @module */

export const BOX_ROWS = [
  "model",
  "as-learnt",
  "most-likely",
  "true-layouts",
  "nearest",
  "shuffled",
  "another-sentence",
] as const;

export const MASK_ROWS = ["model", "real", "full-box", "ellipse", "class-mean", "copied"] as const;

/** Of pictures and of their captions. "against" is there only where another model is named. */
export const PICTURE_ROWS = [
  "predicted",
  "true-boxes",
  "true-masks",
  "against",
  "real",
  "another-sentence",
  "shuffled",
  "nearest",
  "nearest-shuffled",
  "colours",
  "noise",
] as const;

export const PROBE_ROWS = ["model", "chance"] as const;

export const ROWS_OF = {
  boxes: BOX_ROWS,
  masks: MASK_ROWS,
  image: PICTURE_ROWS,
  captions: PICTURE_ROWS,
  probes: PROBE_ROWS,
} as const;
