/** The guard and the limits over real sockets. */
import { connect, type Socket } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { type Listening, type ListenOptions, listen } from "./server.node.ts";

const open: Listening[] = [];
const sockets: Socket[] = [];
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const { server } of open.splice(0)) server.close().closeAllConnections();
});

async function start(options: Partial<ListenOptions> = {}, throws = false) {
  const failures: Error[] = [];
  const listening = await listen(
    (request, response) => {
      if (throws) throw new TypeError("Invalid URL");
      response.end(JSON.stringify([request.headers.host, request.url]));
    },
    { host: "127.0.0.1", port: 0, onFailure: (e) => failures.push(e), ...options },
  );
  open.push(listening);
  return { ...listening, failures };
}

/** What comes back for these bytes, until the server closes the connection, and after how many ms. */
function raw(port: number, text: string): Promise<{ answer: string; ms: number }> {
  const start = performance.now();
  return new Promise((done) => {
    const socket = connect(port, "127.0.0.1", () => socket.write(text));
    sockets.push(socket);
    let answer = "";
    socket.on("data", (data) => {
      answer += String(data);
    });
    socket.on("error", () => {});
    socket.on("close", () => done({ answer, ms: performance.now() - start }));
  });
}
const get = (port: number, target: string, ...headers: string[]) =>
  raw(port, `${[`GET ${target} HTTP/1.1`, ...headers, "Connection: close"].join("\r\n")}\r\n\r\n`);

describe("the guard", () => {
  test.each(["//", "//evil.example/", "/\\", "*", "http://"])(
    "target %s is refused and ends nothing",
    async (target) => {
      const { port } = await start();
      expect((await get(port, target, "Host: localhost")).answer).toMatch(/^HTTP\/1\.1 400 /);
      expect((await get(port, "/", "Host: localhost")).answer).toMatch(/^HTTP\/1\.1 200 /);
    },
  );

  test("an absolute target is judged by its own host, whatever Host and proxies' headers say", async () => {
    const { port } = await start();
    const evil = await get(port, "http://evil.example/x", "Host: localhost");
    expect(evil.answer).toMatch(/^HTTP\/1\.1 403 .*evil\.example/s);
    const own = await get(port, `http://localhost:${port}/x`, "Host: evil.example");
    expect(own.answer).toContain(JSON.stringify([`localhost:${port}`, "/x"]));
    const forwarded = await get(
      port,
      "/",
      "Host: evil.example",
      "X-Forwarded-Host: localhost",
      "Forwarded: host=localhost",
    );
    expect(forwarded.answer).toMatch(/^HTTP\/1\.1 403 /);
    expect((await get(port, "/", "Host: localhost", "Host: evil.example")).answer).toMatch(/^HTTP\/1\.1 400 /);
  });

  test("pages of other sites get nothing; a name that is allowed does", async () => {
    const { port } = await start({ access: { loopback: true, hosts: ["box.lan"], origins: [] } });
    const status = async (...headers: string[]) => (await get(port, "/", ...headers)).answer.split(" ")[1];
    expect(await status("Host: localhost", "Origin: http://evil.example")).toBe("403");
    expect(await status("Host: localhost", "Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: no-cors")).toBe("403");
    expect(await status("Host: localhost", "Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate")).toBe("200");
    expect(await status("Host: box.lan")).toBe("200");
    expect(await status("Host: other.lan")).toBe("403");
  });

  test("what the routes throw is 500 without details, told to who runs it", async () => {
    const { port, failures } = await start({}, true);
    const { answer } = await get(port, "/", "Host: localhost");
    expect(answer).toMatch(/^HTTP\/1\.1 500 /);
    expect(answer).not.toMatch(/Invalid URL/);
    expect(failures.map((e) => e.message)).toEqual(["Invalid URL"]);
  });
});

describe("limits", () => {
  test("slow headers, and a slow body, end when it is said, within a second", async () => {
    const { port } = await start({ connections: { headersMs: 1000, requestMs: 2000 } });
    const [headers, body] = await Promise.all([
      raw(port, "GET / HTTP/1.1\r\nHost: localhost\r\n"),
      raw(port, "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n"),
    ]);
    for (const { answer, ms } of [headers, body]) {
      expect(answer).toMatch(/^HTTP\/1\.1 408 /);
      expect(ms).toBeGreaterThan(900);
      expect(ms).toBeLessThan(4000);
    }
  });

  test("connections beyond the cap are closed, and there is room again afterwards", async () => {
    const { port } = await start({ connections: { most: 3 } });
    const held = Array.from({ length: 3 }, () => connect(port, "127.0.0.1"));
    sockets.push(...held);
    await Promise.all(held.map((s) => new Promise((done) => s.once("connect", done))));
    expect((await get(port, "/", "Host: localhost")).answer).toBe("");
    for (const socket of held) socket.destroy();
    await expect.poll(async () => (await get(port, "/", "Host: localhost")).answer).toMatch(/^HTTP\/1\.1 200 /);
  });
});
