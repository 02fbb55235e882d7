/**
 * The text gate to look at (paper section 5: A_g = A * sigmoid(S)): how far the sentence opens each channel of the encoded
 * layout, what the channel answers to, and the background text. Computed by the generator's own layers, no picture drawn.
 * @module
 */
import { input } from "@scenograph/graph/leaves";
import { Params } from "@scenograph/graph/nn/params";
import { ProgramCache } from "@scenograph/graph/nn/programs";
import type { Weights } from "@scenograph/graph/nn/weights";
import { compile, type Program } from "@scenograph/graph/program";
import type { Runtime } from "@scenograph/graph/runtime/runtime";
import type { Sentence } from "../../pipeline.ts";
import { type Categories, COCO } from "../../scene/categories.ts";
import type { PaperImage } from "./config.ts";
import { classMap, type Layout, layoutFeeds } from "./data.ts";
import { backgroundText, encodedLayout, textGate } from "./model.ts";
import type { ImageSeams } from "./seams.ts";
import { layoutInputs } from "./step.ts";

export interface GateChannel {
  /** sigmoid(S), 0 closed to 1 open. */
  readonly open: number;
  /** Mean |A| of the channel over the picture, before the gate. */
  readonly strength: number;
  /** Where |A| is largest: a category of the layout, or undefined for the ground between the objects. */
  readonly where?: string;
  /** Mean |A| there, in units of `strength`. */
  readonly lift: number;
}

export interface TextGate {
  /** One a channel of A. */
  readonly channels: readonly GateChannel[];
  /** The second projection of the text; empty where the model has none. */
  readonly background: readonly number[];
}

/** Inputs layout.*, text [1, D]; outputs a [1, C, h, w], gate [1, C] and background [1, B] where the model has them. */
export function gateProgram(config: PaperImage, textSize: number, seams: ImageSeams = {}): Program {
  const p = new Params("image");
  const text = input("text", [1, textSize]);
  const { a } = encodedLayout(p, config, layoutInputs(1, config, seams), seams);
  return compile({
    outputs: {
      a,
      ...(config.gate && { gate: textGate(p, text, a.shape[1]) }),
      ...(config.background > 0 && { background: backgroundText(p, config, text) }),
    },
  });
}

/** Without a gate (an ablation) every channel is open. The program is compiled at the first call. */
export function createGateReader(
  runtime: Runtime,
  config: PaperImage,
  textSize: number,
  weights: Weights,
  categories: Categories = COCO,
  seams: ImageSeams = {},
): { read(layout: Layout, sentence: Sentence): Promise<TextGate>; release(): Promise<void> } {
  const programs = new ProgramCache(runtime, weights);
  const read = async (layout: Layout, sentence: Sentence): Promise<TextGate> => {
    const executable = await programs.get("gate", () => gateProgram(config, textSize, seams));
    const feeds = { ...layoutFeeds([{ layout, sentence }], 1, config, seams), text: sentence.embedding };
    const { program } = executable;
    // what the encoder does not read is not among the inputs
    const used = Object.fromEntries(
      Object.entries(feeds).filter(([name]) => program.inputs.some((port) => port.name === name)),
    );
    const out = await executable.run(used);
    const [, channels, height, width] = program.outputs.find((port) => port.name === "a")!.shape;
    const regions = regionsOf(layout, config.classes, height, width);
    const a = out.a as Float32Array;
    const gate = out.gate as Float32Array | undefined;
    return {
      channels: Array.from({ length: channels }, (_, c) => ({
        open: gate ? gate[c] : 1,
        ...answer(a.subarray(c * height * width, (c + 1) * height * width), regions, categories),
      })),
      background: Array.from((out.background as Float32Array | undefined) ?? []),
    };
  };
  return { read, release: () => programs.release() };
}

/** Share of each cell of A that belongs to a class; L is the ground between the objects. */
function regionsOf(layout: Layout, none: number, height: number, width: number): Map<number, Float64Array> {
  const classes = classMap(layout, none);
  const regions = new Map<number, Float64Array>();
  for (let y = 0; y < layout.height; y++)
    for (let x = 0; x < layout.width; x++) {
      const kind = classes[y * layout.width + x];
      const cells = regions.get(kind) ?? new Float64Array(height * width);
      cells[Math.floor((y * height) / layout.height) * width + Math.floor((x * width) / layout.width)]++;
      regions.set(kind, cells);
    }
  return regions;
}

function answer(
  a: Float32Array,
  regions: ReadonlyMap<number, Float64Array>,
  categories: Categories,
): Omit<GateChannel, "open"> {
  const strength = a.reduce((sum, v) => sum + Math.abs(v), 0) / a.length;
  let best = { kind: categories.count, mean: Number.NEGATIVE_INFINITY };
  for (const [kind, cells] of regions) {
    let [sum, weight] = [0, 0];
    cells.forEach((share, i) => {
      sum += share * Math.abs(a[i]);
      weight += share;
    });
    if (sum / weight > best.mean) best = { kind, mean: sum / weight };
  }
  return {
    strength,
    ...(best.kind !== categories.count && { where: categories.nameOf(best.kind) }),
    lift: strength > 0 ? best.mean / strength : 1,
  };
}
