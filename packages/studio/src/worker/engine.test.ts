import { expect, test } from "vitest";
import { SCENE } from "../model/model.fixture.ts";
import { WorkerEngine, type WorkerLike } from "./engine.ts";
import type { ModelFacts, ToWorker } from "./protocol.ts";

const FACTS = { name: "tiny", size: 32 } as ModelFacts;

class FakeWorker implements WorkerLike {
  static all: FakeWorker[] = [];
  onmessage: WorkerLike["onmessage"] = null;
  onerror: WorkerLike["onerror"] = null;
  readonly asked: ToWorker[] = [];
  ended = false;
  constructor() {
    FakeWorker.all.push(this);
  }
  postMessage(message: ToWorker): void {
    this.asked.push(message);
    if (message.type === "open")
      queueMicrotask(() => this.onmessage?.({ data: { type: "done", call: message.call, value: FACTS } }));
  }
  terminate(): void {
    this.ended = true;
  }
}

const infer = { type: "infer", scene: SCENE, from: "boxes", to: "image", options: {} } as const;

async function opened(onRestart = () => {}) {
  FakeWorker.all = [];
  const engine = new WorkerEngine(() => new FakeWorker(), { onRestart });
  await engine.open({ name: "m", folder: "m/", wasm: "w/", threads: 1, gpu: "off" });
  return engine;
}

test("a call whose worker dies is answered by the next one, which opened the model first", async () => {
  let restarts = 0;
  const engine = await opened(() => restarts++);
  const answer = engine.ask(infer);
  FakeWorker.all[0].onerror?.({ message: "out of memory" });
  const [dead, next] = FakeWorker.all;
  expect([dead.ended, next.ended, restarts]).toEqual([true, false, 1]);
  expect(next.asked.map((m) => m.type)).toEqual(["open", "infer"]);
  next.onmessage?.({ data: { type: "done", call: next.asked[1].call, value: { scene: SCENE, words: [] } } });
  expect(await answer).toEqual({ scene: SCENE, words: [] });
});

test("a call that kills two workers is given up, and the engine lives", async () => {
  const engine = await opened();
  const answer = engine.ask(infer);
  FakeWorker.all[0].onerror?.({ message: "out of memory" });
  FakeWorker.all[1].onerror?.({ message: "out of memory" });
  await expect(answer).rejects.toThrow(/stopped twice \(out of memory\)/);
  void engine.ask({ type: "sentence", caption: "a dog" }).catch(() => {});
  expect(FakeWorker.all.at(-1)?.asked.at(-1)?.type).toBe("sentence");
  engine.close();
});

test("errors of the worker arrive with their name; cancelling is passed on", async () => {
  const engine = await opened();
  const stop = new AbortController();
  const answer = engine.ask(infer, stop.signal);
  stop.abort();
  const [worker] = FakeWorker.all;
  const { call } = worker.asked[1];
  expect(worker.asked[2]).toEqual({ type: "cancel", call });
  worker.onmessage?.({ data: { type: "error", call, name: "AbortError", message: "stopped" } });
  await expect(answer).rejects.toMatchObject({ name: "AbortError" });
});
