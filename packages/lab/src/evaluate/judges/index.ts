/** Pretrained networks as judges. @module */
export { type Box, type Detection, suppress } from "./boxes.ts";
export {
  createDetector,
  type DetectOptions,
  type Detector,
  detectorOf,
  type JudgeOptions,
} from "./detector.node.ts";
export { installJudges, SOURCES } from "./install.node.ts";
export { JUDGES, type Judge, judge } from "./judge.node.ts";
