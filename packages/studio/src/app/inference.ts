/** What is drawn for the document, and when: jobs one after the other, their answers into the store, pictures on the shelf. @module */
import type { BoxOptions, StageName } from "scenograph/pipeline";
import type { Picture, SceneObject } from "scenograph/scene/scene";
import { understand } from "scenograph/understand/index";
import { setHeat } from "../model/actions/index.ts";
import { Scheduler } from "../model/scheduler.ts";
import { dueJob, type Job, requestOf, withAnswer } from "../model/stages.ts";
import type { Doc, State } from "../model/state.ts";
import type { Store } from "../model/store.ts";
import { vocabularyOf } from "../model/understood.ts";
import { categories } from "../model/vocabulary.ts";
import type { Engine } from "../worker/engine.ts";
import type { Inference as Inferred } from "../worker/protocol.ts";
import type { Messages } from "./messages.ts";
import type { Shelf } from "./shelf.ts";
import type { Observable, Status } from "./status.ts";

/** Typing is followed by a picture after so long a pause. */
const TYPING_MS = 350;
/** Rest between two inferences while a gesture goes on. */
const BREATH_MS = 50;
/** A map of the next box waits so long for the next change. */
const HEAT_MS = 40;
const HEAT = { rows: 32, columns: 32 };
/** Draws of one thing until it differs from what it was. */
const TRIES = 4;

export interface InferenceParts {
  readonly store: Store;
  readonly status: Observable<Status>;
  readonly engine: Engine;
  readonly shelf: Shelf;
  readonly messages: Messages;
  /** Resolves once the model can be asked. */
  readonly ready: () => Promise<unknown>;
}

export class DocumentInference {
  readonly #scheduler: Scheduler;
  #typing: ReturnType<typeof setTimeout> | undefined;
  #heating: AbortController | undefined;
  /** A gesture goes on during which nothing is inferred. */
  isQuiet = false;
  /** Changes that answers of inference make; they ask for nothing. */
  isAnswering = false;

  constructor(private readonly parts: InferenceParts) {
    this.#scheduler = new Scheduler((busy) => {
      if (!busy) parts.status.set({ running: undefined });
    });
  }

  cancel(): void {
    this.#scheduler.cancel();
  }

  /** A change that asks for nothing. */
  quietly(work: () => void): void {
    const before = this.isAnswering;
    this.isAnswering = true;
    try {
      work();
    } finally {
      this.isAnswering = before;
    }
  }

  /** What a model that is there makes of the document: the first picture, or what is out of date. */
  resume(): void {
    const { doc } = this.parts.store.state;
    if (this.parts.status.get().model.state !== "ready") return;
    const isBare = doc.picture === undefined && doc.scene.objects.length === 0 && doc.scene.caption.trim() !== "";
    if (isBare) this.infer({ from: "boxes", to: "image" }, true);
    else this.auto(true);
  }

  /** Typing draws the picture anew after a pause; new boxes wait until they are asked for. */
  typed(state: State): void {
    clearTimeout(this.#typing);
    this.#typing = setTimeout(() => {
      void this.readWords(state.doc.scene.caption);
      if (state.view.live) this.auto(true);
    }, TYPING_MS);
  }

  /** Runs what a change has made stale. */
  auto(preempt: boolean): void {
    const { store } = this.parts;
    if (store.inGesture && (this.isQuiet || !store.state.view.live)) return;
    if (!dueJob(store.state.doc)) return;
    this.#scheduler.submit(async (signal) => {
      // between the pictures of a drag the cores are the page's, so that the box follows the hand
      if (store.inGesture) await new Promise((resolve) => setTimeout(resolve, BREATH_MS));
      const due = dueJob(store.state.doc);
      if (due) await this.#run(due, signal, "amend");
    }, preempt);
  }

  infer(job: Job, recorded: boolean): void {
    clearTimeout(this.#typing);
    if (job.from === "boxes" && !this.#isUnderstood()) return;
    this.#scheduler.submit((signal) => this.#run(job, signal, recorded ? "amend" : "commit"));
  }

  async #run(job: Job, signal: AbortSignal, how: "amend" | "commit"): Promise<void> {
    const { store, status, shelf } = this.parts;
    try {
      await this.parts.ready();
      status.set({ running: "text", times: {} });
      const { doc } = store.state;
      const answer = await this.answer(doc, job, signal);
      signal.throwIfAborted();
      status.set({ words: { caption: doc.scene.caption, words: answer.words } });
      const isCurrent = store.state.doc === doc;
      if (!isCurrent && job.from === "boxes") return this.infer(job, how === "amend");
      const result = withAnswer(doc, job, { scene: answer.scene }, true);
      const label = how === "amend" ? (store.state.history.past.at(-1)?.label ?? "First picture") : labelOf(job);
      const shot =
        answer.picture &&
        shelf.keep({ scene: result.scene, painted: result.painted, picture: answer.picture, label }, store.inGesture);
      const change = (d: Doc) =>
        withAnswer(d, job, { scene: answer.scene, ...(shot && { picture: shot.key }) }, isCurrent);
      this.quietly(() => {
        if (how === "amend") store.amend(change);
        else store.commit(label, change);
      });
    } catch (error) {
      if ((error as Error).name !== "AbortError") this.parts.messages.error((error as Error).message);
    }
  }

  /** Computes a job on a document; the store stays as it is. */
  async answer(doc: Doc, job: Job, signal: AbortSignal): Promise<Inferred> {
    const options = this.sampling();
    const ask = (d: Doc, j: Job, seed = d.scene.seed) =>
      this.parts.engine.ask(
        { type: "infer", scene: { ...requestOf(d, j), seed }, from: j.from, to: j.to, options },
        signal,
      );
    if (job.seed === undefined) return ask(doc, job);
    // the masks by their own seed, the picture by the scene's
    const masks: Job = { ...job, to: "masks" };
    let drawn = await ask(doc, masks, job.seed);
    for (let i = 1; i < TRIES && isAsItWas(doc, drawn.scene.objects, job.only); i++)
      drawn = await ask(doc, masks, job.seed + i);
    const next = withAnswer(doc, masks, { scene: drawn.scene }, true);
    const picture = await ask(next, { from: "image", to: job.to });
    const posed = new Map(drawn.scene.objects.map((o) => [o.id, o]));
    const objects = picture.scene.objects.map((o) => {
      const { mask, pose } = posed.get(o.id) ?? {};
      return { ...o, ...(mask && { mask }), ...(pose !== undefined && { pose }) };
    });
    return { ...picture, scene: { ...picture.scene, objects } };
  }

  /** What sampling is asked for: temperatures only where they are not the model's own, which every stage knows best. */
  sampling(): BoxOptions {
    const { temperatures, extras } = this.parts.store.state.view;
    const { model } = this.parts.status.get();
    const own = model.state === "ready" ? model.facts.temperatures : undefined;
    const set =
      own?.labelTemperature !== temperatures.labelTemperature || own.boxTemperature !== temperatures.boxTemperature;
    return { ...(set && temperatures), extras };
  }

  /** A picture of some of a document's things; undefined where there is nothing to draw it with. */
  async drawn(doc: Doc, wanted: (o: SceneObject) => boolean, signal: AbortSignal): Promise<Picture | undefined> {
    if (this.parts.status.get().model.state !== "ready" || doc.scene.caption.trim() === "") return undefined;
    const job: Job = { from: "image", to: "image" };
    const part = { ...doc, scene: { ...doc.scene, objects: doc.scene.objects.filter(wanted) } };
    return (await this.answer(part, job, signal).catch(() => undefined))?.picture;
  }

  /** Whether the sentence names anything that can be drawn; says so where it does not. */
  #isUnderstood(): boolean {
    const { scene } = this.parts.store.state.doc;
    const read = understand(scene.caption, vocabularyOf(categories()));
    const isDrawable = read.place !== null || read.things.some((t) => t.category !== null && !t.negated);
    if (isDrawable || scene.objects.some((o) => o.locked)) return true;
    this.parts.messages.note(
      "Nothing in this sentence can be drawn, so nothing was. Name a thing: a dog, two people, a bus.",
    );
    return false;
  }

  /** A stage of the work on the document has ended. */
  staged(stage: StageName, ms: number): void {
    const next: Partial<Record<StageName, StageName>> = { text: "boxes", boxes: "masks", masks: "image" };
    // variations, and what is looked up beside the work, have nothing to do with the document's times
    if (!this.#scheduler.busy) return;
    const { status } = this.parts;
    status.set({ times: { ...status.get().times, [stage]: ms }, running: next[stage] ?? stage });
  }

  async readWords(caption: string): Promise<void> {
    const { status, engine } = this.parts;
    if (caption.trim() === "" || status.get().model.state !== "ready") return;
    try {
      const words = await engine.ask({ type: "sentence", caption });
      status.set({ words: { caption, words } });
    } catch {
      // a sentence without words is said where it is inferred
    }
  }

  /** Where the next thing of a category would go. */
  async heat(label: string): Promise<void> {
    const { store, status, engine, messages } = this.parts;
    this.#heating?.abort();
    const stop = new AbortController();
    this.#heating = stop;
    try {
      await this.parts.ready();
      await new Promise((resolve) => setTimeout(resolve, HEAT_MS));
      stop.signal.throwIfAborted();
      const { caption, objects } = store.state.doc.scene;
      // the density at temperature 1 is the model's own; the slider narrows it as sampling would
      const temperature = Math.max(0.02, store.state.view.temperatures.boxTemperature);
      const request = { type: "next", caption, objects, label, ...HEAT, temperature } as const;
      const answer = await engine.ask(request, stop.signal);
      if (!stop.signal.aborted) status.set({ heat: { label, answer, ...HEAT } });
    } catch (error) {
      if ((error as Error).name === "AbortError") return;
      messages.error((error as Error).message);
      store.run(setHeat, {});
    }
  }
}

/** Whether another draw gave a thing the pose or silhouette that it has. */
function isAsItWas(doc: Doc, drawn: readonly SceneObject[], id: string | undefined): boolean {
  const [before, after] = [doc.scene.objects, drawn].map((objects) => objects.find((o) => o.id === id));
  if (!before?.mask || !after?.mask) return false;
  if (after.pose !== undefined) return after.pose === before.pose;
  return after.mask.counts.join() === before.mask.counts.join();
}

function labelOf({ from, only }: Job): string {
  if (only !== undefined) return "Another silhouette";
  return { boxes: "Draw", masks: "New silhouettes", image: "New picture" }[from];
}
