/**
 * Masks by pose codes: `MaskGenerator` of the pipeline. A pose number holds the code and the facing: pose = code + codes * mirrored.
 * @module
 */
import { ConfigError } from "@scenograph/graph/errors";
import { bucket, chunks } from "@scenograph/graph/nn/buckets";
import { ProgramCache } from "@scenograph/graph/nn/programs";
import type { Weights } from "@scenograph/graph/nn/weights";
import { stream } from "@scenograph/graph/random";
import type { Runtime } from "@scenograph/graph/runtime/runtime";
import { bitmapToMask } from "../../formats/rle.ts";
import type { MaskGenerator, MaskRequest } from "../../pipeline.ts";
import type { Categories } from "../../scene/categories.ts";
import { inscribedEllipse } from "../../scene/geometry.ts";
import type { Box, Mask, SceneObject } from "../../scene/scene.ts";
import { LETTERED, mirrorMap } from "../codes/mirror.ts";
import { withoutIslands } from "../masks/islands.ts";
import type { PriorsConfig } from "../priors/config.ts";
import type { PriorPicture } from "../priors/data.ts";
import { drawCodes, likeliest, wantsAlike } from "../priors/draw.ts";
import type { Priors } from "../priors/infer.ts";
import type { PosesConfig } from "./config.ts";
import { decodeProgram } from "./step.ts";

export interface PoseChoice {
  readonly pose: number;
  /** Probability of the code, in [0, 1]. */
  readonly share: number;
  readonly mask: Mask;
}

export interface PoseMasks extends MaskGenerator {
  /** Objects with their poses: those that are given stay (`keepsPose`), the others are drawn from the prior. */
  choose(requests: readonly MaskRequest[]): Promise<SceneObject[][]>;
  /** The likeliest poses of an object, best first, with their masks. */
  alternatives(request: MaskRequest, id: string, count: number): Promise<PoseChoice[]>;
  /** Load what `infer` of these requests needs. */
  prepare(requests: readonly Pick<MaskRequest, "objects">[]): Promise<void>;
  release(): Promise<void>;
}

/** A piece of a silhouette under this share of it is a slip. */
const ISLAND = 0.02;

/** A locked object keeps its pose, and so does one whose pose was set by hand: it has no mask yet. */
export function keepsPose(object: SceneObject): boolean {
  return object.pose !== undefined && (object.locked === true || object.mask === undefined);
}

export function splitPose(pose: number, codes: number): { code: number; mirrored: boolean } {
  return { code: pose % codes, mirrored: Math.floor(pose / codes) % 2 === 1 };
}

const mirrorBox = ([x, y, w, h]: Box): Box => [1 - x - w, y, w, h];

/** Pictures as the priors see them, in the mirror where `turned`. */
export function priorPicture(
  { objects, sentence }: Pick<MaskRequest, "objects" | "sentence">,
  turned: boolean,
  categories: Categories,
): PriorPicture {
  return {
    objects: objects.map((o) => ({ classIndex: classOf(o, categories), box: turned ? mirrorBox(o.box) : o.box })),
    sentence: sentence ?? {},
  };
}

export function classOf({ label }: SceneObject, categories: Categories): number {
  const index = categories.indexOf(label);
  if (index < 0)
    throw new ConfigError(`infer(): a label is ${categories.described}, got "${label}"; correct the scene`);
  return index;
}

/** Is the picture inferred in a mirror? */
function turnedOf(seed: number, config: PriorsConfig): boolean {
  return config.mirror && stream(seed, "mask", "mirror").bool();
}

/** `resolution`: pixels a side of the masks, over the whole picture. */
export function createPoseMasks(
  runtime: Runtime,
  config: { readonly poses: PosesConfig; readonly priors: PriorsConfig },
  resolution: number,
  threshold: number,
  weights: Weights,
  priors: Priors,
  categories: Categories,
): PoseMasks {
  const { codes, side } = config.poses;
  const programs = new ProgramCache(runtime, weights);
  const executable = (m: number) => programs.get(m, () => decodeProgram(config.poses, m));

  /** Probabilities [side * side] in the boxes' frames, as the objects face. */
  const shapes = async (objects: readonly (SceneObject & { readonly pose: number })[]): Promise<Float32Array[]> => {
    const found: Float32Array[] = [];
    for (const chunk of chunks(objects)) {
      const m = bucket(chunk.length);
      const labels = new BigInt64Array(m);
      const own = new BigInt64Array(m);
      const boxes = new Float32Array(m * 4).fill(0.5);
      const parts = chunk.map((o) => splitPose(o.pose, codes));
      chunk.forEach((o, i) => {
        labels[i] = BigInt(classOf(o, categories));
        own[i] = BigInt(parts[i].code);
        boxes.set(parts[i].mirrored ? mirrorBox(o.box) : o.box, i * 4);
      });
      const masks = (await (await executable(m)).run({ labels, boxes, codes: own })).masks as Float32Array;
      chunk.forEach((_, i) => {
        const one = withoutIslands(masks.slice(i * side * side, (i + 1) * side * side), side, threshold, ISLAND);
        found.push(parts[i].mirrored ? mirrorMap(one, side) : one);
      });
    }
    return found;
  };

  const masksOf = async (objects: readonly (SceneObject & { readonly pose: number })[]): Promise<Mask[]> => {
    const all = await shapes(objects);
    return objects.map((o, i) => {
      const bitmap = drawShapeAt(all[i], side, o.box, resolution, threshold);
      return bitmap.some((v) => v > 0)
        ? bitmapToMask(bitmap, resolution, resolution)
        : inscribedEllipse(o.box, resolution);
    });
  };

  const choose: PoseMasks["choose"] = async (requests) => {
    const turned = requests.map((r) => turnedOf(r.seed, config.priors));
    const logits = await priors.poses(requests.map((r, i) => priorPicture(r, turned[i], categories)));
    return requests.map(({ objects, seed, sentence }, i) => {
      const draws = objects.map((o, k) => ({
        id: o.id,
        kind: o.label ?? "",
        logits: logits[i][k],
        given: keepsPose(o) ? splitPose(o.pose!, codes).code : undefined,
      }));
      const drawn = drawCodes(draws, seed, "pose", config.priors.temperature, wantsAlike(sentence?.caption ?? ""));
      return objects.map((o, k) => {
        if (keepsPose(o)) return o;
        const mirrored = turned[i] && !LETTERED.has(o.label ?? "");
        return { ...o, pose: drawn[k] + (mirrored ? codes : 0) };
      });
    });
  };

  return {
    choose,
    async infer(requests) {
      const chosen = await choose(requests);
      const flat = chosen.flat().map((o) => ({ ...o, pose: o.pose! }));
      const masks = await masksOf(flat);
      let at = 0;
      return requests.map((r) =>
        r.objects.map((o) => {
          const drawn = masks[at++];
          return o.locked && o.mask ? o.mask : drawn;
        }),
      );
    },
    async alternatives(request, id, count) {
      const k = request.objects.findIndex((o) => o.id === id);
      if (k < 0) throw new ConfigError(`poses(): an id of the scene's objects, got "${id}"; list them with inspect`);
      const own = request.objects[k];
      const turned =
        own.pose === undefined ? turnedOf(request.seed, config.priors) : splitPose(own.pose, codes).mirrored;
      const [logits] = await priors.poses([priorPicture(request, turned, categories)]);
      const mirrored = turned && !LETTERED.has(own.label ?? "");
      const best = likeliest(logits[k], count, config.priors.temperature);
      const posed = best.map(({ code }) => ({ ...own, pose: code + (mirrored ? codes : 0) }));
      const masks = await masksOf(posed);
      return best.map(({ share }, i) => ({ pose: posed[i].pose, share, mask: masks[i] }));
    },
    async prepare(requests) {
      if (requests.length === 0) return;
      const count = requests.reduce((n, r) => n + r.objects.length, 0);
      await Promise.all([executable(bucket(Math.max(1, Math.min(count, 64)))), priors.prepare(requests)]);
    },
    async release() {
      await Promise.all([programs.release(), priors.release()]);
    },
  };
}

/** Probabilities [side, side] in a box -> a bitmap [size, size] of those above the threshold: bilinear, 0 outside the box. */
export function drawShapeAt(
  shape: Float32Array,
  side: number,
  [x, y, w, h]: Box,
  size: number,
  threshold: number,
): Uint8Array {
  const out = new Uint8Array(size * size);
  const along = (start: number, length: number) => {
    const first = Math.min(size - 1, Math.max(0, Math.ceil(start * size - 0.5)));
    const end = Math.min(size, Math.max(first + 1, Math.ceil((start + length) * size - 0.5)));
    const places = [];
    for (let i = first; i < end; i++) {
      const at = Math.min(side - 1, Math.max(0, (((i + 0.5) / size - start) / length) * side - 0.5));
      const low = Math.min(side - 2, Math.floor(at));
      places.push({ i, low, share: at - low });
    }
    return places;
  };
  const columns = along(x, w);
  for (const r of along(y, h))
    for (const c of columns) {
      const at = r.low * side + c.low;
      const top = shape[at] * (1 - c.share) + shape[at + 1] * c.share;
      const bottom = shape[at + side] * (1 - c.share) + shape[at + side + 1] * c.share;
      if (top * (1 - r.share) + bottom * r.share > threshold) out[r.i * size + c.i] = 1;
    }
  return out;
}
