import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Feeds } from "@scenograph/graph/runtime/runtime";
import { SLOTS, WORD_DIM, WORDS } from "scenograph/ours/image/slots";
import { config as small } from "scenograph/paper/image/image.fixture";
import { afterAll, beforeAll, expect, test } from "vitest";
import { warmUpObjects } from "./imageWarmup.ts";

const objects = { width: 6, texture: 2, waves: 2, colour: 1, warmup: 200 };
const config = { ...small, ours: { ...small.ours, objects } };
const area = small.size ** 2;
let cacheDir: string;
beforeAll(async () => {
  cacheDir = await mkdtemp(join(tmpdir(), "scenograph-warmup-"));
});
afterAll(() => rm(cacheDir, { recursive: true }));

/** One object fills each picture; half of the sentences say one word and show white, half another and show black. */
async function batch(_: number, n: number): Promise<Feeds> {
  const bright = (i: number) => i % 2;
  const vectors = new Float32Array(n * WORDS * WORD_DIM);
  for (let i = 0; i < n; i++) vectors[i * WORDS * WORD_DIM + bright(i)] = 5;
  const first = (length: number) => Float32Array.from({ length: n * length }, (_, i) => (i % length === 0 ? 1 : 0));
  return {
    "layout.owner": new Uint8Array(n * area),
    "objects.classes": new BigInt64Array(n * SLOTS),
    "objects.ranks": new BigInt64Array(n * SLOTS),
    "objects.said": first(SLOTS * WORDS),
    "words.vectors": vectors,
    "words.valid": first(WORDS),
    picture: Uint8Array.from({ length: n * 3 * area }, (_, i) => 255 * bright(Math.floor(i / (3 * area)))),
  };
}

test("the codes learn colours from words, tell how far they are, and are not learnt twice", async () => {
  const errors: number[] = [];
  let stopped = false;
  const context = {
    seed: 1,
    cacheDir,
    runtime: { threads: 1 },
    log: () => {},
    progress: (_: string, total: number) => ({
      update: (done: number, details: string) => {
        expect(done).toBe(errors.length + 1);
        expect(total).toBe(200);
        errors.push(Number(details.replace("error ", "")));
      },
      stop: () => {
        stopped = true;
      },
    }),
  };
  const learnt = await warmUpObjects(context, config, 200, ["data"], batch);
  expect(errors).toHaveLength(200);
  expect(errors[199]).toBeLessThan(0.8 * errors[0]);
  expect(stopped).toBe(true);
  expect(Object.keys(learnt).every((name) => name.startsWith("image."))).toBe(true);

  const again = await warmUpObjects(context, config, 200, ["data"], () =>
    Promise.reject(new Error("not from the cache")),
  );
  expect(again).toEqual(learnt);
  expect(errors).toHaveLength(200);
});
