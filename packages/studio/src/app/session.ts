/** One visit: the store, the engine, storage, and what happens between them. Knows no component. @module */

import type { GpuChoice } from "@scenograph/graph/runtime/webGpu";
import { freshestJson, keepModel } from "scenograph/library/files";
import type { Call, CallAnswers } from "scenograph/model/calls";
import type { StageName } from "scenograph/pipeline";
import type { Picture, Scene } from "scenograph/scene/scene";
import {
  actionOf,
  type Effect,
  nextSeed,
  openScene,
  setCaption,
  setHeat,
  setModel,
  setSize,
  setTemperature,
  useSentence,
} from "../model/actions/index.ts";
import { Autosave } from "../model/autosave.ts";
import { fromLink, importFile } from "../model/importing.ts";
import { Scheduler } from "../model/scheduler.ts";
import { type Snapshot, snapshotOf, stateOfSnapshot } from "../model/snapshot.ts";
import { dueJob, type Inferred, type Job, requestOf, withAnswer } from "../model/stages.ts";
import type { Doc, State } from "../model/state.ts";
import { Store } from "../model/store.ts";
import { Compute, type ComputeChoice } from "../worker/compute.ts";
import { WorkerEngine, type WorkerLike } from "../worker/engine.ts";
import { probeServer, ServerEngine } from "../worker/server.ts";
import { type ExportFile, exportFile } from "./exporting.ts";
import { INITIAL_STATUS, Observable, type Status, type Toast } from "./status.ts";
import { MOST_SHOTS, type Shot, type Storage } from "./storage.ts";

export interface SessionOptions {
  /** May come later than the page. */
  readonly storage: Promise<Storage>;
  readonly spawn: () => WorkerLike;
  /** Address of the models' folder, ending in "/". */
  readonly models: string;
  /** Address of onnxruntime's files, ending in "/". */
  readonly wasm: string;
  readonly threads: number;
  readonly gpu: GpuChoice;
  /** Address of the server's calls, ending in "/"; there need not be any. */
  readonly calls: string;
  /** Hands a file to the user. */
  readonly deliver: (file: ExportFile) => void;
  /** Asks the user for a file. */
  readonly pick: () => Promise<File | undefined>;
}

/** What a first visit shows. */
export const FIRST_SENTENCE = "two people riding horses on the beach";
/** Typing is followed by a picture after so long a pause. */
const TYPING_MS = 350;
/** Rest between two inferences while a gesture goes on. */
const BREATH_MS = 50;
const HEAT = { rows: 32, columns: 32 };

export class Session {
  readonly store = new Store();
  readonly status = new Observable<Status>(INITIAL_STATUS);
  readonly #engine: Compute;
  readonly #scheduler: Scheduler;
  readonly #autosave: Autosave<Snapshot>;
  readonly #shots = new Map<string, Shot>();
  /** The latest picture of a drag that goes on; it is put on the shelf when the drag ends with it. */
  #passing: Shot | undefined;
  #ready: Promise<unknown> = Promise.resolve();
  /** Changes that answers of inference make; they ask for nothing. */
  #answering = false;
  #typing: ReturnType<typeof setTimeout> | undefined;
  #heating: AbortController | undefined;
  #strip: AbortController | undefined;
  #toasts = 0;
  #current = "";
  /** The view is that of the last visit. */
  #restored = false;

  constructor(private readonly options: SessionOptions) {
    const onStage = (stage: StageName, ms: number) => this.#staged(stage, ms);
    this.#engine = new Compute({
      browser: new WorkerEngine(options.spawn, {
        onDownload: (download) => {
          if (this.status.get().model.state === "loading") this.status.set({ model: { state: "loading", download } });
        },
        onStage,
        onRestart: () => this.note("Inference had stopped and was started again."),
      }),
      server: new ServerEngine(options.calls, { onStage }),
      probe: () => probeServer(options.calls),
      onPlace: (place, lost) => {
        this.status.set({ place });
        if (lost) this.note("The server does not answer; this browser goes on by itself.");
      },
    });
    this.#scheduler = new Scheduler((busy) => {
      if (!busy) this.status.set({ running: undefined });
    });
    this.#autosave = new Autosave(
      async (snapshot) => (await options.storage).save(snapshot),
      (save) => this.status.set({ save }),
    );
    this.store.listen({
      onChange: (state, before) => this.#changed(state, before),
      onEffect: (effect, recorded) => void this.#effect(effect, recorded),
    });
  }

  /** Brings back the last visit, or the scene of a link (packed in it, or fetched), and loads the model. */
  async start(link?: string | (() => Promise<Scene>)): Promise<void> {
    const storage = await this.options.storage;
    for (const shot of await storage.shots().catch(() => [])) this.#shots.set(shot.key, shot);
    this.#showShots();
    const stored = await storage.load().catch(() => undefined);
    let isNew = stored === undefined;
    if (stored !== undefined)
      try {
        const state = stateOfSnapshot(stored);
        this.#restored = true;
        const { picture, scene } = state.doc;
        // the first visit ended before its first picture was there
        isNew = picture === undefined && scene.objects.length === 0 && scene.caption === FIRST_SENTENCE;
        // a picture that was not kept is drawn again
        const lost = picture !== undefined && !this.#shots.has(picture);
        this.store.replace(lost ? { ...state, doc: { ...state.doc, stale: state.doc.stale.concat("image") } } : state);
      } catch (error) {
        isNew = true;
        this.error(`What was stored could not be read: ${(error as Error).message}`);
      }
    if (link !== undefined)
      try {
        const notes: string[] = [];
        const scene = typeof link === "string" ? await fromLink(link, notes) : await link();
        this.store.run(openScene, { scene });
        this.#repaired(notes);
        isNew = false;
      } catch (error) {
        this.error((error as Error).message);
      }
    const names = await this.#modelNames();
    this.status.set({ models: names, save: { state: "saved" } });
    if (isNew) this.store.replace({ ...this.store.state, doc: withCaption(this.store.state.doc, FIRST_SENTENCE) });
    const { compute, model } = this.store.state.view;
    await this.#engine.choose(compute);
    await this.openModel(model !== undefined && names.includes(model) ? model : (names[0] ?? "illustrated"));
    if (this.status.get().model.state !== "ready") return;
    if (isNew) this.store.run(useSentence, { caption: FIRST_SENTENCE });
    else this.#auto(true);
  }

  async openModel(name: string): Promise<void> {
    const isOther = this.#current !== name;
    this.#current = name;
    this.status.set({ model: { state: "loading" } });
    const opening = this.#engine.open({
      name,
      folder: this.#folder(name),
      wasm: this.options.wasm,
      threads: this.options.threads,
      gpu: this.options.gpu,
    });
    this.#ready = opening;
    try {
      const facts = await opening;
      this.status.set({ model: { state: "ready", facts } });
      this.#answering = true;
      this.store.run(setSize, { size: facts.size });
      this.#answering = false;
      // the user's own temperatures stay until another model is chosen
      if (isOther && !this.#restored) this.store.run(setTemperature, facts.temperatures);
      this.#restored = false;
      void this.#readWords(this.store.state.doc.scene.caption);
      // a model that the server computes is kept here all the same, for when there is no server
      if (this.#engine.place === "server") void keepModel(this.#folder(name));
    } catch (error) {
      this.status.set({ model: { state: "failed", message: (error as Error).message } });
    }
  }

  #folder(name: string): string {
    return new URL(`${encodeURIComponent(name)}/`, this.options.models).href;
  }

  /** Computes at another place from now on. */
  async #moveTo(choice: ComputeChoice): Promise<void> {
    this.status.set({ model: { state: "loading" } });
    try {
      await this.#engine.choose(choice);
    } catch {
      // said where the model is opened
    }
    await this.openModel(this.#current);
  }

  /** Looks whether the server is there again; for the moment when the page is seen. */
  async recheck(): Promise<void> {
    const { model, running, place } = this.status.get();
    if (this.store.state.view.compute !== "auto" || place === "server" || model.state !== "ready" || running) return;
    await this.#engine.choose("auto").catch(() => {});
  }

  retryModel(): void {
    void this.openModel(this.#current).then(() => this.#auto(true));
  }

  /** The model of this name from now on; picture and masks are drawn anew with it. */
  chooseModel(name: string): void {
    if (name === this.#current) return;
    this.store.run(setModel, { model: name });
    void this.openModel(name).then(() => this.#infer({ from: "masks", to: "image", fresh: true }, true));
  }

  shot(key: string | undefined): Shot | undefined {
    if (key === undefined) return undefined;
    return key === this.#passing?.key ? this.#passing : this.#shots.get(key);
  }

  /** The picture of the open document; it may be of an earlier scene (`doc.stale`). */
  get picture(): Picture | undefined {
    return this.shot(this.store.state.doc.picture)?.picture;
  }

  /** A command by its id, for scripts. -> whether it ran */
  run(id: string, args?: unknown): boolean {
    return this.store.run(actionOf(id), args as never);
  }

  beginGesture(): string {
    this.status.set({ gesture: true });
    return this.store.beginGesture();
  }

  endGesture(keep = true): void {
    const passing = this.#passing;
    if (passing && passing.key === this.store.state.doc.picture) this.#shelve(passing);
    this.store.endGesture(keep);
    this.status.set({ gesture: false });
    this.#auto(true);
  }

  /** Opens a dropped or chosen file; the open scene stays as it is when that fails. */
  async openFile(file: Blob & { readonly name: string }): Promise<void> {
    try {
      const bytes = new Uint8Array(await file.arrayBuffer());
      const { scene, kind, notes } = importFile(bytes, file.name, this.store.state.doc.scene.width);
      const picture = kind === "png" ? await decodePicture(file, scene) : undefined;
      const shot =
        picture &&
        this.#keep(
          scene,
          scene.objects.filter((o) => o.mask).map((o) => o.id),
          picture,
        );
      this.store.run(openScene, { scene, ...(shot && { picture: shot.key }) });
      if (notes.length > 0) this.#repaired(notes);
      else this.note(`Opened ${file.name}`);
    } catch (error) {
      this.error((error as Error).message);
    }
  }

  /** Hands a file to the user. */
  deliver(file: ExportFile): void {
    this.options.deliver(file);
  }

  /** What the model says of something, beside what is inferred; answered where inference happens. */
  async ask<C extends Call>(call: C, signal?: AbortSignal): Promise<CallAnswers[C["type"]]> {
    await this.#ready;
    return this.#engine.ask(call, signal) as Promise<CallAnswers[C["type"]]>;
  }

  note(text: string): void {
    this.#toast("note", text);
  }

  error(text: string): void {
    this.#toast("error", text);
  }

  dismiss(id: number): void {
    this.status.set({ toasts: this.status.get().toasts.filter((t) => t.id !== id) });
  }

  closeDialog(): void {
    this.status.set({ dialog: undefined });
  }

  /** Writes what is not written yet; for the moment when the page is hidden. */
  flush(): Promise<void> {
    return this.#autosave.flush();
  }

  #toast(kind: Toast["kind"], text: string): void {
    const { toasts } = this.status.get();
    if (toasts.some((t) => t.text === text)) return;
    const id = this.#toasts++;
    this.status.set({ toasts: [...toasts.slice(-3), { id, kind, text }] });
    setTimeout(() => this.dismiss(id), kind === "error" ? 12_000 : 5_000);
  }

  #repaired(notes: readonly string[]): void {
    if (notes.length === 0) return;
    const more = notes.length > 2 ? `; and ${notes.length - 2} more repairs` : "";
    this.note(`Repaired: ${notes.slice(0, 2).join("; ")}${more}`);
  }

  #changed(state: State, before: State): void {
    if (state.doc !== before.doc || state.view !== before.view) this.#autosave.change(snapshotOf(state));
    if (state.view.compute !== before.view.compute && this.#current !== "") void this.#moveTo(state.view.compute);
    const { heat, temperatures } = state.view;
    const moved = state.doc.scene.objects !== before.doc.scene.objects;
    const asked = heat !== before.view.heat || temperatures !== before.view.temperatures;
    if (heat !== undefined && (moved || asked || !this.status.get().heat)) void this.#heat(heat);
    else if (heat === undefined && before.view.heat !== undefined) this.status.set({ heat: undefined });
    if (state.doc === before.doc || this.#answering) return;
    // what is inferred for a document that was undone or done again belongs to neither
    if (state.history.future.length !== before.history.future.length) this.#scheduler.cancel();
    // a new scene has nothing to do with what was made for the last one
    if (state.doc.scene.caption === "" && state.doc.scene.objects.length === 0)
      this.status.set({ variations: [], layouts: [], words: undefined });
    const isOther = state.doc.scene.caption !== before.doc.scene.caption;
    if (isOther && state.doc.scene.objects === before.doc.scene.objects) this.#typed(state);
    else {
      // a scene that was opened is no typing
      if (isOther) void this.#readWords(state.doc.scene.caption);
      this.#auto(!this.store.inGesture);
    }
  }

  /** Typing draws the picture anew after a pause; new boxes wait until they are asked for. */
  #typed(state: State): void {
    clearTimeout(this.#typing);
    this.#typing = setTimeout(() => {
      void this.#readWords(state.doc.scene.caption);
      if (state.view.live) this.#auto(true);
    }, TYPING_MS);
  }

  /** Runs what a change has made stale. */
  #auto(preempt: boolean): void {
    if (this.store.inGesture && !this.store.state.view.live) return;
    const job = dueJob(this.store.state.doc);
    if (!job) return;
    this.#scheduler.submit(async (signal) => {
      // between the pictures of a drag the cores are the page's, so that the box follows the hand
      if (this.store.inGesture) await new Promise((resolve) => setTimeout(resolve, BREATH_MS));
      const due = dueJob(this.store.state.doc);
      if (due) await this.#run(due, signal, "amend");
    }, preempt);
  }

  #infer(job: Job, recorded: boolean): void {
    clearTimeout(this.#typing);
    this.#scheduler.submit((signal) => this.#run(job, signal, recorded ? "amend" : "commit"));
  }

  async #run(job: Job, signal: AbortSignal, how: "amend" | "commit"): Promise<void> {
    try {
      await this.#ready;
      this.status.set({ running: "text" });
      const { doc, view } = this.store.state;
      const { from, to } = job;
      const scene = requestOf(doc, job);
      const answer = await this.#engine.ask({ type: "infer", scene, from, to, options: view.temperatures }, signal);
      signal.throwIfAborted();
      this.status.set({ words: { caption: scene.caption, words: answer.words } });
      const isCurrent = this.store.state.doc === doc;
      if (!isCurrent && from === "boxes") return this.#infer(job, how === "amend");
      const result = withAnswer(doc, job, { scene: answer.scene }, true);
      const shot = answer.picture && this.#keep(result.scene, result.painted, answer.picture);
      const change = (d: Doc) =>
        withAnswer(d, job, { scene: answer.scene, ...(shot && { picture: shot.key }) }, isCurrent);
      this.#answering = true;
      if (how === "amend") this.store.amend(change);
      else this.store.commit(`Infer ${job.from}`, change);
    } catch (error) {
      if ((error as Error).name !== "AbortError") this.error((error as Error).message);
    } finally {
      this.#answering = false;
    }
  }

  #keep(scene: Scene, painted: readonly string[], picture: Picture): Shot {
    const shot: Shot = { key: crypto.randomUUID(), scene, painted, picture, at: Date.now() };
    if (this.store.inGesture) this.#passing = shot;
    else this.#shelve(shot);
    return shot;
  }

  /** Puts a picture on the shelf, where the oldest make room. */
  #shelve(shot: Shot): void {
    this.#shots.set(shot.key, shot);
    const { storage } = this.options;
    storage.then((s) => s.addShot(shot)).catch(() => {});
    const shown = new Set([this.store.state.doc.picture, this.store.state.view.compare, shot.key]);
    const old = [...this.#shots.values()].slice(0, -MOST_SHOTS).filter((s) => !shown.has(s.key));
    for (const { key } of old) this.#shots.delete(key);
    if (old.length > 0) storage.then((s) => s.removeShots(old.map((o) => o.key))).catch(() => {});
    this.#showShots();
  }

  #showShots(): void {
    this.status.set({ shots: [...this.#shots.values()] });
  }

  #staged(stage: StageName, ms: number): void {
    const next: Partial<Record<StageName, StageName>> = { text: "boxes", boxes: "masks", masks: "image" };
    this.status.set({
      times: { ...this.status.get().times, [stage]: ms },
      ...(this.#scheduler.busy && { running: next[stage] ?? stage }),
    });
  }

  async #readWords(caption: string): Promise<void> {
    if (caption.trim() === "" || this.status.get().model.state !== "ready") return;
    try {
      const words = await this.#engine.ask({ type: "sentence", caption });
      this.status.set({ words: { caption, words } });
    } catch {
      // a sentence without words is said where it is inferred
    }
  }

  async #heat(label: string): Promise<void> {
    this.#heating?.abort();
    const stop = new AbortController();
    this.#heating = stop;
    try {
      await this.#ready;
      await new Promise((resolve) => setTimeout(resolve, 40));
      stop.signal.throwIfAborted();
      const { doc, view } = this.store.state;
      const { caption, objects } = doc.scene;
      // the density at temperature 1 is the model's own; the slider narrows it as sampling would
      const temperature = Math.max(0.02, view.temperatures.boxTemperature);
      const request = { type: "next", caption, objects, label, ...HEAT, temperature } as const;
      const answer = await this.#engine.ask(request, stop.signal);
      if (!stop.signal.aborted) this.status.set({ heat: { label, answer, ...HEAT } });
    } catch (error) {
      if ((error as Error).name !== "AbortError") {
        this.error((error as Error).message);
        this.store.run(setHeat, {});
      }
    }
  }

  async #effect(effect: Effect, recorded: boolean): Promise<void> {
    switch (effect.type) {
      case "infer":
        return this.#infer(effect.job, recorded);
      case "cancel":
        this.#scheduler.cancel();
        this.#strip?.abort();
        return;
      case "variations":
        return this.#several("variations", effect.from, effect.count);
      case "alternatives":
        return this.#several("layouts", "boxes", effect.count);
      case "dialog":
        return this.status.set({ dialog: effect.dialog });
      case "open": {
        const file = await this.options.pick();
        if (file) await this.openFile(file);
        return;
      }
      case "export":
        try {
          this.options.deliver(await exportFile(effect.kind, this.store.state.doc.scene, this.picture));
        } catch (error) {
          this.error((error as Error).message);
        }
    }
  }

  /** Variations of the picture or alternative layouts, one after the other, each shown when it is there. */
  async #several(kind: "variations" | "layouts", from: Inferred, count: number): Promise<void> {
    this.#strip?.abort();
    const stop = new AbortController();
    this.#strip = stop;
    this.status.set({ strip: kind, pending: count, ...(kind === "layouts" ? { layouts: [] } : { variations: [] }) });
    try {
      await this.#ready;
      const { doc, view } = this.store.state;
      let { seed } = doc.scene;
      for (let i = 0; i < count; i++) {
        seed = nextSeed(seed);
        const job: Job = { from, to: kind === "layouts" ? "boxes" : "image" };
        const scene = { ...requestOf(doc, job), seed };
        const request = { type: "infer", scene, from, to: job.to, options: view.temperatures } as const;
        const answer = await this.#engine.ask(request, stop.signal);
        stop.signal.throwIfAborted();
        const base: Doc = { ...doc, scene: { ...doc.scene, seed } };
        const result = withAnswer(base, job, { scene: answer.scene }, true);
        const { layouts, variations } = this.status.get();
        if (kind === "layouts") this.status.set({ layouts: [...layouts, { seed, objects: result.scene.objects }] });
        else if (answer.picture)
          this.status.set({ variations: [...variations, this.#keep(result.scene, result.painted, answer.picture)] });
        this.status.set({ pending: count - 1 - i });
      }
    } catch (error) {
      if ((error as Error).name !== "AbortError") this.error((error as Error).message);
    } finally {
      if (this.#strip === stop) this.status.set({ pending: 0 });
    }
  }

  async #modelNames(): Promise<string[]> {
    try {
      const names = await freshestJson(new URL("index.json", this.options.models).href);
      return Array.isArray(names) ? names.filter((n): n is string => typeof n === "string") : [];
    } catch {
      return [];
    }
  }

  /** For typing in the sentence field. */
  type(caption: string): void {
    this.store.run(setCaption, { caption });
  }
}

function withCaption(doc: Doc, caption: string): Doc {
  return { ...doc, scene: { ...doc.scene, caption } };
}

/** Pixels of an imported PNG, where its size is the scene's. */
async function decodePicture(file: Blob, { width, height }: Scene): Promise<Picture | undefined> {
  const bitmap = await createImageBitmap(file, { colorSpaceConversion: "none" }).catch(() => undefined);
  if (bitmap?.width !== width || bitmap.height !== height) return undefined;
  const context = new OffscreenCanvas(width, height).getContext("2d") as OffscreenCanvasRenderingContext2D;
  context.drawImage(bitmap, 0, 0);
  const rgba = context.getImageData(0, 0, width, height).data;
  const data = new Uint8Array(width * height * 3);
  for (let i = 0; i < width * height; i++) data.set(rgba.subarray(i * 4, i * 4 + 3), i * 3);
  return { width, height, data };
}
