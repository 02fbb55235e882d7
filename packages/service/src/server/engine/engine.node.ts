/**
 * The pipeline for many clients: requests are admitted up to a limit, their stages are batched with those of other
 * requests, computing threads keep the compiled sessions. A request's boxes and masks do not depend on its company, the
 * values of its pixels by 1 of 255 at most.
 * @module
 */
import { setMaxListeners } from "node:events";
import { readFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { FormatError, UserError } from "@scenograph/graph/errors";
import { categoriesOf, type ModelInfo, parseModelInfo } from "scenograph/model/info";
import { DEFAULT_MODEL, findModel, folderReader, listModels, sha256Hex } from "scenograph/model/load.node";
import { objectBucket } from "scenograph/paper/masks/infer";
import { type BoxOptions, type Generated, generate, STAGES, type StageName, type Stages } from "scenograph/pipeline";
import { DeadlineError } from "scenograph/queue/queue";
import type { Categories } from "scenograph/scene/categories";
import { areaOf, type Size } from "scenograph/scene/geometry";
import type { Scene, SceneObject } from "scenograph/scene/scene";
import { Admission } from "./admission.ts";
import { Batcher, type BatchKey } from "./batcher.ts";
import { WorkerPool } from "./pool.node.ts";
import type { Answers, Items, Operation, WarmStep } from "./protocol.ts";

export interface EngineOptions {
  /** Name or folder of the model that is used when a request names none. Default "illustrated". */
  readonly model?: string;
  /** Shipped models that requests may name besides. Default: all. */
  readonly models?: readonly string[];
  /** Computing threads. Default: the machine's cores, at most 8. */
  readonly threads?: number;
  /** Requests of one stage are gathered for so long. Default 4. */
  readonly windowMs?: number;
  /**
   * Pictures computed together, a power of two. Default 8; text and boxes take twice as many, the image stage at most
   * `imageBatch` of them.
   */
  readonly maxBatch?: number;
  /** Pictures that wait or are computed; more are refused. Default 256. */
  readonly maxQueue?: number;
  /** A request that takes longer is given up. Default 30,000. */
  readonly deadlineMs?: number;
  /** Compile the default model's sessions before they are needed. Default true. */
  readonly warm?: boolean;
  readonly onBatch?: (operation: Operation, size: number) => void;
  /** Milliseconds in a stage, waiting included. */
  readonly onStage?: (stage: StageName, ms: number) => void;
  /** A computing thread died; another took its place. */
  readonly onLost?: (reason: string) => void;
}

export { FullError } from "./admission.ts";

/** A request names a model that this server lacks: HTTP 404, by every route. */
export class UnknownModelError extends UserError {
  override name = "UnknownModelError";
  override readonly status = 404;
}

export interface CallOptions {
  readonly model?: string;
  readonly signal?: AbortSignal;
  readonly deadlineMs?: number;
  /** Whose request it is: callers take turns. Default: all are one. */
  readonly owner?: string;
  /** Admitted in any case: for jobs, whose number is bounded elsewhere. */
  readonly patient?: boolean;
}

export interface EngineGenerateOptions extends CallOptions {
  readonly from?: Exclude<StageName, "text">;
  readonly to?: Exclude<StageName, "text">;
  readonly sampling?: BoxOptions;
  readonly onStage?: (stage: StageName, ms: number) => void;
}

interface Key extends BatchKey {
  readonly operation: Operation;
  readonly model: string;
  readonly options: BoxOptions;
}

export class Engine {
  readonly #batcher: Batcher<Key>;
  readonly #pool: WorkerPool;
  readonly #infos: ReadonlyMap<string, ModelInfo>;
  readonly #categories = new Map<string, Categories>();
  readonly #options: EngineOptions;
  readonly #maxBatch: number;
  readonly #admission: Admission;
  readonly maxQueue: number;
  readonly threads: number;
  readonly defaultModel: string;
  #idle: (() => void)[] = [];
  #warm: boolean;

  private constructor(
    options: EngineOptions,
    folders: ReadonlyMap<string, string>,
    infos: ReadonlyMap<string, ModelInfo>,
  ) {
    this.#options = options;
    this.#infos = infos;
    [this.defaultModel] = infos.keys();
    this.threads = options.threads ?? Math.min(8, availableParallelism());
    this.#maxBatch = options.maxBatch ?? 8;
    this.maxQueue = options.maxQueue ?? 256;
    this.#admission = new Admission(this.maxQueue);
    const warm = options.warm === false ? [] : warmSteps(this.info(), this.#maxBatch);
    this.#warm = warm.length === 0;
    const setup = { threads: 1, folders: Object.fromEntries(folders), warm };
    this.#pool = new WorkerPool(this.threads, setup, options.onLost ?? (() => {}), (threads) => {
      this.#warm = threads === this.threads;
    });
    this.#batcher = new Batcher({
      slots: this.threads,
      windowMs: options.windowMs ?? 4,
      run: (slot, key, items) => this.#pool.run(slot, key, items),
      expected: () => this.#admission.admitted,
      onBatch: (key, size) => options.onBatch?.(key.operation, size),
    });
  }

  /** @throws UserError for an unknown model, FormatError for a damaged one (of the others only model.json is read) */
  static async open(options: EngineOptions = {}): Promise<Engine> {
    const folders = new Map<string, string>();
    const infos = new Map<string, ModelInfo>();
    for (const name of [options.model ?? DEFAULT_MODEL, ...(options.models ?? (await listModels()))]) {
      const folder = await findModel(name);
      const file = join(folder, "model.json");
      const info = parseModelInfo(await readFile(file, "utf8"), file);
      categoriesOf(info, file);
      if (infos.has(info.name)) continue;
      folders.set(info.name, folder);
      infos.set(info.name, info);
    }
    const [[first, info]] = infos;
    await checkFiles(info, folders.get(first) as string);
    return new Engine(options, folders, infos);
  }

  get models(): readonly ModelInfo[] {
    return [...this.#infos.values()];
  }

  /** Whether every thread has compiled what one request needs. */
  get warm(): boolean {
    return this.#warm;
  }

  /** Pictures that wait or are computed. */
  get admitted(): number {
    return this.#admission.admitted;
  }

  /** Pictures a second, as measured. */
  get rate(): number {
    return this.#admission.rate;
  }

  get busyThreads(): number {
    return this.#batcher.busy;
  }

  /** @throws UserError naming the models there are */
  info(name: string = this.defaultModel): ModelInfo {
    const info = this.#infos.get(name);
    if (info) return info;
    const there = [...this.#infos.keys()].join(", ");
    throw new UnknownModelError(
      `model: there are ${there}, got ${JSON.stringify(name).slice(0, 80)}; choose one of them`,
    );
  }

  /** What the model's labels may be. @throws UserError naming the models there are */
  categories(name: string = this.defaultModel): Categories {
    const info = this.info(name);
    let known = this.#categories.get(info.name);
    if (!known) {
      known = categoriesOf(info, `model ${info.name}`);
      this.#categories.set(info.name, known);
    }
    return known;
  }

  /**
   * The stages `from`..`to` on scenes of any size. The picture has the model's size.
   * @throws FullError when the queue is full, DeadlineError, UserError as the stages, the signal's reason
   */
  generate(scenes: readonly Scene[], options: EngineGenerateOptions = {}): Promise<Generated[]> {
    const { from, to, sampling, onStage } = options;
    return this.#admit(scenes.length, options, (stages, signal) =>
      generate(stages, scenes, {
        ...sampling,
        ...(from && { from }),
        ...(to && { to }),
        signal,
        onStage: (stage, ms) => {
          this.#options.onStage?.(stage, ms);
          onStage?.(stage, ms);
        },
      }),
    );
  }

  /** Words as the model reads them, and the embedding. */
  async sentence(caption: string, options: CallOptions = {}): Promise<Answers["text"]> {
    return this.#admit(1, options, async (stages) => (await stages.text.encode([caption]))[0]);
  }

  /** The next object's distribution given a sentence and the objects so far. */
  next(
    caption: string,
    objects: readonly SceneObject[],
    grid: { readonly label: string; readonly rows: number; readonly columns: number; readonly temperature: number },
    options: CallOptions = {},
  ): Promise<Answers["next"]> {
    return this.#admit(1, options, async (stages, signal, order) => {
      const [sentence] = await stages.text.encode([caption]);
      const key = this.#key("next", this.info(options.model).name, {}, 0);
      return (await this.#batcher.submit(key, { sentence, objects, ...grid }, order, signal)) as Answers["next"];
    });
  }

  /** Resolves when nothing is admitted. */
  drained(): Promise<void> {
    if (this.admitted === 0) return Promise.resolve();
    return new Promise((done) => this.#idle.push(done));
  }

  close(): Promise<void> {
    return this.#pool.close();
  }

  async #admit<T>(
    pictures: number,
    { model, signal, deadlineMs = this.#options.deadlineMs ?? 30_000, owner = "", patient = false }: CallOptions,
    work: (stages: Stages, signal: AbortSignal, order: number) => Promise<T>,
  ): Promise<T> {
    const { name } = this.info(model);
    if (signal?.aborted) throw reasonOf(signal);
    if (!patient && pictures > this.maxQueue)
      throw new UserError(`a request has at most ${this.maxQueue} pictures here, got ${pictures}; ask for fewer`);
    const ticket = this.#admission.enter({ pictures, owner, deadlineMs, patient });
    const stop = new AbortController();
    // one listener a picture
    setMaxListeners(0, stop.signal);
    const onAbort = () => stop.abort(signal && reasonOf(signal));
    signal?.addEventListener("abort", onAbort, { once: true });
    const timer = setTimeout(
      () => stop.abort(new DeadlineError(`the request was given up after ${deadlineMs} ms; try again later`)),
      deadlineMs,
    );
    const { order } = ticket;
    let done = false;
    try {
      const result = await work(this.#stages(name, order, stop.signal), stop.signal, order);
      done = true;
      return result;
    } finally {
      ticket.leave(done);
      clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
      if (this.admitted === 0) for (const idle of this.#idle.splice(0)) idle();
    }
  }

  /** @param kind further tells apart calls that do not run together */
  #key(operation: Operation, model: string, options: BoxOptions, kind: number): Key {
    const id = `${operation} ${model} ${JSON.stringify(options)} ${kind}`;
    const key = { id, operation, model, options };
    switch (operation) {
      case "next":
        return { ...key, maxBatch: 1 };
      case "text":
      case "boxes":
        return { ...key, maxBatch: 2 * this.#maxBatch };
      case "masks":
        return { ...key, maxBatch: this.#maxBatch, powersOfTwo: true };
      case "image":
        return { ...key, maxBatch: imageBatch(this.info(model).size, this.#maxBatch), powersOfTwo: true };
    }
  }

  /** The pipeline's stages, each call of which runs together with those of other requests. */
  #stages(model: string, order: number, signal: AbortSignal): Stages {
    const submit = <O extends Operation>(operation: O, item: Items[O], options: BoxOptions = {}, kind = 0) => {
      const key = this.#key(operation, model, options, kind);
      return this.#batcher.submit(key, item, order, signal) as Promise<Answers[O]>;
    };
    return {
      text: { encode: (captions) => Promise.all(captions.map((c) => submit("text", c))) },
      boxes: {
        infer: (requests, { labelTemperature, boxTemperature, maxObjects, extras, closed } = {}) =>
          Promise.all(
            requests.map((r) => submit("boxes", r, { labelTemperature, boxTemperature, maxObjects, extras, closed })),
          ),
      },
      masks: {
        // a batch costs as much for each picture as for the one with the most objects
        infer: (requests) =>
          Promise.all(
            requests.map(({ objects, seed }) => submit("masks", { objects, seed }, {}, objectBucket(objects.length))),
          ),
      },
      image: {
        sizes: [this.info(model).size],
        infer: (requests) => Promise.all(requests.map((r) => submit("image", r))),
      },
    };
  }
}

/** Why a call was aborted; servers give text for a connection that was closed. */
function reasonOf({ reason }: AbortSignal): Error {
  return reason instanceof Error ? reason : new DOMException(String(reason), "AbortError");
}

/** @throws FormatError when a weight file is missing or not as model.json says */
async function checkFiles(info: ModelInfo, folder: string): Promise<void> {
  const read = folderReader(folder);
  for (const stage of STAGES) {
    const hash = sha256Hex(await read(info.files[stage]));
    if (hash !== info.sha256[stage])
      throw new FormatError(
        `${join(folder, info.files[stage])}: its sha256 is not that of model.json; restore the file, or assemble the model again`,
      );
  }
}

/** Tensors of a larger batch outgrow what malloc keeps for the next run (32 MB), and cleared pages cost more than is won. */
const BATCH_PIXELS = 2 * 128 * 128;

/** Pictures of that size that are drawn together, at most `maxBatch`: 8 of 64 pixels, 2 of 128, 1 of 256. */
export function imageBatch(size: Size, maxBatch: number): number {
  return Math.max(1, Math.min(maxBatch, 2 ** Math.floor(Math.log2(BATCH_PIXELS / areaOf(size)))));
}

/** What one request needs first, then larger batches. Numbers of objects as `objectBucket` rounds them. */
function warmSteps({ name, size, config }: ModelInfo, maxBatch: number): WarmStep[] {
  const counts = [2, 4, 6, 8, 12, 16, 24, 32].filter((_, i, all) => i === 0 || all[i - 1] < config.boxes.maxObjects);
  const steps: WarmStep[] = [];
  for (let pictures = 1; pictures <= 2 * maxBatch; pictures *= 2) {
    const step = { model: name, pictures, objects: 0, first: pictures === 1 };
    steps.push({ ...step, stage: "text" }, { ...step, stage: "boxes" });
    if (pictures > maxBatch) continue;
    for (const objects of counts) steps.push({ ...step, stage: "masks", objects });
    if (pictures <= imageBatch(size, maxBatch)) steps.push({ ...step, stage: "image" });
  }
  return steps;
}
