/** A picture at any size, with masks over it and a slider to compare it with another. @module */
import { useEffect, useRef, useState } from "react";
import { contourPath } from "scenograph/scene/contours";
import type { Picture, SceneObject } from "scenograph/scene/scene";
import { rgba } from "../app/pixels.ts";
import { colorOf } from "../model/palette.ts";
import { contoursOf } from "./contours.ts";
import { usePinch, useView } from "./viewport.ts";

/** The pixels alone; the browser scales them. */
export function Pixels({
  picture,
  label,
  className,
}: {
  readonly picture: Picture;
  readonly label: string;
  readonly className?: string;
}) {
  const ref = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    ref.current?.getContext("2d")?.putImageData(rgba(picture), 0, 0);
  }, [picture]);
  return (
    <canvas
      ref={ref}
      role="img"
      aria-label={label}
      className={className}
      width={picture.width}
      height={picture.height}
    />
  );
}

interface PictureViewProps {
  readonly side: number;
  readonly picture?: Picture;
  readonly other?: Picture;
  readonly label: string;
  readonly stale: boolean;
  readonly masks: readonly SceneObject[];
  readonly opacity: number;
}

export function PictureView({ side, picture, other, label, stale, masks, opacity }: PictureViewProps) {
  const view = useView();
  const [split, setSplit] = useState(0.5);
  const pinch = usePinch(() => {});
  const transform = `scale(${view.scale}) translate(${-view.x * 100}%, ${-view.y * 100}%)`;
  return (
    <div ref={pinch} className="canvas picture" style={{ width: side, height: side }}>
      <div className={`pixels${stale ? " stale" : ""}`} style={{ transform }}>
        {picture && <Pixels picture={picture} label={label} />}
        {other && (
          <div className="other" style={{ clipPath: `inset(0 ${(1 - split) * 100}% 0 0)` }}>
            <Pixels picture={other} label="picture to compare with" />
          </div>
        )}
        {masks.length > 0 && (
          <svg viewBox={`0 0 ${side} ${side}`} aria-hidden="true">
            {masks.map(
              (o) =>
                o.mask && (
                  <path
                    key={o.id}
                    d={contourPath(contoursOf(o.mask), side, side)}
                    fill={colorOf(o.label)}
                    fillOpacity={opacity * 0.5}
                    fillRule="evenodd"
                    stroke={colorOf(o.label)}
                    strokeWidth={2}
                  />
                ),
            )}
          </svg>
        )}
      </div>
      {other && (
        <input
          type="range"
          className="split"
          aria-label="Compare: share of the other picture"
          min={0}
          max={1}
          step={0.005}
          value={split}
          style={{ "--split": `${split * 100}%` } as React.CSSProperties}
          onChange={(e) => setSplit(Number(e.target.value))}
        />
      )}
    </div>
  );
}
