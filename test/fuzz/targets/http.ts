/** Bodies of requests, at every route that takes one, of a service of the tiny model in this process. @module */

import { problem } from "@scenograph/service/server/schemas";
import fc from "fast-check";
import { type Started, type Tiny, tiny } from "../../../packages/service/test/server/service.fixture.ts";
import type { Target } from "../judge.ts";
import { bytesOf, hostileJsonBytes } from "../mutations.ts";

let folder: Promise<Tiny> | undefined;
let running: Promise<Started> | undefined;

/** Started at the first request. */
export function service(): Promise<Started> {
  folder ??= tiny();
  // jobs are not run: they would be computed beside the case after them
  running ??= folder.then((t) => t.start({ work: false }));
  return running;
}

export async function endService(): Promise<void> {
  const made = await folder;
  folder = undefined;
  running = undefined;
  await made?.end();
}

/** What any answer must be. @throws when it is none that a client may get */
export async function checkAnswer(response: Response): Promise<string> {
  const text = await response.text();
  const { status } = response;
  if (status < 400) return text;
  // 503 while something is full or down, 504 after a deadline: no failures of the program
  if (status >= 500 && status !== 503 && status !== 504) throw new Error(`status ${status}: ${text.slice(0, 300)}`);
  const { error } = problem.parse(JSON.parse(text));
  if (/[\p{Cc}\u2028\u2029]/u.test(error.message) || error.message.length > 2000 || error.message === "")
    throw new Error(`a message that is not one line: ${JSON.stringify(error.message.slice(0, 200))}`);
  // stacks and paths of this machine are nobody's business
  if (/\n\s+at |node_modules|\/src\/|\.ts:\d/.test(text))
    throw new Error(`tells of the program: ${text.slice(0, 300)}`);
  return text;
}

const SIZE = { width: 32, height: 32 };
const MASK = { width: 4, height: 4, counts: [3, 10, 3] };
const OBJECT = { id: "o1", label: "dog", box: [0.1, 0.2, 0.5, 0.5] };
const SCENE = { version: 2, caption: "a dog", ...SIZE, seed: 1, objects: [{ ...OBJECT, mask: MASK }] };

const BODIES: Readonly<Record<string, unknown>> = {
  "/v1/sentences": { caption: "a dog on the beach" },
  "/v1/scenes": { caption: "a dog", seed: 1, ...SIZE, objects: [OBJECT], labelTemperature: 0.5, maxObjects: 2 },
  "/v1/scenes/next": { caption: "a dog", objects: [OBJECT], label: "dog", rows: 4, columns: 4 },
  "/v1/scenes/masks": { scene: { ...SCENE, objects: [OBJECT] } },
  "/v1/scenes/render": { scene: SCENE },
  "/v1/jobs": { captions: ["a dog", "a cat"], seed: 1, to: "boxes", deadline_seconds: 60 },
  "/v1/images/generations": { prompt: "a dog", n: 1, size: "32x32", response_format: "b64_json" },
  "/sdapi/v1/txt2img": { prompt: "a dog", seed: 1, batch_size: 1, ...SIZE },
  "/sdapi/v1/options": { samples_format: "png" },
  "/sdapi/v1/png-info": { image: "iVBORw0KGgoAAAANSUhEUg==" },
  "/sdapi/v1/img2img": { init_images: ["iVBORw0KGgoAAAANSUhEUg=="], seed: 1, ...SIZE },
};

/** Texts that a body holds in place of JSON. */
const strange = fc
  .constantFrom("", " ", "null", "[]", "1", '"x"', "caption=a+dog", "<xml/>", "\0", "\ufeff{}")
  .map(bytesOf);

export const HTTP: readonly Target[] = Object.entries(BODIES).map(([path, body]) => ({
  name: `POST ${path}`,
  valid: [bytesOf(JSON.stringify(body))],
  hostile: fc.oneof({ weight: 9, arbitrary: hostileJsonBytes(body) }, { weight: 1, arbitrary: strange }),
  known: {
    "nesting without end": () => bytesOf(`{"caption":${"[".repeat(4e5)}${"]".repeat(4e5)}}`),
    "a million fields": () => bytesOf(`{${Array.from({ length: 1e5 }, (_, i) => `"k${i}":0`)}}`),
    "a body of 64 MB": () => bytesOf(`{"caption":"${"x".repeat(2 ** 26)}"}`),
    "a mask of 4 gigapixels": () =>
      bytesOf(
        JSON.stringify({
          scene: { ...SCENE, objects: [{ ...OBJECT, mask: { width: 65536, height: 65536, counts: [2 ** 32] } }] },
        }),
      ),
    "pictures of 2^31 pixels a side": () =>
      bytesOf(JSON.stringify({ ...(body as object), width: 2 ** 31, height: 2 ** 31, size: "2147483648x2147483648" })),
    "a billion pictures": () => bytesOf(JSON.stringify({ ...(body as object), n: 1e9, batch_size: 1e9, n_iter: 1e9 })),
  },
  // what is wrong is no error of the parser but an answer
  errors: [],
  ms: 4000,
  allocation: "unwatched",
  stride: 37,
  async parse(bytes: Uint8Array) {
    const { fetch } = await service();
    return checkAnswer(await fetch(path, { method: "POST", body: bytes.slice() }));
  },
}));
