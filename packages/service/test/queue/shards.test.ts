/** Shards: the same result here, over a queue, after interruptions, losses and damage. */
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FormatError, UserError } from "@scenograph/graph/errors";
import fc from "fast-check";
import { FolderStore } from "scenograph/queue/folder";
import { type JobHandler, WorkerLostError } from "scenograph/queue/queue";
import {
  type ComputeShard,
  packOutput,
  runShardsHere,
  runShardsShared,
  type ShardOutput,
  type ShardSink,
  shardHandler,
  unpackOutput,
} from "scenograph/queue/shards";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { MemoryQueue } from "../../src/queue/memory.ts";

type Input = { from: number; n: number };

let folder: string;
let store: FolderStore;
let queue: MemoryQueue;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "scenograph-shards-"));
  store = new FolderStore(folder);
  queue = new MemoryQueue({ capacity: 3 });
});
afterEach(async () => {
  await queue.close();
  await rm(folder, { recursive: true, force: true });
});

/** The store of the running test. */
const store_ = {
  put: (...args: Parameters<FolderStore["put"]>) => store.put(...args),
  get: (key: string) => store.get(key),
  has: (key: string) => store.has(key),
  delete: (key: string) => store.delete(key),
  list: (prefix: string) => store.list(prefix),
};
const plan = (shards = 7) => ({
  kind: "numbers",
  key: "abc",
  shards: Array.from({ length: shards }, (_, index) => ({ index, input: { from: 10 * index, n: 10 }, units: 10 })),
});
const compute: ComputeShard<Input> = async ({ from, n }) => ({
  files: new Map([[`${from}.bin`, Uint8Array.from({ length: n }, (_, i) => from + i)]]),
  record: { from, sum: Array.from({ length: n }, (_, i) => from + i).reduce((a, b) => a + b, 0) },
});
const handler = shardHandler(compute, store_, (input) => input as Input);
function sinkOf(kept = new Map<number, ShardOutput>()): ShardSink & { kept: Map<number, ShardOutput> } {
  return {
    kept,
    has: async (index) => kept.has(index),
    put: async (index, output) => void kept.set(index, output),
  };
}
const shared = () => ({ queue, store, patienceMs: 5 });
async function expected(): Promise<Map<number, ShardOutput>> {
  const sink = sinkOf();
  await runShardsHere(plan(), compute, sink);
  return sink.kept;
}

test("workers give what one machine gives, more shards than the queue holds, and leave nothing in the store", async () => {
  for (let i = 0; i < 3; i++) queue.work({ numbers: handler });
  const sink = sinkOf();
  const units: number[] = [];
  await runShardsShared(plan(), sink, { ...shared(), onShard: (index, n) => units.push(index, n) });
  expect(new Map([...sink.kept].sort(([a], [b]) => a - b))).toEqual(await expected());
  expect(units.filter((_, i) => i % 2 === 1)).toEqual(Array(7).fill(10));
  expect(await store.list("")).toEqual([]);
});

test("interrupted, then run again: kept shards are not computed again, finished jobs are taken over", async () => {
  const computed: number[] = [];
  const stop = new AbortController();
  const counting: JobHandler = async (job, context) => {
    computed.push((job.input as { input: Input }).input.from);
    const result = await handler(job, context);
    if (computed.length === 3) stop.abort();
    return result;
  };
  const worker = queue.work({ numbers: counting });
  const sink = sinkOf();
  await expect(runShardsShared(plan(), sink, { ...shared(), signal: stop.signal, window: 2 })).rejects.toThrow(/abort/);
  expect(sink.kept.size).toBeGreaterThanOrEqual(1);
  expect(sink.kept.size).toBeLessThan(7);
  await worker.close();
  queue.work({ numbers: counting });
  await runShardsShared(plan(), sink, shared());
  expect(new Map([...sink.kept].sort(([a], [b]) => a - b))).toEqual(await expected());
  // at most the one shard that was cancelled in its last moment is computed twice
  expect(computed.length).toBeLessThanOrEqual(8);
});

test("shards whose workers are lost are given out again, four times each at most", async () => {
  let deaths = 0;
  queue.work({
    numbers: async (job, context) => {
      const { from } = (job.input as { input: Input }).input;
      if (from === 20 && deaths++ < 5) throw new WorkerLostError("gone");
      return handler(job, context);
    },
  });
  const lines: string[] = [];
  const sink = sinkOf();
  await runShardsShared(plan(), sink, { ...shared(), log: (line) => lines.push(line) });
  expect(new Map([...sink.kept].sort(([a], [b]) => a - b))).toEqual(await expected());
  expect(lines).toEqual(Array(2).fill("numbers: shard 2 was lost with its workers, given out again"));
  deaths = -100;
  const again = { ...plan(), key: "other" };
  await expect(runShardsShared(again, sinkOf(), shared())).rejects.toThrow(/shard 2 was lost 4 times/);
});

test("a shard's own error ends the run, a full disk of the sink too; the rest is cancelled", async () => {
  queue.work({
    numbers: async (job, context) => {
      if ((job.input as { input: Input }).input.from === 30) throw new UserError("numbers: no 30; use others");
      return handler(job, context);
    },
  });
  await expect(runShardsShared(plan(), sinkOf(), shared())).rejects.toThrow(
    new UserError("numbers: no 30; use others"),
  );
  expect((await queue.counts()).waiting).toBe(0);
  const full: ShardSink = { has: async () => false, put: () => Promise.reject(new UserError("the disk is full")) };
  await expect(runShardsShared({ ...plan(), key: "full" }, full, shared())).rejects.toThrow("the disk is full");
});

test("an output that was damaged in the store is computed again", async () => {
  queue.work({ numbers: handler });
  let spoilt = 0;
  const damaging = {
    ...store_,
    get: async (key: string) => {
      if (spoilt++ === 0) await writeFile(join(folder, key), "rubbish");
      return store.get(key);
    },
  };
  const sink = sinkOf();
  await runShardsShared(plan(2), sink, { queue, store: damaging });
  expect(sink.kept.get(0)).toEqual((await expected()).get(0));
  expect(await readdir(join(folder, "numbers", "abc"))).toEqual([]);
  expect(await readFile(join(folder, "x")).catch(() => "none")).toBe("none");
});

describe("an output as bytes", () => {
  const output = {
    files: new Map([
      ["a é.png", Uint8Array.of(1, 2, 3)],
      ["empty", new Uint8Array()],
    ]),
    record: [{ x: 1.5, text: "ü" }, null],
  };

  test("comes back", () => {
    expect(unpackOutput(packOutput(output))).toEqual(output);
  });

  test("cut or changed anywhere, is a value or one FormatError", () => {
    const bytes = packOutput(output);
    const tried = (changed: Uint8Array) => {
      try {
        unpackOutput(changed);
      } catch (error) {
        expect(error).toBeInstanceOf(FormatError);
      }
    };
    for (let n = 0; n < bytes.length; n++) tried(bytes.slice(0, n));
    fc.assert(
      fc.property(fc.nat(bytes.length * 8 - 1), (bit) => {
        const changed = bytes.slice();
        changed[bit >> 3] ^= 1 << (bit & 7);
        tried(changed);
      }),
      { numRuns: 300 },
    );
  });
});
