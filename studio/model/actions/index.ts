/** Every command of the studio. @module */
import type { Action } from "./action.ts";
import { exports, newScene, openFile, redoAction, share, showHelp, undoAction } from "./files.ts";
import { cancel, inferAgain, inferAll, inferOnwards, makeAlternatives, rollSeed } from "./infer.ts";
import { clearMask, fillMask, inferMask, largerBrush, smallerBrush } from "./masks.ts";
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
import {
  deselect,
  panels,
  selectNext,
  selectPrevious,
  toggleKeepSeed,
  toggleLive,
  toggleOverlay,
  toggleSnap,
  tools,
} from "./view.ts";

export * from "./action.ts";
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
  ...Object.values(inferOnwards),
  rollSeed,
  makeAlternatives,
  ...Object.values(tools),
  selectNext,
  selectPrevious,
  deselect,
  deleteObject,
  duplicateObject,
  nearer,
  farther,
  front,
  back,
  toggleLocked.selected,
  toggleHidden.selected,
  ...nudges,
  smallerBrush,
  largerBrush,
  fillMask,
  clearMask,
  inferMask,
  ...Object.values(panels),
  toggleLive,
  toggleOverlay,
  toggleKeepSeed,
  toggleSnap,
  newScene,
  openFile,
  ...Object.values(exports),
  share,
  showHelp,
];
