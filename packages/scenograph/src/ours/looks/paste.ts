/** Pasting looks into pictures of any size and aspect: colours resampled, edges smooth at the picture's own resolution. @module */
import type { Box, Mask, Picture } from "../../scene/scene.ts";
import { resample } from "../codes/crops.ts";

export interface Pasted {
  /** Tight box of the mask, fractions of the picture. */
  readonly box: Box;
  /** [side, side, 3], 0 to 255, in that box, as it faces. */
  readonly look: Float32Array;
  readonly side: number;
  /** The mask's bitmap. */
  readonly bitmap: Uint8Array;
  readonly mask: Pick<Mask, "width" | "height">;
}

/** An edge runs over so many pixels of the picture. */
const SOFT = 1.5;
/** Where a mask is enlarged: a mean over so many of its pixels, twice as steep, so that its steps become lines. */
const ROUND = 2;
const STEEP = 2;

/** Draw the looks over a picture, in order, in place. */
export function pasteLooks(picture: Picture, looks: readonly Pasted[]): void {
  for (const one of looks) pasteLook(picture, one);
}

/** Paint and shade may go beyond what a pixel holds. */
const byte = (v: number) => Math.max(0, Math.min(255, Math.round(v)));

function pasteLook({ width, height, data }: Picture, { box, look, side, bitmap, mask }: Pasted): void {
  const [x, y, w, h] = box;
  const left = Math.max(0, Math.floor(x * width) - 1);
  const top = Math.max(0, Math.floor(y * height) - 1);
  const right = Math.min(width, Math.ceil((x + w) * width) + 1);
  const bottom = Math.min(height, Math.ceil((y + h) * height) + 1);
  const [columns, rows] = [right - left, bottom - top];
  if (columns <= 0 || rows <= 0) return;
  const enlarged = Math.max(width / mask.width, height / mask.height);
  const cover = resample(
    { width: mask.width, height: mask.height, channels: 1, data: bitmap },
    [
      (left * mask.width) / width,
      (top * mask.height) / height,
      (columns * mask.width) / width,
      (rows * mask.height) / height,
    ],
    columns,
    rows,
    enlarged > 1 ? ROUND * enlarged : SOFT,
  );
  const colours = resample(
    { width: side, height: side, channels: 3, data: look },
    [
      ((left / width - x) / w) * side,
      ((top / height - y) / h) * side,
      (columns / width / w) * side,
      (rows / height / h) * side,
    ],
    columns,
    rows,
  );
  for (let j = 0; j < rows; j++)
    for (let i = 0; i < columns; i++) {
      const share = cover[j * columns + i];
      const alpha = enlarged > 1 ? Math.max(0, Math.min(1, (share - 0.5) * STEEP + 0.5)) : share;
      if (alpha <= 0) continue;
      const at = ((top + j) * width + left + i) * 3;
      for (let c = 0; c < 3; c++)
        data[at + c] = byte(data[at + c] * (1 - alpha) + colours[(j * columns + i) * 3 + c] * alpha);
    }
}
