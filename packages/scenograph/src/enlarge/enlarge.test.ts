import { readFileSync } from "node:fs";
import { FormatError, ShapeError, UserError } from "@scenograph/graph/errors";
import { createNodeRuntime } from "@scenograph/graph/runtime/node";
import { describe, expect, test } from "vitest";
import { packageFolder } from "../model/package.node.ts";
import type { Picture } from "../scene/scene.ts";
import { createEnlarger, enlargeProgram } from "./enlarge.ts";
import { readLayersModel } from "./layersModel.ts";
import { enlargerReader } from "./load.node.ts";
import { pieces } from "./tiles.ts";

const runtime = createNodeRuntime({ threads: 1 });
const read = enlargerReader(packageFolder());

/** What numpy computes of the package's layers: test/fixtures/enlarge.py. */
const golden = JSON.parse(readFileSync(new URL("../../../../test/fixtures/enlarge.json", import.meta.url), "utf8")) as {
  height: number;
  width: number;
  picture: number[];
  enlarged: number[];
};

/** [h, w, 3] <-> [3, h, w]. */
const planes = (values: ArrayLike<number>, area: number) =>
  Array.from({ length: 3 * area }, (_, i) => values[(i % area) * 3 + Math.floor(i / area)]);

test("the network computes what numpy computes of the same layers", async () => {
  const { height, width, picture, enlarged } = golden;
  const model = await readLayersModel(read);
  expect(model).toMatchObject({ scale: 2, reach: 10 });
  const executable = await runtime.load(enlargeProgram(model, height, width, 0));
  const out = await executable.run({ picture: Uint8Array.from(planes(picture, height * width)) });
  const worst = planes(enlarged, 4 * height * width).reduce(
    (most, v, i) => Math.max(most, Math.abs(v - Number(out.enlarged[i]))),
    0,
  );
  expect(worst).toBeLessThan(0.02);
  await executable.release();
});

/** A disc on a slope of grey, drawn by averaging `fine` x `fine` points a pixel. */
function drawing(size: number, fine = 8): Picture {
  const data = new Uint8Array(size * size * 3);
  for (let y = 0; y < size; y++)
    for (let x = 0; x < size; x++) {
      let inside = 0;
      for (let k = 0; k < fine * fine; k++) {
        const [px, py] = [x + ((k % fine) + 0.5) / fine, y + (Math.floor(k / fine) + 0.5) / fine];
        if ((px / size - 0.45) ** 2 + (py / size - 0.5) ** 2 < 0.09) inside++;
      }
      const share = inside / (fine * fine);
      const ground = 60 + (120 * y) / size;
      data.set([ground * (1 - share) + 230 * share, ground, ground * (1 - share) + 20 * share], (y * size + x) * 3);
    }
  return { width: size, height: size, data };
}

function meanSquare(a: Picture, b: Picture): number {
  return a.data.reduce((sum, v, i) => sum + (v - b.data[i]) ** 2, 0) / a.data.length;
}

function repeated({ width, height, data }: Picture, s: number): Picture {
  const out = { width: width * s, height: height * s, data: new Uint8Array(data.length * s * s) };
  for (let i = 0; i < out.data.length; i++) {
    const [c, p] = [i % 3, Math.floor(i / 3)];
    const [y, x] = [Math.floor(p / out.width / s), Math.floor((p % out.width) / s)];
    out.data[i] = data[(y * width + x) * 3 + c];
  }
  return out;
}

describe("enlarging", () => {
  const enlarger = createEnlarger(runtime, read);

  test.each([2, 4] as const)(
    "a drawing %i times as large is nearer to the larger drawing than its pixels are",
    async (s) => {
      const small = drawing(32);
      const done: number[] = [];
      const large = await enlarger.enlarge(small, s, { onProgress: (share) => done.push(share) });
      expect([large.width, large.height]).toEqual([32 * s, 32 * s]);
      const truth = drawing(32 * s);
      expect(meanSquare(large, truth)).toBeLessThan(0.6 * meanSquare(repeated(small, s), truth));
      expect(done.at(-1)).toBeCloseTo(1, 6);
      // the rim is no darker than what lies beside it
      const row = (y: number) => large.data[(y * large.width + large.width - 1) * 3];
      expect(Math.abs(row(0) - row(2 * s))).toBeLessThan(10);
      // shrunk it is the picture again
      let most = 0;
      for (let i = 0; i < small.data.length; i++) {
        const [c, x, y] = [i % 3, Math.floor(i / 3) % 32, Math.floor(i / 96)];
        let sum = 0;
        for (let k = 0; k < s * s; k++)
          sum += large.data[((y * s + Math.floor(k / s)) * large.width + x * s + (k % s)) * 3 + c];
        most = Math.max(most, Math.abs(sum / s / s - small.data[i]));
      }
      expect(most).toBeLessThan(12);
    },
  );

  test("in tiles it is the same picture", async () => {
    const tall: Picture = { width: 20, height: 150, data: new Uint8Array(20 * 150 * 3).map((_, i) => (i * i) % 251) };
    const whole = await enlarger.enlarge(tall, 2);
    const middle: Picture = { width: 20, height: 130, data: tall.data.slice(20 * 20 * 3) };
    const cut = await enlarger.enlarge(middle, 2);
    // beyond the reach of the cut: the first picture is two tiles, the second one
    const from = 30;
    const worst = cut.data
      .slice(from * 40 * 3)
      .reduce((most, v, i) => Math.max(most, Math.abs(v - whole.data[(from + 40) * 40 * 3 + i])), 0);
    expect(worst).toBeLessThanOrEqual(1);
  });

  test("wrong requests, cancelling", async () => {
    const picture = drawing(8);
    await expect(enlarger.enlarge(picture, 3 as 2)).rejects.toThrow(UserError);
    await expect(enlarger.enlarge({ ...picture, width: 9 }, 2)).rejects.toThrow(ShapeError);
    await expect(enlarger.enlarge({ width: 2000, height: 1, data: new Uint8Array(6000) }, 4)).rejects.toThrow(/4096/);
    const stop = new AbortController();
    stop.abort();
    await expect(enlarger.enlarge(picture, 2, { signal: stop.signal })).rejects.toMatchObject({ name: "AbortError" });
  });

  test("weights that cannot be read are said, and read again the next time", async () => {
    let broken = true;
    const flaky = createEnlarger(runtime, async (path) => {
      if (broken) throw new Error("no connection");
      return read(path);
    });
    await expect(flaky.enlarge(drawing(8), 2)).rejects.toThrow("no connection");
    broken = false;
    expect((await flaky.enlarge(drawing(8), 2)).width).toBe(16);
  });
});

test("files of other networks are refused by what is in them", async () => {
  const modelWith = (change: (text: string) => string) =>
    readLayersModel(async (path) => {
      const bytes = await read(path);
      return path === "model.json" ? new TextEncoder().encode(change(new TextDecoder().decode(bytes))) : bytes;
    });
  await expect(modelWith(() => "{}")).rejects.toThrow(FormatError);
  await expect(modelWith((t) => t.replaceAll('"same"', '"valid"'))).rejects.toThrow(/F_m1.*not supported/);
  await expect(modelWith((t) => t.replace('"nearest"', '"bilinear"'))).rejects.toThrow(/UPsample.*not supported/);
  await expect(
    modelWith((t) => t.replace('"F_0/kernel"', '"F_9/kernel"')).then((m) => enlargeProgram(m, 8, 8)),
  ).rejects.toThrow(/"F_0\/kernel" is missing/);
});

test.each([
  [128, 160, 13],
  [256, 160, 13],
  [301, 100, 10],
  [1, 160, 13],
])(
  "a side of %i in pieces of at most %i with a reach of %i is kept once, in pieces of one size",
  (length, most, reach) => {
    const { size, list } = pieces(length, most, reach);
    expect(size).toBeLessThanOrEqual(most);
    expect(list[0].from).toBe(0);
    expect(list.at(-1)?.to).toBe(length);
    list.forEach(({ start, from, to }, i) => {
      if (i > 0) expect(from).toBe(list[i - 1].to);
      expect(to).toBeGreaterThan(from);
      expect(from - start).toBeGreaterThanOrEqual(reach);
      expect(start + size - to).toBeGreaterThanOrEqual(reach);
    });
  },
);
