/** Opens a model in Node: weights from disk or the network, networks on onnxruntime-node in a thread of their own. @module */
import { createRequire } from "node:module";
import { UserError } from "@scenograph/graph/errors";
import type { Device, Runtime } from "@scenograph/graph/runtime/runtime";
import { checkChoice, checkKeys, checkWhole } from "../checks.ts";
import { sha256Hex } from "../model/load.node.ts";
import { openModel } from "../model/model.ts";
import { createDraw, type Draw } from "./draw.ts";
import type { Download } from "./files.ts";
import { modelSource } from "./models.node.ts";

export interface ScenographOptions {
  /** Called while the model's files are loaded. */
  readonly onProgress?: (download: Download) => void;
  /** Threads inside one operator. Default: the machine's cores. */
  readonly threads?: number;
  /** Where networks run, as far as this machine has it. Default: "cpu". */
  readonly device?: Device;
  /** Folder for what is fetched. Default: SCENOGRAPH_CACHE, else scenograph/ in XDG_CACHE_HOME or ~/.cache. */
  readonly cache?: string;
  /** Runs the networks instead; the caller closes it. */
  readonly runtime?: Runtime;
}

const KEYS: readonly (keyof ScenographOptions)[] = ["onProgress", "threads", "device", "cache", "runtime"];
const DEVICES: readonly Device[] = ["cpu", "webgpu", "cuda", "coreml", "dml"];

/**
 * Opens a model: a name (that ships, or below models/), the path of a folder, or the URL of one.
 * @throws ConfigError for wrong options, UserError for an unknown model, FormatError for damaged files
 */
export async function scenograph(model?: string | URL, options: ScenographOptions = {}): Promise<Draw> {
  checkKeys("scenograph()", options, KEYS);
  const threads = options.threads === undefined ? undefined : checkWhole("threads", options.threads, 1, 256);
  const device = options.device === undefined ? undefined : checkChoice("device", options.device, DEVICES);
  const { read, where } = await modelSource(model, options);
  const runtime = options.runtime ?? (await nodeRuntime({ ...(threads && { threads }), ...(device && { device }) }));
  const close = async () => {
    if (!options.runtime) await runtime.close();
  };
  try {
    const opened = await openModel(read, runtime, { sha256: sha256Hex, where });
    await opened.load();
    return createDraw(opened, close);
  } catch (error) {
    await close();
    throw error;
  }
}

async function nodeRuntime(options: { threads?: number; device?: Device }): Promise<Runtime> {
  try {
    createRequire(import.meta.url).resolve("onnxruntime-node");
  } catch {
    throw new UserError(
      "scenograph(): needs the package onnxruntime-node, which is not installed; run: npm install onnxruntime-node",
    );
  }
  const { createWorkerRuntime } = await import("@scenograph/graph/runtime/remote.node");
  return createWorkerRuntime(options);
}
