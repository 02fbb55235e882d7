/**
 * Judging: metrics, one file each, and the evaluation of a model as a whole.
 * @module
 * @example
 * import { evaluate, plainResult } from "scenograph/evaluate";
 * const reports = await evaluate(["boxes"], { data: "coco", split: "val2017", part: "all", seed: 0, jobs: 2, shown: 0 });
 * console.log(plainResult(reports).rows.model.f1);
 */
export * from "./bootstrap.ts";
export {
  BOX_METRICS,
  type BoxMetric,
  evaluateBoxes,
  type LayoutObject,
  type LayoutSample,
  matchBoxes,
} from "./boxes.ts";
export * from "./captions/index.ts";
export { type Budget, type Classifier, type Examples, trainClassifier } from "./classifier.ts";
export { averagePrecision } from "./distribution/averagePrecision.ts";
export { type Features, featuresFromRows } from "./distribution/features.ts";
export { frechetDistance, frechetFromMoments, frechetInterval } from "./distribution/frechet.ts";
export { inceptionScore, inceptionScoreInterval } from "./distribution/inceptionScore.ts";
export { kid, kidInterval } from "./distribution/kid.ts";
export { semanticObjectAccuracy } from "./distribution/soa.ts";
export * from "./judges/index.ts";
export {
  bitmapIou,
  edgeRatio,
  evaluateMasks,
  MASK_METRICS,
  type MaskMetric,
  type MaskSample,
  stretchMask,
} from "./masks.ts";
export { DEFINITIONS, defaultPart, type Protocol } from "./protocol.ts";
export { writeReport } from "./report/index.ts";
export { judgeMetric, type MetricInfo, type Row, type Verdict } from "./results.ts";
export {
  EVALUATED_STAGES,
  type EvaluatedStage,
  type EvaluateOptions,
  evaluate,
  plainResult,
  type StageReport,
} from "./run.ts";
export { twoSampleAccuracy } from "./twoSample.ts";
