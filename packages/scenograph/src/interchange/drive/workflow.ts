/**
 * The user's own ComfyUI workflow (menu: Export (API)) with a scene put into it: `{{name}}` in any text of its inputs.
 * Alone, {{seed}}, {{width}} and {{height}} become numbers; {{segmentation}}, {{segmentation-coco}} and {{picture}} the name of
 * an upload; {{caption}}, {{negative}}, {{phrases}}, {{ideogram}}, {{boxes}}, {{omost}} text.
 * @module
 */
import { FormatError, nearest } from "@scenograph/graph/errors";
import { writePng } from "../../formats/pngWrite.ts";
import type { Scene } from "../../scene/scene.ts";
import type { Workflow } from "../comfyWorkflow.ts";
import { sizeOf } from "../geometry.ts";
import { exportedText, exportScene } from "../index.ts";
import { isRecord } from "../json.ts";
import { segmentationPixels } from "../segmentation.ts";
import type { ExportOptions } from "../types.ts";
import { captionOf, escapeWeights, fileWord, phrased } from "../words.ts";
import type { Upload } from "./comfyui.ts";

/** @throws FormatError for what is no workflow of the API's format */
export function parseWorkflow(text: string): Workflow {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new FormatError(`render: a workflow is JSON, got ${(error as Error).message}; check the file`);
  }
  if (isRecord(value) && Array.isArray(value.nodes) && Array.isArray(value.links))
    throw new FormatError(
      "render: this is a workflow of ComfyUI's editor, not of its interface; save it with Export (API)",
    );
  if (!isRecord(value) || Object.keys(value).length === 0 || !Object.values(value).every(isNode))
    throw new FormatError(
      'render: a workflow is {"1": {"class_type": "...", "inputs": {...}}, ...}, got something else; check the file',
    );
  return value as unknown as Workflow;
}

function isNode(value: unknown): boolean {
  return isRecord(value) && typeof value.class_type === "string" && isRecord(value.inputs);
}

export interface Filled {
  readonly workflow: Workflow;
  readonly uploads: readonly Upload[];
  /** How many places were filled. */
  readonly places: number;
}

const PLACE = /\{\{\s*([\w-]+)\s*\}\}/g;

/** @throws FormatError for a place of no known name, or a picture that the scene has not */
export async function fillWorkflow(
  workflow: Workflow,
  scene: Scene,
  options: ExportOptions,
  notes: string[],
): Promise<Filled> {
  const uploads = new Map<string, Upload>();
  const name = fileWord(options.name ?? "") || "scene";
  const size = sizeOf(scene, options, { side: 512, multiple: 8 }, notes);
  const text = async (format: string) => exportedText(await exportScene(scene, format, { ...options, ...size })).trim();
  const image = (kind: string, bytes: Uint8Array): string => {
    const file = `${name}-${kind}.png`;
    uploads.set(file, { name: file, bytes });
    return file;
  };
  const values: Record<string, () => Promise<string | number> | string | number> = {
    caption: () => escapeWeights(captionOf(scene)),
    negative: () => escapeWeights(options.negative ?? ""),
    phrases: () =>
      escapeWeights(
        phrased(scene)
          .map((o) => o.words)
          .join(", "),
      ),
    seed: () => scene.seed,
    width: () => size.width,
    height: () => size.height,
    ideogram: () => text("ideogram"),
    boxes: () => text("comfyui-boxes"),
    omost: () => text("omost"),
    segmentation: async () => image("ade20k", await writePng(segmentationPixels(scene, "ade20k", options, notes))),
    "segmentation-coco": async () => image("coco", await writePng(segmentationPixels(scene, "coco", options, notes))),
    picture: async () => {
      if (!options.picture)
        throw new FormatError("render: the workflow asks for {{picture}}, and the scene has none; generate it first");
      return image("picture", await writePng({ ...options.picture, channels: 3 }));
    },
  };
  let places = 0;
  const placed = async (key: string): Promise<string | number> => {
    const lower = key.toLowerCase();
    const value = Object.hasOwn(values, lower) ? values[lower] : undefined;
    if (!value) {
      const near = nearest(lower, Object.keys(values));
      throw new FormatError(
        `render: the workflow has a place {{${key.slice(0, 40)}}}; ${near ? `did you mean {{${near}}}? ` : ""}there are ${Object.keys(values).join(", ")}`,
      );
    }
    places++;
    return value();
  };
  const filled = async (input: unknown): Promise<unknown> => {
    if (typeof input !== "string") return input;
    const matches = [...input.matchAll(PLACE)];
    if (matches.length === 1 && matches[0][0] === input.trim()) return placed(matches[0][1]);
    let out = "";
    let at = 0;
    for (const match of matches) {
      out += input.slice(at, match.index) + (await placed(match[1]));
      at = match.index + match[0].length;
    }
    return out + input.slice(at);
  };
  const nodes: [string, Workflow[string]][] = [];
  for (const [id, node] of Object.entries(workflow)) {
    const inputs: Record<string, unknown> = {};
    for (const [key, input] of Object.entries(node.inputs)) inputs[key] = await filled(input);
    nodes.push([id, { ...node, inputs }]);
  }
  return { workflow: Object.fromEntries(nodes), uploads: [...uploads.values()], places };
}
