/**
 * `npm run test:soak -- --fault worker [--minutes 10] [--every 20]`: jobs are added without end to a server with two workers, a
 * real Redis and a store, while every so many seconds a worker is killed (`worker`), Redis is emptied (`flush`) or the store's
 * disk is full for half of the time (`full`; the user must be one who may mount). Whoever was told that his job was taken
 * waits for it: each must hear in time how it ended. One line of JSON; exit code 1 where one did not, or the server ended.
 */
import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, rm, statfs, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { parseArgs } from "node:util";
import { Redis } from "ioredis";
import { startRedis } from "../../packages/service/test/queue/redis.fixture.ts";
import { tinyModel } from "../cli/tinyModel.fixture.ts";
import { type Running, scenograph, until } from "./process.fixture.ts";

/** A job that is not heard of for so long is one that nobody reported. */
const PATIENCE_MS = 180_000;
/** Jobs that are waited for at once. */
const AT_ONCE = 30;
const DISK_BYTES = 256 * 2 ** 20;

const { values } = parseArgs({
  options: {
    fault: { type: "string" },
    minutes: { type: "string", default: "10" },
    every: { type: "string", default: "20" },
  },
});
const fault = values.fault ?? "";
if (!["worker", "flush", "full"].includes(fault)) {
  process.stderr.write(`--fault: worker, flush or full, got ${JSON.stringify(fault)}\n`);
  process.exit(2);
}
const everyMs = 1000 * Number(values.every);
const folder = await mkdtemp(join(tmpdir(), "scenograph-soak-"));
const store = join(folder, "store");
await mkdir(store);
const redis = await startRedis();
const { path: model } = await tinyModel(folder);
const shared = ["--queue", redis.url, "--store", store, "--model", model, "--threads", "1"];
const running = new Set<Running>();

function started(...args: string[]): Running {
  const process = scenograph(...args);
  running.add(process);
  return process;
}
const worker = () => started("worker", ...shared, "--kinds", "scenes", "--lost-after", "2", "--drain", "1");

const FAULTS: Record<string, () => Promise<void>> = {
  async worker() {
    const victim = workers.shift() as Running;
    victim.child.kill("SIGKILL");
    await victim.end;
    running.delete(victim);
    workers.push(worker());
  },
  async flush() {
    const client = new Redis(redis.url);
    await client.flushall();
    client.disconnect();
  },
  async full() {
    const { bsize, bavail } = await statfs(store);
    const filler = join(store, "filler");
    await writeFile(filler, new Uint8Array(bsize * bavail)).catch(() => {});
    await wait(everyMs / 2);
    await rm(filler, { force: true });
  },
};
const onDisk = fault === "full";
if (onDisk) execFileSync("mount", ["-t", "tmpfs", "-o", `size=${DISK_BYTES}`, "tmpfs", store]);

const ends: Record<string, number> = {};
const refusals: Record<string, number> = {};
const unreported: string[] = [];
let [acknowledged, faults] = [0, 0];
const count = (table: Record<string, number>, key: string) => {
  table[key] = (table[key] ?? 0) + 1;
};

interface Job {
  readonly status: string;
  readonly error?: { readonly code: string };
}

/** How a job ended, as its waiter hears; undefined while the server says nothing. */
async function heard(id: string): Promise<string | undefined> {
  const events = await (await fetch(`${base}/v1/jobs/${id}/events`)).text();
  const last = [...events.matchAll(/^event: (done|failed|cancelled)\ndata: (.*)$/gm)].at(-1);
  if (last) return last[1] === "failed" ? `failed: ${(JSON.parse(last[2]) as Job).error?.code}` : last[1];
  const response = await fetch(`${base}/v1/jobs/${id}`);
  return response.status === 404 ? "unknown" : undefined;
}

async function waiter(id: string): Promise<void> {
  for (const end = Date.now() + PATIENCE_MS; Date.now() < end; await wait(200)) {
    const how = await Promise.race([
      heard(id).catch(() => undefined),
      wait(end - Date.now(), undefined, { ref: false }),
    ]);
    if (how !== undefined) return count(ends, how);
  }
  unreported.push(id);
}

const server = started("serve", "--port", "0", "--no-warm", "--log", "none", ...shared);
await until(() => /scenograph on http/.test(server.printed()), server, "the server");
const base = (/http:\/\/\S+/.exec(server.printed()) as RegExpExecArray)[0];
const workers = [worker(), worker()];
const waiting = new Set<Promise<void>>();
const finish = Date.now() + 60_000 * Number(values.minutes);
try {
  const breaking = (async () => {
    for (let next = Date.now() + everyMs; next < finish; next += everyMs) {
      await wait(Math.max(0, next - Date.now()));
      await FAULTS[fault]();
      faults++;
    }
  })();
  for (let seed = 0; Date.now() < finish; seed++) {
    const body = JSON.stringify({ captions: ["a dog", "two people on the beach", "a cat"], seed });
    const headers = { "content-type": "application/json" };
    const response = await fetch(`${base}/v1/jobs`, { method: "POST", headers, body });
    const answer = (await response.json()) as { readonly id: string };
    if (response.status === 202) {
      acknowledged++;
      const one = waiter(answer.id).finally(() => waiting.delete(one));
      waiting.add(one);
    } else count(refusals, String(response.status));
    await (waiting.size < AT_ONCE ? wait(200) : Promise.race(waiting));
  }
  await breaking;
  await Promise.all(waiting);
} finally {
  for (const { child } of running) child.kill("SIGKILL");
  await redis.close();
  if (onDisk) execFileSync("umount", [store]);
  await rm(folder, { recursive: true, force: true });
}
const told = { fault, minutes: Number(values.minutes), faults, acknowledged, ends, refusals, unreported };
process.stdout.write(`${JSON.stringify(told)}\n`);
const isWell = unreported.length === 0 && faults > 0 && (ends.done ?? 0) > 0;
process.exit(isWell ? 0 : 1);
