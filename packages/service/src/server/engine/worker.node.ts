/**
 * A computing thread: owns a native runtime and the models' compiled sessions, and serves batches of one stage by message,
 * one after the other.
 * @module
 */
import { parentPort, workerData } from "node:worker_threads";
import { folderReader, sha256Hex } from "scenograph/model/load.node";
import { type Model, openModel } from "scenograph/model/model";
import type { BoxOptions } from "scenograph/pipeline";
import { extentOf } from "scenograph/scene/geometry";
import type { Scene } from "scenograph/scene/scene";
import { createInferenceRuntime } from "./inference.node.ts";
import type { Answers, Batch, FromWorker, Items, Operation, ToWorker, WarmStep, WorkerSetup } from "./protocol.ts";

const { threads, folders, warm } = workerData as WorkerSetup;
/**
 * Each session holds the weights of its stage (see docs/operations.md, Memory): 96 of them could take gigabytes. Of one model
 * at the default batch some 10 shapes of text and boxes and 10 of masks and pictures come up again and again; a rare one is
 * compiled anew.
 */
const MAX_SESSIONS = 32;
const runtime = createInferenceRuntime({ threads, maxSessions: MAX_SESSIONS });
const models = new Map<string, Promise<Model>>();
let queue: Promise<void> = Promise.resolve();
let waiting = 0;
/** When the last message came. */
let asked = Number.NEGATIVE_INFINITY;
/** A person at work sends the next stage's request this soon. */
const QUIET_MS = 200;

parentPort!.on("message", (message: ToWorker) => {
  if (message === "close") {
    steps.length = 0;
    // sessions end here, one after the other, not with the thread or the process
    void queue.then(() => runtime.close()).finally(() => parentPort!.close());
    return;
  }
  waiting++;
  asked = performance.now();
  queue = queue.then(async () => {
    await handle(message);
    waiting--;
  });
});

const steps = [...warm];
let first = steps.filter((s) => s.first).length;
warmUp();

/** The next step of warming up: what the first request needs at once, the rest when nobody has asked for a while. */
function warmUp(): void {
  if (steps.length === 0) return;
  const quiet = steps[0].first ? 1 : QUIET_MS;
  setTimeout(() => {
    if (waiting > 0 || performance.now() - asked < quiet) return warmUp();
    const step = steps.shift();
    if (!step) return;
    queue = queue
      .then(() => prepare(step))
      .then(
        () => {
          if (step.first && --first === 0) say({ warm: true }, []);
          warmUp();
        },
        // requests will meet the same error; those who run the server are told now
        (error: Error) => say({ warm: true, error: error.message }, []),
      );
  }, quiet);
}

async function prepare({ model: name, stage, pictures, objects }: WarmStep): Promise<void> {
  const model = await opened(name);
  const scenes = Array.from({ length: pictures }, (_, seed) => blankScene(model, seed, objects));
  await model.prepare(stage, scenes);
}

async function handle({ call, operation, model, options, items }: Batch): Promise<void> {
  try {
    const answers = await SERVE[operation](await opened(model), items as never, options);
    const pictures = operation === "image" ? (answers as Answers["image"][]).map((p) => p.data.buffer) : [];
    say({ call, answers }, pictures as ArrayBuffer[]);
  } catch (error) {
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    say({ call, error: { name, message } }, []);
  }
}

function say(message: FromWorker, transfer: ArrayBuffer[]): void {
  parentPort!.postMessage(message, transfer);
}

/** A model whose files cannot be read is the server's fault, never the request's: the error is no UserError. */
function opened(name: string): Promise<Model> {
  let ready = models.get(name);
  if (!ready) {
    ready = open(name).catch((error: Error) => {
      models.delete(name);
      throw new Error(`model ${name} cannot be opened: ${error.message}`);
    });
    models.set(name, ready);
  }
  return ready;
}

async function open(name: string): Promise<Model> {
  const folder = folders[name];
  const model = await openModel(folderReader(folder), runtime, { sha256: sha256Hex, where: folder });
  await model.load();
  return model;
}

type Serve = {
  [O in Operation]: (model: Model, items: readonly Items[O][], options: BoxOptions) => Promise<readonly Answers[O][]>;
};

const SERVE: Serve = {
  text: ({ stages }, captions) => stages.text.encode(captions),
  boxes: ({ stages }, items, options) => stages.boxes.infer(items, options),
  masks: ({ stages }, items) => stages.masks.infer(items),
  image: ({ stages }, items) => stages.image.infer(items),
  next: ({ stages }, items) =>
    Promise.all(
      items.map(({ sentence, objects, label, rows, columns, temperature }) =>
        stages.boxes.next(sentence, objects, label, { rows, columns, temperature }),
      ),
    ),
};

function blankScene({ info: { size }, categories }: Model, seed: number, objects: number): Scene {
  const label = categories.nameOf(0);
  return {
    version: 2,
    caption: `a ${label}`,
    ...extentOf(size),
    seed,
    objects: Array.from({ length: objects }, (_, i) => ({ id: `o${i}`, label, box: [0.2, 0.2, 0.5, 0.5] })),
  };
}
