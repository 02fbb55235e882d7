import { mkdir, mkdtemp, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { request, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { listen } from "scenograph/http/server.node";
import { afterAll, beforeAll, expect, test } from "vitest";
import { staticHandler } from "./static.node.ts";

let folder: string;
let server: Server;
let base: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "scenograph-static-"));
  await mkdir(join(folder, "app/assets"), { recursive: true });
  await mkdir(join(folder, "models"));
  await writeFile(join(folder, "app/index.html"), "<p>studio</p>");
  await writeFile(join(folder, "app/assets/main-Ab12_-34.js"), "1");
  await writeFile(join(folder, "app/.secret"), "hidden");
  await writeFile(join(folder, "models/a.safetensors"), "weights");
  await writeFile(join(folder, "outside.txt"), "outside");
  await symlink(join(folder, "outside.txt"), join(folder, "app/link.txt"));
  await symlink(folder, join(folder, "app/up"));
  await symlink("index.html", join(folder, "app/home.html"));
  await symlink(join(folder, "outside.txt"), join(folder, "app/index.html.br"));
  await symlink(join(folder, "models"), join(folder, "weights"));
  const handler = staticHandler({
    folders: { "/": join(folder, "app"), "/models/": join(folder, "models"), "/weights/": join(folder, "weights") },
    json: { "/models/index.json": async () => ["a"] },
  });
  const started = await listen(handler, { host: "127.0.0.1", port: 0 });
  server = started.server;
  base = `http://127.0.0.1:${started.port}`;
});

afterAll(async () => {
  server.close();
  await rm(folder, { recursive: true });
});

test("files come with their type, isolated, and are not sent again unchanged", async () => {
  const page = await fetch(`${base}/`);
  expect(await page.text()).toBe("<p>studio</p>");
  expect(page.headers.get("content-type")).toMatch("text/html");
  expect(page.headers.get("cross-origin-embedder-policy")).toBe("require-corp");
  const again = await fetch(`${base}/`, { headers: { "If-None-Match": page.headers.get("etag") ?? "" } });
  expect(again.status).toBe(304);
  expect((await fetch(`${base}/assets/main-Ab12_-34.js`)).headers.get("cache-control")).toMatch("immutable");
  expect(await (await fetch(`${base}/models/a.safetensors`)).text()).toBe("weights");
  expect(await (await fetch(`${base}/models/index.json`)).json()).toEqual(["a"]);
});

test("a file that is there compressed is sent so to whom takes it, and a stale one is not", async () => {
  const file = join(folder, "app/large.js");
  const text = "// studio\n".repeat(1000);
  await writeFile(file, text);
  await writeFile(`${file}.br`, brotliCompressSync(text));
  await writeFile(`${file}.gz`, gzipSync(text));
  const get = (encoding: string) => fetch(`${base}/large.js`, { headers: { "Accept-Encoding": encoding } });
  for (const [takes, gets] of [
    ["gzip, deflate, br", "br"],
    ["gzip", "gzip"],
    ["br;q=0, gzip;q=0.5", "gzip"],
    ["identity", null],
  ] as const) {
    const answer = await get(takes);
    expect(answer.headers.get("content-encoding")).toBe(gets);
    expect(answer.headers.get("content-type")).toMatch("text/javascript");
    expect(answer.headers.get("vary")).toBe("Accept-Encoding");
    expect(Number(answer.headers.get("content-length")) < text.length).toBe(gets !== null);
    expect(await answer.text()).toBe(text);
  }
  const [packed, plain] = [await get("br"), await get("identity")].map((r) => r.headers.get("etag"));
  expect(packed).not.toBe(plain);
  // written after it was compressed
  await utimes(file, new Date(), new Date(Date.now() + 60_000));
  expect((await get("br")).headers.get("content-encoding")).toBeNull();
});

test("weights are compressed when they are asked for, and anew when they have changed", async () => {
  const file = join(folder, "models/b.safetensors");
  const get = (encoding: string) => fetch(`${base}/models/b.safetensors`, { headers: { "Accept-Encoding": encoding } });
  for (const text of ["weights ".repeat(1000), "others ".repeat(1100)]) {
    await writeFile(file, text);
    for (const [takes, gets] of [
      ["gzip, deflate, br", "br"],
      ["gzip", "gzip"],
      ["br", "br"],
      ["identity", null],
    ]) {
      const answer = await get(takes as string);
      expect(answer.headers.get("content-encoding")).toBe(gets);
      expect(Number(answer.headers.get("content-length")) < 200).toBe(gets !== null);
      expect(await answer.text()).toBe(text);
    }
  }
  const tag = (await get("br")).headers.get("etag") ?? "";
  const headers = { "Accept-Encoding": "br", "If-None-Match": tag };
  expect((await fetch(`${base}/models/b.safetensors`, { headers })).status).toBe(304);
});

test.each([
  "/../outside.txt",
  "/%2e%2e/outside.txt",
  "/models/../../outside.txt",
  "/.secret",
  "/assets",
  "/nothing",
  "/a%5c..%5cb",
])("%s is not there", async (path) => {
  // fetch would tidy the address
  const status = await new Promise<number | undefined>((resolve) => {
    request(`${base}`, { path }, (r) => resolve(r.resume().statusCode)).end();
  });
  expect([400, 404]).toContain(status);
});

test("links are followed inside the folder alone; the folder itself may be one", async () => {
  const status = async (path: string) => (await fetch(base + path)).status;
  expect(await status("/link.txt")).toBe(404);
  expect(await status("/up/outside.txt")).toBe(404);
  expect(await status("/up/models/a.safetensors")).toBe(404);
  expect(await (await fetch(`${base}/home.html`)).text()).toBe("<p>studio</p>");
  expect(await (await fetch(`${base}/`, { headers: { "accept-encoding": "br" } })).text()).toBe("<p>studio</p>");
  expect(await (await fetch(`${base}/weights/a.safetensors`)).text()).toBe("weights");
});

test("only reading; a taken port is said", async () => {
  expect((await fetch(`${base}/`, { method: "POST" })).status).toBe(405);
  await expect(listen(() => {}, { host: "127.0.0.1", port: Number(base.split(":")[2]) })).rejects.toThrow(
    /is in use .*; choose another/,
  );
});
