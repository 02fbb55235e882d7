/**
 * Drawing with a running Stable Diffusion web UI (AUTOMATIC1111, started with --api) and its ControlNet extension: the sentence as
 * prompt, the layout as a segmentation picture in ADE20K's colours. Read from modules/api/models.py (008a8e75) and api.py, and
 * Mikubill/sd-webui-controlnet's api.py: `alwayson_scripts.controlnet.args`, `/controlnet/model_list`.
 * @module
 */
import { UserError } from "@scenograph/graph/errors";
import { isPng } from "../../formats/png.ts";
import { writePng } from "../../formats/pngWrite.ts";
import type { Scene } from "../../scene/scene.ts";
import { segmentationPixels } from "../segmentation.ts";
import type { ExportOptions } from "../types.ts";
import { captionOf, escapeWeights } from "../words.ts";
import { ask, checkedAddress, type DriveOptions, jsonOf, limited, MAX_PICTURE, sleep } from "./http.ts";

const SERVER = "sdwebui";

export interface SdwebuiOptions extends DriveOptions, ExportOptions {
  /** A ControlNet model that reads segmentation; default: the first of the server's whose name has "seg"; "none": the sentence alone. */
  readonly controlnet?: string;
}

/** The picture, a PNG. @throws UserError for everything that goes wrong there, in one line */
export async function drawWithSdwebui(
  address: string,
  scene: Scene,
  options: SdwebuiOptions = {},
  notes: string[] = [],
): Promise<Uint8Array> {
  const base = checkedAddress(address, options.allowRemote);
  const work = async (signal: AbortSignal): Promise<Uint8Array> => {
    const model = await controlnetOf(base, options.controlnet, signal);
    const pixels = segmentationPixels(scene, "ade20k", options, notes);
    const body = {
      prompt: escapeWeights(captionOf(scene), true),
      negative_prompt: escapeWeights(options.negative ?? "", true),
      seed: scene.seed,
      steps: options.steps ?? 25,
      cfg_scale: options.guidance ?? 7,
      width: pixels.width,
      height: pixels.height,
      send_images: true,
      save_images: false,
      ...(model !== undefined && {
        alwayson_scripts: {
          controlnet: {
            args: [
              {
                enabled: true,
                module: "none",
                model,
                image: base64(await writePng(pixels)),
                weight: 1,
                resize_mode: "Just Resize",
                control_mode: "Balanced",
              },
            ],
          },
        },
      }),
    };
    const done = new AbortController();
    const watching = watch(base, options, AbortSignal.any([signal, done.signal]));
    try {
      const answer = await ask(SERVER, `${base}/sdapi/v1/txt2img`, {
        method: "POST",
        json: body,
        signal,
        ms: 0,
        most: MAX_PICTURE,
      });
      return pictureOf(jsonOf(SERVER, answer, "/sdapi/v1/txt2img"));
    } finally {
      done.abort();
      await watching;
    }
  };
  return limited(SERVER, options, work, () =>
    ask(SERVER, `${base}/sdapi/v1/interrupt`, { method: "POST", json: {}, ms: 5000 }),
  );
}

async function controlnetOf(
  base: string,
  wanted: string | undefined,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (wanted === "none") return undefined;
  const answer = await ask(SERVER, `${base}/controlnet/model_list`, { signal, accept: [404] });
  if (answer.status === 404)
    throw new UserError(
      "render: this web UI has no ControlNet extension, so the layout cannot be sent; install it, or send the sentence alone with --controlnet none",
    );
  const { model_list: list } = jsonOf(SERVER, answer, "/controlnet/model_list");
  const models = Array.isArray(list) ? list.map(String) : [];
  const found = models.find((m) =>
    wanted === undefined ? /seg/i.test(m) : m === wanted || m.startsWith(`${wanted} [`),
  );
  if (found !== undefined) return found;
  const has = models.length > 0 ? `it has ${models.slice(0, 8).join(", ")}` : "it has none";
  throw new UserError(
    wanted === undefined
      ? `render: the web UI has no ControlNet model for segmentation, ${has}; install control_v11p_sd15_seg, or name one with --controlnet`
      : `render: the web UI has no ControlNet model ${JSON.stringify(wanted.slice(0, 80))}, ${has}; correct --controlnet`,
  );
}

/** Tells how far it is until the signal ends it; what it cannot learn it leaves. */
async function watch(base: string, options: DriveOptions, signal: AbortSignal): Promise<void> {
  const { pollMs = 500, onProgress } = options;
  try {
    for (;;) {
      await sleep(pollMs, signal);
      const answer = await ask(SERVER, `${base}/sdapi/v1/progress?skip_current_image=true`, { signal });
      const { progress } = jsonOf(SERVER, answer, "/sdapi/v1/progress");
      if (typeof progress === "number") onProgress?.({ stage: "drawing", share: Math.min(1, Math.max(0, progress)) });
    }
  } catch {
    // the drawing itself says what is wrong
  }
}

function pictureOf({ images }: Record<string, unknown>): Uint8Array {
  const [first] = Array.isArray(images) ? images : [];
  if (typeof first !== "string") throw new UserError("render: the web UI answered without a picture; see its console");
  let bytes: Uint8Array;
  try {
    bytes = Uint8Array.from(atob(first.replace(/^data:[^,]*,/, "")), (c) => c.charCodeAt(0));
  } catch {
    throw new UserError(
      "render: the web UI's picture is no base64; is this its address and a version with its interface?",
    );
  }
  if (!isPng(bytes))
    throw new UserError("render: the web UI's picture is no PNG; set its file format for images to png");
  return bytes;
}

function base64(bytes: Uint8Array): string {
  let text = "";
  for (let i = 0; i < bytes.length; i += 0x8000) text += String.fromCharCode(...bytes.subarray(i, i + 0x8000));
  return btoa(text);
}
