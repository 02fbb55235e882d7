/**
 * What an interactive program asks of an open model, and answering it. The studio's worker (wasm) and the server (native)
 * both answer by `answerCall`, so the two differ in rounding alone.
 * @module
 */

import type { Device, Executable, Runtime } from "@scenograph/graph/runtime/runtime";
import type { LookChoice } from "../ours/looks/infer.ts";
import type { PoseChoice } from "../ours/poses/infer.ts";
import type { NextBox } from "../paper/boxes/next.ts";
import type { TextGate } from "../paper/image/gate.ts";
import { embeddingSize } from "../paper/text/config.ts";
import { type BoxOptions, generate, type StageName } from "../pipeline.ts";
import type { Size } from "../scene/geometry.ts";
import { isLabelled, type Picture, type Scene, type SceneObject } from "../scene/scene.ts";
import { nearestCategories } from "../understand/nearest.ts";
import type { ModelInfo } from "./info.ts";
import type { Model } from "./model.ts";

export type { LookChoice, NextBox, PoseChoice, TextGate };

/** The stages that have a result of their own. */
export type Inferred = "boxes" | "masks" | "image";

export interface InferCall {
  readonly type: "infer";
  readonly scene: Scene;
  readonly from: Inferred;
  readonly to: Inferred;
  readonly options: BoxOptions;
}

export interface NextBoxCall {
  readonly type: "next";
  readonly caption: string;
  readonly objects: readonly SceneObject[];
  readonly label: string;
  readonly rows: number;
  readonly columns: number;
  readonly temperature: number;
}

export interface SentenceCall {
  readonly type: "sentence";
  readonly caption: string;
}

/** The text gate of a scene's sentence over its layout. */
export interface GateCall {
  readonly type: "gate";
  readonly scene: Scene;
}

/** Categories that are nearest to a word in meaning. */
export interface NearestCall {
  readonly type: "nearest";
  readonly word: string;
}

/** The likeliest poses of an object, where the model has pose codes. */
export interface PosesCall {
  readonly type: "poses";
  readonly scene: Scene;
  readonly id: string;
  readonly count: number;
}

/** The likeliest looks of an object, where the model has look codes. */
export interface LooksCall {
  readonly type: "looks";
  readonly scene: Scene;
  readonly id: string;
  readonly count: number;
  /** Pixels of a thumbnail's side. */
  readonly side: number;
}

export type Call = InferCall | NextBoxCall | SentenceCall | GateCall | NearestCall | PosesCall | LooksCall;

/** Words as the model reads them. */
export type Words = readonly { readonly text: string; readonly known: boolean }[];

export interface Inference {
  readonly scene: Scene;
  readonly words: Words;
  readonly picture?: Picture;
}

export interface CallAnswers {
  infer: Inference;
  /** p(l), L + 1 entries, and rows x columns that sum to 1. */
  next: NextBox;
  sentence: Words;
  gate: TextGate;
  /** The best first; none for a word without a vector. */
  nearest: readonly string[];
  /** The best first; none where the model has no such codes. */
  poses: readonly PoseChoice[];
  looks: readonly LookChoice[];
}

export interface ModelFacts {
  readonly name: string;
  readonly description: string;
  /** Pixels of its pictures. */
  readonly size: Size;
  readonly embedding: number;
  readonly mixtures: number;
  readonly maxObjects: number;
  readonly temperatures: { readonly labelTemperature: number; readonly boxTemperature: number };
  readonly threshold: number;
  /** Number of pose codes, and of look codes; 0: it has none. */
  readonly poses: number;
  readonly looks: number;
  readonly threads: number;
  /** What draws the pictures. */
  readonly device: Device;
  /** Absent: COCO's 80 categories. */
  readonly vocabulary?: ModelInfo["vocabulary"];
}

export interface CallEvents {
  readonly signal?: AbortSignal;
  readonly onStage?: (stage: StageName, ms: number) => void;
}

/** Calls of one model must not overlap. @throws AbortError once the signal says so, between stages */
export async function answerCall<C extends Call>(
  model: Model,
  call: C,
  events?: CallEvents,
): Promise<CallAnswers[C["type"]]>;
export async function answerCall(
  model: Model,
  call: Call,
  { signal, onStage }: CallEvents = {},
): Promise<CallAnswers[keyof CallAnswers]> {
  signal?.throwIfAborted();
  const { stages, info } = model;
  switch (call.type) {
    case "sentence": {
      const [sentence] = await stages.text.encode([call.caption]);
      return sentence.words;
    }
    case "next": {
      const [sentence] = await stages.text.encode([call.caption]);
      const { rows, columns, temperature } = call;
      return stages.boxes.next(sentence, call.objects, call.label, { rows, columns, temperature });
    }
    case "gate": {
      const [sentence] = await stages.text.encode([call.scene.caption]);
      return stages.image.gate(call.scene, sentence);
    }
    case "nearest":
      return nearestTo(model, call.word);
    case "poses": {
      const { scene, id, count } = call;
      const [sentence] = await stages.text.encode([scene.caption]);
      const objects = scene.objects.filter(isLabelled);
      return (await stages.poses?.({ objects, seed: scene.seed, sentence }, id, count)) ?? [];
    }
    case "looks": {
      const { scene, id, count, side } = call;
      const [sentence] = await stages.text.encode([scene.caption]);
      return (await stages.looks?.({ scene, sentence }, id, count, side)) ?? [];
    }
    case "infer": {
      const { from, to } = call;
      const [result] = await generate(stages, [call.scene], { ...call.options, from, to, signal, onStage });
      const scene = from === "image" ? result.scene : { ...result.scene, model: info.name };
      return { scene, words: result.sentence.words, ...(result.picture && { picture: result.picture }) };
    }
  }
}

/** Vectors of words as the model knows them, kept while it is open; no vector for words that it does not know. */
const vectors = new WeakMap<Model, Map<string, Float32Array | undefined>>();

async function nearestTo(model: Model, word: string): Promise<readonly string[]> {
  const known = vectors.get(model) ?? new Map<string, Float32Array | undefined>();
  vectors.set(model, known);
  const { names } = model.categories;
  const missing = [...new Set([word, ...names].flatMap((name) => name.split(" ")))].filter((w) => !known.has(w));
  if (missing.length > 0) {
    const sentences = await model.stages.text.encode(missing);
    sentences.forEach((s, i) => {
      known.set(missing[i], s.words[0]?.known ? s.vectors : undefined);
    });
  }
  const vocabulary = { categories: model.categories.categories };
  return nearestCategories(vocabulary, (w) => known.get(w), { count: 3 })(word);
}

export function factsOf(info: ModelInfo, threads: number, device: Device): ModelFacts {
  const { name, description, size, vocabulary, config } = info;
  const { text, boxes, masks, ours } = config;
  return {
    ...(vocabulary && { vocabulary }),
    name,
    description,
    size,
    embedding: embeddingSize(text),
    mixtures: boxes.mixtures,
    maxObjects: boxes.maxObjects,
    temperatures: { labelTemperature: boxes.labelTemperature, boxTemperature: boxes.boxTemperature },
    threshold: masks.threshold,
    poses: ours?.poses.codes ?? 0,
    looks: ours?.looks.codes ?? 0,
    threads,
    device,
  };
}

/** A runtime that asks before each run: what `before` throws ends the call that is computed. */
export function interruptible(runtime: Runtime, before: () => void | Promise<void>): Runtime {
  return {
    ...runtime,
    async load(program, constants): Promise<Executable> {
      const inner = await runtime.load(program, constants);
      return {
        program: inner.program,
        run: async (feeds) => {
          await before();
          return inner.run(feeds);
        },
        readState: (names) => inner.readState(names),
        writeState: (values) => inner.writeState(values),
        release: () => inner.release(),
      };
    },
  };
}
