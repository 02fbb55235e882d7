/**
 * Pictures by look codes: `ImageGenerator` of the pipeline. The paper's generator draws the place at its own size; every object is
 * drawn in its box's frame by its look and pasted in drawing order, at any size and aspect.
 * @module
 */
import { bucket, chunks } from "@scenograph/graph/nn/buckets";
import { ProgramCache } from "@scenograph/graph/nn/programs";
import type { Weights } from "@scenograph/graph/nn/weights";
import type { Runtime } from "@scenograph/graph/runtime/runtime";
import { maskToBitmap } from "../../formats/rle.ts";
import type { LoadedImageSampler } from "../../paper/image/infer.ts";
import type { ImageGenerator, PictureRequest } from "../../pipeline.ts";
import type { Categories } from "../../scene/categories.ts";
import type { Size } from "../../scene/geometry.ts";
import { isLabelled, type Mask, type Picture, type SceneObject } from "../../scene/scene.ts";
import type { Understanding } from "../../understand/types.ts";
import { cropToBox, tightBox } from "../codes/crops.ts";
import { mirrorMap } from "../codes/mirror.ts";
import { classOf, priorPicture, splitPose } from "../poses/infer.ts";
import type { PriorsConfig } from "../priors/config.ts";
import { drawCodes, likeliest, wantsAlike } from "../priors/draw.ts";
import type { Priors } from "../priors/infer.ts";
import type { Rgb } from "./colour.ts";
import type { LooksConfig } from "./config.ts";
import { lookFeeds } from "./data.ts";
import { type Pasted, pasteLooks } from "./paste.ts";
import { saidColours } from "./said.ts";
import { drawLookProgram } from "./step.ts";

export interface LookChoice {
  readonly look: number;
  readonly colour: string;
  /** Probability of the look, in [0, 1]. */
  readonly share: number;
  /** The object alone, on white. */
  readonly picture: Picture;
}

export interface LookPictures extends ImageGenerator {
  choose(requests: readonly PictureRequest[]): Promise<SceneObject[][]>;
  /** The likeliest looks of an object, best first, with thumbnails of so many pixels a side. */
  alternatives(request: PictureRequest, id: string, count: number, side: number): Promise<LookChoice[]>;
  /** Load what so many pictures need. */
  prepare(count: number): Promise<void>;
  release(): Promise<void>;
}

export interface LookOptions {
  readonly looks: LooksConfig;
  readonly priors: PriorsConfig;
  /** Number of pose codes. */
  readonly poses: number;
  readonly categories: Categories;
  /** Sizes that are offered, the paper's generator's first. */
  readonly sizes: readonly Size[];
  /** What a sentence says, for its colours. */
  readonly understand: (caption: string) => Understanding;
  /** The place at a larger size: a picture of the paper's generator to width x height. */
  readonly enlarge: (pictures: readonly Picture[], width: number, height: number) => Promise<Picture[]>;
}

/** A locked object keeps its look, and so does one whose look was set by hand: it has no colour yet. */
export function keepsLook(o: SceneObject): boolean {
  return o.look !== undefined && (o.locked === true || o.colour === undefined);
}

/** The same of the colour: set by hand it has no look yet. */
export function keepsColour(o: SceneObject): boolean {
  return o.colour !== undefined && (o.locked === true || o.look === undefined);
}

export function rgbOf(hex: string): Rgb {
  return [1, 3, 5].map((i) => Number.parseInt(hex.slice(i, i + 2), 16)) as unknown as Rgb;
}

function hexOf(rgb: readonly number[]): string {
  const byte = (v: number) => Math.max(0, Math.min(255, Math.round(v)));
  return `#${rgb.map((v) => byte(v).toString(16).padStart(2, "0")).join("")}`;
}

/** An object that is drawn: what its look is made from. */
interface Drawn {
  readonly object: SceneObject;
  readonly box: Pasted["box"];
  readonly bitmap: Uint8Array;
  readonly mask: Mask;
  readonly mirrored: boolean;
  /** Width over height of the whole picture. */
  readonly aspect: number;
}

export function createLookPictures(
  runtime: Runtime,
  options: LookOptions,
  weights: Weights,
  priors: Priors,
  paper: LoadedImageSampler,
): LookPictures {
  const { looks: config, poses: codes, categories } = options;
  const { temperature } = options.priors;
  const { side } = config;
  const programs = new ProgramCache(runtime, weights);
  const executable = (m: number) => programs.get(m, () => drawLookProgram(config, m));

  /** Looks [side, side, 3] of 0 to 255, as the objects face. */
  const drawLooks = async (objects: readonly Drawn[]): Promise<Float32Array[]> => {
    const found: Float32Array[] = [];
    for (const chunk of chunks(objects, 16)) {
      const m = bucket(chunk.length);
      const seen = chunk.map(({ object, box, bitmap, mask, mirrored, aspect }) => {
        const cover = cropToBox({ width: mask.width, height: mask.height, channels: 1, data: bitmap }, box, side);
        const shape = Uint8Array.from(cover, (v) => (v >= 0.5 ? 1 : 0));
        const [x, y, w, h] = box;
        return {
          classIndex: classOf(object, categories),
          box: [x, y, w * aspect, h] as const,
          shape: mirrored ? mirrorMap(shape, side) : shape,
        };
      });
      const colours = chunk.map(({ object }) => rgbOf(object.colour ?? "#808080"));
      const own = new BigInt64Array(m);
      chunk.forEach(({ object }, i) => {
        own[i] = BigInt((object.look ?? 0) % config.codes);
      });
      const feeds = { ...lookFeeds(seen, colours, m, config), codes: own };
      const { picture } = await (await executable(m)).run(feeds);
      const area = side * side;
      chunk.forEach(({ mirrored }, i) => {
        const planes = (picture as Float32Array).subarray(i * 3 * area, (i + 1) * 3 * area);
        const look = Float32Array.from(
          { length: 3 * area },
          (_, k) => (planes[(k % 3) * area + Math.floor(k / 3)] + 1) * 127.5,
        );
        found.push(mirrored ? mirrorMap(look, side, 3) : look);
      });
    }
    return found;
  };

  const drawnOf = (object: SceneObject, width: number, height: number): Drawn[] => {
    const { mask } = object;
    if (!mask || object.hidden || !isLabelled(object)) return [];
    const bitmap = maskToBitmap(mask);
    const box = tightBox(bitmap, mask.width, mask.height);
    const mirrored = object.pose !== undefined && splitPose(object.pose, codes).mirrored;
    return box ? [{ object, box, bitmap, mask, mirrored, aspect: width / height }] : [];
  };

  const choose = async (requests: readonly PictureRequest[]): Promise<SceneObject[][]> => {
    const drawable = requests.map(({ scene }) => scene.objects.filter(isLabelled));
    const poses = drawable.map((objects) =>
      objects.map((o) => (o.pose === undefined ? undefined : splitPose(o.pose, codes).code)),
    );
    const pictures = requests.map(({ sentence }, i) => {
      const turned = drawable[i].some((o) => o.pose !== undefined && splitPose(o.pose, codes).mirrored);
      return priorPicture({ objects: drawable[i], sentence }, turned, categories);
    });
    const logits = await priors.looks(pictures, poses);
    const alike = requests.map(({ scene }) => wantsAlike(scene.caption));
    const looks = drawable.map((objects, i) => {
      const draws = objects.map((o, k) => ({
        id: o.id,
        kind: o.label,
        logits: logits[i][k],
        given: keepsLook(o) ? o.look! % config.codes : undefined,
      }));
      return drawCodes(draws, requests[i].scene.seed, "look", temperature, alike[i]);
    });
    const painted = await priors.colours(pictures, looks);
    return requests.map(({ scene }, i) => {
      const said = saidColours(drawable[i], options.understand(scene.caption), categories);
      const draws = drawable[i].map((o, k) => ({ id: o.id, kind: o.label, logits: painted.logits[i][k] }));
      const drawn = drawCodes(draws, scene.seed, "colour", temperature, alike[i]);
      const own = new Map(
        drawable[i].map((o, k) => {
          const paint = painted.palette.subarray(drawn[k] * 3, drawn[k] * 3 + 3);
          const colour = keepsColour(o) ? o.colour! : (said.get(o.id) ?? hexOf([...paint].map((v) => (v + 1) * 127.5)));
          return [o.id, { ...o, look: looks[i][k], colour }] as const;
        }),
      );
      return scene.objects.map((o) => own.get(o.id) ?? o);
    });
  };

  /** Codes that are there stay: `choose` has spoken, or the caller. */
  const complete = async (requests: readonly PictureRequest[]): Promise<SceneObject[][]> => {
    const lacks = (o: SceneObject) => isLabelled(o) && (o.look === undefined || o.colour === undefined);
    if (!requests.some(({ scene }) => scene.objects.some(lacks)))
      return requests.map(({ scene }) => [...scene.objects]);
    const chosen = await choose(requests);
    return requests.map(({ scene }, i) => scene.objects.map((o, k) => (lacks(o) ? chosen[i][k] : o)));
  };

  return {
    sizes: options.sizes,
    choose,
    async infer(requests) {
      const chosen = await complete(requests);
      const small = await paper.infer(requests);
      const { width, height } = requests[0]?.scene ?? { width: 0, height: 0 };
      const pictures = await options.enlarge(small, width, height);
      const drawn = chosen.map((objects) => objects.flatMap((o) => drawnOf(o, width, height)));
      const looks = await drawLooks(drawn.flat());
      let at = 0;
      pictures.forEach((picture, i) => {
        const own = drawn[i].map(({ box, bitmap, mask }) => ({ box, bitmap, mask, side, look: looks[at++] }));
        pasteLooks(picture, own);
      });
      return pictures;
    },
    prepare: (count) => paper.prepare(count),
    async release() {
      await Promise.all([programs.release(), priors.release()]);
    },
    async alternatives({ scene, sentence }, id, count, thumbnail) {
      const objects = scene.objects.filter(isLabelled);
      const k = objects.findIndex((o) => o.id === id);
      const [own] = k < 0 ? [] : drawnOf({ ...objects[k], hidden: false }, scene.width, scene.height);
      if (!own) return [];
      const picture = priorPicture({ objects, sentence }, own.mirrored, categories);
      const pose = objects.map((o) => (o.pose === undefined ? undefined : splitPose(o.pose, codes).code));
      const [logits] = await priors.looks([picture], [pose]);
      const best = likeliest(logits[k], count, temperature);
      const [coloured] = await choose([{ scene, sentence }]);
      const { colour } = coloured.find((o) => o.id === id)!;
      const looks = await drawLooks(
        best.map(({ code }) => ({ ...own, object: { ...own.object, look: code, colour } })),
      );
      return best.map(({ code, share }, i) => {
        const data = new Uint8Array(thumbnail * thumbnail * 3).fill(255);
        const alone = { width: thumbnail, height: thumbnail, data };
        const [, , w, h] = own.box;
        const scale = 1 / Math.max(w * own.aspect, h);
        const shown = [
          (1 - w * own.aspect * scale) / 2,
          (1 - h * scale) / 2,
          w * own.aspect * scale,
          h * scale,
        ] as const;
        const bits = cropToBox({ ...own.mask, channels: 1, data: own.bitmap }, own.box, side);
        const part = Uint8Array.from(bits, (v) => (v >= 0.5 ? 1 : 0));
        pasteInBox(alone, shown, looks[i], side, part);
        return { look: code, colour: colour!, share, picture: alone };
      });
    },
  };
}

/** A look in a part of a picture, its mask given in the same box. */
function pasteInBox(picture: Picture, box: Pasted["box"], look: Float32Array, side: number, part: Uint8Array): void {
  const [x, y, w, h] = box;
  const { width, height } = picture;
  const bitmap = new Uint8Array(width * height);
  for (let j = 0; j < height; j++)
    for (let i = 0; i < width; i++) {
      const [u, v] = [((i + 0.5) / width - x) / w, ((j + 0.5) / height - y) / h];
      if (u < 0 || v < 0 || u >= 1 || v >= 1) continue;
      bitmap[j * width + i] = part[Math.floor(v * side) * side + Math.floor(u * side)];
    }
  pasteLooks(picture, [{ box, look, side, bitmap, mask: { width, height } }]);
}
