import { initializeCanvas, readPsd } from "ag-psd";
import { expect, test } from "vitest";
import { writePsd } from "./psd.ts";

// an independent reader, without a canvas
initializeCanvas(
  () => {
    throw new Error("no canvas");
  },
  (width, height) => ({ width, height, data: new Uint8ClampedArray(width * height * 4) }) as ImageData,
);

test("ag-psd reads the layers: names, places, pixels, what is hidden and locked", () => {
  const noise = Uint8Array.from({ length: 5 * 3 * 4 }, (_, i) => (i * 97) % 251);
  const runs = new Uint8Array(300 * 2 * 4).fill(7);
  const merged = Uint8Array.from({ length: 301 * 4 * 3 }, (_, i) => i % 256);
  const layers = [
    { name: "background", left: 0, top: 0, width: 300, height: 2, data: runs },
    { name: 'a "red" couch 🛋️ é', left: 3, top: 1, width: 5, height: 3, data: noise, locked: true },
    { name: "out of the canvas", left: -2, top: -1, width: 5, height: 3, data: noise, hidden: true },
    { name: "n".repeat(400), left: 0, top: 0, width: 1, height: 1, data: new Uint8Array(4) },
  ];
  const psd = readPsd(writePsd({ width: 301, height: 4, layers, merged }), { useImageData: true });
  expect([psd.width, psd.height, psd.channels, psd.bitsPerChannel]).toEqual([301, 4, 3, 8]);
  expect(psd.children?.map((l) => l.name)).toEqual([...layers.slice(0, 3).map((l) => l.name), "n".repeat(255)]);
  expect(psd.children?.map((l) => [l.left, l.top, l.hidden])).toEqual([
    [0, 0, false],
    [3, 1, false],
    [-2, -1, true],
    [0, 0, false],
  ]);
  expect(psd.children?.[1].protected).toMatchObject({ transparency: true, composite: true, position: true });
  expect(psd.children?.[1].imageData).toMatchObject({ width: 5, height: 3, data: new Uint8ClampedArray(noise) });
  expect(psd.children?.[0].imageData?.data).toEqual(new Uint8ClampedArray(runs));
  const composite = psd.imageData?.data as Uint8ClampedArray;
  expect(composite.filter((_, i) => i % 4 < 3)).toEqual(new Uint8ClampedArray(merged));
});

test("sizes that do not fit are refused", () => {
  expect(() => writePsd({ width: 2, height: 2, layers: [], merged: new Uint8Array(11) })).toThrow(
    /got 2 x 2 and 11 bytes/,
  );
  const layer = { name: "x", left: 0, top: 0, width: 2, height: 2, data: new Uint8Array(15) };
  expect(() => writePsd({ width: 1, height: 1, layers: [layer], merged: new Uint8Array(3) })).toThrow(
    /layer "x" has not the bytes/,
  );
  expect(() => writePsd({ width: 30_001, height: 1, layers: [], merged: new Uint8Array(90_003) })).toThrow(
    /1 to 30000 pixels/,
  );
});
