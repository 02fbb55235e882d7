/** The document of this tab: stored, changed for another, copied, renamed, put away. @module */
import { setSize } from "../model/actions/index.ts";
import { Autosave } from "../model/autosave.ts";
import { NO_HISTORY } from "../model/history.ts";
import { type Snapshot, snapshotOf, stateOfSnapshot } from "../model/snapshot.ts";
import { EMPTY_DOC, type State } from "../model/state.ts";
import type { Store } from "../model/store.ts";
import type { Claims } from "./claims.ts";
import { type Begun, Documents, type Saved, type TabMemory } from "./documents.ts";
import type { Messages } from "./messages.ts";
import type { Shelf } from "./shelf.ts";
import type { Observable, Status } from "./status.ts";
import type { DocumentInfo, Storage } from "./storage.ts";

export interface TabParts {
  readonly store: Store;
  readonly status: Observable<Status>;
  readonly shelf: Shelf;
  readonly messages: Messages;
  readonly storage: Promise<Storage>;
  readonly claims: Claims;
  readonly memory: TabMemory;
  /** Changes the state without asking for anything. */
  readonly quietly: (work: () => void) => void;
  /** Ends what is computed for the document that is left. */
  readonly leave: () => void;
  /** Draws what the document that is open now lacks. */
  readonly resume: () => void;
}

export class Tab {
  readonly #autosave: Autosave<Saved>;
  readonly #documents: Documents;
  /** The page that tells other tabs of changes in the gallery. */
  readonly #news = "BroadcastChannel" in globalThis ? new BroadcastChannel("scenograph-gallery") : undefined;
  /** The view is that of the last visit. */
  isRestored = false;

  constructor(private readonly parts: TabParts) {
    const { status } = parts;
    this.#autosave = new Autosave(
      (saved) => this.#documents.save(saved),
      (save) => status.set({ save }),
    );
    const changed = () => status.set({ gallery: status.get().gallery + 1 });
    this.#documents = new Documents(parts.storage, parts.claims, parts.memory, () => {
      changed();
      this.#news?.postMessage("changed");
    });
    this.#news?.addEventListener("message", changed);
  }

  /** The document that this tab begins with. @param fresh a new one in any case */
  async begin(fresh: boolean): Promise<Begun> {
    const begun = await this.#documents.begin(fresh);
    await this.#show(begun);
    if (begun.copied) this.parts.messages.note("This scene is open in another tab; this is a copy of it.");
    return begun;
  }

  /** The document has changed: it is written soon. */
  changed(): void {
    this.#autosave.change(this.#saved());
  }

  /** Writes what is not written yet; for the moment when the page is hidden. */
  flush(): Promise<void> {
    return this.#autosave.flush();
  }

  list(): Promise<DocumentInfo[]> {
    return this.#documents.list();
  }

  open(id: string): Promise<void> {
    if (id !== this.parts.status.get().document?.id) return this.#change(() => this.#documents.take(id));
    this.parts.status.set({ dialog: undefined });
    return Promise.resolve();
  }

  create(): Promise<void> {
    const { state } = this.parts.store;
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
  async copy(id = this.parts.status.get().document?.id): Promise<void> {
    await this.flush();
    const storage = await this.parts.storage;
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

  async rename(id: string, name: string): Promise<void> {
    await this.flush();
    await this.#documents.rename(id, name);
    if (this.parts.status.get().document?.id !== id) return;
    this.parts.status.set({ document: { id, ...(name.trim() !== "" && { name: name.trim() }) } });
  }

  /** Out of the gallery; the message that says so can bring it back. */
  async delete(id: string): Promise<void> {
    const { status, messages } = this.parts;
    if (id === status.get().document?.id) {
      const other = (await this.#documents.list()).find((d) => d.id !== id);
      await (other
        ? this.#change(async () => (await this.#documents.take(other.id)) ?? this.#documents.create())
        : this.create());
      status.set({ dialog: "gallery" });
    }
    if (!(await this.#documents.putAway(id))) return messages.note("That scene is open in another tab.");
    messages.note("Scene deleted.", { label: "Undo", run: () => void this.#documents.restore(id) });
  }

  /** Makes a document the open one. */
  async #show({ id, name, stored }: Begun): Promise<void> {
    const { status, shelf, store, messages, quietly } = this.parts;
    this.parts.leave();
    status.set({
      document: { id, ...(name !== undefined && { name }) },
      variations: [],
      layouts: [],
      drawn: undefined,
    });
    await shelf.open(id);
    if (stored === undefined) return;
    try {
      const state = stateOfSnapshot(stored);
      this.isRestored = true;
      const { picture } = state.doc;
      // a picture that was not kept is drawn again
      const lost = picture !== undefined && !shelf.get(picture);
      quietly(() =>
        store.replace(lost ? { ...state, doc: { ...state.doc, stale: state.doc.stale.concat("image") } } : state),
      );
    } catch (error) {
      messages.error(`What was stored could not be read: ${(error as Error).message}`);
    }
  }

  /** Another document in this tab. What is open is written first, and free for other tabs then. */
  async #change(take: () => Promise<Begun | undefined>, bare?: State): Promise<void> {
    const { status, store, messages, quietly } = this.parts;
    await this.flush();
    const before = status.get().document?.id;
    const begun = await take();
    if (!begun) return messages.note("That scene is open in another tab.");
    await this.#show(begun);
    if (bare) quietly(() => store.replace(bare));
    if (before !== undefined && before !== begun.id) this.#documents.leave(before);
    status.set({ dialog: undefined, words: undefined });
    const facts = status.get().model;
    if (facts.state === "ready") quietly(() => store.run(setSize, { size: facts.facts.size }));
    this.changed();
    this.parts.resume();
  }

  #saved(): Saved {
    const { state } = this.parts.store;
    const { document } = this.parts.status.get();
    const picture = this.parts.shelf.get(state.doc.picture)?.picture;
    return {
      snapshot: snapshotOf(state),
      id: document?.id ?? "current",
      ...(document?.name !== undefined && { name: document.name }),
      ...(picture && { picture }),
    };
  }
}
