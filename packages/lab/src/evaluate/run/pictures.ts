/** The rows of the paper's table as pictures: what the model draws, ceilings and floors. @module */

import { ConfigError, UserError } from "@scenograph/graph/errors";
import { hash32, stream } from "@scenograph/graph/random";
import { resizePicture } from "scenograph/draw/picture";
import { bitmapToMask, ellipseBitmap } from "scenograph/formats/rle";
import type { ModelInfo } from "scenograph/model/info";
import { loadModel } from "scenograph/model/load.node";
import type { Model } from "scenograph/model/model";
import { classMap, maskSizeOf } from "scenograph/paper/image/data";
import { sceneLayout } from "scenograph/paper/image/infer";
import { generate } from "scenograph/pipeline";
import type { Categories } from "scenograph/scene/categories";
import { areaOf, extentOf, type Size, sizeName } from "scenograph/scene/geometry";
import type { Picture, Scene, SceneObject } from "scenograph/scene/scene";
import type { Sample } from "../../data/coco.ts";
import { loadPictures } from "../../data/coco-pictures.ts";
import { tfIdf } from "../floors/tfidf.ts";
import { DEFINITIONS, hashOfIds, hashOfModel, type Protocol } from "../protocol.ts";
import type { RowKind } from "../results.ts";
import { cropName, evaluated, learning, type StageContext, seedOf, wantsRow } from "./context.ts";
import { type Bench, pieces } from "./pool.ts";
import { PICTURE_ROWS } from "./rows.ts";
import { bare, trueObjects } from "./scenes.ts";

/** One true picture and the sentence that stands for it: its first caption. */
export interface PictureCase {
  readonly sample: Sample;
  readonly caption: string;
  readonly seed: number;
  /** True boxes and masks, in drawing order; an object without a mask has its ellipse where the model was trained so. */
  readonly truth: readonly SceneObject[];
  readonly real: Picture;
}

export interface PictureSet {
  readonly categories: Categories;
  readonly cases: readonly PictureCase[];
  /** Pixels of all pictures: the model's. */
  readonly size: Size;
  /** Pictures of the training part: the reference set of distances, and what classifiers learn from. */
  readonly reference: readonly PictureCase[];
}

/** One picture of a row. */
export interface Made {
  readonly picture: Picture;
  /** The layout that was asked for, with its masks. */
  readonly objects: readonly SceneObject[];
  /** With other noise all along; model rows alone, and only where two samples are asked for. */
  readonly again?: Picture;
}

export interface PictureRow {
  readonly key: (typeof PICTURE_ROWS)[number];
  readonly name: string;
  readonly kind: RowKind;
  readonly about: string;
  /** Made from the true layout: pixels may be compared with the true picture. */
  readonly trueLayout: boolean;
  /** Tied to the sentence: a row of other sentences' real pictures is a floor of such metrics alone. */
  readonly conditionalFloor?: boolean;
  readonly made: readonly Made[];
}

/** Objects without a mask are drawn as the ellipse of their box where the model was trained so, else their pictures are left out. */
function fillsMasks({ info }: Pick<StageContext, "info">): boolean {
  return info.config.image.ours.missingMasks === "ellipse";
}

/** @throws UserError where the data have no picture with captions and masks */
export async function loadCases(context: StageContext, learnt: number): Promise<PictureSet> {
  const size = context.info.size;
  const fill = fillsMasks(context);
  const need = ["pixels", "captions", fill ? "objects" : "masks"] as const;
  const options = { need, crop: size };
  let { samples } = await evaluated(context, options);
  let reference = await learning(context, options, samples, learnt);
  if (reference.length === 0) {
    // drawings of one layout stay on one side
    const judged = (s: Sample) => hash32(`half/${s.cocoImageId}`) % 2 === 0;
    [samples, reference] = [samples.filter(judged), samples.filter((s) => !judged(s))];
    context.note(
      `image: there is no training part: half of the pictures (${reference.length}) are the reference and what classifiers learn from, the other half is judged; --train-data names another folder`,
    );
  }
  if (samples.length < 2)
    throw new UserError(
      `evaluate image: at least 2 pictures with captions and masks are needed, got ${samples.length}`,
    );
  const all = [...samples, ...reference].flatMap((s) => s.objects);
  const missing = all.filter((o) => !o.segmentation).length;
  if (missing > 0)
    context.note(
      `image: ${missing} of ${all.length} objects have no true mask: they stand as the ellipse of their box, as when the model was trained`,
    );
  const work = context.begin("reading pictures", samples.length + reference.length);
  // as in training: larger pictures take their masks enlarged
  const masks = maskSizeOf(size);
  const { width, height } = extentOf(size);
  const read = async (of: readonly Sample[]): Promise<PictureCase[]> => {
    const set = await loadPictures(of, size);
    const area = width * height * 3;
    try {
      const cases: PictureCase[] = [];
      for (const piece of pieces(
        of.map((_, i) => i),
        64,
      )) {
        const bytes = await set.read(piece);
        piece.forEach((i, k) => {
          const data = bytes.slice(k * area, (k + 1) * area);
          cases.push({
            sample: of[i],
            caption: of[i].captions[0],
            seed: seedOf(context.seed, "image", of[i].imageId),
            truth: trueObjects(of[i], masks, context.categories).map((o) =>
              o.mask ? o : { ...o, mask: ellipse(o, masks) },
            ),
            real: { width, height, data },
          });
        });
        work.tick(piece.length);
      }
      return cases;
    } finally {
      await set.close();
    }
  };
  const { categories } = context;
  const set = {
    categories,
    cases: await read(samples),
    size,
    reference: reference.length > 0 ? await read(reference) : [],
  };
  work.end();
  return set;
}

function ellipse({ box }: SceneObject, size: Size) {
  const { width, height } = extentOf(size);
  return bitmapToMask(ellipseBitmap(box, width, height), width, height);
}

/** What fixes the generated pictures, whatever judges them. */
export function picturesProtocol(context: StageContext, { cases, size }: PictureSet): Protocol {
  const { info, split, part, seed } = context;
  const fill = fillsMasks(context);
  const samples = cases.map((c) => c.sample);
  return {
    definitions: DEFINITIONS,
    stage: "pictures",
    model: { name: info.name, sha256: hashOfModel(info, ["text", "boxes", "masks", "image"]) },
    data: { split, part, ids: hashOfIds(samples), pictures: samples.length },
    samples: { sentencesAPicture: 1, picturesASentence: context.samples ?? 2 },
    seed,
    settings: {
      resolution: typeof size === "number" ? size : sizeName(size),
      crop: cropName(size),
      filter: "Lanczos 3",
      sentence: "the first caption",
      masks: `${sizeName(maskSizeOf(size))}${fill ? ", missing ones: the ellipse of the box" : ""}`,
    },
  };
}

/** Pictures that are computed together: of fixed size, whatever the number of jobs. */
const PIECE = 16;

/** Rows that networks draw. */
type Kind = "predicted" | "true-boxes" | "true-masks" | "another-sentence" | "against";

interface Drawn {
  readonly kind: Kind;
  readonly name: string;
  readonly rowKind: RowKind;
  readonly about: string;
  readonly trueLayout: boolean;
}

const DRAWN: readonly Drawn[] = [
  {
    kind: "predicted",
    name: "predicted boxes and masks",
    rowKind: "model",
    about: "everything from the sentence",
    trueLayout: false,
  },
  {
    kind: "true-boxes",
    name: "true boxes, predicted masks",
    rowKind: "model",
    about: "true boxes; masks and picture from the model",
    trueLayout: true,
  },
  {
    kind: "true-masks",
    name: "true boxes and masks",
    rowKind: "model",
    about: "true boxes and masks; the picture from the model",
    trueLayout: true,
  },
  {
    kind: "against",
    name: "the other model",
    rowKind: "baseline",
    about: "true boxes and masks",
    trueLayout: true,
  },
  {
    kind: "another-sentence",
    name: "another sentence",
    rowKind: "floor",
    about: "true boxes and masks, drawn for the sentence of another picture",
    trueLayout: true,
  },
];

/** The rows that are asked for, over the same cases. @throws ConfigError when none is */
export async function pictureRows(context: StageContext, set: PictureSet): Promise<PictureRow[]> {
  const { cases, size } = set;
  const half = Math.floor(cases.length / 2);
  const other = (i: number) => (i + half) % cases.length;
  const { against } = context;
  const otherModel = against === undefined ? undefined : await otherInfo(context, against);
  const wanted = DRAWN.filter(({ kind }) => wantsRow(context, kind) && (kind !== "against" || otherModel));
  const made = await drawRows(
    context,
    set,
    wanted.map((w) => w.kind),
    (i) => cases[other(i)].caption,
  );
  const rows = wanted.map(({ kind, name, rowKind, about, trueLayout }): PictureRow => {
    const drawn = { key: kind, kind: rowKind, trueLayout, made: made.get(kind)! };
    if (kind !== "against" || !otherModel)
      return { ...drawn, name, about, ...(kind === "another-sentence" && { conditionalFloor: true }) };
    const [own, theirs] = [areaOf(size), areaOf(otherModel.size)];
    const isOwn = sizeName(otherModel.size) === sizeName(size);
    const scaled = isOwn ? "" : `, ${theirs < own ? "enlarged" : "shrunk"} to ${pixels(size)}`;
    return {
      ...drawn,
      name: `${otherModel.name}, ${pixels(otherModel.size)} px${scaled ? " resized" : ""}`,
      about: `${about}; the picture from ${otherModel.name}, ${sizeName(otherModel.size)}${scaled}`,
    };
  });
  const truth = (pictureOf: (c: PictureCase, i: number) => Picture): Made[] =>
    cases.map((c, i) => ({ picture: pictureOf(c, i), objects: c.truth }));
  const add = (row: Omit<PictureRow, "made" | "trueLayout">, make: () => Made[]) => {
    if (wantsRow(context, row.key)) rows.push({ ...row, trueLayout: true, made: make() });
  };
  add({ key: "real", name: "real pictures", kind: "ceiling", about: "the true pictures themselves" }, () =>
    truth((c) => c.real),
  );
  add(
    {
      key: "shuffled",
      name: "shuffled real pictures",
      kind: "floor",
      about: "the true picture of another sentence",
      conditionalFloor: true,
    },
    () => truth((_, i) => cases[other(i)].real),
  );
  if (set.reference.length > 0 && (wantsRow(context, "nearest") || wantsRow(context, "nearest-shuffled"))) {
    const nearest = nearestPictures(set);
    add(
      {
        key: "nearest",
        name: "nearest training picture",
        kind: "baseline",
        about: "the real training picture whose caption is nearest by TF-IDF: looking up instead of drawing",
      },
      () => truth((_, i) => nearest[i]),
    );
    add(
      {
        key: "nearest-shuffled",
        name: "nearest training, shuffled",
        kind: "floor",
        about: "the same training pictures, each for the sentence of another picture",
        conditionalFloor: true,
      },
      () => truth((_, i) => nearest[other(i)]),
    );
  }
  add(
    { key: "colours", name: "mean colours", kind: "floor", about: "the true layout, every class in its mean colour" },
    () => truth(classColours(set)),
  );
  add({ key: "noise", name: "noise", kind: "floor", about: "uniform noise" }, () => truth((c) => noise(c.seed, size)));
  if (rows.length === 0)
    throw new ConfigError(
      `evaluate: rows of pictures are ${PICTURE_ROWS.join(", ")}, got ${context.rows?.join(", ")}; name one of them`,
    );
  // in the order of their keys, whatever was made first
  return rows.sort((a, b) => PICTURE_ROWS.indexOf(a.key) - PICTURE_ROWS.indexOf(b.key));
}

/** "64" of a square, "96 x 64". */
function pixels(size: Size): string {
  return typeof size === "number" ? String(size) : sizeName(size);
}

/** What the networks draw, by row. */
async function drawRows(
  context: StageContext,
  set: PictureSet,
  kinds: readonly Kind[],
  otherCaption: (i: number) => string,
): Promise<Map<Kind, Made[]>> {
  const { cases, size } = set;
  const store = context.store(picturesProtocol(context, set));
  const noises = (kind: Kind) =>
    kind === "another-sentence" || kind === "against" || context.samples === 1 ? [0] : [0, 1];
  const tasks = kinds.flatMap((kind) =>
    noises(kind).flatMap((s) => pieces([...cases.keys()], PIECE).map((piece, p) => ({ kind, s, piece, p }))),
  );
  const folder = (kind: Kind) => (kind === "against" ? `against-${hash32(context.against!).toString(16)}` : kind);
  const work = context.begin(
    "pictures",
    tasks.reduce((n, t) => n + t.piece.length, 0),
  );
  const found = await context.pool.map(tasks, async (bench, { kind, s, piece, p }) => {
    const key = `${folder(kind)}/seed-${s}/pictures-${String(p).padStart(4, "0")}`;
    const starts = piece.map((i): Scene => {
      const { caption, truth, seed } = cases[i];
      return {
        version: 2,
        caption: kind === "another-sentence" ? otherCaption(i) : caption,
        ...extentOf(size),
        seed: s === 0 ? seed : seedOf(seed, "again"),
        objects: kind === "predicted" ? [] : kind === "true-boxes" ? bare(truth) : truth,
      };
    });
    const model = kind === "against" ? otherModel(bench, context.against!) : bench.model();
    const made = await drawPiece(model, kind, starts, store, key);
    work.tick(piece.length);
    return made;
  });
  work.end();
  const of = (kind: Kind, s: number) => found.filter((_, t) => tasks[t].kind === kind && tasks[t].s === s).flat();
  return new Map(
    kinds.map((kind) => {
      const again = of(kind, 1);
      return [kind, of(kind, 0).map((m, i) => (again.length > 0 ? { ...m, again: again[i].picture } : m))];
    }),
  );
}

function otherModel(bench: Bench, name: string): Promise<Model> {
  return bench.tool(`model ${name}`, (runtime) => loadModel(name, runtime));
}

async function otherInfo(context: StageContext, name: string): Promise<ModelInfo> {
  const [info] = await context.pool.map([name], async (bench) => (await otherModel(bench, name)).info);
  return info;
}

/** For each case the reference picture of the nearest caption; where no word is shared, the first. */
function nearestPictures({ cases, reference }: PictureSet): Picture[] {
  const corpus = reference.flatMap((c) => c.sample.captions.map((caption) => ({ caption, real: c.real })));
  const search = tfIdf(corpus.map((c) => c.caption));
  return cases.map(({ caption }) => corpus[Math.max(0, search.nearest(caption))].real);
}

async function drawPiece(
  model: Promise<Model>,
  kind: Kind,
  starts: readonly Scene[],
  store: ReturnType<StageContext["store"]>,
  key: string,
): Promise<{ picture: Picture; objects: readonly SceneObject[] }[]> {
  let scenes: Scene[] | undefined;
  const [{ width, height }] = starts;
  const area = width * height * 3;
  const draw = async () => {
    const { stages } = await model;
    const from = kind === "predicted" ? "boxes" : kind === "true-boxes" ? "masks" : "image";
    const results = await generate(stages, starts, { from });
    scenes = results.map((r) => r.scene);
    const bytes = new Uint8Array(starts.length * area);
    for (const [i, { picture }] of results.entries())
      bytes.set((await resizePicture(picture!, width, height)).data, i * area);
    return bytes;
  };
  const bytes = await store.bytes(`${key}.rgb`, draw);
  const objects = await store.json<SceneObject[][]>(key, async () => {
    // pictures were kept and scenes were not: stopped in between
    if (!scenes) await draw();
    return scenes!.map((s) => [...s.objects]);
  });
  return starts.map((_, i) => ({
    picture: { width, height, data: bytes.slice(i * area, (i + 1) * area) },
    objects: objects[i],
  }));
}

/** The true layout of a case in mean colours, learnt from the reference pictures (from the judged ones where there are none). */
function classColours({ categories, cases, reference, size }: PictureSet): (c: PictureCase) => Picture {
  const sums = new Float64Array((categories.count + 1) * 4);
  for (const { truth, real } of (reference.length > 0 ? reference : cases).slice(0, 1000)) {
    classMap(sceneLayout({ objects: truth }, size, categories), categories.count).forEach((c, i) => {
      for (let k = 0; k < 3; k++) sums[c * 4 + k] += real.data[i * 3 + k];
      sums[c * 4 + 3]++;
    });
  }
  const colour = (c: number, k: number) => (sums[c * 4 + 3] > 0 ? Math.round(sums[c * 4 + k] / sums[c * 4 + 3]) : 127);
  return ({ truth }) => {
    const classes = classMap(sceneLayout({ objects: truth }, size, categories), categories.count);
    const data = Uint8Array.from({ length: areaOf(size) * 3 }, (_, i) => colour(classes[Math.floor(i / 3)], i % 3));
    return { ...extentOf(size), data };
  };
}

function noise(seed: number, size: Size): Picture {
  const random = stream(seed, "noise");
  return { ...extentOf(size), data: Uint8Array.from({ length: areaOf(size) * 3 }, () => random.int(256)) };
}

/** 1 where any of the objects is, [H * W], row-major. */
export function coverage(objects: readonly SceneObject[], size: Size, categories: Categories): Uint8Array {
  const classes = classMap(sceneLayout({ objects }, size, categories), categories.count);
  return Uint8Array.from(classes, (c) => (c === categories.count ? 0 : 1));
}

/** Requested boxes with their classes; those of other categories are left out. */
export function requested(
  objects: readonly SceneObject[],
  categories: Categories,
): { label: number; box: SceneObject["box"] }[] {
  return objects
    .filter((o) => !o.hidden)
    .map((o) => ({ label: categories.indexOf(o.label), box: o.box }))
    .filter((o) => o.label >= 0);
}
