/**
 * Silhouettes in the box's own frame from (class, box, code) [ours]. Codes are read off true silhouettes by `codes/waves.ts`.
 * @module
 */
import { heNormal } from "@scenograph/graph/init";
import { conv, convBlock, embedding, linear } from "@scenograph/graph/nn/layers";
import type { Params } from "@scenograph/graph/nn/params";
import { leakyRelu, mul, sub } from "@scenograph/graph/ops/elementwise";
import { upsampleNearest } from "@scenograph/graph/ops/pooling";
import { concat, reshape } from "@scenograph/graph/ops/shape";
import type { Tensor } from "@scenograph/graph/tensor";
import { depthToSpace } from "../../paper/masks/model.ts";
import { boxFeatures } from "../masks/frame.ts";
import type { PosesConfig } from "./config.ts";

/** What is known of an object before its pose: labels int64 [M], boxes [M, 4] as fractions. */
export interface PoseObjects {
  readonly labels: Tensor;
  readonly boxes: Tensor;
}

function known(p: Params, { classes }: PosesConfig, { labels, boxes }: PoseObjects, width: number): Tensor {
  const [m] = labels.shape;
  return concat([embedding(p.scope("class"), labels, classes, width), boxFeatures(reshape(boxes, [1, m, 4]))], 1);
}

/** Code vectors [M, Z] -> logits [M, 1, side, side] in the boxes' frames. */
export function decodePose(p: Params, config: PosesConfig, objects: PoseObjects, vectors: Tensor): Tensor {
  const [m] = vectors.shape;
  const [at4, at8, at16, at32, at64] = config.decoder;
  const about = concat([known(p, config, objects, config.classWidth), vectors], 1);
  const start = leakyRelu(linear(p.scope("start"), about, at4 * 16, { init: heNormal(about.shape[1], 0.2) }));
  let x = reshape(start, [m, at4, 4, 4]);
  [at8, at16, at32].forEach((width, i) => {
    x = convBlock(p.scope(`up.${i}`), upsampleNearest(x), width, 3);
  });
  if (config.side === 64) return quads(p.scope("out"), x);
  const fine = leakyRelu(depthToSpaceOf(conv(p.scope("fine"), x, 4 * at64, 3, { padding: 1 })));
  return quads(p.scope("out"), fine);
}

/** Sub-pixel convolution to one channel of twice the side. */
function quads(p: Params, x: Tensor): Tensor {
  return depthToSpace(conv(p, x, 4, 3, { padding: 1, init: heNormal(x.shape[1] * 9, 1) }));
}

/** [M, 4 C, H, W] -> [M, C, 2 H, 2 W]. */
function depthToSpaceOf(x: Tensor): Tensor {
  const [m, c, h, w] = x.shape;
  const one = depthToSpace(reshape(x, [(m * c) / 4, 4, h, w]));
  return reshape(one, [m, c / 4, 2 * h, 2 * w]);
}

/** D_inst in the box's frame: silhouettes [M, 1, side, side] -> scores [M, 1, 4, 4], features of each level. */
export function judgePose(
  p: Params,
  config: PosesConfig,
  objects: PoseObjects,
  silhouettes: Tensor,
  wrap?: (p: Params, weight: Tensor) => Tensor,
): { score: Tensor; features: Tensor[] } {
  const [m] = objects.labels.shape;
  let x = sub(mul(silhouettes, 2), 1);
  const levels = config.side === 128 ? [8, ...config.discriminator] : config.discriminator;
  const features = levels.map((width, i) => {
    x = leakyRelu(conv(p.scope(`down.${i}`), x, width, 4, { stride: 2, padding: 1, wrap }));
    return x;
  });
  const own = reshape(leakyRelu(linear(p.scope("known"), known(p, config, objects, 16), x.shape[1])), [
    m,
    x.shape[1],
    1,
    1,
  ]);
  return { score: conv(p.scope("score"), mul(x, own), 1, 3, { padding: 1, wrap }), features };
}
