/** The inference worker: the four stages on onnxruntime-web, off the page's thread. @module */
import { type Model, openModel } from "../../src/model/model.ts";
import { generate } from "../../src/pipeline.ts";
import type { Executable, Runtime } from "../../src/runtime/runtime.ts";
import { createWebRuntime } from "../../src/runtime/web.ts";
import { embeddingSize } from "../../src/text/config.ts";
import { fileReader } from "./files.ts";
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
  const { stages, info } = await opened();
  switch (request.type) {
    case "sentence": {
      const [sentence] = await stages.text.encode([request.caption]);
      return sentence.words;
    }
    case "next": {
      const [sentence] = await stages.text.encode([request.caption]);
      const { rows, columns, temperature } = request;
      return stages.boxes.next(sentence, request.objects, request.label, { rows, columns, temperature });
    }
    case "infer": {
      const [result] = await generate(stages, [request.scene], {
        ...request.options,
        from: request.from,
        to: request.to,
        signal,
        onStage: (stage, ms) => say({ type: "stage", call, stage, ms }),
      });
      const scene = request.from === "image" ? result.scene : { ...result.scene, model: info.name };
      return { scene, words: result.sentence.words, ...(result.picture && { picture: result.picture }) };
    }
  }
}

function opened(): Promise<Model> {
  if (!model) throw new Error("the worker was asked before it was told the model");
  return model;
}

async function openAt({ folder, wasm, threads }: OpenRequest): Promise<ModelFacts> {
  const runtime = interruptible(createWebRuntime({ wasmPaths: wasm, threads }));
  const read = fileReader(folder, (download) => say({ type: "download", download }));
  model = openModel(read, runtime, { sha256: digest, where: folder });
  model.catch(() => {
    model = undefined;
  });
  const { info, load } = await model;
  await load();
  const { text, boxes, masks } = info.config;
  return {
    name: info.name,
    description: info.description,
    size: info.size,
    embedding: embeddingSize(text),
    mixtures: boxes.mixtures,
    maxObjects: boxes.maxObjects,
    temperatures: { labelTemperature: boxes.labelTemperature, boxTemperature: boxes.boxTemperature },
    threshold: masks.threshold,
    threads,
  };
}

/** Hashing needs a secure page; elsewhere the file's own checks must do. */
async function digest(bytes: Uint8Array): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes as Uint8Array<ArrayBuffer>));
  return Array.from(hash, (b) => b.toString(16).padStart(2, "0")).join("");
}

/** Before each run the worker looks at its messages, so that a call that is no longer wanted ends there. */
function interruptible(runtime: Runtime): Runtime {
  return {
    ...runtime,
    async load(program): Promise<Executable> {
      const inner = await runtime.load(program);
      return {
        program,
        run: async (feeds) => {
          await nextTurn();
          current?.throwIfAborted();
          return inner.run(feeds);
        },
        readState: (names) => inner.readState(names),
        writeState: (values) => inner.writeState(values),
        release: () => inner.release(),
      };
    },
  };
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
