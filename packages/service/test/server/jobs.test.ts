/** Jobs: progress as events, results by address, cancelling, failing, the same again after a lost worker. */

import { type JobContext, WorkerLostError } from "scenograph/queue/queue";
import { sceneFromPng } from "scenograph/scene/png";
import { parseScene } from "scenograph/scene/restore";
import { afterAll, beforeAll, expect, test } from "vitest";
import { MemoryQueue } from "../../src/queue/memory.ts";
import { SCENES_JOB, type ScenesJob, scenesHandler } from "../../src/server/jobs.node.ts";
import { MemoryBlobs } from "../../src/server/results.node.ts";
import { type Started, type Tiny, tiny } from "./service.fixture.ts";

let all: Tiny;
let service: Started;

beforeAll(async () => {
  all = await tiny();
  service = await all.start();
});
afterAll(() => all.end());

const pathOf = (url: string | undefined) => new URL(url as string).pathname;

test("a job of sentences: events of each stage, then results that hold picture and scene", async () => {
  const { client } = service;
  const captions = Array.from({ length: 18 }, (_, i) => (i % 2 ? "a dog" : "two horses"));
  const created = await client.createJob({ captions, seed: 7, maxObjects: 2 });
  expect(["waiting", "running"]).toContain(created.status);
  const states = [];
  for await (const state of client.watchJob(created.id)) states.push(state);
  const last = states.at(-1);
  expect(last).toMatchObject({ id: created.id, status: "done", attempts: 1 });
  expect(await client.job(created.id)).toEqual(last);
  const told = states.flatMap((s) => s.progress ?? []);
  expect(new Set(told.map((p) => p.stage))).toEqual(new Set(["text", "boxes", "masks", "image", "stored"]));
  expect(told.every((p, i) => p.total === 18 && (i === 0 || p.done >= told[i - 1].done))).toBe(true);
  expect(last?.results?.map((r) => r.seed)).toEqual(captions.map((_, i) => 7 + i));
  const one = last?.results?.[17];
  const png = new Uint8Array(await (await service.fetch(pathOf(one?.picture_url))).arrayBuffer());
  const scene = parseScene(await (await service.fetch(pathOf(one?.scene_url))).text());
  expect(sceneFromPng(png)).toEqual(scene);
  const direct = await client.infer({ scene: { caption: "a dog", seed: 24 }, maxObjects: 2, to: "masks" });
  expect(scene).toEqual(direct.scene);
});

test("a job of a scene stops where it is told to", async () => {
  const scene = {
    caption: "a dog",
    seed: 1,
    objects: [{ label: "dog", box: [0.1, 0.1, 0.5, 0.5] as [number, number, number, number] }],
  };
  const { id } = await service.client.createJob({ scene, from: "masks", to: "masks" });
  for await (const state of service.client.watchJob(id)) if (state.status === "failed") throw new Error("failed");
  const [result] = (await service.client.job(id)).results ?? [];
  expect(result.picture_url).toBeUndefined();
  const found = parseScene(await (await service.fetch(pathOf(result.scene_url))).text());
  expect(found.objects).toMatchObject([{ label: "dog", mask: { width: 64 } }]);
});

test("cancelling ends it, once; its events end with it", async () => {
  const { client } = service;
  const { id } = await client.createJob({ captions: Array(200).fill("a dog") });
  const states = client.watchJob(id);
  await states.next();
  expect(await client.cancelJob(id)).toEqual({ id, cancelled: true });
  const left = [];
  for await (const state of states) left.push(state);
  expect(left.at(-1)).toMatchObject({ status: "cancelled", error: { code: "cancelled" } });
  expect(await client.cancelJob(id)).toEqual({ id, cancelled: false });
  await expect(client.job("scenes.nothing")).rejects.toMatchObject({ status: 404, code: "not_found" });
  await service.engine.drained();
});

test("a sentence without words fails its job with the line that a request would get", async () => {
  const { id } = await service.client.createJob({ captions: ["?!"] });
  let last: Awaited<ReturnType<typeof service.client.job>> | undefined;
  for await (const state of service.client.watchJob(id)) last = state;
  expect(last).toMatchObject({ status: "failed", error: { code: "invalid_request" } });
});

test("a job that loses its worker runs again and leaves one set of results, the same", async () => {
  const store = new MemoryBlobs();
  const run = scenesHandler(service.engine, store);
  const queue = new MemoryQueue();
  const keys: string[][] = [];
  queue.work({
    [SCENES_JOB]: async (job, context: JobContext) => {
      const result = await run(job, context);
      keys.push(await store.list(""));
      if (job.attempt === 1) throw new WorkerLostError("the machine is gone");
      return result;
    },
  });
  const scene = { version: 2, caption: "a dog", width: 32, height: 32, seed: 3, objects: [] } as const;
  const expires = Math.ceil(Date.now() / 1000) + 60;
  const input: ScenesJob = {
    scenes: [scene],
    model: "tiny",
    from: "boxes",
    to: "image",
    sampling: {},
    expires,
    deadlineMs: 60_000,
  };
  const { id } = await queue.add(SCENES_JOB, input);
  let last: unknown;
  for await (const state of queue.watch(id)) last = state;
  expect(last).toMatchObject({ status: "done", attempts: 2 });
  expect(keys[0].length).toBe(2);
  expect(keys[1]).toEqual(keys[0]);
  await queue.close();
});

test("results are over when they expire, and are swept", async () => {
  const { Results } = await import("../../src/server/results.node.ts");
  const store = new MemoryBlobs(100);
  const results = new Results(store, -2);
  const { id } = await results.keep(new Uint8Array(60), "png");
  expect(await results.get(id, "png")).toBeUndefined();
  await results.sweep();
  expect(await store.list("")).toEqual([]);
  const lasting = new Results(store, 60);
  const first = await lasting.keep(new Uint8Array(60), "png");
  expect((await lasting.get(first.id, "png"))?.length).toBe(60);
  expect(await lasting.get(first.id, "json")).toBeUndefined();
  // memory is bounded: the oldest makes room
  await lasting.keep(new Uint8Array(60), "png");
  expect(await lasting.get(first.id, "png")).toBeUndefined();
  results.close();
  lasting.close();
});
