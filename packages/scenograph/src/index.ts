/**
 * Scenograph as a library: sentences become scenes (labelled boxes, masks) and pictures.
 * @module
 * @example
 * import { createWorkerRuntime, generate, loadModel } from "scenograph";
 * const runtime = createWorkerRuntime();
 * const model = await loadModel("illustrated", runtime);
 * const start = { version: 2, caption: "a dog on the beach", width: 128, height: 128, seed: 7, objects: [] } as const;
 * const [{ scene, picture }] = await generate(model.stages, [start]);
 * await runtime.close();
 */
export * from "@scenograph/graph/errors";
export { createWorkerRuntime } from "@scenograph/graph/runtime/remote.node";
export type { Device, Runtime, RuntimeOptions } from "@scenograph/graph/runtime/runtime";
export { exportedFile, exportedText, exportScene, FORMATS, importScene } from "./interchange/index.ts";
export type { Exported, ExportOptions, Format, Imported, ImportOptions } from "./interchange/types.ts";
export { type ModelInfo, parseModelInfo } from "./model/info.ts";
export { DEFAULT_MODEL, findModel, listModels, loadModel } from "./model/load.node.ts";
export { type Model, type ModelStages, openModel } from "./model/model.ts";
export * from "./pipeline.ts";
export { CATEGORIES, classIndex } from "./scene/categories.ts";
export { sceneToCoco } from "./scene/coco.ts";
export { sceneFromPng, sceneToPng } from "./scene/png.ts";
export { parseScene, restoreScene } from "./scene/restore.ts";
export type { Box, Mask, Picture, Scene, SceneObject } from "./scene/scene.ts";
