/**
 * What a class's channels of the box tensor hold beside the paper's 1 inside the box: the position inside it, and its sine and cosine.
 * Not measured; of no use with the box's own frame, whose decoder knows the box.
 * @module
 */
import { constant } from "@scenograph/graph/leaves";
import { cos, div, maximum, mul, sin, sub } from "@scenograph/graph/ops/elementwise";
import { concat, reshape } from "@scenograph/graph/ops/shape";
import type { Tensor } from "@scenograph/graph/tensor";
import { z } from "zod";
import { edges, indicator, type Layout } from "../../paper/masks/boxes.ts";

export const boxTensorSettings = {
  /** "box": nothing more; "position": across and down; "waves": that, and its sine and cosine. */
  boxTensor: z.enum(["box", "position", "waves"]).default("box"),
};

export function boxChannels(kind: "position" | "waves"): (layout: Layout) => Tensor {
  return (layout) => boxCoordinates(layout, kind === "waves" ? 1 : 0);
}

/**
 * Position inside the box: [N T, 2 + 4 harmonics, H, W], 0 outside. Channels: u (across) and v (down), -1 to 1 from
 * side to side, then sin and cos of pi k u, and of pi k v, for k = 1 .. harmonics.
 */
export function boxCoordinates({ boxes, grid }: Pick<Layout, "boxes" | "grid">, harmonics = 0): Tensor {
  const m = boxes.shape[0] * boxes.shape[1];
  const { width, height } = grid;
  const along = (axis: 0 | 1) => {
    const cells = axis === 0 ? width : height;
    const centres = constant(
      Array.from({ length: cells }, (_, i) => i + 0.5),
      [1, cells],
    );
    const [low, high] = edges(boxes, axis, cells);
    // padding has no extent: one pixel keeps the quotient finite
    return sub(div(mul(sub(centres, low), 2), maximum(sub(high, low), 1)), 1);
  };
  const rows = reshape(indicator(boxes, 1, height), [m, 1, height, 1]);
  const columns = reshape(indicator(boxes, 0, width), [m, 1, 1, width]);
  const across = (values: Tensor) => mul(rows, mul(columns, reshape(values, [m, 1, 1, width])));
  const down = (values: Tensor) => mul(mul(rows, reshape(values, [m, 1, height, 1])), columns);
  const [u, v] = [along(0), along(1)];
  const maps = [across(u), down(v)];
  for (let k = 1; k <= harmonics; k++)
    for (const wave of [sin, cos]) maps.push(across(wave(mul(u, k * Math.PI))), down(wave(mul(v, k * Math.PI))));
  return concat(maps, 1);
}
