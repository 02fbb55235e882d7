/** The shelf: finished pictures of the open document, each with its scene and what made it. @module */
import type { Picture, Scene } from "scenograph/scene/scene";
import type { Observable, Status } from "./status.ts";
import { MOST_SHOTS, type Shot, type Storage } from "./storage.ts";

export interface NewShot {
  readonly scene: Scene;
  readonly painted: readonly string[];
  readonly picture: Picture;
  /** What made it, for people: "Move box". */
  readonly label?: string;
  /** The other program that drew it. */
  readonly by?: string;
}

export class Shelf {
  readonly #shots = new Map<string, Shot>();
  /** The latest picture of a drag that goes on; it is put on the shelf when the drag ends with it. */
  #passing: Shot | undefined;

  constructor(
    private readonly storage: Promise<Storage>,
    private readonly status: Observable<Status>,
    /** Keys of pictures that are looked at: never taken away. */
    private readonly shown: () => readonly (string | undefined)[],
  ) {}

  get(key: string | undefined): Shot | undefined {
    if (key === undefined) return undefined;
    return key === this.#passing?.key ? this.#passing : this.#shots.get(key);
  }

  /** Takes the pictures of a document in the place of those that are there. */
  async open(doc: string): Promise<void> {
    const storage = await this.storage;
    this.#shots.clear();
    this.#passing = undefined;
    for (const shot of await storage.shots(doc).catch(() => [])) this.#shots.set(shot.key, shot);
    this.#tell();
  }

  /** @param passing of a gesture that goes on: the next one takes its place */
  keep(shot: NewShot, passing: boolean): Shot {
    const doc = this.status.get().document?.id ?? "current";
    const kept: Shot = { key: crypto.randomUUID(), doc, at: Date.now(), ...shot };
    if (passing) this.#passing = kept;
    else this.#put(kept);
    return kept;
  }

  /** A gesture ended with this picture. */
  settle(key: string | undefined): void {
    if (this.#passing && this.#passing.key === key) this.#put(this.#passing);
  }

  /** A starred picture makes no room for others. */
  star(key: string, starred: boolean): void {
    const shot = this.#shots.get(key);
    if (!shot) return;
    const { starred: _, ...rest } = shot;
    this.#write(starred ? { ...rest, starred } : rest);
  }

  /** -> what `restore` takes to bring it back */
  remove(key: string): Shot | undefined {
    const shot = this.#shots.get(key);
    if (!shot) return undefined;
    this.#drop([key]);
    return shot;
  }

  restore(shot: Shot): void {
    this.#write(shot);
  }

  #put(shot: Shot): void {
    this.#shots.set(shot.key, shot);
    this.storage.then((s) => s.addShot(shot)).catch(() => {});
    const shown = new Set([...this.shown(), shot.key]);
    const plain = [...this.#shots.values()].filter((s) => !s.starred);
    this.#drop(
      plain
        .slice(0, -MOST_SHOTS)
        .map((s) => s.key)
        .filter((key) => !shown.has(key)),
    );
  }

  #write(shot: Shot): void {
    this.#shots.set(shot.key, shot);
    this.storage.then((s) => s.addShot(shot)).catch(() => {});
    this.#tell();
  }

  #drop(keys: readonly string[]): void {
    for (const key of keys) this.#shots.delete(key);
    if (keys.length > 0) this.storage.then((s) => s.removeShots(keys)).catch(() => {});
    this.#tell();
  }

  #tell(): void {
    this.status.set({ shots: [...this.#shots.values()].sort((a, b) => a.at - b.at) });
  }
}
