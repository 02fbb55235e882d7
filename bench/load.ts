/**
 * `npm run test:load`: the service under load, as one line of JSON on stdout (progress on stderr). A server process is
 * started for each of four runs: `batched` (many clients), `overload` (as many at a server with its own limits of queue
 * and deadline, who come back when it says), `unbatched` (without batching), `sequential` (one client). Clients ask for whole pictures, each the next when it has the last. While they do, /healthz is asked every
 * 50 ms. On a machine with other work compare `cpuMs`, processor time a picture, rather than `rps`.
 *
 *   npm run test:load -- [--clients 100] [--seconds 60] [--warm-up 60] [--threads N] [--max-batch 8] [--model NAME]
 *                        [--only batched,overload] [--max-growth 1] [--json]
 *
 * rps: pictures a second; p50, p99: milliseconds of a request; errors: answers that are no 200, by status; rss: MB of the
 * server at the start of the measurement, at its end, at most, and how fast it grows (bench/growth.ts); health:
 * milliseconds of /healthz; overload: `goodput`, the share of the batched rate that it keeps, and `late`, the share of what
 * was admitted that missed its deadline (504). Exit code 1 when an answer is another 5xx, when more than 1 % is late or
 * goodput is below 90 % of the batched rate, or when memory under batched load grows by more than
 * --max-growth percent a minute beyond twice the standard error.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { cpus } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { packageFolder } from "scenograph/model/package.node";
import { type Growth, growthOf } from "./growth.ts";

const { values } = parseArgs({
  options: {
    clients: { type: "string", default: "100" },
    seconds: { type: "string", default: "60" },
    "warm-up": { type: "string", default: "60" },
    threads: { type: "string", default: String(Math.min(8, cpus().length)) },
    "max-batch": { type: "string", default: "8" },
    model: { type: "string", default: "illustrated" },
    only: { type: "string" },
    "max-growth": { type: "string", default: "1" },
    // what is printed is JSON in any case
    json: { type: "boolean" },
  },
});
const clients = Number(values.clients);
const seconds = Number(values.seconds);
const warmUp = Number(values["warm-up"]);
const maxGrowth = Number(values["max-growth"]);

const CAPTIONS = [
  "two people riding horses on the beach",
  "a cat on a sofa",
  "a kitchen with a refrigerator and two chairs",
  "a man with a surfboard next to the sea",
  "a red bus on a street with three cars",
  "a dog and a frisbee in the park",
  "a plate of pizza on a table with a cup",
  "a group of people skiing down a mountain",
];

interface Measured {
  readonly clients: number;
  readonly maxBatch: number;
  readonly pictures: number;
  readonly rps: number;
  readonly p50: number;
  readonly p99: number;
  readonly errors: Record<string, number>;
  readonly rss: { readonly start: number; readonly end: number; readonly max: number; readonly growth: RssGrowth };
  readonly cpuMs: number;
  readonly meanBatch: number;
  readonly health: { readonly p50: number; readonly p99: number; readonly max: number };
}

/** Percent of the mean, each with its standard error. */
interface RssGrowth {
  readonly aMinute: Growth;
  readonly per1000Pictures: Growth;
}

interface Server {
  readonly base: string;
  readonly child: ChildProcess;
}

/** @param limited with the server's own limits of queue and deadline, not ones that nobody reaches */
async function start(maxBatch: string, limited: boolean): Promise<Server> {
  const script = join(packageFolder(), "bin/scenograph.mjs");
  const limits = limited ? {} : { "max-queue": "100000", deadline: "600" };
  const options = { model: values.model, threads: values.threads, "max-batch": maxBatch, ...limits };
  const flags = Object.entries(options).flatMap(([k, v]) => [`--${k}`, v]);
  const args = [script, "serve", "--port", "0", "--log", "none", ...flags];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = await once(child.stdout as NonNullable<typeof child.stdout>, "data");
  const base = /http:\S+/.exec(String(line))?.[0] as string;
  while (!(await fetch(`${base}/readyz`)).ok) await pause(200);
  return { base, child };
}

const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));

/** Pictures of each client before measuring: compiled sessions and the heaps of the threads have their size by then. */
const WARM_UP_ROUNDS = 12;

interface Answer {
  /** The answer's status, or the name of the error in its place. */
  readonly status: string;
  /** Milliseconds after which the server wants to be asked again. */
  readonly retryMs: number;
}

async function picture(base: string, seed: number): Promise<Answer> {
  const body = JSON.stringify({ scene: { caption: CAPTIONS[seed % CAPTIONS.length], seed } });
  try {
    const response = await fetch(`${base}/v1/scenes/infer`, { method: "POST", body });
    await response.arrayBuffer();
    return { status: String(response.status), retryMs: 1000 * Number(response.headers.get("retry-after") ?? 0) };
  } catch (error) {
    return { status: (error as Error).name, retryMs: 0 };
  }
}

/** Asks for pictures until `until` (milliseconds of performance.now()); -> what was seen. */
async function load(base: string, count: number, until: number, seedOf: () => number, onPicture = () => {}) {
  const times: number[] = [];
  const errors: Record<string, number> = {};
  const client = async () => {
    while (performance.now() < until) {
      const begin = performance.now();
      const { status, retryMs } = await picture(base, seedOf());
      if (status === "200") {
        times.push(performance.now() - begin);
        onPicture();
        continue;
      }
      errors[status] = (errors[status] ?? 0) + 1;
      await pause(Math.max(0, Math.min(retryMs, until - performance.now())));
    }
  };
  await Promise.all(Array.from({ length: count }, client));
  return { times, errors };
}

async function metric(base: string, name: string): Promise<number> {
  const text = await (await fetch(`${base}/metrics`)).text();
  return Number(new RegExp(`^${name} (\\S+)$`, "m").exec(text)?.[1]);
}
const batchSum = 'scenograph_batch_size_sum{stage="image"}';
const batchCount = 'scenograph_batch_size_count{stage="image"}';
const escaped = (name: string) => name.replace(/[{}]/g, "\\$&");

async function measure(count: number, maxBatch: string, length: number, limited = false): Promise<Measured> {
  const { base, child } = await start(maxBatch, limited);
  try {
    let seed = 0;
    const seedOf = () => seed++;
    // what is compiled on the way does not count
    for (let i = 0, until = performance.now() + warmUp * 1000; i < WARM_UP_ROUNDS || performance.now() < until; i++)
      await Promise.all(Array.from({ length: count }, () => picture(base, seedOf())));
    const rss: { readonly ms: number; readonly pictures: number; readonly mb: number }[] = [];
    let served = 0;
    const health: number[] = [];
    const until = performance.now() + length * 1000;
    const read = async () => {
      const mb = (await metric(base, "scenograph_process_resident_memory_bytes")) / 1e6;
      rss.push({ ms: performance.now(), pictures: served, mb });
    };
    const watch = (async () => {
      for (let i = 0; performance.now() < until; i++) {
        const begin = performance.now();
        await (await fetch(`${base}/healthz`)).arrayBuffer();
        health.push(performance.now() - begin);
        if (i % 10 === 0) await read();
        await pause(50);
      }
    })();
    await read();
    const before = await metric(base, "scenograph_process_cpu_seconds_total");
    const [sum, number] = [await metric(base, escaped(batchSum)), await metric(base, escaped(batchCount))];
    const begin = performance.now();
    const { times, errors } = await load(base, count, until, seedOf, () => served++);
    const ms = performance.now() - begin;
    await watch;
    await read();
    const cpu = (await metric(base, "scenograph_process_cpu_seconds_total")) - before;
    const batches = (await metric(base, escaped(batchCount))) - number;
    const pictures = times.length;
    const megabytes = rss.map((r) => r.mb);
    return {
      clients: count,
      maxBatch: Number(maxBatch),
      pictures,
      rps: round((1000 * pictures) / ms),
      p50: round(quantile(times, 0.5)),
      p99: round(quantile(times, 0.99)),
      errors,
      rss: {
        start: round(megabytes[0]),
        end: round(megabytes.at(-1) as number),
        max: round(Math.max(...megabytes)),
        growth: {
          aMinute: growthOf(
            rss.map((r) => r.ms / 60_000),
            megabytes,
          ),
          per1000Pictures: growthOf(
            rss.map((r) => r.pictures / 1000),
            megabytes,
          ),
        },
      },
      cpuMs: round((1000 * cpu) / pictures),
      meanBatch: round(((await metric(base, escaped(batchSum))) - sum) / batches),
      health: {
        p50: round(quantile(health, 0.5)),
        p99: round(quantile(health, 0.99)),
        max: round(Math.max(...health)),
      },
    };
  } finally {
    const closed = once(child, "close");
    child.kill("SIGTERM");
    const [code] = await closed;
    if (code !== 0) {
      process.stderr.write(`the server ended with exit code ${code}\n`);
      process.exitCode = 1;
    }
  }
}

function quantile(numbers: readonly number[], q: number): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN;
}

function round(x: number): number {
  return Math.round(x * 10) / 10;
}

const RUNS: Record<string, () => Promise<Measured>> = {
  batched: () => measure(clients, values["max-batch"], seconds),
  overload: () => measure(clients, values["max-batch"], seconds, true),
  unbatched: () => measure(clients, "1", Math.max(5, seconds / 3)),
  sequential: () => measure(1, "1", Math.max(5, seconds / 3)),
};

const results: Record<string, Measured> = {};
for (const [name, run] of Object.entries(RUNS)) {
  if (values.only !== undefined && !values.only.split(",").includes(name)) continue;
  process.stderr.write(`${name}\n`);
  results[name] = await run();
}
const { batched, overload, unbatched, sequential } = results;
const speedup = batched &&
  unbatched &&
  sequential && {
    /** Against one request after the other, and against as many clients without batching. */
    rps: { sequential: round(batched.rps / sequential.rps), unbatched: round(batched.rps / unbatched.rps) },
    cpu: { sequential: round(sequential.cpuMs / batched.cpuMs), unbatched: round(unbatched.cpuMs / batched.cpuMs) },
  };
const late = overload && (overload.errors["504"] ?? 0) / Math.max(1, overload.pictures + (overload.errors["504"] ?? 0));
const goodput = batched && overload && overload.rps / batched.rps;
const { rps, p50, p99, errors, rss } = batched ?? (Object.values(results)[0] as Measured);
process.stdout.write(
  `${JSON.stringify({ rps, p50, p99, errors, rss, threads: Number(values.threads), speedup, late, goodput, ...results })}\n`,
);
// a refusal with a time to come back (503) is what an overloaded server is for, a missed deadline is counted below
const failures = Object.entries(results).flatMap(([name, r]) =>
  Object.keys(r.errors).filter((status) => !(name === "overload" ? /^([234]|503|504)/ : /^[234]/).test(status)),
);
if (failures.length > 0) fail("an answer was a 5xx, or none");
if (late !== undefined && late > 0.01)
  fail(`${round(100 * late)} % of what was admitted missed its deadline, at most 1 is wanted`);
if (goodput !== undefined && goodput < 0.9)
  fail(`under overload ${round(100 * goodput)} % of the batched rate is kept, at least 90 is wanted`);
const growth = batched?.rss.growth.aMinute;
if (growth && growth.percent - 2 * growth.error > maxGrowth)
  fail(`memory grows by ${growth.percent} % a minute, at most ${maxGrowth} is wanted`);

function fail(reason: string): void {
  process.stderr.write(`${reason}\n`);
  process.exitCode = 1;
}
