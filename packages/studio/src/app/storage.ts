/** What stays in the browser: documents and the pictures that were made for them, in IndexedDB. @module */
import type { Picture, Scene } from "scenograph/scene/scene";
import type { Snapshot } from "../model/snapshot.ts";

/** A finished picture with the scene that it shows. */
export interface Shot {
  readonly key: string;
  /** Id of the document that it was made for. */
  readonly doc: string;
  readonly scene: Scene;
  readonly painted: readonly string[];
  readonly picture: Picture;
  /** The other program that drew it, of the same scene. */
  readonly by?: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** What made it, for people. */
  readonly label?: string;
  /** Kept whatever comes. */
  readonly starred?: boolean;
}

/** So many pictures of a document are kept; older ones make room. */
export const MOST_SHOTS = 60;

/** What the gallery shows of a document. */
export interface DocumentInfo {
  readonly id: string;
  /** Given by the user; else the sentence is its name. */
  readonly name?: string;
  readonly caption: string;
  readonly objects: number;
  /** Of the last change, milliseconds since 1970. */
  readonly at: number;
  readonly thumbnail?: Picture;
  /** When it was put away; it can be brought back until the next visit. */
  readonly deleted?: number;
}

export interface Storage {
  /** All documents, the latest first, those that were put away too. */
  documents(): Promise<DocumentInfo[]>;
  load(id: string): Promise<unknown>;
  /** Resolves once document and entry are on disk. */
  save(snapshot: Snapshot, info: DocumentInfo): Promise<void>;
  /** Changes the entry alone. */
  describe(info: DocumentInfo): Promise<void>;
  /** For good, with its pictures. */
  remove(id: string): Promise<void>;
  /** Pictures of a document, oldest first. */
  shots(doc: string): Promise<Shot[]>;
  addShot(shot: Shot): Promise<void>;
  removeShots(keys: readonly string[]): Promise<void>;
}

/** The only document of the time before there were several. */
const FIRST = "current";

export async function openStorage(name = "scenograph"): Promise<Storage> {
  const db = await new Promise<IDBDatabase>((resolve, reject) => {
    const request = indexedDB.open(name, 2);
    request.onupgradeneeded = ({ oldVersion }) => upgrade(request, oldVersion);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("storage could not be opened"));
    request.onblocked = () => reject(new Error("storage is held by another tab; close it"));
  });
  // another tab wants to upgrade: let it
  db.onversionchange = () => db.close();

  const written = (stores: readonly string[], work: (store: (name: string) => IDBObjectStore) => void) =>
    new Promise<void>((resolve, reject) => {
      const transaction = db.transaction(stores, "readwrite", { durability: "strict" });
      transaction.oncomplete = () => resolve();
      transaction.onabort = () => reject(transaction.error ?? new Error("the browser did not store it"));
      work((store) => transaction.objectStore(store));
    });
  const read = <T>(store: string, work: (s: IDBObjectStore) => IDBRequest<T>) =>
    new Promise<T>((resolve, reject) => {
      const request = work(db.transaction(store).objectStore(store));
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });

  return {
    documents: async () => (await read<DocumentInfo[]>("index", (s) => s.getAll())).sort((a, b) => b.at - a.at),
    load: (id) => read("documents", (s) => s.get(id)),
    save: (snapshot, info) =>
      written(["documents", "index"], (store) => {
        store("documents").put(snapshot, info.id);
        store("index").put(info);
      }),
    describe: (info) => written(["index"], (store) => store("index").put(info)),
    remove: (id) =>
      written(["documents", "index", "shots"], (store) => {
        store("documents").delete(id);
        store("index").delete(id);
        const keys = store("shots").index("doc").getAllKeys(id);
        keys.onsuccess = () => {
          for (const key of keys.result) store("shots").delete(key);
        };
      }),
    shots: async (doc) => (await read<Shot[]>("shots", (s) => s.index("doc").getAll(doc))).sort((a, b) => a.at - b.at),
    addShot: (shot) => written(["shots"], (store) => store("shots").put(shot)),
    removeShots: (keys) =>
      written(["shots"], (store) => {
        for (const key of keys) store("shots").delete(key);
      }),
  };
}

/** What an earlier visit stored becomes the first of several documents. */
function upgrade(request: IDBOpenDBRequest, oldVersion: number): void {
  const db = request.result;
  const transaction = request.transaction as IDBTransaction;
  if (oldVersion < 1) {
    db.createObjectStore("documents");
    db.createObjectStore("shots", { keyPath: "key" });
  }
  db.createObjectStore("index", { keyPath: "id" });
  const shots = transaction.objectStore("shots");
  shots.createIndex("doc", "doc");
  if (oldVersion < 1) return;
  const cursor = shots.openCursor();
  cursor.onsuccess = () => {
    if (!cursor.result) return;
    cursor.result.update({ ...cursor.result.value, doc: FIRST });
    cursor.result.continue();
  };
  const stored = transaction.objectStore("documents").get(FIRST);
  stored.onsuccess = () => {
    const scene = (stored.result as Snapshot | undefined)?.doc.scene;
    if (!scene) return;
    const entry: DocumentInfo = { id: FIRST, caption: scene.caption, objects: scene.objects.length, at: Date.now() };
    transaction.objectStore("index").put(entry);
  };
}

/** Storage for browsers that refuse it (private windows): nothing outlives the page, and saving says so. */
export function noStorage(reason: string): Storage {
  return {
    documents: async () => [],
    load: async () => undefined,
    save: async () => {
      throw new Error(reason);
    },
    describe: async () => {},
    remove: async () => {},
    shots: async () => [],
    addShot: async () => {},
    removeShots: async () => {},
  };
}
