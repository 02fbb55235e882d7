/**
 * Pictures twice or four times as large by a super-resolution network: a small residual dense network (Zhang et al. 2018,
 * "Residual Dense Network for Image Super-Resolution"), `@upscalerjs/esrgan-slim` (MIT), trained on photographs (DIV2K),
 * followed by back projection. Not part of the paper.
 * Runs in browsers too; `load.node.ts` finds the weights on disk.
 * @module
 */
import { FormatError, ShapeError, UserError } from "@scenograph/graph/errors";
import { input } from "@scenograph/graph/leaves";
import { add, cast, clip, sub } from "@scenograph/graph/ops/elementwise";
import { avgPool2d, resizeBilinear } from "@scenograph/graph/ops/pooling";
import { compile, type Program } from "@scenograph/graph/program";
import type { Executable, Runtime } from "@scenograph/graph/runtime/runtime";
import type { Picture } from "../scene/scene.ts";
import { type LayersModel, readLayersModel } from "./layersModel.ts";
import { type Piece, pieces } from "./tiles.ts";

export const FACTORS = [2, 4] as const;
export type Factor = (typeof FACTORS)[number];

export interface EnlargeOptions {
  readonly signal?: AbortSignal;
  /** After each tile: how much of the work is done, up to 1. */
  readonly onProgress?: (done: number) => void;
}

export interface Enlarger {
  /** The picture at `factor` times its size. @throws UserError for another factor or a result of more than 4096 pixels a side */
  enlarge(picture: Picture, factor: Factor, options?: EnlargeOptions): Promise<Picture>;
  close(): Promise<void>;
}

/** Every run of the network doubles the sides; four times as large is twice as large, twice. */
const SCALE = 2;
/** Longest side of a tile: a picture of 128 pixels is one; larger ones neither fill the memory nor deafen a worker. */
const TILE = 160;
const MOST_SIDE = 4096;
/**
 * Steps of back projection (Irani & Peleg 1991): what the enlarged picture, shrunk, differs from the picture is added to
 * it. Measured on 8 drawings of 512 pixels shrunk by averaging: x2 33.6 dB after 3 steps (31.7 without, bicubic 29.8),
 * x4 31.2 dB (29.9, bicubic 30.3; the package's own x4 network 30.3); further steps change nothing.
 */
const PROJECTIONS = 3;

/** Bytes [1, 3, h, w] -> the enlarged picture [1, 3, 2 h, 2 w] in [0, 255], the range that the network was trained on. */
export function enlargeProgram(model: LayersModel, height: number, width: number, projections = PROJECTIONS): Program {
  const picture = cast(input("picture", [1, 3, height, width], "uint8"));
  let enlarged = model.apply(picture);
  for (let k = 0; k < projections; k++) {
    const missing = sub(picture, avgPool2d(enlarged, SCALE));
    enlarged = add(enlarged, resizeBilinear(missing, height * SCALE, width * SCALE));
  }
  return compile({ outputs: { enlarged: clip(enlarged, 0, 255) } });
}

/** @param read bytes of a file of the weights' folder ("model.json" and what it names), when they are first needed */
export function createEnlarger(runtime: Runtime, read: (path: string) => Promise<Uint8Array>): Enlarger {
  let reading: Promise<LayersModel> | undefined;
  const network = (): Promise<LayersModel> => {
    reading ??= readLayersModel(read);
    // a connection that failed may be back for the next picture
    reading.catch(() => {
      reading = undefined;
    });
    return reading;
  };
  // one program is kept: the pictures of a visit have one size
  let loaded: { readonly key: string; readonly executable: Promise<Executable> } | undefined;
  const programOf = (model: LayersModel, height: number, width: number): Promise<Executable> => {
    const key = `${height} ${width}`;
    if (loaded?.key !== key) {
      void loaded?.executable.then((e) => e.release()).catch(() => {});
      const executable = runtime.load(enlargeProgram(model, height, width));
      executable.catch(() => {
        loaded = undefined;
      });
      loaded = { key, executable };
    }
    return loaded.executable;
  };

  const doubled = async (
    model: LayersModel,
    picture: Picture,
    signal: AbortSignal | undefined,
    onTile: (share: number) => void,
  ): Promise<Picture> => {
    // the network darkens the rim, where it meets zeros: it is given the rim's pixels repeated, and they are cut off
    const reach = model.reach + PROJECTIONS;
    const [rows, columns] = [picture.height, picture.width].map((side) => pieces(side, TILE, reach));
    const executable = await programOf(model, rows.size, columns.size);
    const out: Picture = {
      width: picture.width * SCALE,
      height: picture.height * SCALE,
      data: new Uint8Array(picture.data.length * SCALE ** 2),
    };
    for (const row of rows.list)
      for (const column of columns.list) {
        signal?.throwIfAborted();
        const { enlarged } = await executable.run({ picture: cut(picture, row, column, rows.size, columns.size) });
        paste(out, enlarged as Float32Array, row, column, rows.size, columns.size);
        onTile(1 / (rows.list.length * columns.list.length));
      }
    return out;
  };

  return {
    async enlarge(picture, factor, { signal, onProgress } = {}) {
      checkPicture(picture, factor);
      signal?.throwIfAborted();
      const model = await network();
      if (model.scale !== SCALE)
        throw new FormatError(`enlarge(): a network that doubles, got one of ${model.scale} times; restore its files`);
      let result = picture;
      let done = 0;
      // the second doubling has four times the pixels of the first
      const work = factor === SCALE ? [1] : [1 / 5, 4 / 5];
      for (const share of work)
        result = await doubled(model, result, signal, (part) => {
          done += share * part;
          onProgress?.(Math.min(1, done));
        });
      return result;
    },
    async close() {
      await loaded?.executable.then((e) => e.release()).catch(() => {});
      loaded = undefined;
    },
  };
}

function checkPicture({ width, height, data }: Picture, factor: number): void {
  if (!FACTORS.includes(factor as Factor))
    throw new UserError(`enlarge(): the factor is ${FACTORS.join(" or ")}, got ${factor}; choose one`);
  if (data.length !== width * height * 3 || data.length === 0)
    throw new ShapeError(`enlarge(): ${width} x ${height} pixels are ${width * height * 3} bytes, got ${data.length}`);
  if (Math.max(width, height) * factor > MOST_SIDE)
    throw new UserError(
      `enlarge(): at most ${MOST_SIDE} pixels a side, got ${width * factor} x ${height * factor}; enlarge less`,
    );
}

/** Planes [3, height, width] of a tile; beyond the picture its rim is repeated. */
function cut(picture: Picture, row: Piece, column: Piece, height: number, width: number): Uint8Array {
  const out = new Uint8Array(3 * height * width);
  const inside = (at: number, side: number) => Math.min(Math.max(at, 0), side - 1);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const from =
        (inside(row.start + y, picture.height) * picture.width + inside(column.start + x, picture.width)) * 3;
      for (let c = 0; c < 3; c++) out[(c * height + y) * width + x] = picture.data[from + c];
    }
  return out;
}

/** The kept part of an enlarged tile, planes [3, 2 height, 2 width], into the picture, rounded. */
function paste(
  out: { readonly width: number; readonly data: Uint8Array },
  tile: Float32Array,
  row: Piece,
  column: Piece,
  height: number,
  width: number,
): void {
  const s = SCALE;
  const area = height * width * s * s;
  for (let y = row.from * s; y < row.to * s; y++)
    for (let x = column.from * s; x < column.to * s; x++) {
      const from = (y - row.start * s) * width * s + (x - column.start * s);
      const to = (y * out.width + x) * 3;
      for (let c = 0; c < 3; c++) out.data[to + c] = Math.round(tile[c * area + from]);
    }
}
