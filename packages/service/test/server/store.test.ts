/** A store of results that is full or gone: told as what it is, logged with the request's id, without a path; /readyz knows. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type BlobStore, StoreError } from "scenograph/queue/blobs";
import { FolderStore } from "scenograph/queue/folder";
import { afterAll, beforeAll, expect, test } from "vitest";
import { MemoryBlobs } from "../../src/server/results.node.ts";
import { type Tiny, tiny } from "./service.fixture.ts";

let all: Tiny;
beforeAll(async () => {
  all = await tiny();
});
afterAll(() => all.end());

const infer = { scene: { caption: "a dog", seed: 1 }, maxObjects: 1 };

async function startWith(store: BlobStore) {
  const log: { level: string; message: string; requestId?: unknown; error?: unknown }[] = [];
  const service = await all.start({ store, log: (level, message, fields) => log.push({ level, message, ...fields }) });
  return { service, errors: () => log.filter((l) => l.level === "error") };
}

test("a folder that cannot be written is 503 without its path", async () => {
  const file = join(all.folder, "no-folder");
  await writeFile(file, "");
  const { service, errors } = await startWith(new FolderStore(file));
  const answer = await service.post("/v1/scenes/infer", infer);
  const text = await answer.text();
  expect([answer.status, answer.headers.get("retry-after")]).toEqual([503, "30"]);
  expect(JSON.parse(text).error).toMatchObject({ code: "store_unavailable", type: "server_error" });
  expect(text).not.toContain(all.folder);
  expect(errors()).toMatchObject([
    { requestId: answer.headers.get("x-request-id"), error: expect.stringContaining(file) },
  ]);
  // what needs no store goes on
  const inline = await service.post("/v1/scenes/infer", { ...infer, response_format: "b64_json" });
  expect(inline.status).toBe(200);
});

test("full is 507, also of a job; /readyz says so, and no more when there is room", async () => {
  let full = true;
  const memory = new MemoryBlobs();
  const store: BlobStore = {
    put: async (...blob) => {
      if (full)
        throw new StoreError(`store: the disk is full, ${all.folder}/results/x was not written; free some`, true);
      return memory.put(...blob);
    },
    get: (key) => memory.get(key),
    has: (key) => memory.has(key),
    delete: (key) => memory.delete(key),
    list: (prefix) => memory.list(prefix),
  };
  const { service, errors } = await startWith(store);
  const images = await service.post("/v1/images/generations", { prompt: "a dog", response_format: "url" });
  expect([images.status, (await images.json()).error.code]).toEqual([507, "store_full"]);
  expect(errors().length).toBe(1);
  const ready = await service.fetch("/readyz");
  expect([ready.status, await ready.json()]).toEqual([503, { status: "store unavailable" }]);
  const { id } = await service.client.createJob({ captions: ["a dog"], maxObjects: 1 });
  for await (const state of service.client.watchJob(id)) if (state.status === "done") throw new Error("done");
  const job = await service.client.job(id);
  expect(job).toMatchObject({ status: "failed", error: { code: "store_full" } });
  expect(JSON.stringify(job)).not.toContain(all.folder);
  full = false;
  await expect.poll(async () => (await service.fetch("/readyz")).status, { timeout: 10_000 }).toBe(200);
  expect((await service.post("/v1/scenes/infer", infer)).status).toBe(200);
});
