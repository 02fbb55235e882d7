import { expect, test } from "vitest";
import { composeLayout } from "../../paper/image/data.ts";
import { type ImageConfig, imageConfig, layoutFeeds } from "./index.ts";
import { SLOTS } from "./slots.ts";

test("feeds of a layout: owner, and where in its box each pixel lies, by the formula", () => {
  const size = 16;
  const rectangle = (x: number, y: number, w: number, h: number) => ({
    classIndex: x,
    box: [x / size, y / size, w / size, h / size] as [number, number, number, number],
    bitmap: Uint8Array.from({ length: size * size }, (_, p) => {
      const [px, py] = [p % size, Math.floor(p / size)];
      return Number(px >= x && px < x + w && py >= y && py < y + h);
    }),
  });
  // more objects than slots: the smallest are not looked at
  const small = Array.from({ length: SLOTS }, (_, i) => rectangle(i % size, 7, 1, 1));
  const layout = composeLayout([rectangle(1, 0, 5, 6), rectangle(2, 3, 3, 2), ...small], size);
  const config: ImageConfig = { ...imageConfig.parse({ ours: { objects: { width: 4 } } }), size };
  const blank = composeLayout([], size);
  const feeds = layoutFeeds(
    [blank, layout].map((l) => ({ layout: l, sentence: {} })),
    2,
    config,
  );
  for (let p = 0; p < size * size; p++) {
    const k = layout.owner[p];
    const at = size * size + p;
    const seen = k < SLOTS;
    const [x, y, w, h] = seen ? layout.objects[k].box : [0, 0, 1, 1];
    const byte = (v: number) => (seen ? Math.round(255 * Math.min(1, Math.max(0, v))) : 0);
    expect([feeds["layout.owner"][at], feeds["layout.u"][at], feeds["layout.v"][at]]).toEqual([
      seen ? k : SLOTS,
      byte((((p % size) + 0.5) / size - x) / w),
      byte(((Math.floor(p / size) + 0.5) / size - y) / h),
    ]);
    expect(feeds["layout.owner"][p]).toBe(SLOTS);
  }
});
