/** What clients and proxies expect of an HTTP interface: methods, packing, CORS, retries, formats, addresses. */
import { gzipSync } from "node:zlib";
import OpenAI from "openai";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Proxies } from "../../src/server/middleware/forwarded.node.ts";
import { resultId } from "../../src/server/results.node.ts";
import { listenService } from "../../src/server/serve.node.ts";
import { type Started, type Tiny, tiny } from "./service.fixture.ts";

let all: Tiny;
let open: Started;
beforeAll(async () => {
  all = await tiny();
  open = await all.start();
});
afterAll(() => all.end());

const code = async (r: Response) => (await r.json()).error.code;

test("a wrong method is 405 and names the right ones; a wrong address is 404", async () => {
  const wrong = await open.fetch("/v1/scenes");
  expect([wrong.status, wrong.headers.get("allow"), await code(wrong)]).toEqual([405, "POST", "method_not_allowed"]);
  const job = await open.post("/v1/jobs/scenes.x", {});
  expect([job.status, job.headers.get("allow")]).toEqual([405, "DELETE, GET, HEAD"]);
  expect((await open.fetch("/v1/scene")).status).toBe(404);
});

test("packed bodies are read, within the limit; others are refused by name", async () => {
  const send = (body: Uint8Array, encoding: string) =>
    open.fetch("/v1/sentences", {
      method: "POST",
      body: new Uint8Array(body),
      headers: { "content-encoding": encoding },
    });
  const packed = await send(gzipSync('{"caption": "a dog"}'), "gzip");
  expect([packed.status, (await packed.json()).categories[0].label]).toEqual([200, "dog"]);
  const bomb = await send(gzipSync(Buffer.alloc(2 ** 23, 32)), "gzip");
  expect([bomb.status, await code(bomb)]).toEqual([413, "body_too_large"]);
  const broken = await send(new Uint8Array([1, 2, 3]), "gzip");
  expect([broken.status, await code(broken)]).toEqual([400, "invalid_encoding"]);
  expect((await send(new Uint8Array([1]), "zstd")).status).toBe(415);
});

test("long answers of text are packed for whom takes it, and are the same", async () => {
  const get = (encoding: string) => open.fetch("/openapi.json", { headers: { "accept-encoding": encoding } });
  const [plain, packed] = [await get("identity"), await get("gzip")];
  expect([plain.headers.get("content-encoding"), packed.headers.get("content-encoding")]).toEqual([null, "gzip"]);
  const bytes = new Uint8Array(await packed.arrayBuffer());
  const text = await plain.text();
  expect(bytes.length * 4).toBeLessThan(text.length);
  const unpacked = new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip")));
  expect(await unpacked.text()).toBe(text);
  expect(packed.headers.get("vary")).toContain("Accept-Encoding");
});

test("a page with OpenAI's client may send what the client sends", async () => {
  const shared = await all.start({ access: { origins: ["*"] } });
  const preflight = await shared.fetch("/v1/images/generations", {
    method: "OPTIONS",
    headers: {
      origin: "https://app.example",
      "access-control-request-headers": "authorization,x-stainless-os,x-stainless-retry-count,idempotency-key,cookie",
    },
  });
  const names = preflight.headers.get("access-control-allow-headers")?.split(", ");
  expect(names).toEqual(
    expect.arrayContaining(["authorization", "x-stainless-os", "x-stainless-retry-count", "idempotency-key"]),
  );
  expect(names).not.toContain("cookie");
});

test("probes by any name, nobody else", async () => {
  const cluster = await all.start({ access: { loopback: false, hosts: ["api.example"] } });
  const status = async (path: string) => (await cluster.fetch(path, { headers: { host: "10.1.2.3:8080" } })).status;
  expect([await status("/healthz"), await status("/readyz"), await status("/v1/models")]).toEqual([200, 200, 403]);
});

describe("Idempotency-Key", () => {
  const key = (name: string) => ({ headers: { "idempotency-key": name } });
  test("again: the first answer, nothing computed; another body: 422; at the same time: 409", async () => {
    const service = await all.start();
    const body = { scene: { caption: "a dog" }, to: "boxes" };
    const first = await service.post("/v1/scenes/infer", body, key("k1"));
    const text = await first.text();
    const again = await service.post("/v1/scenes/infer", body, key("k1"));
    expect([again.status, again.headers.get("idempotent-replayed")]).toEqual([200, "true"]);
    expect(await again.text()).toBe(text);
    expect(await code(await service.post("/v1/scenes/infer", { ...body, to: "masks" }, key("k1")))).toBe(
      "idempotency_key_reused",
    );
    const other = await service.post("/v1/scenes/infer", body, key("k2"));
    expect(other.headers.get("idempotent-replayed")).toBeNull();
    const both = await Promise.all(
      [1, 2].map(() => service.post("/v1/images/generations", { prompt: "a dog" }, key("k3"))),
    );
    expect(both.map((r) => r.status).sort()).toEqual([200, 409]);
    // a refusal is no answer to keep
    expect((await service.post("/v1/scenes/infer", {}, key("k4"))).status).toBe(400);
    expect((await service.post("/v1/scenes/infer", body, key("k4"))).status).toBe(200);
  });
});

describe("jobs", () => {
  test("a caller's own are listed, the latest first; under one key there is one job", async () => {
    const { client, fetch, post } = await all.start();
    const made = [];
    for (const caption of ["a dog", "a cat", "a bus"])
      made.push((await client.createJob({ captions: [caption], to: "boxes" })).id);
    const { data } = await (await fetch("/v1/jobs?limit=2")).json();
    expect(data.map((j: { id: string }) => j.id)).toEqual([made[2], made[1]]);
    const again = { headers: { "idempotency-key": "job" } };
    const ids = [];
    for (let i = 0; i < 2; i++)
      ids.push((await (await post("/v1/jobs", { captions: ["a dog"], to: "boxes" }, again)).json()).id);
    expect(ids[1]).toBe(ids[0]);
  });

  test("addresses of its pictures do not follow from its id", async () => {
    const { client } = await all.start();
    const { id } = await client.createJob({ captions: ["a dog"], maxObjects: 1 });
    for await (const state of client.watchJob(id)) if (state.status === "failed") throw new Error(state.error?.message);
    const { results = [], expires = 0 } = await client.job(id);
    const own = results[0].picture_url?.split("/").at(-1);
    // as it was computed once, and as it would be of what is known
    for (const name of ["0 picture", `${id} 0 picture`]) expect(own).not.toBe(resultId(expires, id, name));
    expect(own).toMatch(/^[0-9a-z]{6,8}-[0-9a-f]{32}$/);
  });
});

test("quotas count pictures, not requests", async () => {
  const service = await all.start({ picturesRate: 3 });
  const draw = (n: number) => service.post("/v1/images/generations", { prompt: "a dog", n });
  expect((await draw(4)).status).toBe(400);
  expect((await draw(2)).status).toBe(200);
  const over = await draw(2);
  expect([over.status, await code(over)]).toEqual([429, "pictures_limited"]);
  expect(Number(over.headers.get("retry-after"))).toBeGreaterThan(0);
  expect((await service.post("/v1/scenes", { caption: "a dog" })).status).toBe(200);
});

describe("proxies", () => {
  const asked = (peer: string, headers: Record<string, string>, trusted: string[]) => {
    const proxies = new Proxies(trusted);
    const c = {
      env: { incoming: { socket: { remoteAddress: peer } } },
      req: { url: "http://api.example/v1/models", header: (name: string) => headers[name] },
    } as unknown as Parameters<Proxies["address"]>[0];
    return [proxies.address(c), proxies.origin(c)];
  };
  const sent = {
    "x-forwarded-for": "6.6.6.6, 9.9.9.9, 10.0.0.2",
    "x-forwarded-proto": "https",
    "x-forwarded-host": "evil",
  };

  test("are believed when they are named: the nearest address that is none of them", () => {
    expect(asked("10.0.0.1", sent, ["10.0.0.0/8"])).toEqual(["9.9.9.9", "https://api.example"]);
    expect(asked("::ffff:10.0.0.1", sent, ["10.0.0.0/8"])).toEqual(["9.9.9.9", "https://api.example"]);
    expect(asked("fd00::1", { "x-forwarded-for": "[2001:db8::5]:443" }, ["fd00::/8"])[0]).toBe("2001:db8::5");
    expect(asked("10.0.0.1", { "x-forwarded-for": "nonsense" }, ["10.0.0.0/8"])[0]).toBe("10.0.0.1");
  });
  test("nobody else is", () => {
    expect(asked("9.9.9.9", sent, ["10.0.0.0/8"])).toEqual(["9.9.9.9", "http://api.example"]);
    expect(asked("10.0.0.1", sent, [])).toEqual(["10.0.0.1", "http://api.example"]);
    for (const bad of ["", "10.0.0.0/33", "proxy.example"]) expect(() => new Proxies([bad])).toThrow(/--trust-proxy/);
  });
});

describe("OpenAI's", () => {
  test.each(["gpt-image-1-mini", "gpt-image-1.5", "gpt-image-1-2025-04-15", "chatgpt-image-latest"])(
    "%s draws",
    async (model) => {
      const { data } = await (
        await open.post("/v1/images/generations", { prompt: "a dog", model, size: "32x32" })
      ).json();
      expect(Object.keys(data[0])).toEqual(["b64_json"]);
    },
  );

  test("output_format is what comes, in base64 and by address; what cannot be is refused by name", async () => {
    const magic = { jpeg: [0xff, 0xd8, 0xff], webp: [0x52, 0x49, 0x46], png: [0x89, 0x50, 0x4e] };
    for (const [output_format, begin] of Object.entries(magic)) {
      const body = { prompt: "a dog", output_format, size: "64x64" };
      const [{ b64_json }] = (
        await (await open.post("/v1/images/generations", { ...body, response_format: "b64_json" })).json()
      ).data;
      expect([...Buffer.from(b64_json, "base64").subarray(0, 3)]).toEqual(begin);
      const [{ url }] = (await (await open.post("/v1/images/generations", body)).json()).data;
      const file = await open.fetch(new URL(url).pathname);
      expect(file.headers.get("content-type")).toBe(`image/${output_format}`);
      expect([...new Uint8Array(await file.arrayBuffer()).subarray(0, 3)]).toEqual(begin);
    }
    for (const body of [
      { output_format: "gif" },
      { background: "transparent" },
      { stream: true, response_format: "url" },
    ])
      expect((await open.post("/v1/images/generations", { prompt: "a dog", ...body })).status).toBe(400);
  });

  test("own client reads a stream: an event for each picture", async () => {
    const server = await listenService(await all.start(), "127.0.0.1", 0);
    const client = new OpenAI({ apiKey: "x", baseURL: `http://127.0.0.1:${server.port}/v1`, maxRetries: 0 });
    const events = [];
    for await (const event of await client.images.generate({
      prompt: "a dog",
      model: "gpt-image-1",
      n: 2,
      stream: true,
    }))
      events.push(event);
    expect(events.map((e) => e.type)).toEqual(["image_generation.completed", "image_generation.completed"]);
    expect(Buffer.from(events[0].b64_json, "base64").subarray(1, 4).toString()).toBe("PNG");
    await server.stop();
  });
});

describe("the web UI's", () => {
  const draw = async (service: Started, body: object = {}) =>
    (
      await (
        await service.post("/sdapi/v1/txt2img", { prompt: "a dog", width: 32, height: 32, seed: 1, ...body })
      ).json()
    ).images;

  test("options that are set are used; what cannot be set is refused by name", async () => {
    const service = await all.start();
    const set = (body: object) => service.post("/sdapi/v1/options", body);
    expect((await set({ samples_format: "jpg", sd_model_checkpoint: "tiny [0123]" })).status).toBe(200);
    expect(await (await service.fetch("/sdapi/v1/options")).json()).toEqual({
      sd_model_checkpoint: "tiny",
      samples_format: "jpeg",
    });
    expect(Buffer.from((await draw(service))[0], "base64")[0]).toBe(0xff);
    expect(Buffer.from((await draw(service, { override_settings: { samples_format: "png" } }))[0], "base64")[0]).toBe(
      0x89,
    );
    const refused = await set({ samples_format: "png", CLIP_stop_at_last_layers: 2 });
    expect([refused.status, (await refused.json()).error.param]).toEqual([400, "CLIP_stop_at_last_layers"]);
    // all or nothing
    expect((await (await service.fetch("/sdapi/v1/options")).json()).samples_format).toBe("jpeg");
  });

  test("lists that clients ask for first are there", async () => {
    for (const name of ["cmd-flags", "memory", "scripts", "latent-upscale-modes", "loras", "embeddings", "schedulers"])
      expect([name, (await open.fetch(`/sdapi/v1/${name}`)).status]).toEqual([name, 200]);
    expect((await (await open.fetch("/sdapi/v1/memory")).json()).ram.used).toBeGreaterThan(1e7);
  });

  test("png-info and img2img read the scene of a picture; others are refused", async () => {
    const [image] = await draw(open);
    const info = await (await open.post("/sdapi/v1/png-info", { image })).json();
    expect(info.info).toContain("a dog\nSeed: 1");
    const scene = JSON.parse(info.items.scenograph);
    const again = await (await open.post("/sdapi/v1/img2img", { init_images: [image], seed: 9 })).json();
    const redrawn = await (await open.post("/sdapi/v1/png-info", { image: again.images[0] })).json();
    const now = JSON.parse(redrawn.items.scenograph);
    expect([now.seed, now.caption]).toEqual([9, "a dog"]);
    expect(now.objects.map((o: { box: number[] }) => o.box)).toEqual(
      scene.objects.map((o: { box: number[] }) => o.box),
    );
    const [jpeg] = await draw(open, { override_settings: { samples_format: "jpeg" } });
    for (const other of [jpeg, "bm90aGluZw=="]) {
      expect((await open.post("/sdapi/v1/img2img", { init_images: [other] })).status).toBe(400);
      expect((await open.post("/sdapi/v1/png-info", { image: other })).status).toBe(400);
    }
  });
});

test("metrics tell of queue and store", async () => {
  const text = await (await open.fetch("/metrics")).text();
  for (const line of [
    /scenograph_queue_jobs\{state="waiting"\} 0/,
    /scenograph_queue_up 1/,
    /scenograph_store_up 1/,
    /scenograph_store_failures 0/,
  ])
    expect(text).toMatch(line);
});
