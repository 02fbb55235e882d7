/** `scenograph worker`: takes jobs from a queue until it is told to stop. @module */

import type { RequestListener, Server } from "node:http";
import { homedir } from "node:os";
import { join } from "node:path";
import { ConfigError, nearest } from "@scenograph/graph/errors";
import { exitProcess } from "@scenograph/graph/runtime/spawn.node";
import { Command } from "commander";
import { addModelOptions, type ModelFlags, wholeNumber } from "scenograph/cli/options";
import { listen } from "scenograph/http/server.node";
import type { Handlers, JobHandler, JobQueue, Worker } from "scenograph/queue/queue";
import { KINDS, type OpenKind } from "./queue-kinds.ts";

interface Flags extends ModelFlags {
  readonly queue: string;
  readonly store: string;
  readonly kinds?: string;
  readonly concurrency: number;
  readonly drain: number;
  readonly lostAfter: number;
  readonly port?: number;
  readonly host: string;
  readonly cache: string;
}

const HELP = `
Kinds: ${Object.keys(KINDS).join(", ")}.
  scenes      jobs of \`scenograph serve --queue\`          sentences   \`generate --from-file --queue\`
  drawings    \`data illustrate --queue\`                   evaluation  \`evaluate --queue\`
  training    \`train --queue --workers-per-round\`

All workers and those who give out work share --queue and --store. evaluation and training read folders by the paths
of the command that gave them out: mount the data in the same place everywhere. Who may write to the queue decides
what is computed and which of these folders are read: keep Redis private.

SIGTERM or Ctrl-C: takes no new job, finishes those it has within --drain seconds, gives the rest back to the queue.
A worker that is killed costs its jobs one attempt: they are begun again elsewhere, once.

Examples:
  scenograph worker --queue redis://localhost:6379 --store /srv/scenograph
  scenograph worker --queue redis://:secret@redis:6379 --store s3://pictures/jobs --kinds scenes --port 9090`;

export function workerCommand(): Command {
  const command = new Command("worker")
    .description("run jobs of a queue: pictures for the service, shards of big work, rounds of training")
    .requiredOption("--queue <url>", "redis://[user:password@]host:port[/db], rediss:// for TLS")
    .requiredOption("--store <where>", "folder or s3://bucket/prefix where results go")
    .option("--kinds <names>", "kinds of jobs to take, joined by commas (default: all)")
    .option("--concurrency <n>", "jobs at a time", wholeNumber("--concurrency", 1, 64), 1)
    .option("--drain <seconds>", "for running jobs at the end", wholeNumber("--drain", 0, 86_400), 25)
    .option("--lost-after <seconds>", "silence that makes a worker lost", wholeNumber("--lost-after", 1, 3600), 15)
    .option("--port <n>", "serve /healthz and /metrics here", wholeNumber("--port", 1, 65_535))
    .option("--host <address>", "address for --port", "127.0.0.1")
    .option("--cache <dir>", "folder for what can be made again", join(homedir(), ".cache", "scenograph"));
  return addModelOptions(command).addHelpText("after", HELP).action(run);
}

/** Jobs by kind and how they ended, since the start. */
interface Tally {
  readonly done: Map<string, number>;
  readonly failed: Map<string, number>;
  readonly seconds: Map<string, number>;
}

async function run(flags: Flags): Promise<void> {
  const kinds = chosen(flags.kinds);
  const log = (line: string) => void process.stderr.write(`${new Date().toISOString()} ${line}\n`);
  const { openQueue, openStore } = await import("../queue/open.ts");
  const store = openStore(flags.store);
  const queue = openQueue(flags.queue, { log, lockMs: flags.lostAfter * 1000 });
  const open = new Map<string, OpenKind>();
  const tally: Tally = { done: new Map(), failed: new Map(), seconds: new Map() };
  let worker: Worker | undefined;
  let server: Server | undefined;
  try {
    const { threads, device, model, cache } = flags;
    const context = { store, threads, device, model, scratch: cache, log };
    for (const kind of kinds) open.set(kind, await KINDS[kind](context));
    const handlers: Handlers = Object.fromEntries(
      [...open].map(([kind, { handler }]) => [kind, counted(kind, handler, tally, log)]),
    );
    worker = queue.work(handlers, { concurrency: flags.concurrency });
    const running = worker;
    // before anybody is told that it runs, so that whoever reads it may end it
    const told = stopped();
    if (flags.port !== undefined) server = await observe(flags.host, flags.port, queue, () => running.running, tally);
    log(`worker: takes ${kinds.join(", ")}, ${flags.concurrency} at a time`);
    await told;
    log(`worker: stopping, ${worker.running} running`);
    await worker.close({ drainMs: flags.drain * 1000 });
  } finally {
    server?.close();
    await queue.close();
    await Promise.all([...open.values()].map((kind) => kind.close()));
  }
  log("worker: stopped");
}

function chosen(kinds: string | undefined): string[] {
  const known = Object.keys(KINDS);
  const names = kinds === undefined ? known : kinds.split(",").map((k) => k.trim());
  for (const name of names) {
    if (known.includes(name)) continue;
    const near = nearest(name, known);
    throw new ConfigError(
      `--kinds: of ${known.join(", ")}, got "${name}"${near ? `; did you mean "${near}"?` : "; correct it"}`,
    );
  }
  return [...new Set(names)];
}

/** The first SIGTERM or SIGINT; the second ends the process at once, as a kill would. */
function stopped(): Promise<void> {
  return new Promise((resolve) => {
    let asked = false;
    const onSignal = () => {
      if (asked) return void exitProcess(130);
      asked = true;
      resolve();
    };
    process.on("SIGINT", onSignal).on("SIGTERM", onSignal);
  });
}

function counted(kind: string, handler: JobHandler, tally: Tally, log: (line: string) => void): JobHandler {
  const add = (map: Map<string, number>, n: number) => map.set(kind, (map.get(kind) ?? 0) + n);
  return async (job, context) => {
    const start = performance.now();
    try {
      const result = await handler(job, context);
      add(tally.done, 1);
      return result;
    } catch (error) {
      add(tally.failed, 1);
      log(`worker: ${job.id}, attempt ${job.attempt}: ${(error as Error).message.split("\n")[0]}`);
      throw error;
    } finally {
      add(tally.seconds, (performance.now() - start) / 1000);
    }
  };
}

/** /healthz: 200 while the queue answers. /metrics: Prometheus' text format. */
async function observe(
  host: string,
  port: number,
  queue: JobQueue,
  running: () => number,
  tally: Tally,
): Promise<Server> {
  const answerer: RequestListener = (request, response) => {
    const answer = (status: number, text: string) =>
      void response.writeHead(status, { "content-type": "text/plain; version=0.0.4; charset=utf-8" }).end(text);
    if (request.method !== "GET") return answer(405, "GET only\n");
    if (request.url === "/metrics") return answer(200, metricsText(running(), tally));
    if (request.url !== "/healthz") return answer(404, "/healthz or /metrics\n");
    return void queue.counts().then(
      () => answer(200, "ok\n"),
      (error: Error) => answer(503, `${error.message}\n`),
    );
  };
  return (await listen(answerer, { host, port })).server;
}

function metricsText(running: number, { done, failed, seconds }: Tally): string {
  const series = (name: string, type: string, help: string, values: Iterable<[string, number]>) =>
    [
      `# HELP ${name} ${help}`,
      `# TYPE ${name} ${type}`,
      ...[...values].map(([kind, n]) => `${name}{kind="${kind}"} ${n}`),
    ].join("\n");
  return `${[
    `# HELP scenograph_worker_running Jobs that run now.\n# TYPE scenograph_worker_running gauge\nscenograph_worker_running ${running}`,
    series("scenograph_worker_jobs_done_total", "counter", "Jobs that ended well.", done),
    series("scenograph_worker_jobs_failed_total", "counter", "Attempts that failed.", failed),
    series("scenograph_worker_job_seconds_total", "counter", "Time spent in jobs.", seconds),
  ].join("\n")}\n`;
}
