/** What the entries for Node and for browsers have in common. @module */
export * from "@scenograph/graph/errors";
export type { Device, Runtime, RuntimeOptions } from "@scenograph/graph/runtime/runtime";
export { exportedFile, exportedText, exportScene, FORMATS, importScene } from "../interchange/index.ts";
export type { Exported, ExportOptions, Format, Imported, ImportOptions } from "../interchange/types.ts";
export { type ModelInfo, parseModelInfo } from "../model/info.ts";
export { type Model, type ModelStages, openModel } from "../model/model.ts";
export * from "../pipeline.ts";
export { CATEGORIES, classIndex } from "../scene/categories.ts";
export { sceneToCoco } from "../scene/coco.ts";
export { sceneFromPng, sceneToPng } from "../scene/png.ts";
export { parseScene, restoreScene } from "../scene/restore.ts";
export type { Box, Mask, Picture, Scene, SceneObject } from "../scene/scene.ts";
export { createDraw, type Draw } from "./draw.ts";
export { Drawn } from "./drawn.ts";
export type { Download } from "./files.ts";
export type { DrawInput, DrawOptions } from "./options.ts";
