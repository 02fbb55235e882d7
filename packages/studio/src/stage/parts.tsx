/** What is drawn on the stage: silhouettes, boxes, outlines, handles; SVG of 1000 units a side. @module */
import { memo } from "react";
import { inkOn } from "scenograph/scene/colors";
import { contourPath } from "scenograph/scene/contours";
import type { Box } from "scenograph/scene/scene";
import { isLabelled, type SceneObject } from "scenograph/scene/scene";
import { contoursOf } from "../canvas/contours.ts";
import { HANDLES, handlePoint, touchFrame } from "../model/geometry.ts";
import { colorOf } from "../model/palette.ts";

/** Units of a side: SVG keeps few digits, so fractions of 1 would be coarse. */
export const UNITS = 1000;
/** Side of the area that takes a finger, and a mouse, in pixels. */
const [FINGER, POINTER] = [44, 16];

const pathOf = (o: SceneObject) => (o.mask ? contourPath(contoursOf(o.mask), UNITS, UNITS) : "");

export function rect([x, y, width, height]: Box) {
  return { x: x * UNITS, y: y * UNITS, width: width * UNITS, height: height * UNITS };
}

export const Silhouette = memo(function Silhouette({
  object,
  opacity,
  alone,
}: {
  readonly object: SceneObject;
  readonly opacity: number;
  readonly alone: boolean;
}) {
  const color = colorOf(object.label);
  return (
    <path
      d={pathOf(object)}
      fill={color}
      fillOpacity={alone ? opacity : opacity * 0.5}
      fillRule="evenodd"
      stroke={alone ? "var(--stage-line)" : color}
      className="thin"
    />
  );
});

interface BoxProps {
  readonly object: SceneObject;
  readonly name: string;
  /** Units of a pixel. */
  readonly unit: number;
  readonly filled: boolean;
}

/** A box with its name; dotted where no category says what it is. */
export const BoxPart = memo(function BoxPart({ object: o, name, unit, filled }: BoxProps) {
  const color = colorOf(o.label);
  const { x, y, width, height } = rect(o.box);
  const [font, pad] = [12 * unit, 5 * unit];
  const tag = name.length * 6.6 * unit + 2 * pad;
  const inside = height > 44 * unit && width > tag;
  const left = Math.min(x, UNITS - tag);
  const top = inside || y < 20 * unit ? y : y - 20 * unit;
  return (
    <g opacity={o.hidden ? 0.5 : 1}>
      <rect
        {...rect(o.box)}
        rx={3 * unit}
        fill={color}
        fillOpacity={filled && !o.hidden ? 0.15 : 0}
        stroke={color}
        className="line"
        strokeDasharray={o.hidden ? "5 4" : isLabelled(o) ? undefined : "2 5"}
      />
      <rect x={left} y={top} width={tag} height={20 * unit} rx={4 * unit} fill={color} />
      <text x={left + pad} y={top + 14.2 * unit} fontSize={font} fill={inkOn(color)} className="tag">
        {name}
      </text>
    </g>
  );
});

/** The outline of a thing under the pointer, or selected: its silhouette, or its box. */
export function Outline({ object: o, kind }: { readonly object: SceneObject; readonly kind: "hover" | "chosen" }) {
  const d = pathOf(o);
  if (d === "" || o.hidden) return <rect {...rect(o.box)} className={`outline ${kind}`} fill="none" />;
  return (
    <>
      <path d={d} className="outline under" fill="none" />
      <path d={d} className={`outline ${kind}`} fill="none" stroke={kind === "hover" ? undefined : colorOf(o.label)} />
    </>
  );
}

interface HandlesProps {
  readonly frame: Box;
  readonly unit: number;
  readonly touch: boolean;
}

export function Handles({ frame, unit, touch }: HandlesProps) {
  const size = (touch ? 16 : 10) * unit;
  const reach = (touch ? FINGER : POINTER) * unit;
  const shown = touch ? touchFrame(frame, reach / UNITS) : frame;
  // on a narrow frame the middle handles would lie on the corners
  const [wide, high] = [shown[2] * UNITS, shown[3] * UNITS].map((v) => v > 3.2 * size);
  return (
    <>
      <rect {...rect(shown)} className="frame-line under" fill="none" />
      <rect {...rect(shown)} className="frame-line" fill="none" />
      {HANDLES.filter((h) => h.length === 2 || (/[ns]/.test(h) ? wide : high)).map((handle) => {
        const [px, py] = handlePoint(shown, handle);
        const square = (s: number) => ({ x: px * UNITS - s / 2, y: py * UNITS - s / 2, width: s, height: s });
        return (
          <g key={handle} className={`handle ${handle}`} data-handle={handle}>
            <rect {...square(reach)} fill="transparent" />
            <rect {...square(size)} rx={touch ? size / 2 : 2.5 * unit} className="knob" />
          </g>
        );
      })}
    </>
  );
}
