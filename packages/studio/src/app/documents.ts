/** The documents of this browser, of which each tab has one: choosing at the start, changing, putting away. @module */
import type { Picture } from "scenograph/scene/scene";
import type { Snapshot } from "../model/snapshot.ts";
import type { Claims } from "./claims.ts";
import type { DocumentInfo, Storage } from "./storage.ts";

/** Where a tab remembers its document over a reload. */
export interface TabMemory {
  get(): string | undefined;
  set(id: string): void;
}

/** A page that is reloaded may still hold its document for so long. */
const RELOAD_MS = 700;
/** Sides of thumbnails in the gallery are at most this many pixels. */
const THUMBNAIL = 128;

export interface Saved {
  readonly snapshot: Snapshot;
  readonly id: string;
  readonly name?: string;
  readonly picture?: Picture;
}

export interface Begun {
  readonly id: string;
  readonly name?: string;
  /** What was stored; undefined for a new document. */
  readonly stored?: unknown;
  /** A copy: this tab was duplicated, and the other one has the document. */
  readonly copied: boolean;
}

export class Documents {
  constructor(
    private readonly storage: Promise<Storage>,
    private readonly claims: Claims,
    private readonly memory: TabMemory,
    /** Other tabs are told that the gallery has changed. */
    private readonly onChange: () => void = () => {},
  ) {}

  /** The document of this tab: its own of before a reload, else the latest unless another tab has it, else a new one. */
  async begin(fresh = false): Promise<Begun> {
    const storage = await this.storage;
    const all = await storage.documents().catch(() => []);
    await this.#purge(all);
    const list = all.filter((d) => d.deleted === undefined);
    const own = this.memory.get();
    const wanted = fresh ? undefined : (list.find((d) => d.id === own) ?? list[0]);
    if (!wanted) return this.#new();
    const isOwn = wanted.id === own;
    const free = await this.claims.claim(wanted.id, isOwn ? RELOAD_MS : 0);
    if (!free && !isOwn) return this.#new();
    const stored = await storage.load(wanted.id).catch(() => undefined);
    if (!free) return { ...(await this.#new()), stored, copied: true };
    this.memory.set(wanted.id);
    return { id: wanted.id, ...(wanted.name !== undefined && { name: wanted.name }), stored, copied: false };
  }

  async #new(): Promise<Begun> {
    const id = crypto.randomUUID();
    await this.claims.claim(id);
    this.memory.set(id);
    return { id, copied: false };
  }

  /** For a new scene, or a copy. */
  create(): Promise<Begun> {
    return this.#new();
  }

  /** Takes another document for this tab. -> undefined where another tab has it */
  async take(id: string): Promise<Begun | undefined> {
    if (!(await this.claims.claim(id))) return undefined;
    const storage = await this.storage;
    const info = (await storage.documents()).find((d) => d.id === id);
    this.memory.set(id);
    return { id, ...(info?.name !== undefined && { name: info.name }), stored: await storage.load(id), copied: false };
  }

  /** Lets other tabs have it. */
  leave(id: string): void {
    this.claims.release(id);
  }

  async save({ snapshot, id, name, picture }: Saved): Promise<void> {
    const { caption, objects } = snapshot.doc.scene;
    await (await this.storage).save(snapshot, {
      id,
      ...(name !== undefined && { name }),
      caption,
      objects: objects.length,
      at: Date.now(),
      ...(picture && { thumbnail: smaller(picture, THUMBNAIL) }),
    });
    this.onChange();
  }

  async list(): Promise<DocumentInfo[]> {
    return (await (await this.storage).documents()).filter((d) => d.deleted === undefined);
  }

  async rename(id: string, name: string): Promise<void> {
    await this.#change(id, ({ name: _, ...info }) => (name.trim() === "" ? info : { ...info, name: name.trim() }));
  }

  /** Out of the gallery; `restore` brings it back until the next visit. -> false where another tab has it open */
  async putAway(id: string): Promise<boolean> {
    if (!(await this.claims.claim(id))) return false;
    await this.#change(id, (info) => ({ ...info, deleted: Date.now() }));
    this.claims.release(id);
    return true;
  }

  async restore(id: string): Promise<void> {
    await this.#change(id, ({ deleted: _, ...info }) => info);
  }

  async #change(id: string, change: (info: DocumentInfo) => DocumentInfo): Promise<void> {
    const storage = await this.storage;
    const info = (await storage.documents()).find((d) => d.id === id);
    if (info) await storage.describe(change(info));
    this.onChange();
  }

  /** What was put away at an earlier visit is gone now. */
  async #purge(all: readonly DocumentInfo[]): Promise<void> {
    const storage = await this.storage;
    const old = all.filter((d) => d.deleted !== undefined && Date.now() - d.deleted > 10 * 60_000);
    for (const { id } of old) await storage.remove(id).catch(() => {});
  }
}

/** The picture with sides of at most so many pixels; every n-th pixel, which is enough to know it again. */
export function smaller(picture: Picture, most: number): Picture {
  const step = Math.ceil(Math.max(picture.width, picture.height) / most);
  if (step <= 1) return picture;
  const [width, height] = [Math.floor(picture.width / step), Math.floor(picture.height / step)];
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const from = (y * step * picture.width + x * step) * 3;
      data.set(picture.data.subarray(from, from + 3), (y * width + x) * 3);
    }
  return { width, height, data };
}
