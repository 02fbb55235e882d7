/**
 * COCO-SSD as a judge of pictures, everything in one run of the network: pooled features, a posterior over the 80 categories, and
 * detections.
 * @module
 */
import { FormatError } from "@scenograph/graph/errors";
import { input } from "@scenograph/graph/leaves";
import { loadWeights } from "@scenograph/graph/nn/perceptual/cache.node";
import { max, mean } from "@scenograph/graph/ops/reduce";
import { compile } from "@scenograph/graph/program";
import { COCO } from "scenograph/scene/categories";
import type { Picture } from "scenograph/scene/scene";
import { inBatches } from "./batches.ts";
import { type Detection, suppress } from "./boxes.ts";
import type { JudgeOptions } from "./detector.node.ts";
import { decodeBox, SSD_SIZE, ssdHead } from "./ssd.ts";

export interface SsdLook {
  /** Conv_1, the mean over the picture: [1280]. */
  readonly features: Float32Array;
  /** [80], sums to 1: a category's largest score over all anchors, as a share of those of all categories. */
  readonly posterior: Float32Array;
  /** Score at least `MIN_SCORE`, after suppression within a class at IoU .6, best first. */
  readonly detections: readonly Detection[];
}

export const SSD_FEATURES = 1280;
export const MIN_SCORE = 0.3;
const MAX_IOU = 0.6;
const LIMIT = 100;

export interface SsdJudge {
  readonly label: string;
  readonly hash: string;
  /** Pictures of any size are resized to 300 x 300 (bilinear, antialiased). */
  look(pictures: readonly Picture[]): Promise<SsdLook[]>;
}

/** @throws ConfigError when the network is not installed */
export async function createSsdJudge({ runtime, cache, batch = 4 }: JudgeOptions): Promise<SsdJudge> {
  const { weights, sha256 } = await loadWeights("coco-ssd", cache);
  const { codes, scores, features } = ssdHead(weights)(input("x", [batch, 3, SSD_SIZE, SSD_SIZE]));
  const [, count, classes] = scores.shape;
  const anchors = weights.get("anchors");
  if (anchors?.shape[0] !== count)
    throw new FormatError(`judge: ${count} anchors are needed, got ${anchors?.shape[0] ?? 0}; run: judges install`);
  const outputs = { codes, scores, best: max(scores, 1), features: mean(features, [2, 3]) };
  const executable = await runtime.load(compile({ outputs }));
  return {
    label: "COCO-SSD",
    hash: sha256,
    async look(pictures) {
      const looks: SsdLook[] = [];
      await inBatches(executable, pictures, (out, _, n) => {
        const [all, best] = [out.scores as Float32Array, out.best as Float32Array];
        for (let row = 0; row < n; row++) {
          const found: Detection[] = [];
          for (let a = row * count; a < (row + 1) * count; a++)
            for (let id = 1; id < classes; id++) {
              const score = all[a * classes + id];
              const classIndex = score >= MIN_SCORE ? COCO.indexOfId(id) : -1;
              if (classIndex < 0) continue;
              const box = decodeBox(anchors.data, a - row * count, out.codes as Float32Array, a * 4);
              found.push({ classIndex, score, box });
            }
          looks.push({
            features: (out.features as Float32Array).slice(row * SSD_FEATURES, (row + 1) * SSD_FEATURES),
            posterior: posteriorOf(best.subarray(row * classes, (row + 1) * classes)),
            detections: suppress(found, MAX_IOU, LIMIT),
          });
        }
      });
      return looks;
    },
  };
}

/** Shares of the 80 categories out of scores by COCO id. */
function posteriorOf(scores: Float32Array): Float32Array {
  const own = Float32Array.from(COCO.categories, ({ id }) => Math.max(scores[id] ?? 0, 1e-9));
  const total = own.reduce((a, b) => a + b, 0);
  return own.map((v) => v / total);
}
