/** Every command of the studio. @module */
import { nearest, UserError } from "@scenograph/graph/errors";
import type { Action } from "./action.ts";
import { align, flipObject, pasteObjects, stretches } from "./arrange.ts";
import * as codes from "./codes.ts";
import * as files from "./files.ts";
import {
  copyDocument,
  exports,
  newDocument,
  newScene,
  openFile,
  redoAction,
  share,
  showExport,
  showGallery,
  showHelp,
  showTour,
  undoAction,
} from "./files.ts";
import * as infer from "./infer.ts";
import { cancel, inferAgain, inferAll, makeAlternatives, rollSeed } from "./infer.ts";
import * as masks from "./masks.ts";
import { clearMask, fillMask, inferMask, largerBrush, smallerBrush } from "./masks.ts";
import * as objects from "./objects.ts";
import {
  back,
  deleteObject,
  duplicateObject,
  farther,
  front,
  nearer,
  nudges,
  toggleHidden,
  toggleLocked,
} from "./objects.ts";
import * as sentence from "./sentence.ts";
import * as view from "./view.ts";
import {
  deselect,
  panels,
  selectAll,
  selectNext,
  selectPrevious,
  toggleKeepSeed,
  toggleLayout,
  toggleLive,
  toggleOverlay,
  toggleSnap,
  tools,
} from "./view.ts";

export * from "./action.ts";
export * from "./arrange.ts";
export * from "./codes.ts";
export * from "./files.ts";
export * from "./infer.ts";
export * from "./masks.ts";
export * from "./objects.ts";
export * from "./sentence.ts";
export * from "./view.ts";

/** Commands without arguments: what keys, menus and the help sheet list. */
export const COMMANDS: readonly Action[] = [
  undoAction,
  redoAction,
  inferAll,
  cancel,
  ...Object.values(inferAgain),
  rollSeed,
  makeAlternatives,
  ...Object.values(tools),
  selectNext,
  selectPrevious,
  selectAll,
  deselect,
  deleteObject,
  duplicateObject,
  flipObject,
  ...align,
  nearer,
  farther,
  front,
  back,
  toggleLocked.selected,
  toggleHidden.selected,
  ...nudges,
  ...stretches,
  smallerBrush,
  largerBrush,
  fillMask,
  clearMask,
  inferMask,
  ...Object.values(panels),
  toggleLive,
  toggleLayout,
  toggleOverlay,
  toggleKeepSeed,
  toggleSnap,
  newDocument,
  copyDocument,
  showGallery,
  newScene,
  openFile,
  showExport,
  ...Object.values(exports),
  share,
  showTour,
  showHelp,
];

/** Those that take arguments: for gestures, fields and programs. */
const WITH_ARGUMENTS = [
  sentence.setCaption,
  sentence.useSentence,
  objects.setBox,
  objects.setBoxes,
  pasteObjects,
  objects.addObject,
  objects.relabel,
  codes.setPose,
  codes.turnRound,
  codes.setLook,
  codes.setColour,
  codes.likeThis,
  objects.moveInOrder,
  objects.toggleLocked.of,
  objects.toggleHidden.of,
  masks.paint,
  masks.fillAt,
  masks.setBrush,
  infer.setSeed,
  infer.makeVariations,
  infer.setVary,
  infer.acceptScene,
  infer.acceptLayout,
  infer.comparePicture,
  infer.setTemperature,
  infer.setExtras,
  view.select,
  view.selectSeveral,
  view.selectToo,
  view.setLayer,
  view.setLayout,
  view.setOpacity,
  view.setHeat,
  view.setReferenceStrength,
  view.setLesson,
  view.setVariationCount,
  view.setTheme,
  view.setCompute,
  view.setModel,
  files.openScene,
  files.setSize,
] as readonly Action<never>[];

const BY_ID = new Map<string, Action<never>>([...COMMANDS, ...WITH_ARGUMENTS].map((a) => [a.id, a]));

/** The command of an id. @throws UserError naming the nearest */
export function actionOf(id: string): Action<never> {
  const action = BY_ID.get(id);
  if (action) return action;
  const near = nearest(id, BY_ID.keys());
  throw new UserError(`unknown command "${id}"${near ? `; did you mean "${near}"?` : ""}`);
}
