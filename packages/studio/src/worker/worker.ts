/** The inference worker: the four stages on onnxruntime-web, off the page's thread. @module */

import { chooseWebRuntimes } from "@scenograph/graph/runtime/webGpu";
import { fileReader } from "scenograph/library/files";
import { answerCall, factsOf, interruptible } from "scenograph/model/calls";
import { type Model, openModel } from "scenograph/model/model";
import type { StageName } from "scenograph/pipeline";
import type { Answers, FromWorker, ModelFacts, OpenRequest, Request, ToWorker } from "./protocol.ts";

let model: Promise<Model> | undefined;
/** Calls that are open; aborted when the page no longer wants them. */
const open = new Map<number, AbortController>();
let current: AbortSignal | undefined;
/** Calls run one after the other. */
let queue: Promise<void> = Promise.resolve();

function say(message: FromWorker, transfer: Transferable[] = []): void {
  self.postMessage(message, { transfer });
}

self.addEventListener("message", ({ data }: MessageEvent<ToWorker>) => {
  if (data.type === "cancel") {
    open.get(data.call)?.abort();
    return;
  }
  const { call, ...request } = data;
  const controller = new AbortController();
  open.set(call, controller);
  queue = queue.then(() => handle(call, request as Request, controller.signal));
});

async function handle(call: number, request: Request, signal: AbortSignal): Promise<void> {
  current = signal;
  try {
    signal.throwIfAborted();
    const value = await answer(call, request, signal);
    const transfer = "picture" in value && value.picture ? [value.picture.data.buffer as ArrayBuffer] : [];
    say({ type: "done", call, value }, transfer);
  } catch (error) {
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    say({ type: "error", call, name, message });
  } finally {
    open.delete(call);
  }
}

async function answer(call: number, request: Request, signal: AbortSignal): Promise<Answers[keyof Answers]> {
  if (request.type === "open") return openAt(request);
  const onStage = (stage: StageName, ms: number) => say({ type: "stage", call, stage, ms });
  return answerCall(await opened(), request, { signal, onStage });
}

function opened(): Promise<Model> {
  if (!model) throw new Error("the worker was asked before it was told the model");
  return model;
}

async function openAt({ folder, wasm, threads, gpu }: OpenRequest): Promise<ModelFacts> {
  // before each run the worker looks at its messages, so that a call that is no longer wanted ends there
  const look = async () => {
    await nextTurn();
    current?.throwIfAborted();
  };
  const { small, large } = await chooseWebRuntimes({ wasmPaths: wasm, threads }, gpu);
  const runtimes = { image: interruptible(large, look) };
  const read = fileReader(folder, (download) => say({ type: "download", download }));
  const before = await model?.catch(() => undefined);
  model = openModel(read, interruptible(small, look), { sha256: digest, where: folder, runtimes });
  model.catch(() => {
    model = undefined;
  });
  const { info, load } = await model;
  await load();
  // the model that is left
  await before?.release();
  return factsOf(info, threads, large.device);
}

/** Hashing needs a secure page; elsewhere the file's own checks must do. */
async function digest(bytes: Uint8Array): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes as Uint8Array<ArrayBuffer>));
  return Array.from(hash, (b) => b.toString(16).padStart(2, "0")).join("");
}

const turn = new MessageChannel();
const turns: (() => void)[] = [];
turn.port1.onmessage = () => turns.shift()?.();

function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    turns.push(resolve);
    turn.port2.postMessage(undefined);
  });
}
