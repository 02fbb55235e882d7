/** The density of the next box, drawn over the canvas. @module */
import { useMemo } from "react";
import { Image as KonvaImage } from "react-konva";
import type { Heat } from "../app/status.ts";
import { colorOf } from "../model/palette.ts";

/** The density as a transparent picture, strongest where the next box's centre is likeliest. */
export function HeatMap({ heat, side }: { readonly heat: Heat; readonly side: number }) {
  const image = useMemo(() => {
    const canvas = document.createElement("canvas");
    canvas.width = heat.columns;
    canvas.height = heat.rows;
    const context = canvas.getContext("2d") as CanvasRenderingContext2D;
    const pixels = context.createImageData(heat.columns, heat.rows);
    const { density } = heat.answer;
    const top = density.reduce((a, b) => Math.max(a, b), 1e-12);
    const n = Number.parseInt(colorOf(heat.label).slice(1), 16);
    density.forEach((d, i) => {
      pixels.data.set([n >> 16, (n >> 8) & 255, n & 255, Math.round(235 * (d / top) ** 0.6)], i * 4);
    });
    context.putImageData(pixels, 0, 0);
    return canvas;
  }, [heat]);
  return <KonvaImage image={image} width={side} height={side} listening={false} />;
}
