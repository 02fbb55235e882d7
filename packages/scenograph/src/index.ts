/**
 * Scenograph as a library: a sentence becomes a scene (labelled boxes, masks) and a picture. This is the entry for Node;
 * bundlers for browsers and workers take `web.ts`, with the same `scenograph`.
 * @module
 * @example
 * import { scenograph } from "scenograph";
 * const draw = await scenograph("illustrated");
 * const scene = await draw("a cat on a sofa", { seed: 7 });
 * await writeFile("cat.png", await scene.toPng());
 * scene.objects; // [{ id, label: "couch", box: [x, y, w, h], mask }, ...]
 * const { files } = await scene.layout("ideogram");
 * await draw.close();
 */
export { createWorkerRuntime } from "@scenograph/graph/runtime/remote.node";
export * from "./library/common.ts";
export { type ScenographOptions, scenograph } from "./library/node.ts";
export { DEFAULT_MODEL, findModel, listModels, loadModel } from "./model/load.node.ts";
