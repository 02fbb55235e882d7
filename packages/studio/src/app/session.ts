/** One visit: the store, the engine, storage, and what happens between them. Knows no component. @module */

import type { GpuChoice } from "@scenograph/graph/runtime/webGpu";
import { freshestJson, keepModel } from "scenograph/library/files";
import type { Call, CallAnswers } from "scenograph/model/calls";
import type { StageName } from "scenograph/pipeline";
import { drawnBy, sceneToPng } from "scenograph/scene/png";
import type { Box, Picture, Scene } from "scenograph/scene/scene";
import {
  actionOf,
  comparePicture,
  type Effect,
  openScene,
  setCaption,
  setModel,
  setSize,
  setTemperature,
} from "../model/actions/index.ts";
import { fromLink, importFile } from "../model/importing.ts";
import { type Doc, EMPTY_DOC, type State } from "../model/state.ts";
import { Store } from "../model/store.ts";
import { openCategories } from "../model/vocabulary.ts";
import { Compute, type ComputeChoice } from "../worker/compute.ts";
import { WorkerEngine, type WorkerLike } from "../worker/engine.ts";
import { probeServer, ServerEngine } from "../worker/server.ts";
import type { Claims } from "./claims.ts";
import { decodePicture } from "./decoding.ts";
import type { TabMemory } from "./documents.ts";
import { type ExportFile, exportFile, pictureBlob, slug } from "./exporting.ts";
import { DocumentInference, type InferenceParts } from "./inference.ts";
import { Messages } from "./messages.ts";
import { Several } from "./several.ts";
import { Shelf } from "./shelf.ts";
import { INITIAL_STATUS, Observable, type Status } from "./status.ts";
import type { Shot, Storage } from "./storage.ts";
import { Tab } from "./tab.ts";

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
  /** Asks the user for a file. @param accept types, as an input of files has them */
  readonly pick: (accept: string) => Promise<File | undefined>;
}

/** What a first visit shows. */
export const FIRST_SENTENCE = "two people riding horses on the beach";

const SCENE_FILES = ".png,.json,.zip,image/png,application/json,application/zip";

export class Session {
  readonly store = new Store();
  readonly status = new Observable<Status>(INITIAL_STATUS);
  readonly messages = new Messages(this.status);
  readonly shelf: Shelf;
  /** The documents of this browser, of which this tab has one. */
  readonly tab: Tab;
  readonly #engine: Compute;
  readonly #inference: DocumentInference;
  readonly #several: Several;
  #ready: Promise<unknown> = Promise.resolve();
  #model = "";
  #before: Doc = EMPTY_DOC;

  constructor(private readonly options: SessionOptions) {
    const { store, status, messages } = this;
    this.#engine = this.#engines();
    this.shelf = new Shelf(options.storage, status, () => [store.state.doc.picture, store.state.view.compare]);
    const parts: InferenceParts = {
      store,
      status,
      messages,
      engine: this.#engine,
      shelf: this.shelf,
      ready: () => this.#ready,
    };
    this.#inference = new DocumentInference(parts);
    this.#several = new Several(parts, this.#inference);
    this.tab = new Tab({
      ...parts,
      ...options,
      quietly: (work) => this.#inference.quietly(work),
      leave: () => {
        this.#inference.cancel();
        this.#several.cancel();
      },
      resume: () => this.#inference.resume(),
    });
    store.listen({
      onChange: (state, before) => this.#changed(state, before),
      onEffect: (effect, recorded) => void this.#effect(effect, recorded),
    });
  }

  #engines(): Compute {
    const { options, status, messages } = this;
    const events = { onStage: (stage: StageName, ms: number) => this.#inference.staged(stage, ms) };
    return new Compute({
      browser: new WorkerEngine(options.spawn, {
        ...events,
        onDownload: (download) => {
          if (status.get().model.state === "loading") status.set({ model: { state: "loading", download } });
        },
        onRestart: () => messages.note("Inference had stopped and was started again."),
      }),
      server: new ServerEngine(options.calls, events),
      probe: () => probeServer(options.calls),
      onPlace: (place, lost) => {
        status.set({ place });
        if (lost) messages.note("The server does not answer; this browser goes on by itself.");
      },
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
        this.messages.error((error as Error).message);
      }
    // a link's scene is a document of its own
    const begun = await this.tab.begin(linked !== undefined);
    if (linked) {
      this.store.replace(openScene.run(this.store.state, { scene: linked }).state);
      this.messages.repaired(notes);
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
    if (isNew) {
      const isFirst = begun.stored === undefined && (await this.tab.list()).length === 0;
      const lesson = isFirst ? 0 : view.lesson;
      this.store.replace({ ...this.store.state, doc: withCaption(doc, FIRST_SENTENCE), view: { ...view, lesson } });
    }
    await this.#engine.choose(view.compute);
    const { model } = view;
    await this.openModel(model !== undefined && names.includes(model) ? model : (names[0] ?? "illustrated"));
    this.#inference.resume();
  }

  async openModel(name: string): Promise<void> {
    const isOther = this.#model !== name;
    this.#model = name;
    this.status.set({ model: { state: "loading" } });
    const { wasm, threads, gpu } = this.options;
    const opening = this.#engine.open({ name, folder: this.#folder(name), wasm, threads, gpu });
    this.#ready = opening;
    try {
      const facts = await opening;
      openCategories(facts);
      this.status.set({ model: { state: "ready", facts } });
      this.#inference.quietly(() => this.store.run(setSize, { size: facts.size }));
      // the user's own temperatures stay until another model is chosen
      if (isOther && !this.tab.isRestored) this.store.run(setTemperature, facts.temperatures);
      this.tab.isRestored = false;
      void this.#inference.readWords(this.store.state.doc.scene.caption);
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
    await this.openModel(this.#model);
  }

  /** Looks whether the server is there again; for the moment when the page is seen. */
  async recheck(): Promise<void> {
    const { model, running, place } = this.status.get();
    if (this.store.state.view.compute !== "auto" || place === "server" || model.state !== "ready" || running) return;
    await this.#engine.choose("auto").catch(() => {});
  }

  retryModel(): void {
    void this.openModel(this.#model).then(() => this.#inference.resume());
  }

  /** The model of this name from now on; the picture and all masks but the user's own are drawn anew with it. */
  chooseModel(name: string): void {
    if (name === this.#model) return;
    this.store.run(setModel, { model: name });
    void this.openModel(name).then(() => {
      if (this.store.state.doc.scene.objects.length > 0) this.#inference.infer({ from: "masks", to: "image" }, false);
      else this.#inference.resume();
    });
  }

  shot(key: string | undefined): Shot | undefined {
    return this.shelf.get(key);
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
    this.#inference.isQuiet = quiet;
    this.#before = this.store.state.doc;
    this.status.set({ gesture: true });
    return this.store.beginGesture();
  }

  /** The document as it was when the last gesture began. */
  get beforeGesture(): Doc {
    return this.#before;
  }

  endGesture(keep = true): void {
    this.shelf.settle(this.store.state.doc.picture);
    this.#inference.isQuiet = false;
    this.store.endGesture(keep);
    this.status.set({ gesture: false });
    this.#inference.auto(true);
  }

  /** Opens a dropped or chosen file; the open scene stays as it is when that fails. */
  async openFile(file: Blob & { readonly name: string }): Promise<void> {
    try {
      const bytes = new Uint8Array(await file.arrayBuffer());
      const { width, height } = this.store.state.doc.scene;
      const { scene, kind, notes } = importFile(bytes, file.name, [width, height]);
      const by = kind === "png" ? drawnBy(bytes) : undefined;
      const picture = kind === "png" ? await decodePicture(file, by === undefined ? scene : undefined) : undefined;
      const painted = scene.objects.filter((o) => o.mask).map((o) => o.id);
      const label = `Open ${file.name}`;
      const shot = picture && this.shelf.keep({ scene, painted, picture, label, ...(by && { by }) }, false);
      // another program's picture stands beside ours, which is drawn anew
      this.store.run(openScene, { scene, ...(shot && by === undefined && { picture: shot.key }) });
      if (shot && by !== undefined) this.store.run(comparePicture, { picture: shot.key });
      if (notes.length > 0) this.messages.repaired(notes);
      else if (shot && by !== undefined)
        this.messages.note(`Opened ${file.name}: the picture by ${by} is on the left, ours on the right.`);
      else this.messages.note(`Opened ${file.name}`);
    } catch (error) {
      const isPicture = /\.(png|jpe?g|webp|gif|avif)$/i.test(file.name);
      const under = { label: "Lay it under the stage", run: () => void this.setReference(file) };
      this.messages.error((error as Error).message, isPicture ? under : undefined);
    }
  }

  /** A picture under the stage, to be drawn after; undefined takes it away. It is not part of the document. */
  async setReference(file: (Blob & { readonly name: string }) | undefined): Promise<void> {
    const before = this.status.get().reference;
    try {
      if (file) (await createImageBitmap(file)).close();
      this.status.set({ reference: file && { url: URL.createObjectURL(file), name: file.name } });
      if (before) URL.revokeObjectURL(before.url);
    } catch {
      this.messages.error(`${file?.name} is no picture that this browser reads; choose a PNG, JPEG or WebP.`);
    }
  }

  async pickReference(): Promise<void> {
    const file = await this.options.pick("image/*");
    if (file) await this.setReference(file);
  }

  /** The open picture without some of its things: what lies behind them while they are moved. */
  without(ids: readonly string[], signal: AbortSignal): Promise<Picture | undefined> {
    return this.#inference.drawn(this.store.state.doc, (o) => !ids.includes(o.id), signal);
  }

  /** Some of its things alone, as nothing covers them. */
  alone(before: Doc, ids: readonly string[], signal: AbortSignal): Promise<Picture | undefined> {
    return this.#inference.drawn(before, (o) => ids.includes(o.id), signal);
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

  closeDialog(): void {
    this.status.set({ dialog: undefined });
  }

  /** Writes what is not written yet; for the moment when the page is hidden. */
  flush(): Promise<void> {
    return this.tab.flush();
  }

  #changed(state: State, before: State): void {
    if (state.doc !== before.doc || state.view !== before.view) this.tab.changed();
    if (state.view.compute !== before.view.compute && this.#model !== "") void this.#moveTo(state.view.compute);
    const { heat, temperatures } = state.view;
    const moved = state.doc.scene.objects !== before.doc.scene.objects;
    const asked = heat !== before.view.heat || temperatures !== before.view.temperatures;
    if (heat !== undefined && (moved || asked || !this.status.get().heat)) void this.#inference.heat(heat);
    else if (heat === undefined && before.view.heat !== undefined) this.status.set({ heat: undefined });
    if (state.doc === before.doc || this.#inference.isAnswering) return;
    // what is inferred for a document that was undone or done again belongs to neither
    if (state.history.future.length !== before.history.future.length) this.#inference.cancel();
    // a new scene has nothing to do with what was made for the last one
    if (state.doc.scene.caption === "" && state.doc.scene.objects.length === 0)
      this.status.set({ variations: [], layouts: [], words: undefined });
    const isOther = state.doc.scene.caption !== before.doc.scene.caption;
    if (isOther && state.doc.scene.objects === before.doc.scene.objects) this.#inference.typed(state);
    else {
      // a scene that was opened is no typing
      if (isOther) void this.#inference.readWords(state.doc.scene.caption);
      this.#inference.auto(!this.store.inGesture);
    }
  }

  async #effect(effect: Effect, recorded: boolean): Promise<void> {
    switch (effect.type) {
      case "infer":
        return this.#inference.infer(effect.job, recorded);
      case "cancel":
        this.#inference.cancel();
        return this.#several.cancel();
      case "variations":
        return this.#several.make(effect.vary, effect.count);
      case "dialog":
        return this.status.set({ dialog: effect.dialog });
      case "document":
        return effect.what === "new" ? this.tab.create() : this.tab.copy();
      case "open": {
        const file = await this.options.pick(SCENE_FILES);
        if (file) await this.openFile(file);
        return;
      }
      case "export":
        try {
          this.options.deliver(await exportFile(effect.kind, this.store.state.doc.scene, this.picture));
        } catch (error) {
          this.messages.error((error as Error).message);
        }
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
