import { EventEmitter } from "node:events";
import type { Worker } from "node:worker_threads";
import { FormatError } from "@scenograph/graph/errors";
import { expect, test } from "vitest";
import { WorkerPool } from "./pool.node.ts";
import type { ToWorker } from "./protocol.ts";

/** A thread that does what it is told: "die" ends it, "fail" is an error, the rest is doubled. */
class FakeThread extends EventEmitter {
  ref() {}
  unref() {}
  postMessage(message: ToWorker) {
    queueMicrotask(() => {
      if (message === "close") return this.emit("exit", 0);
      const { call, items } = message;
      if (items.includes("die")) this.emit("exit", 134);
      else if (items.includes("fail"))
        this.emit("message", { call, error: { name: "FormatError", message: "no mask" } });
      else this.emit("message", { call, answers: items.map((x) => `${x}${x}`) });
    });
  }
}

function pool(threads: FakeThread[] = []) {
  const lost: string[] = [];
  let started = 0;
  const made = new WorkerPool(
    1,
    { threads: 1, folders: {}, warm: [] },
    (reason) => lost.push(reason),
    () => {},
    () => {
      started++;
      return (threads.shift() ?? new FakeThread()) as unknown as Worker;
    },
  );
  return { pool: made, lost, started: () => started };
}

const work = { operation: "text", model: "tiny", options: {} } as const;

test("a batch whose thread dies runs once more on a new one", async () => {
  const once = new FakeThread();
  once.postMessage = () => queueMicrotask(() => once.emit("error", new Error("out of memory")));
  const { pool: p, lost, started } = pool([once]);
  expect(await p.run(0, work, ["a"])).toEqual(["aa"]);
  expect([lost, started()]).toEqual([["out of memory"], 2]);
  // the end of the dead one is no news
  once.emit("exit", 1);
  expect(await p.run(0, work, ["b"])).toEqual(["bb"]);
  expect([lost.length, started()]).toEqual([1, 2]);
});

test("a batch that kills two threads is given up, and the slot lives", async () => {
  const { pool: p, started } = pool();
  await expect(p.run(0, work, ["die"])).rejects.toMatchObject({ name: "WorkerLostError" });
  expect(started()).toBe(2);
  expect(await p.run(0, work, ["a"])).toEqual(["aa"]);
});

test("errors of a stage come back as their class and are not tried again; a closed pool refuses", async () => {
  const { pool: p, started } = pool();
  await expect(p.run(0, work, ["fail"])).rejects.toThrow(FormatError);
  expect(started()).toBe(1);
  await p.close();
  await expect(p.run(0, work, ["a"])).rejects.toThrow("closed");
});
