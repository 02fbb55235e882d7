/** A learned map of the position beside the gated layout: sky is above, ground below. Not measured alone. @module */
import { broadcastTo } from "@scenograph/graph/ops/shape";
import { z } from "zod";
import type { ImageSeams } from "../../paper/image/seams.ts";

export const positionSettings = {
  /** Its channels; 0 = none. */
  position: z.int().min(0).default(0),
};

export function position(channels: number): NonNullable<ImageSeams["beside"]> {
  return (p, _given, { n, height, width }) => {
    const map = p.get("position", [1, channels, height, width], { kind: "normal", std: 0.5 });
    return { fused: [broadcastTo(map, [n, channels, height, width])] };
  };
}
