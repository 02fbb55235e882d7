/** The picture on the stage, at the screen's own pixels. @module */
import { useEffect, useRef } from "react";
import type { Picture, SceneObject } from "scenograph/scene/scene";
import { drawSharp } from "./sharp.ts";

interface SharpPictureProps {
  readonly picture: Picture;
  /** Those that it shows. */
  readonly objects: readonly SceneObject[];
  /** Pixels of CSS. */
  readonly side: number;
  readonly label: string;
}

/** More than this nobody sees. */
const MOST = 2048;

export function SharpPicture({ picture, objects, side, label }: SharpPictureProps) {
  const ref = useRef<HTMLCanvasElement>(null);
  const pixels = Math.min(MOST, Math.max(picture.width, Math.round(side * devicePixelRatio)));
  // biome-ignore lint/correctness/useExhaustiveDependencies: a canvas of another size is empty
  useEffect(() => {
    if (ref.current) drawSharp(ref.current, picture, objects);
  }, [picture, objects, pixels]);
  return <canvas ref={ref} role="img" aria-label={label} className="stage-picture" width={pixels} height={pixels} />;
}
