/**
 * The stages of a model as ONNX files for other programs: the very programs that generating runs, with their weights
 * inside (operator set 17, static shapes).
 * @module
 */

import { freeze } from "@scenograph/graph/freeze";
import { bucket } from "@scenograph/graph/nn/buckets";
import { stateFrom } from "@scenograph/graph/nn/weights";
import type { PortSpec, Program } from "@scenograph/graph/program";
import { boxPrograms } from "../ours/boxes/index.ts";
import { imageProgram } from "../ours/image/index.ts";
import { maskProgram } from "../ours/masks/index.ts";
import { BOX_PROGRAMS } from "../paper/boxes/network.ts";
import { objectBucket } from "../paper/masks/infer.ts";
import { embeddingSize } from "../paper/text/config.ts";
import { textLength, textProgram } from "../paper/text/infer.ts";
import { Vocabulary } from "../paper/text/vocabulary.ts";
import type { StageName } from "../pipeline.ts";
import type { ModelInfo } from "./info.ts";
import { openFiles } from "./model.ts";

export interface ExportedProgram {
  /** File name without extension: "text", "boxes-sentence", "boxes-step", "boxes-xy", "boxes-wh", "masks", "image". */
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly inputs: readonly PortSpec[];
  readonly outputs: readonly PortSpec[];
}

/**
 * All programs of a model for `batch` sentences and `objects` objects a picture, both rounded up as in generating.
 * @param read as for `openModel`
 */
export async function exportPrograms(
  read: (path: string) => Promise<Uint8Array>,
  shape: { readonly batch: number; readonly objects: number },
): Promise<{ readonly info: ModelInfo; readonly programs: ExportedProgram[] }> {
  const { info, weightsOf } = await openFiles(read);
  const { text, boxes, masks, image } = info.config;
  const size = embeddingSize(text);
  const n = bucket(shape.batch);
  const vocabulary = Vocabulary.fromTensors(await weightsOf("text"));
  const box = boxPrograms(boxes, size, n);
  const programs: readonly (readonly [StageName, string, Program])[] = [
    ["text", "text", textProgram(text, vocabulary.deltaCount, textLength(1), n)],
    ...BOX_PROGRAMS.map((name) => ["boxes", `boxes-${name}`, box[name]] as const),
    ["masks", "masks", maskProgram(masks, n, objectBucket(shape.objects))],
    ["image", "image", imageProgram(image, size, n)],
  ];
  const exported = programs.map(async ([stage, name, program]) => {
    const { bytes, inputs, outputs } = freeze(program, stateFrom(program, await weightsOf(stage)));
    return { name, bytes, inputs, outputs };
  });
  return { info, programs: await Promise.all(exported) };
}
