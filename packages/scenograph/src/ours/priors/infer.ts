/** Asking the priors of a scene's objects. @module */
import { bucket } from "@scenograph/graph/nn/buckets";
import { ProgramCache } from "@scenograph/graph/nn/programs";
import type { Weights } from "@scenograph/graph/nn/weights";
import type { Program } from "@scenograph/graph/program";
import type { Feeds, Runtime } from "@scenograph/graph/runtime/runtime";
import { objectBucket } from "../../paper/masks/infer.ts";
import type { PriorsConfig } from "./config.ts";
import { type PriorPicture, priorFeeds } from "./data.ts";
import type { CodeCounts } from "./model.ts";
import { colourPriorProgram, lookPriorProgram, posePriorProgram } from "./step.ts";

export interface Priors {
  /** Logits of the poses of each object. */
  poses(pictures: readonly PriorPicture[]): Promise<Float32Array[][]>;
  /** Logits of the looks, given the poses (undefined: unknown). */
  looks(
    pictures: readonly PriorPicture[],
    poses: readonly (readonly (number | undefined)[])[],
  ): Promise<Float32Array[][]>;
  /** Logits of the colours, given the looks, and the palette [K, 3] in [-1, 1]. */
  colours(
    pictures: readonly PriorPicture[],
    looks: readonly (readonly number[])[],
  ): Promise<{ logits: Float32Array[][]; palette: Float32Array }>;
  /** Load what asking for the poses of so many pictures needs. */
  prepare(pictures: readonly { readonly objects: readonly unknown[] }[]): Promise<void>;
  release(): Promise<void>;
}

const LARGEST_BATCH = 16;

export function createPriors(runtime: Runtime, config: PriorsConfig, counts: CodeCounts, weights: Weights): Priors {
  const programs = new ProgramCache(runtime, weights);

  /** Runs `build` on chunks of pictures; `more` adds feeds of a chunk. */
  const ask = async (
    name: string,
    build: (n: number, t: number) => Program,
    pictures: readonly PriorPicture[],
    more: (from: number, n: number, t: number) => Feeds,
  ) => {
    const logits: Float32Array[][] = [];
    let palette = new Float32Array();
    for (let from = 0; from < pictures.length; from += LARGEST_BATCH) {
      const chunk = pictures.slice(from, from + LARGEST_BATCH);
      const most = Math.max(...chunk.map((p) => p.objects.length));
      if (most === 0) {
        logits.push(...chunk.map(() => []));
        continue;
      }
      const [n, t] = [bucket(chunk.length), objectBucket(most)];
      const run = await programs.get(`${name} ${n} ${t}`, () => build(n, t));
      const out = await run.run({ ...priorFeeds(chunk, n, t), ...more(from, n, t) });
      const all = out.logits as Float32Array;
      const k = all.length / (n * t);
      if (out.palette) palette = out.palette as Float32Array<ArrayBuffer>;
      chunk.forEach((p, i) => {
        logits.push(p.objects.map((_, j) => all.slice((i * t + j) * k, (i * t + j + 1) * k)));
      });
    }
    return { logits, palette };
  };
  const codes =
    (all: readonly (readonly (number | undefined)[])[], unknown: number) => (from: number, n: number, t: number) => {
      const out = new BigInt64Array(n * t).fill(BigInt(unknown));
      for (let i = 0; i < n; i++)
        all[from + i]?.forEach((code, j) => {
          out[i * t + j] = BigInt(code ?? unknown);
        });
      return out;
    };

  return {
    async poses(pictures) {
      const build = (n: number, t: number) => posePriorProgram(config, counts, n, t);
      return (await ask("pose", build, pictures, () => ({}))).logits;
    },
    async looks(pictures, poses) {
      const build = (n: number, t: number) => lookPriorProgram(config, counts, n, t);
      const own = codes(poses, counts.poses);
      return (await ask("look", build, pictures, (...at) => ({ poses: own(...at) }))).logits;
    },
    async colours(pictures, looks) {
      const build = (n: number, t: number) => colourPriorProgram(config, counts, n, t);
      const own = codes(looks, 0);
      return ask("colour", build, pictures, (...at) => ({ looks: own(...at) }));
    },
    async prepare(pictures) {
      const most = Math.max(0, ...pictures.map((p) => p.objects.length));
      if (most === 0) return;
      const [n, t] = [bucket(Math.min(LARGEST_BATCH, pictures.length)), objectBucket(most)];
      await programs.get(`pose ${n} ${t}`, () => posePriorProgram(config, counts, n, t));
    },
    release: () => programs.release(),
  };
}
