/** Every parser that is fuzzed. @module */
import { BYTES } from "./bytes.ts";
import { FOLDERS } from "./folders.ts";
import { HTTP } from "./http.ts";
import { SCENES } from "./scenes.ts";

export const TARGETS = [...BYTES, ...SCENES, ...FOLDERS, ...HTTP];
