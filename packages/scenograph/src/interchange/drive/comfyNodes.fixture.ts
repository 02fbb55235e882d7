/**
 * ComfyUI's own definitions of the nodes that our workflows use, as data, and its validation: required inputs, types of links,
 * ranges, lists. Written from nodes.py (e60e19b1: INPUT_TYPES, RETURN_TYPES, OUTPUT_NODE) and execution.py (f599e5ca: validate_prompt,
 * validate_inputs), whose messages it gives. Not ComfyUI: what it accepts, ComfyUI was read to accept.
 * @module
 */

interface Range {
  readonly min?: number;
  readonly max?: number;
}
/** A type with a range, or the values that a list allows; "files": names on the server. */
type Input = readonly [type: string, range?: Range] | { readonly list: readonly string[] } | { readonly files: string };

export interface NodeDefinition {
  readonly required: Readonly<Record<string, Input>>;
  readonly returns: readonly string[];
  readonly output?: true;
}

const MAX = 16_384;
const pixels = (min: number): Input => ["INT", { min, max: MAX }];
const share = (): Input => ["FLOAT", { min: 0, max: 1 }];

export const COMFY_NODES: Readonly<Record<string, NodeDefinition>> = {
  CheckpointLoaderSimple: { required: { ckpt_name: { files: "checkpoints" } }, returns: ["MODEL", "CLIP", "VAE"] },
  CLIPTextEncode: { required: { text: ["STRING"], clip: ["CLIP"] }, returns: ["CONDITIONING"] },
  ConditioningCombine: {
    required: { conditioning_1: ["CONDITIONING"], conditioning_2: ["CONDITIONING"] },
    returns: ["CONDITIONING"],
  },
  ConditioningSetAreaPercentage: {
    required: {
      conditioning: ["CONDITIONING"],
      width: share(),
      height: share(),
      x: share(),
      y: share(),
      strength: ["FLOAT", { min: 0, max: 10 }],
    },
    returns: ["CONDITIONING"],
  },
  ConditioningSetMask: {
    required: {
      conditioning: ["CONDITIONING"],
      mask: ["MASK"],
      strength: ["FLOAT", { min: 0, max: 10 }],
      set_cond_area: { list: ["default", "mask bounds"] },
    },
    returns: ["CONDITIONING"],
  },
  GLIGENLoader: { required: { gligen_name: { files: "gligen" } }, returns: ["GLIGEN"] },
  GLIGENTextBoxApply: {
    required: {
      conditioning_to: ["CONDITIONING"],
      clip: ["CLIP"],
      gligen_textbox_model: ["GLIGEN"],
      text: ["STRING"],
      width: pixels(8),
      height: pixels(8),
      x: pixels(0),
      y: pixels(0),
    },
    returns: ["CONDITIONING"],
  },
  EmptyLatentImage: {
    required: { width: pixels(16), height: pixels(16), batch_size: ["INT", { min: 1, max: 4096 }] },
    returns: ["LATENT"],
  },
  KSampler: {
    required: {
      model: ["MODEL"],
      seed: ["INT", { min: 0, max: 2 ** 64 }],
      steps: ["INT", { min: 1, max: 10_000 }],
      cfg: ["FLOAT", { min: 0, max: 100 }],
      sampler_name: { list: ["euler", "euler_ancestral", "heun", "dpm_2", "lms", "ddim", "uni_pc"] },
      scheduler: { list: ["normal", "karras", "exponential", "sgm_uniform", "simple", "ddim_uniform"] },
      positive: ["CONDITIONING"],
      negative: ["CONDITIONING"],
      latent_image: ["LATENT"],
      denoise: share(),
    },
    returns: ["LATENT"],
  },
  VAEDecode: { required: { samples: ["LATENT"], vae: ["VAE"] }, returns: ["IMAGE"] },
  SaveImage: { required: { images: ["IMAGE"], filename_prefix: ["STRING"] }, returns: [], output: true },
  PreviewImage: { required: { images: ["IMAGE"] }, returns: [], output: true },
  LoadImage: { required: { image: { files: "input" } }, returns: ["IMAGE", "MASK"] },
  LoadImageMask: {
    required: { image: { files: "input" }, channel: { list: ["alpha", "red", "green", "blue"] } },
    returns: ["MASK"],
  },
};

export interface ComfyError {
  readonly type: string;
  readonly message: string;
  readonly details: string;
}
export interface Validation {
  readonly error?: ComfyError;
  readonly nodeErrors: Readonly<
    Record<string, { readonly errors: readonly ComfyError[]; readonly class_type: string }>
  >;
}

type Prompt = Readonly<
  Record<string, { readonly class_type?: string; readonly inputs?: Readonly<Record<string, unknown>> }>
>;

/** As validate_prompt: unknown classes and prompts without outputs are refused, then every node that an output needs. */
export function validatePrompt(prompt: Prompt, files: Readonly<Record<string, readonly string[]>>): Validation {
  const refuse = (type: string, message: string, details: string): Validation => ({
    error: { type, message, details },
    nodeErrors: {},
  });
  const outputs: string[] = [];
  for (const [id, { class_type }] of Object.entries(prompt)) {
    if (class_type === undefined)
      return refuse(
        "invalid_prompt",
        "Cannot execute because a node is missing the class_type property.",
        `Node ID '#${id}'`,
      );
    const definition = COMFY_NODES[class_type];
    if (!definition)
      return refuse("invalid_prompt", `Cannot execute because node ${class_type} does not exist.`, `Node ID '#${id}'`);
    if (definition.output) outputs.push(id);
  }
  if (outputs.length === 0) return refuse("prompt_no_outputs", "Prompt has no outputs", "");
  const nodeErrors: Record<string, { errors: ComfyError[]; class_type: string }> = {};
  const seen = new Set<string>();
  const visit = (id: string): void => {
    if (seen.has(id)) return;
    seen.add(id);
    const { class_type = "", inputs = {} } = prompt[id];
    const errors = Object.entries(COMFY_NODES[class_type].required).flatMap(([name, input]) =>
      inputErrors(name, input, inputs, prompt, files, visit),
    );
    if (errors.length > 0) nodeErrors[id] = { errors, class_type };
  };
  outputs.forEach(visit);
  if (Object.keys(nodeErrors).length === 0) return { nodeErrors };
  const details = Object.values(nodeErrors)
    .flatMap((n) => n.errors.map((e) => `${e.message}: ${e.details}`))
    .join("\n");
  return {
    error: { type: "prompt_outputs_failed_validation", message: "Prompt outputs failed validation", details },
    nodeErrors,
  };
}

function inputErrors(
  name: string,
  input: Input,
  inputs: Readonly<Record<string, unknown>>,
  prompt: Prompt,
  files: Readonly<Record<string, readonly string[]>>,
  visit: (id: string) => void,
): ComfyError[] {
  const error = (type: string, message: string, details: string) => [{ type, message, details }];
  if (!(name in inputs)) return error("required_input_missing", "Required input is missing", name);
  const value = inputs[name];
  if (Array.isArray(value)) {
    if (value.length !== 2)
      return error("bad_linked_input", "Bad linked input, must be a length-2 list of [node_id, slot_index]", name);
    const [from, slot] = value as [string, number];
    const source = prompt[from];
    if (!source) return error("exception_during_inner_validation", "Exception when validating inner node", `'${from}'`);
    const returned = COMFY_NODES[source.class_type ?? ""].returns[slot];
    const wanted = "list" in input || "files" in input ? "COMBO" : input[0];
    if (returned !== wanted)
      return error(
        "return_type_mismatch",
        "Return type mismatch between linked nodes",
        `${name}, ${returned} != ${wanted}`,
      );
    visit(from);
    return [];
  }
  if ("list" in input || "files" in input) {
    const list = "list" in input ? input.list : (files[input.files] ?? []);
    if (list.includes(String(value))) return [];
    if ("files" in input && input.files === "input")
      return error(
        "custom_validation_failed",
        "Custom validation failed for node",
        `${name} - Invalid image file: ${value}`,
      );
    return error("value_not_in_list", "Value not in list", `${name}: '${value}' not in ${JSON.stringify(list)}`);
  }
  const [type, range = {}] = input;
  if (!["INT", "FLOAT", "STRING"].includes(type))
    return error("return_type_mismatch", "Return type mismatch between linked nodes", `${name}, not a link`);
  if (type === "STRING") return [];
  const number = typeof value === "number" || typeof value === "string" ? Number(value) : Number.NaN;
  if (!Number.isFinite(number) || (type === "INT" && typeof value === "string" && !/^-?\d+$/.test(value)))
    return error("invalid_input_type", `Failed to convert an input value to a ${type} value`, `${name}, ${value}`);
  if (range.min !== undefined && number < range.min)
    return error("value_smaller_than_min", `Value ${number} smaller than min of ${range.min}`, name);
  if (range.max !== undefined && number > range.max)
    return error("value_bigger_than_max", `Value ${number} bigger than max of ${range.max}`, name);
  return [];
}
