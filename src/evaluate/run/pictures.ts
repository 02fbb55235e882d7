/** The rows of the paper's table as pictures: what the model draws, ceilings and floors. @module */
import type { Sample } from "../../data/coco.ts";
import { loadPictures } from "../../data/coco-pictures.ts";
import { UserError } from "../../errors.ts";
import { sceneLayout } from "../../image/infer.ts";
import { generate } from "../../pipeline.ts";
import { hash32, stream } from "../../random.ts";
import { CLASS_COUNT, classIndex } from "../../scene/categories.ts";
import type { Picture, Scene, SceneObject } from "../../scene/scene.ts";
import { DEFINITIONS, hashOfIds, hashOfModel, type Protocol } from "../protocol.ts";
import type { RowKind } from "../results.ts";
import { evaluated, learning, type StageContext, seedOf } from "./context.ts";
import { type Bench, pieces } from "./pool.ts";
import { bare, trueObjects } from "./scenes.ts";

/** One true picture and the sentence that stands for it: its first caption. */
export interface PictureCase {
  readonly sample: Sample;
  readonly caption: string;
  readonly seed: number;
  /** True boxes and masks, in drawing order. */
  readonly truth: readonly SceneObject[];
  readonly real: Picture;
}

export interface PictureSet {
  readonly cases: readonly PictureCase[];
  /** Side of all pictures in pixels: the model's. */
  readonly size: number;
  /** Pictures of the training part: the reference set of distances, and what classifiers learn from. */
  readonly reference: readonly PictureCase[];
}

/** One picture of a row. */
export interface Made {
  readonly picture: Picture;
  /** The layout that was asked for, with its masks. */
  readonly objects: readonly SceneObject[];
  /** With other noise all along; model rows alone. */
  readonly again?: Picture;
}

export interface PictureRow {
  readonly key: string;
  readonly name: string;
  readonly kind: RowKind;
  readonly about: string;
  /** Made from the true layout: pixels may be compared with the true picture. */
  readonly trueLayout: boolean;
  /** Tied to the sentence: a row of other sentences' real pictures is a floor of such metrics alone. */
  readonly conditionalFloor?: boolean;
  readonly made: readonly Made[];
}

const NEED = ["pixels", "captions", "masks"] as const;

/** @throws UserError where the data have no picture with captions and masks */
export async function loadCases(context: StageContext, learnt: number): Promise<PictureSet> {
  const size = context.info.size;
  const options = { need: NEED, square: true };
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
  const work = context.begin("reading pictures", samples.length + reference.length);
  const read = async (of: readonly Sample[]): Promise<PictureCase[]> => {
    const set = await loadPictures(of, size);
    try {
      const cases: PictureCase[] = [];
      for (const piece of pieces(
        of.map((_, i) => i),
        64,
      )) {
        const bytes = await set.read(piece);
        piece.forEach((i, k) => {
          const data = bytes.slice(k * size * size * 3, (k + 1) * size * size * 3);
          cases.push({
            sample: of[i],
            caption: of[i].captions[0],
            seed: seedOf(context.seed, "image", of[i].imageId),
            truth: trueObjects(of[i], size),
            real: { width: size, height: size, data },
          });
        });
        work.tick(piece.length);
      }
      return cases;
    } finally {
      await set.close();
    }
  };
  const set = { cases: await read(samples), size, reference: reference.length > 0 ? await read(reference) : [] };
  work.end();
  return set;
}

/** What fixes the generated pictures, whatever judges them. */
export function picturesProtocol(context: StageContext, { cases, size }: PictureSet): Protocol {
  const { info, split, part, seed } = context;
  const samples = cases.map((c) => c.sample);
  return {
    definitions: DEFINITIONS,
    stage: "pictures",
    model: { name: info.name, sha256: hashOfModel(info, ["text", "boxes", "masks", "image"]) },
    data: { split, part, ids: hashOfIds(samples), pictures: samples.length },
    samples: { sentencesAPicture: 1, picturesASentence: 2 },
    seed,
    settings: { resolution: size, crop: "centre square", filter: "Lanczos 3", sentence: "the first caption" },
  };
}

/** Pictures that are computed together: of fixed size, whatever the number of jobs. */
const PIECE = 16;

type Kind = "predicted" | "true-boxes" | "true-masks" | "another-sentence";

/** All rows over the same cases. */
export async function pictureRows(context: StageContext, set: PictureSet): Promise<PictureRow[]> {
  const { cases, size } = set;
  const store = context.store(picturesProtocol(context, set));
  const drawn: Kind[] = ["predicted", "true-boxes", "true-masks", "another-sentence"];
  const seeds = [0, 1];
  const work = context.begin("pictures", cases.length * (drawn.length * 2 - 1));
  const half = Math.floor(cases.length / 2);
  const other = (i: number) => cases[(i + half) % cases.length];
  const tasks = drawn.flatMap((kind) =>
    seeds
      .filter((s) => s === 0 || kind !== "another-sentence")
      .flatMap((s) => pieces([...cases.keys()], PIECE).map((piece, p) => ({ kind, s, piece, p }))),
  );
  const found = await context.pool.map(tasks, async (bench, { kind, s, piece, p }) => {
    const key = `${kind}/seed-${s}/pictures-${String(p).padStart(4, "0")}`;
    const starts = piece.map((i): Scene => {
      const { caption, truth, seed } = cases[i];
      return {
        version: 1,
        caption: kind === "another-sentence" ? other(i).caption : caption,
        width: size,
        height: size,
        seed: s === 0 ? seed : seedOf(seed, "again"),
        objects: kind === "predicted" ? [] : kind === "true-boxes" ? bare(truth) : truth,
      };
    });
    const made = await drawPiece(bench, kind, starts, store, key);
    work.tick(piece.length);
    return made;
  });
  work.end();
  const of = (kind: Kind, s: number) => found.filter((_, t) => tasks[t].kind === kind && tasks[t].s === s).flat();
  const model = (kind: Kind): Made[] => {
    const again = of(kind, 1);
    return of(kind, 0).map((m, i) => ({ ...m, again: again[i].picture }));
  };
  const shifted = cases.map((c, i) => ({ picture: other(i).real, objects: c.truth }));
  const colours = classColours(set);
  return [
    {
      key: "predicted",
      name: "predicted boxes and masks",
      kind: "model",
      about: "everything from the sentence",
      trueLayout: false,
      made: model("predicted"),
    },
    {
      key: "true-boxes",
      name: "true boxes, predicted masks",
      kind: "model",
      about: "true boxes; masks and picture from the model",
      trueLayout: true,
      made: model("true-boxes"),
    },
    {
      key: "true-masks",
      name: "true boxes and masks",
      kind: "model",
      about: "true boxes and masks; the picture from the model",
      trueLayout: true,
      made: model("true-masks"),
    },
    {
      key: "real",
      name: "real pictures",
      kind: "ceiling",
      about: "the true pictures themselves",
      trueLayout: true,
      made: cases.map((c) => ({ picture: c.real, objects: c.truth })),
    },
    {
      key: "another-sentence",
      name: "another sentence",
      kind: "floor",
      about: "true boxes and masks, drawn for the sentence of another picture",
      trueLayout: true,
      conditionalFloor: true,
      made: of("another-sentence", 0),
    },
    {
      key: "shuffled",
      name: "shuffled real pictures",
      kind: "floor",
      about: "the true picture of another sentence",
      trueLayout: true,
      conditionalFloor: true,
      made: shifted,
    },
    {
      key: "colours",
      name: "mean colours",
      kind: "floor",
      about: "the true layout, every class in its mean colour",
      trueLayout: true,
      made: cases.map((c) => ({ picture: colours(c), objects: c.truth })),
    },
    {
      key: "noise",
      name: "noise",
      kind: "floor",
      about: "uniform noise",
      trueLayout: true,
      made: cases.map((c) => ({ picture: noise(c.seed, size), objects: c.truth })),
    },
  ];
}

async function drawPiece(
  bench: Bench,
  kind: Kind,
  starts: readonly Scene[],
  store: ReturnType<StageContext["store"]>,
  key: string,
): Promise<{ picture: Picture; objects: readonly SceneObject[] }[]> {
  let scenes: Scene[] | undefined;
  const [{ width: size }] = starts;
  const area = size * size * 3;
  const draw = async () => {
    const { stages } = await bench.model();
    const from = kind === "predicted" ? "boxes" : kind === "true-boxes" ? "masks" : "image";
    const results = await generate(stages, starts, { from });
    scenes = results.map((r) => r.scene);
    const bytes = new Uint8Array(starts.length * area);
    results.forEach(({ picture }, i) => {
      bytes.set(picture!.data, i * area);
    });
    return bytes;
  };
  const bytes = await store.bytes(`${key}.rgb`, draw);
  const objects = await store.json<SceneObject[][]>(key, async () => {
    // pictures were kept and scenes were not: stopped in between
    if (!scenes) await draw();
    return scenes!.map((s) => [...s.objects]);
  });
  return starts.map((_, i) => ({
    picture: { width: size, height: size, data: bytes.slice(i * area, (i + 1) * area) },
    objects: objects[i],
  }));
}

/** The true layout of a case in mean colours, learnt from the reference pictures (from the judged ones where there are none). */
function classColours({ cases, reference, size }: PictureSet): (c: PictureCase) => Picture {
  const sums = new Float64Array((CLASS_COUNT + 1) * 4);
  for (const { truth, real } of (reference.length > 0 ? reference : cases).slice(0, 1000)) {
    sceneLayout({ objects: truth }, size).classes.forEach((c, i) => {
      for (let k = 0; k < 3; k++) sums[c * 4 + k] += real.data[i * 3 + k];
      sums[c * 4 + 3]++;
    });
  }
  const colour = (c: number, k: number) => (sums[c * 4 + 3] > 0 ? Math.round(sums[c * 4 + k] / sums[c * 4 + 3]) : 127);
  return ({ truth }) => {
    const { classes } = sceneLayout({ objects: truth }, size);
    const data = Uint8Array.from({ length: size * size * 3 }, (_, i) => colour(classes[Math.floor(i / 3)], i % 3));
    return { width: size, height: size, data };
  };
}

function noise(seed: number, size: number): Picture {
  const random = stream(seed, "noise");
  return { width: size, height: size, data: Uint8Array.from({ length: size * size * 3 }, () => random.int(256)) };
}

/** 1 where any of the objects is, [size * size], row-major. */
export function coverage(objects: readonly SceneObject[], size: number): Uint8Array {
  const { classes } = sceneLayout({ objects }, size);
  return classes.map((c) => (c === CLASS_COUNT ? 0 : 1));
}

/** Requested boxes with their classes. */
export function requested(objects: readonly SceneObject[]): { label: number; box: SceneObject["box"] }[] {
  return objects.filter((o) => !o.hidden).map((o) => ({ label: classIndex(o.label), box: o.box }));
}
