/**
 * A hidden layer before the parameters of the mixtures, instead of the paper's affine function; and, with `edges`, the
 * logarithms of the centre's distances from the picture's edges go to the sizes: a box that touches an edge has the size that
 * its centre says, as every ninth side pair of COCO does. Measured: edges .1 to .2 nats a box.
 * @module
 */
import { zeros } from "@scenograph/graph/init";
import { linear } from "@scenograph/graph/nn/layers";
import type { Params } from "@scenograph/graph/nn/params";
import { add, clip, log, mul, relu, stopGradient, sub } from "@scenograph/graph/ops/elementwise";
import { concat, slice, split } from "@scenograph/graph/ops/shape";
import type { Tensor } from "@scenograph/graph/tensor";
import { z } from "zod";
import { affine } from "../../paper/boxes/model.ts";
import type { MixtureHead } from "../../paper/boxes/seams.ts";

export const headSettings = {
  /** Units of the layer between state and mixture parameters; 0 = none. */
  head: z.int().min(0).default(0),
  /** Dropout of its units. */
  headDropout: z.number().min(0).max(0.9).default(0.2),
  /** Whether the sizes' mixture is given the centre's distances from the edges. */
  edges: z.boolean().default(false),
};

export function mixtureHead({ head: units, edges }: { head: number; edges: boolean }): MixtureHead {
  return (p, f, more, { out, drop, centre, root }) => {
    const direct = edges && centre ? edgeDistances(root, centre) : undefined;
    // straight to the means, and to the hidden units
    const straight = (x: Tensor, scope: string, size: number) =>
      direct ? add(x, linear(p.scope(scope), direct, size, { bias: false, init: zeros })) : x;
    if (units === 0) return straight(affine(p, f, more, out), "direct", out);
    const inner = straight(affine(p.scope("inner"), f, more, units), "directInner", units);
    return straight(linear(p.scope("outer"), drop(relu(inner)), out), "direct", out);
  };
}

/** Closer to an edge than this is at it. */
const AT_EDGE = 0.005;

/** log of twice the centre's distances from the left, right, top and bottom edge, [T N, 4]: the log side of a box that touches it. */
function edgeDistances(root: Params, centre: Tensor): Tensor {
  const [mean, std] = split(root.get("statistics", [2, 4], zeros), 2, 0).map((row) => slice(row, 1, 0, 2));
  const place = stopGradient(add(mul(centre, std), mean));
  return log(mul(clip(concat([place, sub(1, place)], 1), AT_EDGE, 1), 2));
}
