/**
 * READ FIRST. The paper (Hong et al., CVPR 2018) on one screen: a sentence s becomes labelled boxes B_1:T (section 3),
 * the boxes become instance masks M_1:T (section 4), masks and sentence become a picture X (section 5).
 * Every stage reads and returns a `Scene`, so the result of any of them can be the user's own: start `from` the stage
 * whose input you have, stop `to` the one you want. Locked objects pass through every stage untouched.
 * @module
 */
import { UserError } from "@scenograph/graph/errors";
import type { Size } from "./scene/geometry.ts";
import { isLabelled, type Mask, type Picture, type Scene, type SceneObject } from "./scene/scene.ts";

import type { Understanding } from "./understand/types.ts";

export type StageName = "text" | "boxes" | "masks" | "image";
export const STAGES: readonly StageName[] = ["text", "boxes", "masks", "image"];

/** What the text encoder makes of a caption. `embedding` conditions every later stage. */
export interface Sentence {
  readonly caption: string;
  /** One entry a token of the caption; `known` is false for words without a vector. */
  readonly words: readonly { readonly text: string; readonly known: boolean }[];
  readonly embedding: Float32Array;
  /** Word vectors [tokens, 100], zeros for unknown words: objects look up the words that speak of them. */
  readonly vectors?: Float32Array;
  /** Nouns of categories, in order. */
  readonly mentions?: readonly Mention[];
  /** What it asks for: things, numbers, relations, place. */
  readonly understood?: Understanding;
}

/** A noun phrase of a sentence that names a category: "two dogs". */
export interface Mention {
  readonly classIndex: number;
  /** Tokens from, inclusive, to, exclusive. */
  readonly from: number;
  readonly to: number;
  /** How many, where it is told or the noun is a singular. */
  readonly count?: number;
}

/** s -> embedding, shape [D] a caption. */
export interface TextEncoder {
  encode(captions: readonly string[]): Promise<Sentence[]>;
}

export interface BoxOptions {
  /** Softmax temperature of labels, pi^(1/T); 0 takes the most likely label. */
  readonly labelTemperature?: number;
  /** Temperature of boxes: mixture weights pi^(1/T), sigma * sqrt(T). */
  readonly boxTemperature?: number;
  /** At most this many objects, fixed ones included. */
  readonly maxObjects?: number;
  /** Objects that the sentence does not ask for: 0 none, 1 as in photographs. */
  readonly extras?: number;
  /** Leave things out that no category names. */
  readonly closed?: boolean;
  /** false: as learnt; nothing of the sentence is enforced. */
  readonly rules?: boolean;
}

/** p(B_1:T | s). Objects in `fixed` are teacher-forced; the answer holds them first, unchanged, then the inferred ones. */
export interface BoxGenerator {
  infer(requests: readonly BoxRequest[], options?: BoxOptions): Promise<SceneObject[][]>;
}

export interface BoxRequest {
  readonly sentence: Sentence;
  /** Objects that stay as they are; the layout begins with them. */
  readonly fixed: readonly SceneObject[];
  /** Things without a category that stay as well [ours]; they are no part of what is returned. */
  readonly kept?: readonly SceneObject[];
  readonly seed: number;
}

export interface MaskRequest {
  readonly objects: readonly SceneObject[];
  readonly seed: number;
  /** What pose codes listen to; the paper's masks follow from the boxes alone. */
  readonly sentence?: Sentence;
}

/** B_1:T -> M_1:T. One mask an object, whole-picture resolution. Noise comes from (seed, object id). */
export interface MaskGenerator {
  infer(requests: readonly MaskRequest[]): Promise<Mask[][]>;
  /** The objects with their pose codes, where a model has these [ours]; `infer` draws what they say. */
  choose?(requests: readonly MaskRequest[]): Promise<SceneObject[][]>;
}

export interface PictureRequest {
  readonly scene: Scene;
  readonly sentence: Sentence;
}

/** (M, s) -> X. Hidden objects, and those without a category, are left out. */
export interface ImageGenerator {
  /** Pixels of the pictures that it draws as well as it can, its own first. */
  readonly sizes: readonly Size[];
  infer(requests: readonly PictureRequest[]): Promise<Picture[]>;
  /** The scene's objects with their look codes and colours, where a model has these [ours]; `infer` draws what they say. */
  choose?(requests: readonly PictureRequest[]): Promise<SceneObject[][]>;
}

export interface Stages {
  readonly text: TextEncoder;
  readonly boxes: BoxGenerator;
  readonly masks: MaskGenerator;
  readonly image: ImageGenerator;
}

export interface GenerateOptions extends BoxOptions {
  /** First stage that is inferred; everything before it is taken from the scene. Default "boxes". */
  readonly from?: StageName;
  /** Last stage that is inferred. Default "image". */
  readonly to?: StageName;
  readonly signal?: AbortSignal;
  readonly onStage?: (stage: StageName, ms: number) => void;
}

export interface Generated {
  readonly scene: Scene;
  readonly sentence: Sentence;
  /** Absent when `to` is an earlier stage. */
  readonly picture?: Picture;
}

/** Run the chain on a batch of scenes that are all of one size. Same scenes and seeds, same bytes. */
export async function generate(
  stages: Stages,
  scenes: readonly Scene[],
  options: GenerateOptions = {},
): Promise<Generated[]> {
  const first = STAGES.indexOf(options.from ?? "boxes");
  const last = STAGES.indexOf(options.to ?? "image");
  if (first > last) throw new UserError(`generate(): from "${options.from}" comes after to "${options.to}"; swap them`);
  const runs = (stage: StageName) => first <= STAGES.indexOf(stage) && STAGES.indexOf(stage) <= last;
  const timed = async <T>(stage: StageName, work: () => Promise<T>): Promise<T> => {
    options.signal?.throwIfAborted();
    const start = performance.now();
    const result = await work();
    options.onStage?.(stage, performance.now() - start);
    return result;
  };

  const sentences = await timed("text", () => stages.text.encode(scenes.map((s) => s.caption)));

  let current = [...scenes];
  if (runs("boxes")) {
    // what no category names the paper's networks cannot read
    const kept = (s: Scene) => s.objects.filter((o) => o.locked && !isLabelled(o));
    const requests = current.map((s, i) => ({
      sentence: sentences[i],
      fixed: s.objects.filter(isFixed),
      kept: kept(s),
      seed: s.seed,
    }));
    const objects = await timed("boxes", () => stages.boxes.infer(requests, options));
    current = current.map((s, i) => ({ ...s, objects: [...objects[i], ...kept(s)] }));
  }
  if (runs("masks")) {
    let drawable: readonly MaskRequest[] = current.map((s, i) => ({
      objects: s.objects.filter(isLabelled),
      seed: s.seed,
      sentence: sentences[i],
    }));
    const masks = await timed("masks", async () => {
      const chosen = await stages.masks.choose?.(drawable);
      // chosen poses stay while they are drawn: an object without a mask keeps its pose
      if (chosen)
        drawable = drawable.map((r, i) => ({
          ...r,
          objects: chosen[i].map((o) => (o.locked ? o : { ...o, mask: undefined })),
        }));
      return stages.masks.infer(drawable);
    });
    current = current.map((s, i) => {
      const own = new Map(drawable[i].objects.map((o, k) => [o.id, { ...o, mask: masks[i][k] }]));
      const objects = s.objects.map((o) => (own.has(o.id) && !(o.locked && o.mask) ? own.get(o.id)! : o));
      return { ...s, objects };
    });
  }
  let pictures: Picture[] | undefined;
  if (runs("image")) {
    const asked = () => current.map((scene, i) => ({ scene, sentence: sentences[i] }));
    pictures = await timed("image", async () => {
      const chosen = await stages.image.choose?.(asked());
      if (chosen) current = current.map((s, i) => ({ ...s, objects: chosen[i] }));
      return stages.image.infer(asked());
    });
  }
  return current.map((scene, i) => ({ scene, sentence: sentences[i], picture: pictures?.[i] }));
}

/** Objects that inference of boxes must keep and can read. */
function isFixed(object: SceneObject): boolean {
  return object.locked === true && isLabelled(object);
}
