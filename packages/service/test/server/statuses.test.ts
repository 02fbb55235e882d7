/** The OpenAPI document against what the routes answer: no status occurs that it does not name. */
import { join } from "node:path";
import { StoreError } from "scenograph/queue/blobs";
import { DeadlineError, QueueUnavailableError } from "scenograph/queue/queue";
import { afterAll, beforeAll, expect, test } from "vitest";
import { MemoryQueue } from "../../src/queue/memory.ts";
import { ROUTES, type Route, type RouteName } from "../../src/server/api.ts";
import { FullError } from "../../src/server/engine/admission.ts";
import { addKey } from "../../src/server/keys.node.ts";
import { openApiDocument } from "../../src/server/openapi.ts";
import { MemoryBlobs } from "../../src/server/results.node.ts";
import { type Started, type Tiny, tiny } from "./service.fixture.ts";

let all: Tiny;
const document = openApiDocument("1") as {
  servers: unknown[];
  paths: Record<string, Record<string, { responses: object }>>;
};
const routes = Object.entries(ROUTES) as [RouteName, Route][];
/** Statuses that occurred, by route. */
const seen = new Map<RouteName, Set<number>>();

beforeAll(async () => {
  all = await tiny();
});
afterAll(() => all.end());

const scene = {
  caption: "a dog",
  objects: [{ label: "dog", box: [0, 0, 1, 1], mask: { width: 1, height: 1, counts: [0, 1] } }],
};
const BODIES: Partial<Record<RouteName, object>> = {
  sentence: { caption: "a dog" },
  scene: { caption: "a dog" },
  next: { caption: "a dog", label: "dog" },
  masks: { scene },
  render: { scene },
  infer: { scene },
  export: { scene, format: "ideogram" },
  createJob: { captions: ["a dog"] },
  images: { prompt: "a dog" },
  txt2img: { prompt: "a dog" },
};

async function ask(
  service: Started,
  name: RouteName,
  init: RequestInit = {},
  body: unknown = BODIES[name] ?? {},
  id = "none",
) {
  const { method, path } = ROUTES[name] as Route;
  const sent = method === "post" ? { body: typeof body === "string" ? body : JSON.stringify(body) } : {};
  const answer = await service.fetch(path.replace(":id", id), { method: method.toUpperCase(), ...sent, ...init });
  await answer.body?.cancel();
  const statuses = seen.get(name) ?? new Set();
  seen.set(name, statuses.add(answer.status));
}

/** What occurred and is not in the document. */
function unnamed(): string[] {
  return [...seen].flatMap(([name, statuses]) => {
    const { path, method } = ROUTES[name] as Route;
    const { responses } = document.paths[path.replace(/:(\w+)/g, "{$1}")][method];
    return [...statuses].filter((status) => !(status in responses)).map((status) => `${name} ${status}`);
  });
}

test("what routes answer, well, wrongly asked, refused and in distress, is in the document", async () => {
  const keys = join(all.folder, "keys.json");
  const key = await addKey(keys, "a");
  const draining = await all.start();
  await draining.drain();
  const well = await all.start();
  const keyed = await all.start({ keys, rate: 1 });
  const failing = await all.start();
  const thrown = [
    new FullError("queue: full", 1),
    new DeadlineError("late"),
    new StoreError("store: x is full", true),
    new StoreError("store: x"),
    new QueueUnavailableError("away"),
    new Error("unforeseen"),
  ];
  for (const [name] of routes) {
    if (name === "jobEvents") continue;
    const inits: RequestInit[] = [
      {},
      { headers: { host: "evil.example" } },
      { headers: { "content-encoding": "zstd" } },
      { headers: { "content-length": "99999999" } },
      { headers: { "idempotency-key": " " } },
    ];
    for (const init of inits) await ask(well, name, init);
    await ask(well, name, {}, "{");
    await ask(well, name, {}, { ...BODIES[name], model: "nobody" });
    for (const caption of ["a dog", "a cat"])
      await ask(
        well,
        name,
        { headers: { "idempotency-key": "k" } },
        { ...BODIES[name], caption, prompt: caption, seed: caption.length },
      );
    await ask(draining, name);
    await ask(keyed, name);
    for (let n = 0; n < 2; n++) await ask(keyed, name, { headers: { "x-api-key": key } });
    for (const error of thrown) {
      const refuse = async () => Promise.reject(error);
      // only where the route has to do with it
      if (!(error instanceof StoreError || error instanceof QueueUnavailableError))
        Object.assign(failing.engine, { generate: refuse, sentence: refuse, next: refuse });
      await ask(failing, name);
    }
  }
  expect(unnamed()).toEqual([]);
  const of = (name: RouteName) => [...(seen.get(name) ?? [])].sort();
  // the walk reaches what it is about
  expect(of("images")).toEqual(expect.arrayContaining([200, 400, 401, 403, 404, 413, 415, 422, 429, 500, 503, 504]));
  expect(of("job")).toEqual(expect.arrayContaining([401, 403, 404, 429, 503]));
});

test("a store and a queue in distress, by the routes that use them", async () => {
  const store = new MemoryBlobs();
  const queue = new MemoryQueue();
  const service = await all.start({ store, queue });
  for (const error of [new StoreError("store: x is full", true), new StoreError("store: x")]) {
    store.put = () => Promise.reject(error);
    store.get = () => Promise.reject(error);
    for (const name of ["infer", "images", "render"] as const) await ask(service, name);
    for (const name of ["picture", "jobScene"] as const)
      await ask(service, name, {}, undefined, `zzzzzz-${"0".repeat(32)}`);
  }
  for (const what of ["get", "add", "list"] as const)
    Object.assign(queue, { [what]: () => Promise.reject(new QueueUnavailableError("away")) });
  for (const name of ["job", "jobs", "createJob", "cancelJob"] as const)
    await ask(service, name, {}, undefined, "scenes.x");
  expect([...(seen.get("infer") ?? [])]).toEqual(expect.arrayContaining([503, 507]));
  expect([...(seen.get("picture") ?? [])]).toContain(503);
  expect([...(seen.get("jobs") ?? [])]).toContain(503);
  expect(unnamed()).toEqual([]);
});

test("the document says where the server is, and every route that answers is in it", () => {
  expect(document.servers).toEqual([{ url: "/" }]);
  for (const path of ["/v1/export", "/openapi.json", "/docs", "/sdapi/v1/options", "/sdapi/v1/loras", "/v1/jobs"])
    expect(Object.keys(document.paths)).toContain(path);
});
