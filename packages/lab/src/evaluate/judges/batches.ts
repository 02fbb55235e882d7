/** Running pictures through a network of fixed batch size. @module */
import type { Executable, TypedArray } from "@scenograph/graph/runtime/runtime";
import type { Picture } from "scenograph/scene/scene";
import { writePixels } from "./pixels.ts";

/**
 * Feeds pictures, resized, to input "x" [batch, 3, height, width] of a program. The last batch is filled up with grey,
 * whose results `take` must leave: only the first `count` rows are pictures.
 */
export async function inBatches(
  executable: Executable,
  pictures: readonly Picture[],
  take: (out: Record<string, TypedArray>, first: number, count: number) => void,
): Promise<void> {
  const [batch, channels, height, width] = executable.program.inputs[0].shape;
  const pixels = channels * height * width;
  for (let first = 0; first < pictures.length; first += batch) {
    const count = Math.min(batch, pictures.length - first);
    const x = new Float32Array(batch * pixels);
    for (let i = 0; i < count; i++) writePixels(pictures[first + i], width, height, x, i * pixels);
    take(await executable.run({ x }), first, count);
  }
}
