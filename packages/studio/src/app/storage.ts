/** What stays in the browser: the open document and the pictures that were made, in IndexedDB. @module */
import type { Picture, Scene } from "scenograph/scene/scene";
import type { Snapshot } from "../model/snapshot.ts";

/** A finished picture with the scene that it shows. */
export interface Shot {
  readonly key: string;
  readonly scene: Scene;
  readonly painted: readonly string[];
  readonly picture: Picture;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** So many pictures are kept; older ones make room. */
export const MOST_SHOTS = 60;

export interface Storage {
  load(): Promise<unknown>;
  /** Resolves once the snapshot is on disk. */
  save(snapshot: Snapshot): Promise<void>;
  shots(): Promise<Shot[]>;
  addShot(shot: Shot): Promise<void>;
  removeShots(keys: readonly string[]): Promise<void>;
}

export async function openStorage(name = "scenograph"): Promise<Storage> {
  const db = await new Promise<IDBDatabase>((resolve, reject) => {
    const request = indexedDB.open(name, 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore("documents");
      request.result.createObjectStore("shots", { keyPath: "key" });
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("storage could not be opened"));
    request.onblocked = () => reject(new Error("storage is held by another tab; close it"));
  });
  // another tab wants to upgrade: let it
  db.onversionchange = () => db.close();

  const written = (store: string, work: (s: IDBObjectStore) => void) =>
    new Promise<void>((resolve, reject) => {
      const transaction = db.transaction(store, "readwrite", { durability: "strict" });
      transaction.oncomplete = () => resolve();
      transaction.onabort = () => reject(transaction.error ?? new Error("the browser did not store it"));
      work(transaction.objectStore(store));
    });
  const read = <T>(store: string, work: (s: IDBObjectStore) => IDBRequest<T>) =>
    new Promise<T>((resolve, reject) => {
      const request = work(db.transaction(store).objectStore(store));
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });

  return {
    load: () => read("documents", (s) => s.get("current")),
    save: (snapshot) => written("documents", (s) => s.put(snapshot, "current")),
    shots: async () => (await read<Shot[]>("shots", (s) => s.getAll())).sort((a, b) => a.at - b.at),
    addShot: (shot) => written("shots", (s) => s.put(shot)),
    removeShots: (keys) =>
      written("shots", (s) => {
        for (const key of keys) s.delete(key);
      }),
  };
}

/** Storage for browsers that refuse it (private windows): nothing outlives the page, and saving says so. */
export function noStorage(reason: string): Storage {
  return {
    load: async () => undefined,
    save: async () => {
      throw new Error(reason);
    },
    shots: async () => [],
    addShot: async () => {},
    removeShots: async () => {},
  };
}
