/**
 * Arguments of GLIGEN, out and in.
 *
 * gligen: an entry of `meta_list` of gligen_inference.py (gligen/GLIGEN, 011884e5): `{prompt, phrases[], locations[]}`.
 * diffusers: `StableDiffusionGLIGENPipeline(prompt, gligen_phrases, gligen_boxes)`.
 * Coordinates of both: `[x0, y0, x1, y1]`, fractions of the picture, origin top left. At most 30 things are read.
 * @module
 */
import { FormatError } from "@scenograph/graph/errors";
import type { Scene } from "../scene/scene.ts";
import { type Found, sceneOf } from "./found.ts";
import { boxFrom, corners, fourNumbers, sizeOf } from "./geometry.ts";
import { isRecord, textOf } from "./json.ts";
import type { ExportOptions, Format, ImportOptions } from "./types.ts";
import { captionOf, phrased } from "./words.ts";

const MOST = 30;

function parts(scene: Scene, notes: string[]) {
  const all = phrased(scene);
  const objects = all.slice(-MOST);
  if (all.length > MOST) notes.push(`GLIGEN reads ${MOST} things: the ${all.length - MOST} farthest were left out`);
  const round = (v: number) => Math.round(v * 10_000) / 10_000;
  return { phrases: objects.map((o) => o.words), boxes: objects.map((o) => corners(o.box).map(round)) };
}

function write(scene: Scene, _: ExportOptions, notes: string[]): string {
  const { phrases, boxes } = parts(scene, notes);
  return `${JSON.stringify({ prompt: captionOf(scene), phrases, locations: boxes })}\n`;
}

function writeDiffusers(scene: Scene, options: ExportOptions, notes: string[]): string {
  const { phrases, boxes } = parts(scene, notes);
  const { width, height } = sizeOf(scene, options, { side: 512, multiple: 8 }, notes);
  const { negative, steps, guidance } = options;
  return `${JSON.stringify({
    prompt: captionOf(scene),
    ...(negative !== undefined && { negative_prompt: negative }),
    gligen_phrases: phrases,
    gligen_boxes: boxes,
    gligen_scheduled_sampling_beta: 0.3,
    height,
    width,
    ...(steps !== undefined && { num_inference_steps: steps }),
    ...(guidance !== undefined && { guidance_scale: guidance }),
  })}\n`;
}

function isArguments(value: unknown): value is Record<string, unknown> {
  return (
    isRecord(value) &&
    Array.isArray(value.phrases ?? value.gligen_phrases) &&
    Array.isArray(value.locations ?? value.gligen_boxes)
  );
}

function read(input: string | Uint8Array, options: ImportOptions, notes: string[]): Scene {
  const { value } = textOf(
    input,
    isArguments,
    "GLIGEN arguments {phrases, locations} or {gligen_phrases, gligen_boxes}",
    notes,
  );
  const phrases = (value.phrases ?? value.gligen_phrases) as unknown[];
  const boxes = (value.locations ?? value.gligen_boxes) as unknown[];
  if (phrases.length !== boxes.length)
    throw new FormatError(
      `importScene(): GLIGEN has a box for each phrase, got ${phrases.length} phrases and ${boxes.length} boxes; correct them`,
    );
  const { order = "xyxy", units = "fractions" } = options;
  const found = phrases.flatMap((phrase, i): Found[] => {
    const numbers = fourNumbers(boxes[i]);
    if (!numbers) {
      notes.push(`locations[${i}] is no list of four numbers: left out`);
      return [];
    }
    return [
      {
        words: String(phrase ?? ""),
        box: boxFrom(numbers, order, units, options as { width: number; height: number }),
      },
    ];
  });
  const size = {
    ...(typeof value.width === "number" && { width: value.width }),
    ...(typeof value.height === "number" && { height: value.height }),
  };
  return sceneOf(found, { ...(typeof value.prompt === "string" && { caption: value.prompt }), size }, options, notes);
}

export const gligen: Format = {
  name: "gligen",
  title: "GLIGEN arguments",
  extension: "json",
  mime: "application/json",
  binary: false,
  wants: "boxes",
  use: "an entry of meta_list in gligen_inference.py",
  write,
  read,
  detect: ({ values }) => values.some((v) => isArguments(v) && Array.isArray(v.phrases)),
};

export const diffusers: Format = {
  name: "diffusers",
  title: "diffusers arguments (GLIGEN pipeline)",
  extension: "json",
  mime: "application/json",
  binary: false,
  wants: "boxes",
  use: "pipe(**json.load(open(FILE))) with StableDiffusionGLIGENPipeline",
  write: writeDiffusers,
  read,
  detect: ({ values }) => values.some((v) => isArguments(v) && Array.isArray(v.gligen_phrases)),
};
