/**
 * Scenograph as a library for browsers and workers: what bundlers take for `import { scenograph } from "scenograph"`.
 * @module
 */
export { createWebRuntime } from "@scenograph/graph/runtime/web";
export * from "./library/common.ts";
export { type ScenographOptions, scenograph } from "./library/web.ts";
