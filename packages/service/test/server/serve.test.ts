/** `scenograph serve` as a process: keys, ready, a request in flight at SIGTERM finishes, exit code 0. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { packageFolder } from "scenograph/model/package.node";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runBin, runHere } from "../../../../test/cli/run.fixture.ts";
import { tinyModel } from "../../../../test/cli/tinyModel.fixture.ts";
import { createClient } from "../../src/client/index.ts";

let folder: string;
let model: string;
const children: ChildProcess[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "scenograph-serve-"));
  model = (await tinyModel(folder)).path;
});
afterAll(async () => {
  for (const child of children) child.kill("SIGKILL");
  await rm(folder, { recursive: true });
});

/** The server as a user starts it. */
async function serve(...args: string[]) {
  const env = { ...process.env };
  delete env.NODE_OPTIONS;
  const script = join(packageFolder(), "bin/scenograph.mjs");
  const child = spawn(process.execPath, [script, "serve", "--port", "0", "--model", model, ...args], { env });
  children.push(child);
  const log: string[] = [];
  child.stderr.on("data", (d) => log.push(String(d)));
  const base = await new Promise<string>((done, refuse) => {
    child.stdout.on("data", (d) => done(/http:\S+/.exec(String(d))?.[0] as string));
    child.on("close", () => refuse(new Error(log.join(""))));
  });
  return {
    child,
    base,
    log: () =>
      log
        .join("")
        .trim()
        .split("\n")
        .map((l) => JSON.parse(l)),
  };
}

test("it becomes ready, answers whom it knows, logs lines of JSON, and ends gracefully", async () => {
  const keys = join(folder, "keys.json");
  const { stdout } = await runHere("serve", "keys", "add", "anna", "--keys", keys);
  const { child, base, log } = await serve("--keys", keys, "--threads", "1", "--max-batch", "1", "--deadline", "240");
  const client = createClient({ baseUrl: base, apiKey: stdout.trim() });
  while (!(await client.ready())) await new Promise((done) => setTimeout(done, 50));
  const stranger = createClient({ baseUrl: base });
  await expect(stranger.scene({ caption: "a dog" })).rejects.toMatchObject({ status: 401, code: "invalid_api_key" });
  expect((await client.infer({ scene: { caption: "a dog" } })).picture?.url).toMatch(`${base}/v1/pictures/`);

  const headers = { authorization: `Bearer ${stdout.trim()}` };
  // in flight when the signal comes: many pictures, one at a time
  const n = 10;
  const running = fetch(`${base}/v1/images/generations`, {
    method: "POST",
    headers: { ...headers, "content-type": "application/json" },
    body: JSON.stringify({ prompt: "a dog", n, response_format: "b64_json" }),
  });
  while (!/admitted_pictures 10/.test(await (await fetch(`${base}/metrics`, { headers })).text()));
  const closed = once(child, "close");
  child.kill("SIGTERM");
  while ((await fetch(`${base}/readyz`).catch(() => undefined))?.status === 200);
  const answer = await (await running).json();
  expect(answer.data.length).toBe(n);
  expect((await closed)[0]).toBe(0);
  const lines = log();
  expect(lines.filter((l) => l.message === "request" && l.status === 200 && l.caller === "anna").length).toBe(2);
  expect(lines.slice(-2).map((l) => l.message)).toContain("stopped");
  expect(lines.every((l) => typeof l.time === "string" && typeof l.level === "string")).toBe(true);
});

test.each([
  [["--host", "0.0.0.0"], /name a file of API keys with --keys, or say --open/],
  [["--queue", "redis://127.0.0.1:1"], /--queue needs --store/],
  [["--max-batch", "3"], /--max-batch: 1, 2, 4, 8 or 16, got "3"/],
  [["--public-url", "ftp://x"], /--public-url: an http or https address/],
  [["--host", "192.0.2.1", "--open", "--no-warm", "--port", "0"], /--host 192.0.2.1 is no address of this machine/],
  [["--model", "none"], /unknown model "none"/],
])("serve %s is refused in one line", async (args, message) => {
  const known = args.includes("--model") ? [] : ["--model", model];
  const { code, stderr } = await runHere("serve", ...known, ...args);
  expect([code, stderr.trim().split("\n").length]).toEqual([2, 1]);
  expect(stderr).toMatch(message);
});

test("keys by command: added, listed, removed", async () => {
  const keys = join(folder, "own.json");
  expect((await runHere("serve", "keys", "add", "b", "--keys", keys, "--rate", "9")).stdout).toMatch(
    /^sg-[\w-]{43}\n$/,
  );
  expect((await runHere("serve", "keys", "list", "--keys", keys)).stdout).toMatch(
    /^b {2}made .*, 9 requests a minute\n$/,
  );
  expect((await runHere("serve", "keys", "remove", "b", "--keys", keys)).code).toBe(0);
  const { code, stderr } = await runHere("serve", "--model", model, "--keys", keys);
  expect([code, stderr]).toEqual([2, expect.stringMatching(/own.json has no keys; make one with/)]);
  const help = await runBin(["serve", "--help"]);
  expect(help.stdout).toContain("--max-queue");
});
