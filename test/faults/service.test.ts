/** The service beyond one process: a worker is killed in mid-job, Redis is killed and comes back, everybody is told to stop. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { sceneFromPng } from "scenograph/scene/png";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hasRedis, startRedis, type TestRedis } from "../../packages/service/test/queue/redis.fixture.ts";
import { tinyModel } from "../cli/tinyModel.fixture.ts";
import { type Running, scenograph, until } from "./process.fixture.ts";

interface JobAnswer {
  readonly id: string;
  readonly status: "waiting" | "running" | "done" | "failed" | "cancelled";
  readonly attempts: number;
  readonly progress?: { readonly done: number };
  readonly results?: readonly { readonly caption: string; readonly seed: number; readonly picture_url?: string }[];
}

describe.skipIf(!hasRedis)("jobs of the service", () => {
  let folder: string;
  let model: string;
  let redis: TestRedis;
  let server: Running;
  let base: string;
  const running: Running[] = [];

  const started = (...args: string[]): Running => {
    const process = scenograph(...args);
    running.push(process);
    return process;
  };
  const queue = () => ["--queue", redis.url, "--store", join(folder, "store"), "--model", model, "--threads", "1"];
  const worker = async (): Promise<Running> => {
    const process = started("worker", ...queue(), "--kinds", "scenes", "--lost-after", "2", "--drain", "1");
    await until(() => /worker: takes scenes/.test(process.said()), process, "the worker");
    return process;
  };
  const get = async (path: string) => (await fetch(`${base}${path}`)).json() as Promise<JobAnswer>;
  const post = (path: string, body: unknown) =>
    fetch(`${base}${path}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
  /** Adds a job; once this returns it is acknowledged. */
  const add = async (pictures: number, seed: number): Promise<string> => {
    const captions = Array.from({ length: pictures }, (_, i) => `a dog and ${i % 2 === 0 ? "a cat" : "two people"}`);
    const response = await post("/v1/jobs", { captions, seed });
    expect(response.status).toBe(202);
    return ((await response.json()) as JobAnswer).id;
  };
  const reached = async (id: string, condition: (job: JobAnswer) => boolean): Promise<JobAnswer> => {
    for (const end = Date.now() + 240_000; Date.now() < end; await wait(20)) {
      // the server may say that the queue does not answer
      const job = await get(`/v1/jobs/${id}`).catch(() => undefined);
      if (job?.status && condition(job)) return job;
    }
    throw new Error(`${id} did not come so far: ${JSON.stringify(await get(`/v1/jobs/${id}`))}`);
  };
  const inMiddle = (job: JobAnswer) => job.status === "running" && (job.progress?.done ?? 0) > 0;
  const ended = ({ status }: JobAnswer) => status !== "waiting" && status !== "running";

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "scenograph-service-"));
    model = (await tinyModel(folder)).path;
    redis = await startRedis();
    server = started("serve", "--port", "0", "--no-warm", "--log", "none", ...queue());
    await until(() => /scenograph on http/.test(server.printed()), server, "the server");
    base = /http:\/\/\S+/.exec(server.printed())![0];
  });
  afterAll(async () => {
    for (const { child } of running) child.kill("SIGKILL");
    await redis?.close();
    await rm(folder, { recursive: true, force: true });
  });

  // long enough to be caught in the middle
  const PICTURES = 150;

  test("kill -9 of a worker in mid-job: it runs once more elsewhere and leaves what one run leaves", async () => {
    const first = await worker();
    const id = await add(PICTURES, 5);
    await reached(id, inMiddle);
    first.child.kill("SIGKILL");
    expect((await first.end).signal).toBe("SIGKILL");
    const second = await worker();
    const job = await reached(id, ended);
    expect(job).toMatchObject({ status: "done", attempts: 2 });
    expect(job.results?.map((r) => r.seed)).toEqual(Array.from({ length: PICTURES }, (_, i) => 5 + i));
    // the same pictures as of a job that nobody disturbed
    const whole = await reached(await add(2, 5), ended);
    expect(whole).toMatchObject({ status: "done", attempts: 1 });
    for (const i of [0, 1]) {
      const pictures = [job, whole].map(
        async ({ results }) => new Uint8Array(await (await fetch(results![i].picture_url!)).arrayBuffer()),
      );
      const [a, b] = await Promise.all(pictures);
      expect(sceneFromPng(a)).toEqual(sceneFromPng(b));
      expect(Buffer.from(a).equals(Buffer.from(b))).toBe(true);
    }
    second.child.kill("SIGTERM");
    expect(await second.end).toMatchObject({ code: 0, signal: null });
  });

  test("SIGTERM of a worker in mid-job: the job goes back, another one finishes it, and no retry is spent", async () => {
    const first = await worker();
    const id = await add(PICTURES, 9);
    await reached(id, inMiddle);
    first.child.kill("SIGTERM");
    const { code, stderr } = await first.end;
    expect({ code, stderr }).toMatchObject({ code: 0, stderr: expect.stringContaining("worker: stopped") });
    const before = await get(`/v1/jobs/${id}`);
    const second = await worker();
    expect(await reached(id, ended)).toMatchObject({ status: "done" });
    // killed now, it would still have had its retry
    expect(before.attempts).toBeLessThanOrEqual(1);
    second.child.kill("SIGTERM");
    expect(await second.end).toMatchObject({ code: 0, signal: null });
  });

  test("kill -9 of Redis, and back: jobs that were acknowledged end, the server says 503 meanwhile and lives", async () => {
    const process = await worker();
    const ids = [await add(PICTURES, 20), await add(3, 30), await add(3, 40)];
    await reached(ids[0], inMiddle);
    await redis.kill();
    const refused = await post("/v1/jobs", { captions: ["a dog"] });
    expect(refused.status).toBe(503);
    expect(await refused.json()).toMatchObject({ error: { code: "queue_unavailable" } });
    expect((await fetch(`${base}/healthz`)).status).toBe(200);
    // what needs no queue goes on
    expect((await post("/v1/scenes", { caption: "a dog" })).status).toBe(200);
    await redis.restart();
    for (const id of ids) expect(await reached(id, ended)).toMatchObject({ status: "done" });
    process.child.kill("SIGTERM");
    expect(await process.end).toMatchObject({ code: 0, signal: null });
  });

  test("SIGTERM of the server: what is in flight is answered, then it ends with 0; its jobs stay in the queue", async () => {
    const waiting = await add(2, 50);
    const inFlight = post("/v1/scenes/infer", { scene: { caption: "a dog", seed: 1 } });
    await wait(30);
    server.child.kill("SIGTERM");
    expect((await inFlight).status).toBe(200);
    expect(await server.end).toMatchObject({ code: 0, signal: null });
    await expect(fetch(`${base}/healthz`)).rejects.toThrow();
    const process = await worker();
    server = started("serve", "--port", "0", "--no-warm", "--log", "none", ...queue());
    await until(() => /scenograph on http/.test(server.printed()), server, "the server");
    base = /http:\/\/\S+/.exec(server.printed())![0];
    expect(await reached(waiting, ended)).toMatchObject({ status: "done", attempts: 1 });
    process.child.kill("SIGTERM");
    expect(await process.end).toMatchObject({ code: 0, signal: null });
  });
});
