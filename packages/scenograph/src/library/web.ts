/** Opens a model in a browser's page or worker: weights over the network, kept in the browser, networks on onnxruntime-web. @module */
import { ConfigError, shown } from "@scenograph/graph/errors";
import type { Runtime } from "@scenograph/graph/runtime/runtime";
import { createWebRuntime } from "@scenograph/graph/runtime/web";
import { checkKeys, checkWhole } from "../checks.ts";
import { openModel } from "../model/model.ts";
import { createDraw, type Draw } from "./draw.ts";
import { type Download, fileReader } from "./files.ts";

export interface ScenographOptions {
  /** Where models are looked for by name. Default: "models/" beside the page. */
  readonly models?: string | URL;
  /** Called while the model's files are loaded. */
  readonly onProgress?: (download: Download) => void;
  /** Threads inside one operator; more than one needs a page that is cross-origin isolated. */
  readonly threads?: number;
  /** Where onnxruntime's .wasm files are. Default: where the bundler puts them. */
  readonly wasm?: string | URL;
  /** Runs the networks instead of onnxruntime-web's wasm; the caller closes it. */
  readonly runtime?: Runtime;
}

const KEYS: readonly (keyof ScenographOptions)[] = ["models", "onProgress", "threads", "wasm", "runtime"];

/**
 * Opens a model: its name below `models`, or the URL of its folder. Loads its files, so that drawing begins at once.
 * @throws ConfigError for wrong options, Error where a file cannot be loaded, FormatError where one is damaged
 */
export async function scenograph(model: string | URL = "illustrated", options: ScenographOptions = {}): Promise<Draw> {
  checkKeys("scenograph()", options, KEYS);
  const threads = options.threads === undefined ? undefined : checkWhole("threads", options.threads, 1, 256);
  const folder = folderOf(model, options.models ?? "models/");
  const wasm = options.wasm === undefined ? undefined : new URL(options.wasm, self.location.href).href;
  const own = options.runtime ?? createWebRuntime({ ...(threads && { threads }), ...(wasm && { wasmPaths: wasm }) });
  const read = fileReader(folder, options.onProgress ?? (() => {}));
  const opened = await openModel(read, own, { where: folder, ...(crypto.subtle && { sha256 }) });
  await opened.load();
  return createDraw(opened, async () => {
    if (!options.runtime) await own.close();
  });
}

function folderOf(model: string | URL, models: string | URL): string {
  if (!(model instanceof URL) && (typeof model !== "string" || model === ""))
    throw new ConfigError(`scenograph(): a model's name or the URL of its folder, got ${shown(model)}; name one`);
  const isAddress = model instanceof URL || /[/:]/.test(model);
  const url = isAddress
    ? new URL(model, self.location.href)
    : new URL(`${encodeURIComponent(model)}/`, new URL(models, self.location.href));
  return url.href.endsWith("/") ? url.href : `${url.href}/`;
}

/** Hashing needs a secure page; elsewhere the files' own checks must do. */
async function sha256(bytes: Uint8Array): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes as Uint8Array<ArrayBuffer>));
  return Array.from(hash, (b) => b.toString(16).padStart(2, "0")).join("");
}
