import { describe, expect, test, vi } from "vitest";
import { Batcher, type BatchKey } from "./batcher.ts";

const key = (id: string, maxBatch = 4): BatchKey => ({ id, maxBatch });

/** A batcher whose batches end when they are told to. */
function setUp(options: { slots?: number; windowMs?: number; expected?: () => number } = {}) {
  const batches: { slot: number; key: string; items: unknown[]; end: (error?: Error) => void }[] = [];
  const batcher = new Batcher<BatchKey>({
    slots: 1,
    windowMs: 5,
    ...options,
    run: (slot, { id }, items) =>
      new Promise((resolve, reject) => {
        const end = (error?: Error) => (error ? reject(error) : resolve(items.map((x) => `${id}:${x}`)));
        batches.push({ slot, key: id, items: [...items], end });
      }),
  });
  return { batcher, batches };
}

const later = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe("calls of one key", () => {
  test("that come within the window run together, and each gets its own answer", async () => {
    const { batcher, batches } = setUp();
    const answers = [1, 2, 3].map((x) => batcher.submit(key("a"), x, x));
    await vi.waitFor(() => expect(batches.length).toBe(1));
    expect(batches[0].items).toEqual([1, 2, 3]);
    batches[0].end();
    expect(await Promise.all(answers)).toEqual(["a:1", "a:2", "a:3"]);
  });

  test("fill a batch without waiting, and no batch is larger", async () => {
    const { batcher, batches } = setUp({ windowMs: 1e6 });
    for (let i = 0; i < 9; i++) void batcher.submit(key("a"), i, i);
    await later(1);
    expect(batches.map((b) => b.items)).toEqual([[0, 1, 2, 3]]);
    batches[0].end();
    await later(1);
    expect(batches.map((b) => b.items)).toEqual([
      [0, 1, 2, 3],
      [4, 5, 6, 7],
    ]);
    batches[1].end();
    await later(5);
    // the ninth waits for company
    expect([batches.length, batcher.waiting, batcher.busy]).toEqual([2, 1, 0]);
  });

  test("run in powers of two where what fills a batch up would cost as much as they do", async () => {
    const { batcher, batches } = setUp({ windowMs: 0 });
    for (let i = 0; i < 7; i++) void batcher.submit({ id: "a", maxBatch: 8, powersOfTwo: true }, i, i);
    for (let i = 0; i < 3; i++) {
      await later(3);
      batches[i].end();
    }
    await later(3);
    expect(batches.map((b) => b.items)).toEqual([[0, 1, 2, 3], [4, 5], [6]]);
  });

  test("wait for nobody when everybody is there", async () => {
    const { batcher, batches } = setUp({ windowMs: 1e6, expected: () => 2 });
    void batcher.submit(key("a"), 1, 1);
    await later(2);
    expect(batches.length).toBe(0);
    void batcher.submit(key("a"), 2, 2);
    await later(2);
    expect(batches.map((b) => b.items)).toEqual([[1, 2]]);
  });

  test("share a failure; the slot goes on", async () => {
    const { batcher, batches } = setUp({ windowMs: 0 });
    const both = [batcher.submit(key("a"), 1, 1), batcher.submit(key("a"), 2, 2)];
    const settled = Promise.allSettled(both);
    await later(5);
    batches[0].end(new Error("no memory"));
    expect((await settled).map((s) => s.status)).toEqual(["rejected", "rejected"]);
    const next = batcher.submit(key("a"), 3, 3);
    await later(5);
    batches[1].end();
    expect(await next).toBe("a:3");
  });
});

test("who was admitted first is served first, whatever the key and whoever came while all were busy", async () => {
  const { batcher, batches } = setUp({ windowMs: 0 });
  void batcher.submit(key("busy"), 0, 0);
  await later(3);
  void batcher.submit(key("b"), "late", 9);
  void batcher.submit(key("a"), "first", 1);
  void batcher.submit(key("b"), "middle", 5);
  await later(3);
  for (let i = 0; i < 3; i++) {
    batches[i].end();
    await later(3);
  }
  expect(batches.map((b) => b.items)).toEqual([[0], ["first"], ["middle", "late"]]);
});

test("several slots work side by side, each on one batch", async () => {
  const { batcher, batches } = setUp({ slots: 2, windowMs: 0 });
  for (const id of ["a", "b", "c"]) void batcher.submit(key(id), 1, 1);
  await later(3);
  expect(batches.map((b) => b.slot).sort()).toEqual([0, 1]);
  batches[0].end();
  await later(3);
  expect([batches.length, batches[2].slot]).toEqual([3, batches[0].slot]);
});

test("an aborted call leaves the queue at once; one that runs is no longer waited for", async () => {
  const { batcher, batches } = setUp({ windowMs: 20 });
  const stop = new AbortController();
  const gone = batcher.submit(key("a"), "gone", 1, stop.signal);
  const stays = batcher.submit(key("a"), "stays", 2);
  stop.abort(new Error("disconnected"));
  await expect(gone).rejects.toThrow("disconnected");
  await vi.waitFor(() => expect(batches.length).toBe(1));
  expect(batches[0].items).toEqual(["stays"]);
  batches[0].end();
  expect(await stays).toBe("a:stays");

  const running = new AbortController();
  const left = batcher.submit(key("a"), "left", 3, running.signal);
  await vi.waitFor(() => expect(batches.length).toBe(2));
  running.abort(new Error("too late"));
  await expect(left).rejects.toThrow("too late");
  await expect(batcher.submit(key("a"), 1, 4, running.signal)).rejects.toThrow("too late");
});
