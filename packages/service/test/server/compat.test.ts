/** Over a real connection: OpenAI's own client, and what clients of the Stable Diffusion web UI send. */
import OpenAI from "openai";
import { readPngHeader } from "scenograph/formats/png";
import { sceneFromPng } from "scenograph/scene/png";
import { afterAll, beforeAll, expect, test } from "vitest";
import { addKey } from "../../src/server/keys.node.ts";
import { type Listening, listenService } from "../../src/server/serve.node.ts";
import { type Started, type Tiny, tiny } from "./service.fixture.ts";

let all: Tiny;
let service: Started;
let server: Listening;
let base: string;
let apiKey: string;

beforeAll(async () => {
  all = await tiny();
  const keys = `${all.folder}/keys.json`;
  apiKey = await addKey(keys, "client");
  service = await all.start({ keys });
  server = await listenService(service, "127.0.0.1", 0);
  base = `http://127.0.0.1:${server.port}`;
});
afterAll(async () => {
  await server.stop();
  await all.end();
});

const bytes = (b64: string) => new Uint8Array(Buffer.from(b64, "base64"));

test("the openai client draws by address and in base64, in the size asked for", async () => {
  const client = new OpenAI({ apiKey, baseURL: `${base}/v1`, maxRetries: 0 });
  const byUrl = await client.images.generate({ prompt: "two horses", n: 2 });
  expect(byUrl.created).toBeGreaterThan(1.7e9);
  expect(byUrl.data?.length).toBe(2);
  const seeds: number[] = [];
  for (const { url } of byUrl.data ?? []) {
    // without a key: the address is the secret
    const png = new Uint8Array(await (await fetch(url as string)).arrayBuffer());
    expect(readPngHeader(png)).toMatchObject({ width: 32, height: 32 });
    seeds.push(sceneFromPng(png)?.seed as number);
  }
  expect(seeds[1]).toBe((seeds[0] + 1) % 2 ** 32);
  const inline = await client.images.generate({
    prompt: "two horses",
    model: "tiny",
    size: "1024x1536",
    response_format: "b64_json",
  });
  const png = bytes(inline.data?.[0].b64_json as string);
  expect(readPngHeader(png)).toMatchObject({ width: 1024, height: 1536 });
  expect(sceneFromPng(png)?.caption).toBe("two horses");
});

test.each([
  ["dall-e-2", "url"],
  ["dall-e-3", "url"],
  ["gpt-image-1", "b64_json"],
] as const)("the openai client's model %s is the default one, answered as %s", async (model, form) => {
  const client = new OpenAI({ apiKey, baseURL: `${base}/v1`, maxRetries: 0 });
  const { data } = await client.images.generate({ prompt: "two horses", model, size: "256x256", quality: "auto" });
  expect(Object.keys(data?.[0] ?? {})).toEqual([form]);
  const { url, b64_json } = data?.[0] ?? {};
  const png = b64_json ? bytes(b64_json) : new Uint8Array(await (await fetch(url as string)).arrayBuffer());
  expect(readPngHeader(png)).toMatchObject({ width: 256, height: 256 });
  expect(sceneFromPng(png)?.model).toBe("tiny");
  const asked = await client.images.generate({ prompt: "a dog", model, response_format: "url" });
  expect(asked.data?.[0].url).toContain("/v1/pictures/");
});

test("the openai client lists models and sees errors as its own classes", async () => {
  const client = new OpenAI({ apiKey, baseURL: `${base}/v1`, maxRetries: 0 });
  expect((await client.models.list()).data.map((m) => m.id)).toEqual(["tiny"]);
  expect((await client.models.retrieve("tiny")).object).toBe("model");
  await expect(client.images.generate({ prompt: "" })).rejects.toThrow(OpenAI.BadRequestError);
  await expect(client.images.generate({ prompt: "a dog", model: "dall-e-9" })).rejects.toMatchObject({
    status: 404,
    code: "model_not_found",
    param: "model",
    message: expect.stringContaining("there are tiny"),
  });
  const stranger = new OpenAI({ apiKey: "sg-no", baseURL: `${base}/v1`, maxRetries: 0 });
  await expect(stranger.models.list()).rejects.toThrow(OpenAI.AuthenticationError);
});

test("what a client of the web UI asks: options, models, a picture with progress, its seeds", async () => {
  const headers = { authorization: `Bearer ${apiKey}`, "content-type": "application/json" };
  const get = async (path: string) => (await fetch(`${base}/sdapi/v1/${path}`, { headers })).json();
  expect(await get("options")).toMatchObject({ sd_model_checkpoint: "tiny" });
  expect(await get("sd-models")).toMatchObject([{ title: "tiny", model_name: "tiny" }]);
  expect((await get("samplers"))[0].name).toBeTypeOf("string");
  expect(await get("progress")).toMatchObject({ progress: 0, state: { job_count: 0 } });
  const body = {
    prompt: "a dog",
    negative_prompt: "blurry",
    steps: 20,
    sampler_name: "Euler a",
    cfg_scale: 7,
    seed: 5,
    width: 64,
    height: 48,
    batch_size: 2,
    n_iter: 1,
    override_settings: { sd_model_checkpoint: "tiny [0123456789]" },
  };
  const draw = (own: object = {}) =>
    fetch(`${base}/sdapi/v1/txt2img`, { method: "POST", headers, body: JSON.stringify({ ...body, ...own }) });
  const response = await draw();
  const answer = await response.json();
  expect(response.status).toBe(200);
  expect(answer.images.map((b: string) => sceneFromPng(bytes(b))?.seed)).toEqual([5, 6]);
  expect(readPngHeader(bytes(answer.images[0]))).toMatchObject({ width: 64, height: 48 });
  expect(JSON.parse(answer.info)).toMatchObject({ seed: 5, all_seeds: [5, 6], width: 64, height: 48 });
  const any = await (await draw({ seed: -1, width: null, height: null, batch_size: 1 })).json();
  expect(readPngHeader(bytes(any.images[0]))).toMatchObject({ width: 32, height: 32 });
});

test("who closes the connection is no longer computed for", async () => {
  const stop = new AbortController();
  const headers = { authorization: `Bearer ${apiKey}` };
  const body = JSON.stringify({ prompt: "a dog", n: 10 });
  const asked = fetch(`${base}/v1/images/generations`, { method: "POST", headers, body, signal: stop.signal });
  while (service.engine.admitted === 0) await new Promise((done) => setTimeout(done, 2));
  stop.abort();
  await expect(asked).rejects.toThrow();
  await service.engine.drained();
  const metrics = await (await fetch(`${base}/metrics`, { headers: { "x-api-key": apiKey } })).text();
  expect(metrics).toMatch(
    /scenograph_request_seconds_count\{route="\/v1\/images\/generations",method="POST",status="499"\} 1/,
  );
  expect(metrics).toMatch(/scenograph_batch_size_count\{stage="image"\} [1-9]/);
  expect(metrics).toMatch(/scenograph_admitted_pictures 0/);
});
