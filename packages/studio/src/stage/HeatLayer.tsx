/** Where the model would put the next box, over the stage. @module */
import { useEffect, useRef } from "react";
import type { Heat } from "../app/status.ts";
import { colorOf } from "../model/palette.ts";

export function HeatLayer({ heat }: { readonly heat: Heat }) {
  const ref = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const context = ref.current?.getContext("2d");
    if (!context) return;
    const pixels = context.createImageData(heat.columns, heat.rows);
    const { density } = heat.answer;
    const top = density.reduce((a, b) => Math.max(a, b), 1e-12);
    const n = Number.parseInt(colorOf(heat.label).slice(1), 16);
    density.forEach((d, i) => {
      pixels.data.set([n >> 16, (n >> 8) & 255, n & 255, Math.round(235 * (d / top) ** 0.6)], i * 4);
    });
    context.putImageData(pixels, 0, 0);
  }, [heat]);
  return (
    <canvas
      ref={ref}
      width={heat.columns}
      height={heat.rows}
      className="stage-picture"
      role="img"
      aria-label={`Where the next ${heat.label} would go`}
    />
  );
}
