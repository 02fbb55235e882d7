/** One visit: the store, the engine, storage, and what happens between them. Knows no component. @module */

import type { GpuChoice } from "@scenograph/graph/runtime/webGpu";
import { freshestJson, keepModel } from "scenograph/library/files";
import type { Call, CallAnswers } from "scenograph/model/calls";
import type { BoxOptions, StageName } from "scenograph/pipeline";
import { drawnBy, sceneToPng } from "scenograph/scene/png";
import type { Box, Picture, Scene, SceneObject } from "scenograph/scene/scene";
import { understand } from "scenograph/understand/index";
import {
  actionOf,
  comparePicture,
  type Effect,
  nextSeed,
  openScene,
  setCaption,
  setHeat,
  setModel,
  setSize,
  setTemperature,
} from "../model/actions/index.ts";
import { Autosave } from "../model/autosave.ts";
import { NO_HISTORY } from "../model/history.ts";
import { fromLink, importFile } from "../model/importing.ts";
import { Scheduler } from "../model/scheduler.ts";
import { type Snapshot, snapshotOf, stateOfSnapshot } from "../model/snapshot.ts";
import { dueJob, type Inferred, type Job, requestOf, withAnswer } from "../model/stages.ts";
import { type Doc, EMPTY_DOC, type State } from "../model/state.ts";
import { Store } from "../model/store.ts";
import { vocabularyOf } from "../model/understood.ts";
import { categories, openCategories } from "../model/vocabulary.ts";
import { Compute, type ComputeChoice } from "../worker/compute.ts";
import { WorkerEngine, type WorkerLike } from "../worker/engine.ts";
import { probeServer, ServerEngine } from "../worker/server.ts";
import type { Claims } from "./claims.ts";
import { type Begun, Documents, type Saved, type TabMemory } from "./documents.ts";
import { type ExportFile, exportFile, pictureBlob, slug } from "./exporting.ts";
import { INITIAL_STATUS, Observable, type Status, type Toast } from "./status.ts";
import { type DocumentInfo, MOST_SHOTS, type Shot, type Storage } from "./storage.ts";

export interface SessionOptions {
  /** May come later than the page. */
  readonly storage: Promise<Storage>;
  readonly claims: Claims;
  readonly memory: TabMemory;
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
  readonly #autosave: Autosave<Saved>;
  readonly #documents: Documents;
  /** The page that tells other tabs of changes in the gallery. */
  readonly #news = "BroadcastChannel" in globalThis ? new BroadcastChannel("scenograph-gallery") : undefined;
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
  #before: Doc = EMPTY_DOC;
  /** A gesture goes on during which nothing is inferred. */
  #isQuiet = false;
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
      (saved) => this.#documents.save(saved),
      (save) => this.status.set({ save }),
    );
    const changed = () => this.status.set({ gallery: this.status.get().gallery + 1 });
    this.#documents = new Documents(options.storage, options.claims, options.memory, () => {
      changed();
      this.#news?.postMessage("changed");
    });
    this.#news?.addEventListener("message", changed);
    this.store.listen({
      onChange: (state, before) => this.#changed(state, before),
      onEffect: (effect, recorded) => void this.#effect(effect, recorded),
    });
  }

  /** Brings back this tab's document, or the scene of a link (packed in it, or fetched), and loads the model. */
  async start(link?: string | (() => Promise<Scene>)): Promise<void> {
    let linked: Scene | undefined;
    const notes: string[] = [];
    if (link !== undefined)
      try {
        linked = typeof link === "string" ? await fromLink(link, notes) : await link();
      } catch (error) {
        this.error((error as Error).message);
      }
    // a link's scene is a document of its own
    const begun = await this.#documents.begin(linked !== undefined);
    await this.#show(begun);
    if (begun.copied) this.note("This scene is open in another tab; this is a copy of it.");
    if (linked) {
      this.store.replace(openScene.run(this.store.state, { scene: linked }).state);
      this.#repaired(notes);
    }
    const names = await this.#modelNames();
    this.status.set({ models: names, save: { state: "saved" } });
    const { doc, view } = this.store.state;
    // the first visit may have ended before its first picture was there
    const isNew =
      !linked &&
      doc.picture === undefined &&
      doc.scene.objects.length === 0 &&
      (begun.stored === undefined || doc.scene.caption === FIRST_SENTENCE);
    if (isNew) this.store.replace({ ...this.store.state, doc: withCaption(doc, FIRST_SENTENCE) });
    await this.#engine.choose(view.compute);
    const { model } = view;
    await this.openModel(model !== undefined && names.includes(model) ? model : (names[0] ?? "illustrated"));
    this.#resume();
  }

  /** What a model that is there makes of the document: the first picture, or what is out of date. */
  #resume(): void {
    const { doc } = this.store.state;
    if (this.status.get().model.state !== "ready") return;
    const isBare = doc.picture === undefined && doc.scene.objects.length === 0 && doc.scene.caption.trim() !== "";
    if (isBare) this.#infer({ from: "boxes", to: "image" }, true);
    else this.#auto(true);
  }

  /** Makes a document the open one. */
  async #show({ id, name, stored }: Begun): Promise<void> {
    const storage = await this.options.storage;
    this.#scheduler.cancel();
    this.#strip?.abort();
    this.#shots.clear();
    this.#passing = undefined;
    for (const shot of await storage.shots(id).catch(() => [])) this.#shots.set(shot.key, shot);
    this.status.set({
      document: { id, ...(name !== undefined && { name }) },
      variations: [],
      layouts: [],
      drawn: undefined,
    });
    this.#showShots();
    if (stored === undefined) return;
    try {
      const state = stateOfSnapshot(stored);
      this.#restored = true;
      const { picture } = state.doc;
      // a picture that was not kept is drawn again
      const lost = picture !== undefined && !this.#shots.has(picture);
      this.#quietly(() =>
        this.store.replace(lost ? { ...state, doc: { ...state.doc, stale: state.doc.stale.concat("image") } } : state),
      );
    } catch (error) {
      this.error(`What was stored could not be read: ${(error as Error).message}`);
    }
  }

  #quietly(work: () => void): void {
    const before = this.#answering;
    this.#answering = true;
    try {
      work();
    } finally {
      this.#answering = before;
    }
  }

  /** Another document in this tab. What is open is written first, and free for other tabs then. */
  async #change(take: () => Promise<Begun | undefined>, bare?: State): Promise<void> {
    await this.flush();
    const before = this.status.get().document?.id;
    const begun = await take();
    if (!begun) return this.note("That scene is open in another tab.");
    await this.#show(begun);
    if (bare) this.#quietly(() => this.store.replace(bare));
    if (before !== undefined && before !== begun.id) this.#documents.leave(before);
    const { status } = this;
    status.set({ dialog: undefined, words: undefined });
    const facts = status.get().model;
    if (facts.state === "ready") this.#quietly(() => this.store.run(setSize, { size: facts.facts.size }));
    this.#autosave.change(this.#saved());
    this.#resume();
  }

  openDocument(id: string): Promise<void> {
    return id === this.status.get().document?.id
      ? Promise.resolve(this.closeDialog())
      : this.#change(() => this.#documents.take(id));
  }

  newDocument(): Promise<void> {
    const { state } = this.store;
    const { scene, ...doc } = EMPTY_DOC;
    const { width, height } = state.doc.scene;
    const { selected: _, compare: __, heat: ___, ...view } = state.view;
    const bare = {
      doc: { ...doc, scene: { ...scene, width, height } },
      view: { ...view, also: [] },
      history: NO_HISTORY,
    };
    return this.#change(() => this.#documents.create(), bare);
  }

  /** A copy of a document: of the open one, or of one of the gallery. It is the open one then. */
  async copyDocument(id = this.status.get().document?.id): Promise<void> {
    await this.flush();
    const storage = await this.options.storage;
    if (id === undefined) return;
    const stored = await storage.load(id);
    const shots = await storage.shots(id).catch(() => []);
    const info = (await this.#documents.list()).find((d) => d.id === id);
    await this.#change(async () => {
      const begun = await this.#documents.create();
      // keys are new, so that the copy's pictures do not go with the original
      const keys = new Map(shots.map((s) => [s.key, crypto.randomUUID() as string]));
      for (const shot of shots) await storage.addShot({ ...shot, key: keys.get(shot.key) as string, doc: begun.id });
      const { doc, ...rest } = stored as Snapshot;
      const picture = doc.picture === undefined ? undefined : keys.get(doc.picture);
      const { picture: _, ...bare } = doc;
      const copy = { ...rest, doc: { ...bare, ...(picture !== undefined && { picture }) }, history: NO_HISTORY };
      return { ...begun, name: `${info?.name ?? (doc.scene.caption || "Untitled")}, copy`, stored: copy };
    });
  }

  async renameDocument(id: string, name: string): Promise<void> {
    await this.flush();
    await this.#documents.rename(id, name);
    if (this.status.get().document?.id !== id) return;
    this.status.set({ document: { id, ...(name.trim() !== "" && { name: name.trim() }) } });
  }

  /** Out of the gallery; the message that says so can bring it back. */
  async deleteDocument(id: string): Promise<void> {
    if (id === this.status.get().document?.id) {
      const other = (await this.#documents.list()).find((d) => d.id !== id);
      await (other
        ? this.#change(async () => (await this.#documents.take(other.id)) ?? this.#documents.create())
        : this.newDocument());
      this.status.set({ dialog: "gallery" });
    }
    if (!(await this.#documents.putAway(id))) return this.note("That scene is open in another tab.");
    this.#toast("note", "Scene deleted.", { label: "Undo", run: () => void this.#documents.restore(id) });
  }

  documents(): Promise<DocumentInfo[]> {
    return this.#documents.list();
  }

  #saved(): Saved {
    const { state } = this.store;
    const { document } = this.status.get();
    const { picture } = this;
    return {
      snapshot: snapshotOf(state),
      id: document?.id ?? "current",
      ...(document?.name !== undefined && { name: document.name }),
      ...(picture && { picture }),
    };
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
      openCategories(facts);
      this.status.set({ model: { state: "ready", facts } });
      this.#quietly(() => this.store.run(setSize, { size: facts.size }));
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
    void this.openModel(this.#current).then(() => this.#resume());
  }

  /** The model of this name from now on; the picture and all masks but the user's own are drawn anew with it. */
  chooseModel(name: string): void {
    if (name === this.#current) return;
    this.store.run(setModel, { model: name });
    void this.openModel(name).then(() => {
      if (this.store.state.doc.scene.objects.length > 0) this.#infer({ from: "masks", to: "image" }, false);
      else this.#resume();
    });
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

  /** @param quiet nothing is inferred until its end: the stage shows by itself how things move */
  beginGesture(quiet = false): string {
    this.#isQuiet = quiet;
    this.#before = this.store.state.doc;
    this.status.set({ gesture: true });
    return this.store.beginGesture();
  }

  /** The document as it was when the last gesture began. */
  get beforeGesture(): Doc {
    return this.#before;
  }

  endGesture(keep = true): void {
    const passing = this.#passing;
    if (passing && passing.key === this.store.state.doc.picture) this.#shelve(passing);
    this.#isQuiet = false;
    this.store.endGesture(keep);
    this.status.set({ gesture: false });
    this.#auto(true);
  }

  /** Opens a dropped or chosen file; the open scene stays as it is when that fails. */
  async openFile(file: Blob & { readonly name: string }): Promise<void> {
    try {
      const bytes = new Uint8Array(await file.arrayBuffer());
      const { scene, kind, notes } = importFile(bytes, file.name, this.store.state.doc.scene.width);
      const by = kind === "png" ? drawnBy(bytes) : undefined;
      const picture = kind === "png" ? await decodePicture(file, by === undefined ? scene : undefined) : undefined;
      const shot =
        picture &&
        this.#keep(
          scene,
          scene.objects.filter((o) => o.mask).map((o) => o.id),
          picture,
          by,
        );
      // another program's picture stands beside ours, which is drawn anew
      this.store.run(openScene, { scene, ...(shot && by === undefined && { picture: shot.key }) });
      if (shot && by !== undefined) this.store.run(comparePicture, { picture: shot.key });
      if (notes.length > 0) this.#repaired(notes);
      else if (shot && by !== undefined)
        this.note(`Opened ${file.name}: the picture by ${by} is on the left, ours on the right.`);
      else this.note(`Opened ${file.name}`);
    } catch (error) {
      this.error((error as Error).message);
    }
  }

  /** The open picture without some of its things: what lies behind them while they are moved. */
  without(ids: readonly string[], signal: AbortSignal): Promise<Picture | undefined> {
    return this.#drawn((o) => !ids.includes(o.id), signal);
  }

  /** Some of its things alone, as nothing covers them. */
  alone(before: Doc, ids: readonly string[], signal: AbortSignal): Promise<Picture | undefined> {
    return this.#drawn((o) => ids.includes(o.id), signal, before);
  }

  async #drawn(
    wanted: (o: SceneObject) => boolean,
    signal: AbortSignal,
    doc: Doc = this.store.state.doc,
  ): Promise<Picture | undefined> {
    if (this.status.get().model.state !== "ready" || doc.scene.caption.trim() === "") return undefined;
    const objects = doc.scene.objects.filter(wanted);
    const scene = { ...doc.scene, objects };
    const call = {
      type: "infer",
      scene,
      from: "image",
      to: "image",
      options: this.#sampling(),
    } as const;
    return (await this.#engine.ask(call, signal).catch(() => undefined))?.picture;
  }

  /** The picture in a size, for the clipboard. */
  async pictureBlob(size: number): Promise<Blob> {
    if (!this.picture) throw new Error("there is no picture yet; draw one first");
    return pictureBlob(this.picture, size);
  }

  /** The picture in a size, with the scene inside. */
  async pictureFile(size: number): Promise<ExportFile> {
    const { scene } = this.store.state.doc;
    const bytes = new Uint8Array(await (await this.pictureBlob(size)).arrayBuffer());
    return {
      name: `${slug(scene.caption)}-${scene.seed}-${size}.png`,
      type: "image/png",
      bytes: sceneToPng(bytes, scene),
    };
  }

  /** A box was drawn: it becomes an object once its label is chosen. */
  draw(box: Box): void {
    this.status.set({ drawn: box, dialog: "labels" });
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

  #toast(kind: Toast["kind"], text: string, act?: Toast["act"]): void {
    const { toasts } = this.status.get();
    if (toasts.some((t) => t.text === text)) return;
    const id = this.#toasts++;
    this.status.set({ toasts: [...toasts.slice(-3), { id, kind, text, ...(act && { act }) }] });
    setTimeout(() => this.dismiss(id), kind === "error" || act ? 12_000 : 5_000);
  }

  #repaired(notes: readonly string[]): void {
    if (notes.length === 0) return;
    const more = notes.length > 2 ? `; and ${notes.length - 2} more repairs` : "";
    this.note(`Repaired: ${notes.slice(0, 2).join("; ")}${more}`);
  }

  #changed(state: State, before: State): void {
    if (state.doc !== before.doc || state.view !== before.view) this.#autosave.change(this.#saved());
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
    if (this.store.inGesture && (this.#isQuiet || !this.store.state.view.live)) return;
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
    if (job.from === "boxes" && !this.#isUnderstood()) return;
    this.#scheduler.submit((signal) => this.#run(job, signal, recorded ? "amend" : "commit"));
  }

  async #run(job: Job, signal: AbortSignal, how: "amend" | "commit"): Promise<void> {
    try {
      await this.#ready;
      this.status.set({ running: "text", times: {} });
      const { doc } = this.store.state;
      const { from, to } = job;
      const scene = requestOf(doc, job);
      const answer = await this.#engine.ask({ type: "infer", scene, from, to, options: this.#sampling() }, signal);
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

  /** Whether the sentence names anything that can be drawn; says so where it does not. */
  #isUnderstood(): boolean {
    const { scene } = this.store.state.doc;
    const read = understand(scene.caption, vocabularyOf(categories()));
    const isDrawable = read.place !== null || read.things.some((t) => t.category !== null && !t.negated);
    if (isDrawable || scene.objects.some((o) => o.locked)) return true;
    this.note("Nothing in this sentence can be drawn, so nothing was. Name a thing: a dog, two people, a bus.");
    return false;
  }

  #keep(scene: Scene, painted: readonly string[], picture: Picture, by?: string): Shot {
    const doc = this.status.get().document?.id ?? "current";
    const shot: Shot = { key: crypto.randomUUID(), doc, scene, painted, picture, ...(by && { by }), at: Date.now() };
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
    // variations, and what is looked up beside the work, have nothing to do with the document's times
    if (!this.#scheduler.busy) return;
    this.status.set({ times: { ...this.status.get().times, [stage]: ms }, running: next[stage] ?? stage });
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

  /** What sampling is asked for: temperatures only where they are not the model's own, which every stage knows best. */
  #sampling(): BoxOptions {
    const { temperatures, extras } = this.store.state.view;
    const { model } = this.status.get();
    const own = model.state === "ready" ? model.facts.temperatures : undefined;
    const set =
      own?.labelTemperature !== temperatures.labelTemperature || own.boxTemperature !== temperatures.boxTemperature;
    return { ...(set && temperatures), extras };
  }

  async #heat(label: string): Promise<void> {
    this.#heating?.abort();
    const stop = new AbortController();
    this.#heating = stop;
    try {
      await this.#ready;
      await new Promise((resolve) => setTimeout(resolve, 40));
      stop.signal.throwIfAborted();
      const { doc } = this.store.state;
      const { caption, objects } = doc.scene;
      // the density at temperature 1 is the model's own; the slider narrows it as sampling would
      const temperature = Math.max(0.02, this.store.state.view.temperatures.boxTemperature);
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
      case "document":
        return effect.what === "new" ? this.newDocument() : this.copyDocument();
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
      const { doc } = this.store.state;
      let { seed } = doc.scene;
      for (let i = 0; i < count; i++) {
        seed = nextSeed(seed);
        const job: Job = { from, to: kind === "layouts" ? "boxes" : "image" };
        const scene = { ...requestOf(doc, job), seed };
        const request = {
          type: "infer",
          scene,
          from,
          to: job.to,
          options: this.#sampling(),
        } as const;
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

/** Sides of a picture by another program are at most this many pixels. */
const MOST_PIXELS = 1024;

/** Pixels of an imported PNG, where its size is the scene's; without a scene whatever its size, made smaller where it is large. */
async function decodePicture(file: Blob, scene: Scene | undefined): Promise<Picture | undefined> {
  const bitmap = await createImageBitmap(file, { colorSpaceConversion: "none" }).catch(() => undefined);
  if (!bitmap || (scene && (bitmap.width !== scene.width || bitmap.height !== scene.height))) return undefined;
  const scale = Math.min(1, MOST_PIXELS / Math.max(bitmap.width, bitmap.height));
  const [width, height] = [bitmap.width, bitmap.height].map((v) => (scene ? v : Math.max(1, Math.round(v * scale))));
  const context = new OffscreenCanvas(width, height).getContext("2d") as OffscreenCanvasRenderingContext2D;
  context.drawImage(bitmap, 0, 0, width, height);
  const rgba = context.getImageData(0, 0, width, height).data;
  const data = new Uint8Array(width * height * 3);
  for (let i = 0; i < width * height; i++) for (let c = 0; c < 3; c++) data[i * 3 + c] = rgba[i * 4 + c];
  return { width, height, data };
}
