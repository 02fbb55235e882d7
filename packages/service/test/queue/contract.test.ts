/** What every queue promises: the same tests on the queue of one process and on Redis. */

import { BusyError, UserError } from "@scenograph/graph/errors";
import {
  CancelledError,
  type JobHandler,
  type JobQueue,
  type JobState,
  type Worker,
  WorkerLostError,
} from "scenograph/queue/queue";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { MemoryQueue } from "../../src/queue/memory.ts";
import { RedisQueue } from "../../src/queue/redis.ts";
import { hasRedis, startRedis, type TestRedis } from "./redis.fixture.ts";

const CAPACITY = 3;
let redis: TestRedis | undefined;
let prefix = 0;

beforeAll(async () => {
  if (hasRedis) redis = await startRedis();
});
afterAll(() => redis?.close());

const redisQueue = (name: string) =>
  new RedisQueue({ url: redis!.url, capacity: CAPACITY, prefix: name, lockMs: 1000, answerMs: 60_000 });
const names = new WeakMap<JobQueue, string>();
/** The queue as another process sees it. */
const sameQueue = (queue: JobQueue) => redisQueue(names.get(queue)!);

const kinds: [string, () => JobQueue][] = [
  ["memory", () => new MemoryQueue({ capacity: CAPACITY })],
  [
    "redis",
    () => {
      const name = `t${prefix++}`;
      const queue = redisQueue(name);
      names.set(queue, name);
      return queue;
    },
  ],
];

describe.each(kinds)("%s", (name, create) => {
  const open: JobQueue[] = [];
  const test_ = test.skipIf(name === "redis" && !hasRedis);
  const queueOf = () => {
    const queue = create();
    open.push(queue);
    return queue;
  };
  afterEach(async () => {
    await Promise.all(open.splice(0).map((q) => q.close()));
  });
  const end = async (queue: JobQueue, id: string): Promise<JobState> => {
    let last: JobState | undefined;
    for await (const state of queue.watch(id)) last = state;
    return last!;
  };

  test_("a job waits, runs with progress, and is done with its result", async () => {
    const queue = queueOf();
    const added = await queue.add("double", { x: 21 });
    expect(added).toMatchObject({ kind: "double", status: "waiting", attempts: 0 });
    expect(added.id).toMatch(/^double\./);
    expect(await queue.counts()).toEqual({ waiting: 1, running: 0, capacity: CAPACITY });
    const seen: JobState[] = [];
    const watching = (async () => {
      for await (const state of queue.watch(added.id)) seen.push(state);
    })();
    queue.work({
      double: async ({ input, attempt }, { report }) => {
        report({ stage: "half", done: 1, total: 2, unit: "steps" });
        await new Promise((r) => setTimeout(r, 30));
        return { y: 2 * (input as { x: number }).x, attempt };
      },
    });
    await watching;
    expect(seen[0].status).toBe("waiting");
    expect(seen.at(-1)).toMatchObject({ status: "done", attempts: 1, result: { y: 42, attempt: 1 } });
    expect(seen.some((s) => s.progress?.stage === "half")).toBe(true);
    expect(await queue.get(added.id)).toEqual(seen.at(-1));
    expect(seen.at(-1)!.finishedAt).toBeGreaterThanOrEqual(added.createdAt);
  });

  test_("an error of the handler is final and keeps its name", async () => {
    const queue = queueOf();
    let runs = 0;
    queue.work({
      bad: async () => {
        runs++;
        throw new UserError("bad(): no; do other");
      },
    });
    const { id } = await queue.add("bad", {});
    expect(await end(queue, id)).toMatchObject({
      status: "failed",
      attempts: 1,
      error: { name: "UserError", message: "bad(): no; do other" },
    });
    expect(runs).toBe(1);
  });

  test_("a lost worker: the job is retried once and finishes; lost again, it fails", async () => {
    const queue = queueOf();
    queue.work({
      once: async ({ attempt }) => {
        if (attempt === 1) throw new WorkerLostError("thread died");
        return attempt;
      },
      always: async () => {
        throw new WorkerLostError("thread died");
      },
    });
    const [once, always] = [await queue.add("once", {}), await queue.add("always", {})];
    expect(await end(queue, once.id)).toMatchObject({ status: "done", attempts: 2, result: 2 });
    expect(await end(queue, always.id)).toMatchObject({
      status: "failed",
      attempts: 2,
      error: { name: "WorkerLostError" },
    });
  });

  test_("twenty that add at the same moment fill it to its bound and no further", async () => {
    // in Redis the bound is that of all processes: each adds over a connection of its own
    const queue = queueOf();
    const sides = name === "redis" ? Array.from({ length: 19 }, () => sameQueue(queue)) : [];
    open.push(...sides);
    for (const round of ["a", "b"]) {
      const all = await Promise.allSettled(
        Array.from({ length: 20 }, (_, i) => [queue, ...sides][i % (sides.length + 1)].add(round, i)),
      );
      const refused = all.flatMap((one) => (one.status === "rejected" ? [one.reason as Error] : []));
      expect(refused.map((error) => error.name)).toEqual(Array(20 - CAPACITY).fill("BusyError"));
      expect((await queue.counts(round)).waiting).toBe(CAPACITY);
      // what was refused left nothing behind: there is room for as many as are taken
      const cancelled = all.find((one) => one.status === "fulfilled") as PromiseFulfilledResult<JobState>;
      await queue.cancel(cancelled.value.id);
      expect(await queue.add(round, 20)).toMatchObject({ status: "waiting" });
      await expect(queue.add(round, 21)).rejects.toThrow(BusyError);
    }
  });

  test_("full: BusyError, and room again when a job was taken; other kinds have their own bound", async () => {
    const queue = queueOf();
    for (let i = 0; i < CAPACITY; i++) await queue.add("k", i, { id: `${i}` });
    await expect(queue.add("k", 9)).rejects.toThrow(BusyError);
    expect(await queue.add("k", 0, { id: "0" })).toMatchObject({ id: "k.0", status: "waiting" });
    await queue.add("other", 9);
    queue.work({ k: async ({ input }) => input });
    for (let i = 0; i < CAPACITY; i++) expect(await end(queue, `k.${i}`)).toMatchObject({ result: i });
    expect(await queue.add("k", 9)).toMatchObject({ kind: "k" });
  });

  test_("cancelled: a waiting job never runs, a running one is aborted, a finished one stays", async () => {
    const queue = queueOf();
    const ran: unknown[] = [];
    let reason: unknown;
    const handler: JobHandler = async ({ input }, { signal }) => {
      ran.push(input);
      if (input === "long")
        await new Promise((_, reject) => {
          signal.addEventListener("abort", () => {
            reason = signal.reason;
            reject(signal.reason as Error);
          });
        });
      return input;
    };
    const waiting = await queue.add("k", "waiting");
    expect(await queue.cancel(waiting.id)).toBe(true);
    expect(await queue.get(waiting.id)).toMatchObject({ status: "cancelled", error: { name: "CancelledError" } });
    expect((await queue.counts("k")).waiting).toBe(0);
    queue.work({ k: handler });
    const long = await queue.add("k", "long");
    for await (const state of queue.watch(long.id)) if (state.status === "running") await queue.cancel(long.id);
    expect(await queue.get(long.id)).toMatchObject({ status: "cancelled", attempts: 1 });
    const short = await queue.add("k", "short");
    expect(await end(queue, short.id)).toMatchObject({ status: "done" });
    expect(reason).toBeInstanceOf(CancelledError);
    expect(await queue.cancel(short.id)).toBe(false);
    expect(await queue.cancel("k.none")).toBe(false);
    expect(ran).toEqual(["long", "short"]);
  });

  test_("a deadline ends a waiting and a running job", async () => {
    const queue = queueOf();
    const waiting = await queue.add("nobody", {}, { deadlineMs: 50 });
    expect(await end(queue, waiting.id)).toMatchObject({ status: "failed", error: { name: "DeadlineError" } });
    queue.work({
      slow: async (_, { signal }) => {
        while (!signal.aborted) await new Promise((r) => setTimeout(r, 10));
      },
    });
    const slow = await queue.add("slow", {}, { deadlineMs: 300 });
    expect(await end(queue, slow.id)).toMatchObject({ status: "failed", error: { name: "DeadlineError" } });
  });

  test_("concurrency counts all kinds of a worker; closing drains; what is aborted goes back", async () => {
    const queue = queueOf();
    let now = 0;
    let most = 0;
    const handler: JobHandler = async (_, { signal }) => {
      most = Math.max(most, ++now);
      await new Promise<void>((resolve, reject) => {
        const timer = setTimeout(resolve, 100);
        signal.addEventListener("abort", () => {
          clearTimeout(timer);
          reject(signal.reason as Error);
        });
      }).finally(() => now--);
    };
    const worker: Worker = queue.work({ a: handler, b: handler }, { concurrency: 2 });
    const jobs = [];
    for (let i = 0; i < 4; i++) jobs.push(await queue.add(i % 2 ? "a" : "b", i));
    expect(await Promise.all(jobs.map(async ({ id }) => (await end(queue, id)).status))).toEqual(Array(4).fill("done"));
    expect(most).toBe(2);
    const last = await queue.add("a", "last");
    for await (const state of queue.watch(last.id)) if (state.status === "running") break;
    await worker.close({ drainMs: 0 });
    expect(await queue.get(last.id)).toMatchObject({ status: "waiting", attempts: 0 });
    queue.work({ a: async () => "second" });
    expect(await end(queue, last.id)).toMatchObject({ status: "done", attempts: 1, result: "second" });
  });

  test_("ids are checked, unknown ones are told, a watch ends with its signal", async () => {
    const queue = queueOf();
    for (const bad of ["", "a b", "../x", "a:b", "x".repeat(129)])
      await expect(queue.add("k", {}, { id: bad })).rejects.toThrow(UserError);
    await expect(queue.add("K/..", {})).rejects.toThrow(UserError);
    for (const bad of ["k.none", "", "../../etc", "k:1", "k"]) expect(await queue.get(bad)).toBeUndefined();
    await expect(end(queue, "k.none")).rejects.toThrow(UserError);
    const { id } = await queue.add("k", {});
    const seen: JobState[] = [];
    for await (const state of queue.watch(id, AbortSignal.timeout(50))) seen.push(state);
    expect(seen.map((s) => s.status)).toEqual(["waiting"]);
  });
});
