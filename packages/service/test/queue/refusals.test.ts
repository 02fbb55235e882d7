/** Redis that is full, read-only, or was emptied: who asks is told what happened, in time. */
import { Redis } from "ioredis";
import { type JobState, LOST_MS } from "scenograph/queue/queue";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { RedisQueue } from "../../src/queue/redis.ts";
import { answered } from "../../src/server/problems.ts";
import { hasRedis, startRedis, type TestRedis } from "./redis.fixture.ts";

describe.skipIf(!hasRedis)("Redis", () => {
  let redis: TestRedis;
  let admin: Redis;
  let queue: RedisQueue;
  beforeEach(async () => {
    redis = await startRedis();
    admin = new Redis(redis.url);
    queue = new RedisQueue({ url: redis.url, answerMs: 30_000 });
  });
  afterEach(async () => {
    admin.disconnect();
    await queue.close();
    await redis.close();
  });

  test.each([
    ["full", "OOM", () => admin.config("SET", "maxmemory", "1")],
    ["a replica", "READONLY", () => admin.replicaof("127.0.0.1", 1)],
  ])("%s: 503 with a time to come back, and a reason for the operator", async (_, code, spoil) => {
    await queue.add("k", {}, { id: "a" });
    await spoil();
    const error = await queue.add("k", {}, { id: "b" }).catch((e: unknown) => e);
    expect(error).toMatchObject({ name: "QueueUnavailableError", message: expect.stringContaining(code) });
    expect(answered(error, "r1")).toMatchObject({ status: 503, retryAfter: 5, failure: true });
  });

  test("a job that vanished is reported lost to its waiter in time, and can be given out again", async () => {
    const { id } = await queue.add("k", { n: 1 }, { id: "a" });
    const seen: JobState[] = [];
    let flushed = 0;
    const watching = (async () => {
      for await (const state of queue.watch(id)) seen.push(state);
      return performance.now() - flushed;
    })();
    await expect.poll(() => seen.length).toBe(1);
    await admin.flushall();
    flushed = performance.now();
    expect(await watching).toBeLessThan(LOST_MS);
    expect(seen.map((s) => s.status)).toEqual(["waiting", "failed"]);
    expect(seen[1].error).toMatchObject({ name: "JobLostError", message: expect.stringContaining("send it again") });
    expect(await queue.add("k", { n: 1 }, { id: "a" })).toMatchObject({ id, status: "waiting" });
    queue.work({ k: async ({ input }) => input });
    const again: JobState[] = [];
    for await (const state of queue.watch(id)) again.push(state);
    expect(again.at(-1)).toMatchObject({ status: "done", result: { n: 1 } });
  });

  test("jobs are listed by the beginning of their id, the latest first, waiting and finished", async () => {
    for (const id of ["anna-1", "bob-1", "anna-2"]) {
      await queue.add("k", { id }, { id });
      await new Promise((done) => setTimeout(done, 5));
    }
    const worker = queue.work({ k: async () => null });
    for await (const state of queue.watch("k.anna-2")) if (state.status === "failed") throw new Error("failed");
    await worker.close();
    await queue.add("k", {}, { id: "anna-3" });
    const list = async (limit: number) =>
      (await queue.list("k", { prefix: "k.anna-", limit })).map((s) => [s.id, s.status]);
    expect(await list(9)).toEqual([
      ["k.anna-3", "waiting"],
      ["k.anna-2", "done"],
      ["k.anna-1", "done"],
    ]);
    expect(await list(1)).toEqual([["k.anna-3", "waiting"]]);
  });
});
