/** Silhouettes and boxes as small drawings. @module */
import { memo } from "react";
import { contourPath } from "scenograph/scene/contours";
import { paintOrder } from "scenograph/scene/ops";
import type { SceneObject } from "scenograph/scene/scene";
import { contoursOf } from "../canvas/contours.ts";
import { colorOf } from "../model/palette.ts";

export const MiniMasks = memo(function MiniMasks({ objects }: { readonly objects: readonly SceneObject[] }) {
  return (
    <svg viewBox="0 0 100 100" aria-hidden="true">
      {objects.map(
        (o) =>
          o.mask &&
          !o.hidden && (
            <path key={o.id} d={contourPath(contoursOf(o.mask), 100, 100)} fill={colorOf(o.label)} fillRule="evenodd" />
          ),
      )}
    </svg>
  );
});

export const MiniBoxes = memo(function MiniBoxes({ objects }: { readonly objects: readonly SceneObject[] }) {
  return (
    <svg viewBox="0 0 100 100" aria-hidden="true">
      {paintOrder(objects).map(({ id, label, box: [x, y, w, h] }) => (
        <rect
          key={id}
          x={x * 100 + 1}
          y={y * 100 + 1}
          width={Math.max(1, w * 100 - 2)}
          height={Math.max(1, h * 100 - 2)}
          rx={2}
          fill={colorOf(label)}
          fillOpacity={0.18}
          stroke={colorOf(label)}
          strokeWidth={2}
          strokeDasharray={label === null ? "2 4" : undefined}
        />
      ))}
    </svg>
  );
});
