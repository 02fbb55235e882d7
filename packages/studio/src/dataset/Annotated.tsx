/** A picture of a dataset with the boxes, masks and names of its objects over it. @module */
import { useMemo } from "react";
import { classColor } from "scenograph/scene/colors";
import { contourPath, maskContours } from "scenograph/scene/contours";
import type { DatasetItem } from "scenograph/scene/dataset";
import { searchOf } from "./requests.ts";

export interface Overlays {
  readonly boxes: boolean;
  readonly masks: boolean;
  readonly labels: boolean;
}

interface AnnotatedProps {
  readonly split: string;
  readonly item: DatasetItem;
  readonly overlays: Overlays;
  /** What those hear who do not see the picture; "" where the text beside it says it. */
  readonly alt: string;
  /** Id of an object that stands out. */
  readonly highlight?: number;
}

export function Annotated({ split, item, overlays, alt, highlight }: AnnotatedProps) {
  const { id, width, height, objects } = item;
  const outlines = useMemo(
    () => objects.map((o) => (o.mask ? contourPath(maskContours(o.mask), width, height) : "")),
    [objects, width, height],
  );
  const dimmed = (object: number) => (highlight !== undefined && highlight !== object ? 0.25 : 1);
  return (
    <div
      className="annotated"
      style={{ aspectRatio: `${width} / ${height}`, "--shape": width / height } as React.CSSProperties}
    >
      {item.picture ? (
        <img src={`data/picture${searchOf({ split, id })}`} alt={alt} loading="lazy" />
      ) : (
        <span className="muted no-picture">{objects.length === 0 && "no pixels"}</span>
      )}
      <svg viewBox={`0 0 ${width} ${height}`} aria-hidden="true">
        {overlays.masks &&
          objects.map((o, i) => (
            <path
              key={o.id}
              d={outlines[i]}
              fill={classColor(o.label)}
              fillOpacity={0.4 * dimmed(o.id)}
              fillRule="evenodd"
              stroke={classColor(o.label)}
              strokeOpacity={dimmed(o.id)}
              strokeWidth={1.5}
              vectorEffect="non-scaling-stroke"
            />
          ))}
        {overlays.boxes &&
          objects.map(({ id: object, label, box: [x, y, w, h] }) => (
            <rect
              key={object}
              x={x * width}
              y={y * height}
              width={w * width}
              height={h * height}
              fill="none"
              stroke={classColor(label)}
              strokeOpacity={dimmed(object)}
              strokeWidth={object === highlight ? 3 : 1.5}
              vectorEffect="non-scaling-stroke"
            />
          ))}
      </svg>
      {overlays.labels &&
        objects.map(({ id: object, label, box: [x, y, w] }) => (
          <span
            key={object}
            className="annotated-label"
            aria-hidden="true"
            style={{
              // a name near the right rim ends where its box ends, so that it can be read
              ...(x > 0.75 ? { right: `${Math.max(0, 1 - x - w) * 100}%` } : { left: `${x * 100}%` }),
              top: `${y * 100}%`,
              borderColor: classColor(label),
              opacity: dimmed(object),
            }}
          >
            {label}
          </span>
        ))}
    </div>
  );
}
