/**
 * Drawing with a running ComfyUI: upload what the workflow reads, `POST /prompt`, ask `/history` until it is there, `/view`.
 * Read from ComfyUI server.py (d4b50979) and execution.py (f599e5ca). A prompt that is given up is deleted from the queue, or
 * interrupted where it is the one that runs: never somebody else's.
 * @module
 */
import { UserError } from "@scenograph/graph/errors";
import { isPng } from "../../formats/png.ts";
import type { Workflow } from "../comfyWorkflow.ts";
import { isRecord } from "../json.ts";
import { ask, checkedAddress, type DriveOptions, jsonOf, limited, MAX_PICTURE, type Progress, sleep } from "./http.ts";

const SERVER = "comfyui";

export interface Upload {
  /** As the workflow's LoadImage and LoadImageMask name it. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** The first picture that the workflow saves, a PNG. @throws UserError for everything that goes wrong there, in one line */
export async function drawWithComfyui(
  address: string,
  workflow: Workflow,
  uploads: readonly Upload[] = [],
  options: DriveOptions = {},
): Promise<Uint8Array> {
  const base = checkedAddress(address, options.allowRemote);
  let id: string | undefined;
  const work = async (signal: AbortSignal): Promise<Uint8Array> => {
    const names = new Map<string, string>();
    for (const { name, bytes } of uploads) names.set(name, await upload(base, name, bytes, signal));
    id = await post(base, renamed(workflow, names), signal);
    const outputs = await finished(base, id, options, signal);
    options.onProgress?.({ stage: "fetching" });
    return fetchPicture(base, outputs, signal);
  };
  return limited(SERVER, options, work, async () => id !== undefined && (await giveUp(base, id)));
}

async function upload(base: string, name: string, bytes: Uint8Array, signal: AbortSignal): Promise<string> {
  const form = new FormData();
  form.set("image", new Blob([bytes as Uint8Array<ArrayBuffer>], { type: "image/png" }), name);
  form.set("overwrite", "true");
  const answer = jsonOf(
    SERVER,
    await ask(SERVER, `${base}/upload/image`, { method: "POST", form, signal }),
    "an upload",
  );
  if (typeof answer.name !== "string")
    throw new UserError("render: comfyui did not say how it named an upload; is this its address?");
  return typeof answer.subfolder === "string" && answer.subfolder !== ""
    ? `${answer.subfolder}/${answer.name}`
    : answer.name;
}

function renamed(workflow: Workflow, names: ReadonlyMap<string, string>): Workflow {
  return Object.fromEntries(
    Object.entries(workflow).map(([id, node]) => {
      const { image } = node.inputs;
      const name = typeof image === "string" ? names.get(image) : undefined;
      return [id, name === undefined ? node : { ...node, inputs: { ...node.inputs, image: name } }];
    }),
  );
}

async function post(base: string, workflow: Workflow, signal: AbortSignal): Promise<string> {
  const answer = await ask(SERVER, `${base}/prompt`, {
    method: "POST",
    json: { prompt: workflow },
    signal,
    accept: [400],
  });
  const value = jsonOf(SERVER, answer, "a workflow");
  if (answer.status === 400) throw new UserError(`render: comfyui refuses the workflow: ${refusal(value)}`);
  if (typeof value.prompt_id !== "string")
    throw new UserError(
      "render: comfyui gave the workflow no prompt_id; is this its address and a version with its interface?",
    );
  const broken = Object.keys(isRecord(value.node_errors) ? value.node_errors : {});
  if (broken.length > 0) throw new UserError(`render: comfyui refuses a part of the workflow: ${refusal(value)}`);
  return value.prompt_id;
}

/** "CheckpointLoaderSimple (node 1): Value not in list: ckpt_name: 'x' not in ['y']" */
function refusal({ error, node_errors: nodes }: Record<string, unknown>): string {
  const lines = Object.entries(isRecord(nodes) ? nodes : {}).flatMap(([id, node]) => {
    if (!isRecord(node) || !Array.isArray(node.errors)) return [];
    return node.errors
      .filter(isRecord)
      .map((e) => `${node.class_type ?? "node"} (node ${id}): ${e.message}${e.details ? `: ${e.details}` : ""}`);
  });
  if (lines.length > 0) return lines.slice(0, 3).join("; ");
  if (isRecord(error)) return `${error.message}${error.details ? `: ${error.details}` : ""}`;
  return String(error ?? "it does not say why").slice(0, 300);
}

type Outputs = Record<string, unknown>;

async function finished(base: string, id: string, options: DriveOptions, signal: AbortSignal): Promise<Outputs> {
  const { pollMs = 500, onProgress } = options;
  for (let gone = 0; ; ) {
    const history = jsonOf(
      SERVER,
      await ask(SERVER, `${base}/history/${encodeURIComponent(id)}`, { signal }),
      "/history",
    );
    const entry = history[id];
    if (isRecord(entry)) {
      const failure = failureOf(entry);
      if (failure) throw new UserError(`render: comfyui failed: ${failure}`);
      return isRecord(entry.outputs) ? entry.outputs : {};
    }
    const { known, progress } = await queued(base, id, signal);
    // once may be the moment between the queue and the history
    gone = known ? 0 : gone + 1;
    if (gone > 2)
      throw new UserError("render: comfyui no longer knows the workflow; it was restarted or emptied: send it again");
    onProgress?.(progress);
    await sleep(pollMs, signal);
  }
}

/** What an entry of the history says went wrong. */
function failureOf({ status }: Record<string, unknown>): string | undefined {
  if (!isRecord(status)) return undefined;
  for (const message of Array.isArray(status.messages) ? status.messages : []) {
    if (!Array.isArray(message) || !isRecord(message[1])) continue;
    const [kind, facts] = message as [unknown, Record<string, unknown>];
    if (kind === "execution_interrupted") return "it was interrupted there";
    if (kind === "execution_error")
      return `${facts.node_type ?? "a node"} (node ${facts.node_id}): ${String(facts.exception_message ?? "an error").trim()}`;
  }
  return status.status_str === "error" ? "it does not say why; see its console" : undefined;
}

interface Queued {
  readonly progress: Progress;
  readonly running: boolean;
  /** Whether it is in the queue at all. */
  readonly known: boolean;
}

/** Entries of the queue are [number, id, ...]. */
async function queued(base: string, id: string, signal?: AbortSignal): Promise<Queued> {
  const queue = jsonOf(SERVER, await ask(SERVER, `${base}/queue`, signal ? { signal } : {}), "/queue");
  const entries = (key: string) => (Array.isArray(queue[key]) ? queue[key].filter(Array.isArray) : []) as unknown[][];
  const running = entries("queue_running").some((e) => e[1] === id);
  const mine = entries("queue_pending").find((e) => e[1] === id);
  if (running || !mine) return { progress: { stage: "drawing" }, running, known: running };
  const before = entries("queue_pending").filter((e) => Number(e[0]) < Number(mine[0])).length;
  return { progress: { stage: "waiting", ahead: before + entries("queue_running").length }, running, known: true };
}

async function giveUp(base: string, id: string): Promise<void> {
  const { running } = await queued(base, id);
  // newer versions interrupt this prompt alone; older ones read no body, and it is the one that runs
  if (running) await ask(SERVER, `${base}/interrupt`, { method: "POST", json: { prompt_id: id }, ms: 5000 });
  else await ask(SERVER, `${base}/queue`, { method: "POST", json: { delete: [id] }, ms: 5000 });
}

async function fetchPicture(base: string, outputs: Outputs, signal: AbortSignal): Promise<Uint8Array> {
  const images = Object.values(outputs).flatMap((o) =>
    isRecord(o) && Array.isArray(o.images) ? o.images.filter(isRecord) : [],
  );
  const image = images.find((i) => i.type === "output") ?? images[0];
  if (!image)
    throw new UserError("render: the workflow ended without a picture; let it end in SaveImage or PreviewImage");
  const query = new URLSearchParams();
  for (const key of ["filename", "subfolder", "type"]) query.set(key, String(image[key] ?? ""));
  const { bytes } = await ask(SERVER, `${base}/view?${query}`, { signal, most: MAX_PICTURE });
  if (!isPng(bytes)) throw new UserError("render: comfyui's picture is no PNG; let the workflow end in SaveImage");
  return bytes;
}
