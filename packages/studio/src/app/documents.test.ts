/** Documents and the tabs that have them. */
import { expect, test } from "vitest";
import { snapshotOf } from "../model/snapshot.ts";
import { INITIAL_STATE } from "../model/state.ts";
import { byAsking, type Channel, type Claims } from "./claims.ts";
import { Documents, smaller } from "./documents.ts";
import type { DocumentInfo, Storage } from "./storage.ts";

/** What a browser keeps, for all of its tabs. */
function shelf(): Storage {
  const infos = new Map<string, DocumentInfo>();
  const documents = new Map<string, unknown>();
  return {
    documents: async () => [...infos.values()].sort((a, b) => b.at - a.at),
    load: async (id) => documents.get(id),
    save: async (snapshot, info) => {
      documents.set(info.id, snapshot);
      infos.set(info.id, info);
    },
    describe: async (info) => void infos.set(info.id, info),
    remove: async (id) => {
      infos.delete(id);
      documents.delete(id);
    },
    shots: async () => [],
    addShot: async () => {},
    removeShots: async () => {},
  };
}

/** Channels that hear each other, not themselves. */
function channels(count: number): Channel[] {
  const all = Array.from({ length: count }, () => new Set<(event: { data: unknown }) => void>());
  return all.map((own) => ({
    postMessage: (data) => {
      for (const set of all) if (set !== own) for (const hear of set) queueMicrotask(() => hear({ data }));
    },
    addEventListener: (_, listener) => void own.add(listener),
  }));
}

function tab(storage: Storage, claims: Claims) {
  let own: string | undefined;
  const documents = new Documents(Promise.resolve(storage), claims, {
    get: () => own,
    set: (id) => {
      own = id;
    },
  });
  return documents;
}

const saved = (id: string) => ({ snapshot: snapshotOf(INITIAL_STATE), id });

test("a second tab gets a document of its own; the first one's is free when that has left", async () => {
  const storage = shelf();
  const [a, b, c] = channels(3);
  const first = tab(storage, byAsking(a, "a"));
  const one = await first.begin();
  await first.save(saved(one.id));
  const second = tab(storage, byAsking(b, "b"));
  const two = await second.begin();
  expect(two.id).not.toBe(one.id);
  expect(two.stored).toBeUndefined();
  expect(await second.take(one.id)).toBeUndefined();
  first.leave(one.id);
  const third = await tab(storage, byAsking(c, "c")).begin();
  expect(third).toMatchObject({ id: one.id, copied: false });
  expect(third.stored).toBeDefined();
});

test("of two tabs that ask at once only one gets it", async () => {
  const [a, b] = channels(2);
  const got = await Promise.all([byAsking(a, "a").claim("x"), byAsking(b, "b").claim("x")]);
  expect(got.filter(Boolean)).toHaveLength(1);
});

test("put away and brought back; not while another tab has it", async () => {
  const storage = shelf();
  const [a, b] = channels(2);
  const mine = tab(storage, byAsking(a, "a"));
  const { id } = await mine.begin();
  await mine.save(saved(id));
  const other = tab(storage, byAsking(b, "b"));
  expect(await other.putAway(id)).toBe(false);
  await mine.putAway(id);
  expect(await mine.list()).toEqual([]);
  await mine.restore(id);
  await mine.rename(id, "  Beach ");
  expect(await mine.list()).toMatchObject([{ id, name: "Beach" }]);
});

test("thumbnails are small", () => {
  const picture = { width: 300, height: 300, data: new Uint8Array(300 * 300 * 3).fill(7) };
  expect(smaller(picture, 128)).toMatchObject({ width: 100, height: 100 });
});
