/**
 * ComfyUI workflows in the API's format, ready for `POST /prompt`: `{"id": {class_type, inputs, _meta}}`, links `["id", output]`.
 * Node names, inputs and ranges from ComfyUI nodes.py (e60e19b1, unchanged for these nodes since), validated as execution.py does
 * (f599e5ca). Three ways to say where a phrase goes:
 *
 * comfyui-gligen: GLIGENTextBoxApply, whole pixels `{width, height, x, y}` in steps of 8 (it divides by 8).
 * comfyui-area: ConditioningSetAreaPercentage, fractions 0 to 1 `{width, height, x, y}`.
 * comfyui-mask: ConditioningSetMask with a grey PNG a thing, white where it is, read by LoadImageMask from the server's input folder.
 * @module
 */
import { writePng } from "../formats/pngWrite.ts";
import type { Scene } from "../scene/scene.ts";
import { corners, sizeOf } from "./geometry.ts";
import { coverageOf, onCanvas } from "./raster.ts";
import type { ExportOptions, Format, Size, Written } from "./types.ts";
import { captionOf, escapeWeights, fileWord, type Phrased, phrased } from "./words.ts";

export interface WorkflowNode {
  readonly class_type: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly _meta?: { readonly title: string };
}
export type Workflow = Readonly<Record<string, WorkflowNode>>;

/** Stable Diffusion 1.5's, to which the text boxes of GLIGEN belong; EmptyLatentImage takes 16 pixels and more. */
const SIDE = { side: 512, multiple: 8, least: 16 };
const CHECKPOINT = "v1-5-pruned-emaonly.safetensors";
const GLIGEN = "gligen_sd14_textbox_pruned.safetensors";
const STEP = 8;

type Link = readonly [id: string, output: number];

/** Nodes with numbers for ids, in the order in which they run. */
class Nodes {
  readonly #nodes: Record<string, WorkflowNode> = {};
  #next = 1;

  add(class_type: string, title: string, inputs: WorkflowNode["inputs"]): string {
    const id = String(this.#next++);
    this.#nodes[id] = { class_type, inputs, _meta: { title } };
    return id;
  }

  get workflow(): Workflow {
    return this.#nodes;
  }
}

/** The nodes that all variants share; `condition` puts the things between prompt and sampler. */
function workflowOf(
  scene: Scene,
  options: ExportOptions,
  size: Size,
  condition: (nodes: Nodes, prompt: Link, clip: Link, objects: readonly Phrased[]) => Link,
): Workflow {
  const nodes = new Nodes();
  const checkpoint = nodes.add("CheckpointLoaderSimple", "Model", { ckpt_name: options.checkpoint ?? CHECKPOINT });
  const clip: Link = [checkpoint, 1];
  const text = (title: string, words: string) =>
    nodes.add("CLIPTextEncode", title, { text: escapeWeights(words), clip });
  const prompt = text("The sentence", captionOf(scene));
  const negative = text("Not in it", options.negative ?? "");
  const positive = condition(nodes, [prompt, 0], clip, phrased(scene));
  const latent = nodes.add("EmptyLatentImage", "Size", { width: size.width, height: size.height, batch_size: 1 });
  const samples = nodes.add("KSampler", "Sampler", {
    seed: scene.seed,
    steps: options.steps ?? 25,
    cfg: options.guidance ?? 7.5,
    sampler_name: "euler",
    scheduler: "normal",
    denoise: 1,
    model: [checkpoint, 0],
    positive,
    negative: [negative, 0],
    latent_image: [latent, 0],
  });
  const image = nodes.add("VAEDecode", "Decode", { samples: [samples, 0], vae: [checkpoint, 2] });
  nodes.add("SaveImage", "Save", { filename_prefix: fileWord(options.name ?? "") || "scenograph", images: [image, 0] });
  return nodes.workflow;
}

function json(workflow: Workflow): string {
  return `${JSON.stringify(workflow, null, 1)}\n`;
}

function writeGligen(scene: Scene, options: ExportOptions, notes: string[]): string {
  const size = sizeOf(scene, options, SIDE, notes);
  return json(
    workflowOf(scene, options, size, (nodes, prompt, clip, objects) => {
      if (objects.length === 0) return prompt;
      const model = nodes.add("GLIGENLoader", "GLIGEN", { gligen_name: options.gligenModel ?? GLIGEN });
      let last = prompt;
      for (const { words, box } of objects) {
        const [x0, y0, x1, y1] = corners(box);
        const [x, width] = stepped(x0, x1, size.width);
        const [y, height] = stepped(y0, y1, size.height);
        const inputs = { text: escapeWeights(words), width, height, x, y, conditioning_to: last, clip };
        last = [nodes.add("GLIGENTextBoxApply", words, { ...inputs, gligen_textbox_model: [model, 0] }), 0];
      }
      return last;
    }),
  );
}

/** Both edges on the grid of 8 pixels, at least one step apart. */
function stepped(from: number, to: number, side: number): [start: number, length: number] {
  const steps = side / STEP;
  const low = Math.min(steps - 1, Math.round(from * steps));
  const high = Math.max(low + 1, Math.round(to * steps));
  return [low * STEP, (high - low) * STEP];
}

function writeArea(scene: Scene, options: ExportOptions, notes: string[]): string {
  const size = sizeOf(scene, options, SIDE, notes);
  const round = (v: number) => Math.round(v * 1000) / 1000;
  return json(
    workflowOf(scene, options, size, (nodes, prompt, clip, objects) =>
      objects.reduce<Link>((last, { words, box }) => {
        const [x0, y0, x1, y1] = corners(box).map(round);
        const text = nodes.add("CLIPTextEncode", words, { text: escapeWeights(words), clip });
        const area = {
          conditioning: [text, 0],
          width: round(x1 - x0),
          height: round(y1 - y0),
          x: x0,
          y: y0,
          strength: 1,
        };
        return combined(nodes, last, [nodes.add("ConditioningSetAreaPercentage", `Where: ${words}`, area), 0]);
      }, prompt),
    ),
  );
}

function combined(nodes: Nodes, a: Link, b: Link): Link {
  return [nodes.add("ConditioningCombine", "Together", { conditioning_1: a, conditioning_2: b }), 0];
}

async function writeMask(scene: Scene, options: ExportOptions, notes: string[]): Promise<Written> {
  const size = sizeOf(scene, options, SIDE, notes);
  const name = fileWord(options.name ?? "") || "scene";
  const files: { name: string; mime: string; data: Uint8Array }[] = [];
  const objects = phrased(scene);
  if (objects.some((o) => !o.mask)) notes.push("things without a mask have their whole box");
  const images = objects.map((o, i) => `${name}-${i + 1}-${fileWord(o.words).slice(0, 30) || "thing"}.png`);
  for (const [i, o] of objects.entries()) {
    const data = onCanvas(coverageOf(o, size), size);
    files.push({ name: images[i], mime: "image/png", data: await writePng({ ...size, channels: 1, data }) });
  }
  const workflow = workflowOf(scene, options, size, (nodes, prompt, clip) =>
    objects.reduce<Link>((last, { words }, i) => {
      const text = nodes.add("CLIPTextEncode", words, { text: escapeWeights(words), clip });
      const mask = nodes.add("LoadImageMask", `Mask: ${words}`, { image: images[i], channel: "red" });
      const inputs = { conditioning: [text, 0], mask: [mask, 0], strength: 1, set_cond_area: "default" };
      return combined(nodes, last, [nodes.add("ConditioningSetMask", `Where: ${words}`, inputs), 0]);
    }, prompt),
  );
  return [{ name: `${name}.workflow.json`, mime: "application/json", data: json(workflow) }, ...files];
}

const shared = { extension: "workflow.json", mime: "application/json", binary: false } as const;

export const comfyGligen: Format = {
  ...shared,
  name: "comfyui-gligen",
  title: "ComfyUI workflow, GLIGEN text boxes",
  wants: "boxes",
  use: "drop it on ComfyUI's window, or: scenograph render SCENE --with comfyui URL --workflow FILE",
  write: writeGligen,
};

export const comfyArea: Format = {
  ...shared,
  name: "comfyui-area",
  title: "ComfyUI workflow, area conditioning",
  wants: "boxes",
  use: "drop it on ComfyUI's window; any model with CLIP conditioning",
  write: writeArea,
};

export const comfyMask: Format = {
  ...shared,
  name: "comfyui-mask",
  title: "ComfyUI workflow, mask conditioning, with its masks",
  wants: "masks",
  use: "copy the masks to ComfyUI's input folder, then drop the workflow on its window; render does both",
  write: writeMask,
};
