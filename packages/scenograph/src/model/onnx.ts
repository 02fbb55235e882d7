/**
 * The stages of a model as ONNX files for other programs: the very programs that generating runs, with their weights
 * inside (operator set 17, static shapes).
 * @module
 */
import { ProtoWriter, readFields } from "@scenograph/graph/formats/protobuf";
import type { PortSpec, Program } from "@scenograph/graph/program";
import type { StageName } from "../pipeline.ts";
import type { Scene, SceneObject } from "../scene/scene.ts";
import type { LoadedProgram } from "./dry.ts";
import { recordingRuntime } from "./dry.ts";
import { openModel } from "./model.ts";

export interface ExportedProgram {
  /** File name without extension: "text", "boxes-step", "boxes-xy", "boxes-wh", "masks", "image". */
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
): Promise<ExportedProgram[]> {
  const { runtime, loaded } = recordingRuntime();
  const model = await openModel(read, runtime);
  const objects = Array.from({ length: shape.objects }, (_, i): SceneObject => {
    return { id: `o${i + 1}`, label: "person", box: [0.25, 0.25, 0.5, 0.5] };
  });
  const { size } = model.info;
  const scenes = Array.from({ length: shape.batch }, (): Scene => {
    return { version: 2, caption: "a person", width: size, height: size, seed: 0, objects };
  });
  const programs: ExportedProgram[] = [];
  for (const stage of ["text", "boxes", "masks", "image"] as const) {
    const from = loaded.length;
    await model.prepare(stage, scenes);
    for (const one of loaded.slice(from))
      programs.push({
        name: nameOf(stage, one.program),
        bytes: withWeights(one),
        inputs: one.program.inputs,
        outputs: one.program.outputs,
      });
  }
  return programs;
}

/** The box generator has three programs, told apart by their ports. */
function nameOf(stage: StageName, program: Program): string {
  if (stage !== "boxes") return stage;
  if (program.outputs.some((p) => p.name === "logits")) return "boxes-step";
  return program.inputs.some((p) => p.name === "xy") ? "boxes-wh" : "boxes-xy";
}

// fields of onnx.proto
const MODEL_GRAPH = 7;
const GRAPH_INITIALIZER = 5;
const GRAPH_INPUT = 11;
const VALUE_NAME = 1;
const FLOAT = 1;

/** The ONNX model with its state as initialisers in place of inputs. */
export function withWeights({ program, weights }: LoadedProgram): Uint8Array {
  const isState = new Set(program.state.map((s) => s.name));
  const model = new ProtoWriter();
  for (const field of readFields(program.bytes)) {
    if (field.field !== MODEL_GRAPH || field.wire !== 2) {
      copy(model, field);
      continue;
    }
    const graph = new ProtoWriter();
    for (const part of readFields(field.value)) {
      if (part.field === GRAPH_INPUT && part.wire === 2 && isState.has(valueName(part.value))) continue;
      copy(graph, part);
    }
    for (const { name, shape } of program.state) {
      const tensor = new ProtoWriter();
      for (const d of shape) tensor.varint(1, d);
      tensor.uint(2, FLOAT);
      tensor.string(8, name);
      const data = weights[name];
      tensor.bytes(9, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
      graph.message(GRAPH_INITIALIZER, tensor);
    }
    model.message(MODEL_GRAPH, graph);
  }
  return model.finish();
}

function valueName(valueInfo: Uint8Array): string {
  for (const f of readFields(valueInfo))
    if (f.field === VALUE_NAME && f.wire === 2) return new TextDecoder().decode(f.value);
  return "";
}

/** One field again, as it was; ONNX models of ours have varints, floats and bytes. */
function copy(into: ProtoWriter, field: ReturnType<typeof readFields> extends Iterable<infer F> ? F : never): void {
  if (field.wire === 2) into.bytes(field.field, field.value);
  else if (field.wire === 0) into.varint(field.field, field.value);
  else if (field.wire === 5) into.float(field.field, field.value);
  else into.double(field.field, field.value);
}
