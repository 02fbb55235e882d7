/** Understanding of sentences. @module */
export { describeUnderstanding } from "./describe.ts";
export { nearestCategories, type VectorOf } from "./nearest.ts";
export type * from "./types.ts";
export { type UnderstandOptions, understand, understoodNothing } from "./understand.ts";
