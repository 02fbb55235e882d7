/** Redis is killed and comes back: nothing that was acknowledged is lost, everybody connects again by himself. */

import { QueueUnavailableError } from "scenograph/queue/queue";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { RedisQueue } from "../../src/queue/redis.ts";
import { hasRedis, startRedis, type TestRedis } from "./redis.fixture.ts";

describe.skipIf(!hasRedis)("Redis", () => {
  let redis: TestRedis;
  const open: RedisQueue[] = [];
  // a busy machine's disk may take seconds for what "always" asks of it
  const queueOf = (answerMs = 60_000, log?: (line: string) => void) => {
    const queue = new RedisQueue({ url: redis.url, lockMs: 1000, answerMs, ...(log && { log }) });
    open.push(queue);
    return queue;
  };
  beforeEach(async () => {
    redis = await startRedis();
  });
  afterEach(async () => {
    await Promise.all(open.splice(0).map((q) => q.close()));
    await redis.close();
  });

  test("killed while jobs wait and run: all end, results that were there stay", async () => {
    const lines: string[] = [];
    const [asking, working, impatient] = [queueOf(60_000, (line) => lines.push(line)), queueOf(), queueOf(500)];
    const runs = new Map<string, number>();
    let slow = false;
    working.work(
      {
        k: async ({ id, input }) => {
          runs.set(id, (runs.get(id) ?? 0) + 1);
          await new Promise((r) => setTimeout(r, slow ? 800 : 5));
          return (input as number) * 2;
        },
      },
      { concurrency: 2 },
    );
    const early = await asking.add("k", 1, { id: "early" });
    for await (const _ of asking.watch(early.id));
    slow = true;
    const acknowledged: string[] = [];
    for (let i = 0; i < 8; i++) acknowledged.push((await asking.add("k", i, { id: `n${i}` })).id);
    while ((await asking.counts()).running < 2) await new Promise((r) => setTimeout(r, 20));
    const watched = (async () => {
      let last: string | undefined;
      for await (const { status } of asking.watch("k.n7")) last = status;
      return last;
    })();

    await redis.kill();
    await expect(impatient.add("other", 9)).rejects.toThrow(QueueUnavailableError);
    await expect(impatient.get(early.id)).rejects.toThrow(/did not answer within 500 ms/);
    slow = false;
    await redis.restart();

    expect(await watched).toBe("done");
    for (const id of acknowledged) {
      for await (const _ of asking.watch(id));
      expect(await asking.get(id)).toMatchObject({ status: "done", result: 2 * Number(id.slice(3)) });
    }
    expect(await asking.get(early.id)).toMatchObject({ status: "done", result: 2 });
    // a job that ran when Redis died may run twice, others not
    for (const n of runs.values()) expect(n).toBeLessThanOrEqual(2);
    expect(lines.length).toBeGreaterThan(0);
    expect(lines.length).toBeLessThan(20);
  });

  test("killed for good: closing ends watchers, the running job and itself", async () => {
    const queue = queueOf(2000);
    const told: string[] = [];
    queue.work({
      k: ({ id }, { signal }) =>
        new Promise((_, reject) => {
          told.push(`${id} runs`);
          signal.addEventListener("abort", () => {
            told.push(`${id} is told`);
            reject(signal.reason);
          });
        }),
    });
    const { id } = await queue.add("k", 1);
    const watched = (async () => {
      for await (const { status } of queue.watch(id)) if (status === "running") told.push("seen");
    })();
    while (told.length < 2) await new Promise((r) => setTimeout(r, 20));
    await redis.kill();
    const patience = setTimeout(() => told.push("hangs"), 20_000);
    await queue.close();
    await watched;
    clearTimeout(patience);
    expect(told.sort()).toEqual([`${id} is told`, `${id} runs`, "seen"].sort());
  });
});
