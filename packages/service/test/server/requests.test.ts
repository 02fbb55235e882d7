/** What requests may not do: limits, malformed bodies, keys, rates, foreign sites. Every refusal has one shape. */
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { addKey } from "../../src/server/keys.node.ts";
import { API_LIMITS } from "../../src/server/limits.ts";
import { problem } from "../../src/server/schemas.ts";
import { type Started, type Tiny, tiny } from "./service.fixture.ts";

let all: Tiny;
let open: Started;

beforeAll(async () => {
  all = await tiny();
  open = await all.start();
});
afterAll(() => all.end());

/** Status and problem, whose shape is that of the document and whose line names no path of this machine. */
async function refused(response: Promise<Response>) {
  const { status, headers, ...rest } = await response.then(async (r) => ({
    status: r.status,
    headers: r.headers,
    body: await r.json(),
  }));
  const { error } = problem.parse(rest.body);
  expect(error.message).not.toContain("\n");
  expect(error.message).not.toContain(all.folder);
  expect(error.request_id).toBe(headers.get("x-request-id"));
  return { status, retry: headers.get("retry-after"), ...error };
}

const box = [0.1, 0.1, 0.5, 0.5];
const scene = { caption: "a dog", seed: 1, objects: [{ label: "dog", box }] };
const mask = (width: number, height: number) => ({ width, height, counts: [0, width * height] });

describe("a body that breaks a rule is refused, and the rule is named", () => {
  test.each<[string, string, unknown, RegExp]>([
    ["/v1/scenes", "no JSON", '{"caption": ', /the body is JSON, got/],
    ["/v1/scenes", "nothing", "", /the body is JSON, got nothing/],
    ["/v1/scenes", "no object", "7", /the body .*got 7/],
    ["/v1/scenes", "no caption", {}, /^caption is required, got nothing/],
    ["/v1/scenes", "blank caption", { caption: "  \n" }, /^caption is not empty/],
    ["/v1/scenes", "no words", { caption: "?!" }, /sentence/],
    ["/v1/scenes", "long caption", { caption: "a".repeat(4001) }, /^caption has at most 4000 characters/],
    ["/v1/scenes", "unknown field", { caption: "a dog", sed: 1 }, /^sed is no field/],
    ["/v1/scenes", "seed", { caption: "a dog", seed: 0.5 }, /^seed is a whole number/],
    ["/v1/scenes", "temperature", { caption: "a dog", labelTemperature: -1 }, /^labelTemperature is not negative/],
    ["/v1/scenes", "side", { caption: "a dog", width: 1e9 }, /^width is at most 2048/],
    [
      "/v1/scenes",
      "many objects",
      { caption: "a dog", objects: Array(33).fill({ label: "dog", box }) },
      /^objects has at most 32/,
    ],
    ["/v1/scenes", "label", { caption: "a dog", objects: [{ label: "dgo", box }] }, /did you mean "dog"/],
    ["/v1/scenes", "box", { caption: "a dog", objects: [{ label: "dog", box: [1, 2] }] }, /^objects\[0\].box/],
    [
      "/v1/scenes/masks",
      "large mask",
      { scene: { ...scene, objects: [{ label: "dog", box, mask: mask(4096, 4096) }] } },
      /^scene.objects\[0\].mask.width is at most 1024/,
    ],
    ["/v1/scenes/render", "no masks", { scene }, /objects\[0\] needs a mask/],
    ["/v1/scenes/infer", "order", { scene, from: "image", to: "boxes" }, /comes after/],
    ["/v1/scenes/next", "grid", { caption: "a dog", label: "dog", rows: 1e6 }, /^rows is at most 256/],
    ["/v1/jobs", "both", { captions: ["a dog"], scene }, /captions or a scene/],
    ["/v1/jobs", "many", { captions: Array(1001).fill("a dog") }, /^captions has at most 1000 sentences/],
    ["/v1/images/generations", "n", { prompt: "a dog", n: 11 }, /^n is at most 10/],
    ["/v1/images/generations", "size", { prompt: "a dog", size: "99999x8" }, /sides of 8 to 2048/],
    ["/v1/images/generations", "pixels", { prompt: "a dog", size: "2048x2048", n: 5 }, /at most 16777216 pixels/],
    ["/sdapi/v1/txt2img", "batch", { prompt: "a dog", batch_size: 8, n_iter: 8 }, /batch_size x n_iter is at most 16/],
  ])("%s: %s", async (path, _, body, message) => {
    const { status, type, message: said } = await refused(open.post(path, body));
    expect([status, type]).toEqual([400, "invalid_request_error"]);
    expect(said).toMatch(message);
  });

  test("nothing of it reached the engine", () => {
    expect(open.engine.admitted).toBe(0);
  });
});

test.each([
  ["/v1/scenes", { caption: "a dog", model: "../../etc/passwd" }],
  ["/v1/sentences", { caption: "a dog", model: "nobody" }],
  ["/v1/jobs", { captions: ["a dog"], model: "nobody" }],
  ["/v1/images/generations", { prompt: "a dog", model: "nobody" }],
  ["/sdapi/v1/txt2img", { prompt: "a dog", override_settings: { sd_model_checkpoint: "nobody" } }],
  ["/sdapi/v1/options", { sd_model_checkpoint: "nobody" }],
])("%s: an unknown model is 404, by every route alike", async (path, body) => {
  const { status, code, param, message } = await refused(open.post(path, body));
  expect([status, code, param]).toEqual([404, "model_not_found", "model"]);
  expect(message).toMatch(/^model: there are tiny/);
});

test("a body over the limit is refused by its length, and while it is read where it tells none", async () => {
  const body = JSON.stringify({ caption: "a".repeat(API_LIMITS.bodyBytes) });
  const told = open.post("/v1/scenes", body, { headers: { "content-length": String(body.length) } });
  expect(await refused(told)).toMatchObject({ status: 413, code: "body_too_large" });
  let sent = 0;
  const endless = new ReadableStream({
    pull(controller) {
      controller.enqueue(new Uint8Array(65_536).fill(32));
      sent += 65_536;
    },
  });
  const streamed = open.fetch("/v1/scenes", { method: "POST", body: endless, duplex: "half" } as RequestInit);
  expect((await refused(streamed)).status).toBe(413);
  expect(sent).toBeLessThan(2 * API_LIMITS.bodyBytes);
});

test("deep nesting and odd keys are refused like anything else, soon", async () => {
  const deep = `{"caption": "a dog", "objects": ${"[".repeat(2e5)}${"]".repeat(2e5)}}`;
  expect(await refused(open.post("/v1/scenes", deep))).toMatchObject({ status: 400, code: "invalid_json" });
  const wide = { scene: { ...scene, ...Object.fromEntries(Array.from({ length: 6e4 }, (_, i) => [`k${i}`, i])) } };
  const { status, message } = await refused(open.post("/v1/scenes/masks", wide));
  expect([status, message]).toEqual([400, "an object has at most 256 fields, got 60003"]);
  expect((await refused(open.post("/v1/scenes", '{"caption": "a dog", "__proto__": {"seed": 1}}'))).status).toBe(400);
});

test("results have addresses that nobody makes up, and no other file has one", async () => {
  for (const path of [
    "/v1/pictures/zzzzzz-00000000000000000000000000000000",
    "/v1/pictures/..%2f..%2fpackage.json",
    "/v1/results/..",
    "/v1/jobs/scenes.%2e%2e",
    "/package.json",
  ])
    expect(await refused(open.fetch(path))).toMatchObject({ status: 404, code: "not_found" });
});

describe("keys and rates", () => {
  let service: Started;
  let key: string;
  let slow: string;
  beforeAll(async () => {
    const keys = join(all.folder, "keys.json");
    key = await addKey(keys, "anna");
    slow = await addKey(keys, "slow", 2);
    service = await all.start({ keys });
  });
  const models = (headers: Record<string, string>) => service.fetch("/v1/models", { headers });

  test("without a valid key nothing but health and documents answers", async () => {
    for (const headers of [{}, { authorization: "Bearer sg-wrong" }, { "x-api-key": "" }, { authorization: key }]) {
      const { status, code, type } = await refused(models(headers as Record<string, string>));
      expect([status, code, type]).toEqual([401, "invalid_api_key", "authentication_error"]);
    }
    expect((await refused(service.post("/v1/scenes", { caption: "a dog" }))).status).toBe(401);
    for (const path of ["/healthz", "/readyz", "/openapi.json", "/docs"])
      expect((await service.fetch(path)).status).toBe(200);
    expect((await refused(service.fetch("/metrics"))).status).toBe(401);
    const metrics = await service.fetch("/metrics", { headers: { authorization: `Bearer ${key}` } });
    expect(await metrics.text()).toContain("scenograph_request_seconds");
    expect((await models({ authorization: `Bearer ${key}` })).status).toBe(200);
    expect((await models({ "x-api-key": key })).status).toBe(200);
  });

  test("a key's rate is its own", async () => {
    const asSlow = { authorization: `Bearer ${slow}` };
    expect([(await models(asSlow)).status, (await models(asSlow)).status]).toEqual([200, 200]);
    const { status, code, retry } = await refused(models(asSlow));
    expect([status, code, Number(retry)]).toEqual([429, "rate_limited", 30]);
    expect((await models({ authorization: `Bearer ${key}` })).status).toBe(200);
  });
});

test("/metrics is open on loopback without keys, elsewhere only when it is said", async () => {
  expect((await open.fetch("/metrics")).status).toBe(200);
  const access = { loopback: false };
  const closed = await refused((await all.start({ access })).fetch("/metrics"));
  expect([closed.status, closed.code]).toEqual([403, "metrics_closed"]);
  expect((await (await all.start({ access, openMetrics: true })).fetch("/metrics")).status).toBe(200);
  const keys = join(all.folder, "metrics-keys.json");
  await addKey(keys, "prometheus");
  expect((await (await all.start({ access, keys, openMetrics: true })).fetch("/metrics")).status).toBe(200);
});

test("pages of other sites and foreign names of this machine are refused; CORS is off unless asked for", async () => {
  expect((await refused(open.fetch("/v1/models", { headers: { origin: "http://evil.example" } }))).status).toBe(403);
  expect((await refused(open.fetch("/v1/models", { headers: { host: "evil.example" } }))).status).toBe(403);
  const own = await open.fetch("/v1/models", { headers: { origin: "http://127.0.0.1:8080" } });
  expect([own.status, own.headers.get("access-control-allow-origin")]).toEqual([200, null]);
  const origin = "https://app.example";
  const shared = await all.start({ access: { origins: [origin] } });
  const preflight = await shared.fetch("/v1/scenes", { method: "OPTIONS", headers: { origin } });
  expect([preflight.status, preflight.headers.get("access-control-allow-origin")]).toEqual([204, origin]);
  const answer = await shared.fetch("/v1/models", { headers: { origin } });
  expect(answer.headers.get("access-control-allow-origin")).toBe(origin);
});

test("a full queue is 429 with a time to come back, a deadline is 504", async () => {
  const busy = await all.start({ maxQueue: 2 });
  const two = busy.post("/v1/images/generations", { prompt: "a dog", n: 2 });
  await new Promise((done) => setTimeout(done, 20));
  const { status, code, retry } = await refused(busy.post("/v1/scenes", { caption: "a dog" }));
  expect([status, code]).toEqual([429, "queue_full"]);
  expect(Number(retry)).toBeGreaterThanOrEqual(1);
  expect((await two).status).toBe(200);
  const hasty = await all.start({ deadlineMs: 1 });
  expect(await refused(hasty.post("/v1/scenes", { caption: "a dog" }))).toMatchObject({
    status: 504,
    code: "deadline_exceeded",
    type: "server_error",
  });
});

test("while it drains, what is in flight finishes and new requests get 503", async () => {
  const service = await all.start();
  const running = service.post("/v1/images/generations", { prompt: "a dog" });
  await new Promise((done) => setTimeout(done, 20));
  let drained = false;
  const end = service.drain().then(() => {
    drained = true;
  });
  expect(await refused(service.post("/v1/scenes", { caption: "a dog" }))).toMatchObject({
    status: 503,
    code: "draining",
  });
  expect((await service.fetch("/readyz")).status).toBe(503);
  expect((await service.fetch("/healthz")).status).toBe(200);
  expect(drained).toBe(false);
  expect((await running).status).toBe(200);
  await end;
});
