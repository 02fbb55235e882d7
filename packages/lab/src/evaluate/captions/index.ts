/** Caption metrics, and pictures judged by what a captioner says of them. @module */
export {
  type CaptionEvaluation,
  type CaptionEvaluationOptions,
  type CaptionIntervals,
  evaluateCaptions,
  type JudgedPicture,
  openCaptioner,
  type PictureCaptioner,
} from "./judge.ts";
export { METEOR_NAME } from "./meteor.ts";
export type { Synonyms } from "./meteorAlign.ts";
export {
  CAPTION_METRICS,
  type CaptionHypothesis,
  type CaptionId,
  type CaptionMetric,
  type CaptionReport,
  type CaptionScores,
  type ScoreOptions,
  scoreCaptions,
} from "./score.ts";
export { TOKENIZERS, type TokenizerName, tokenize } from "./tokenize.ts";
export { loadWordNet } from "./wordnet.node.ts";
