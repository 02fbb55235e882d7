/** `scenograph serve`: the pipeline as an HTTP service. @module */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ConfigError, UserError } from "@scenograph/graph/errors";
import { exitProcess } from "@scenograph/graph/runtime/spawn.node";
import { Command, Option } from "commander";
import { wholeNumber } from "scenograph/cli/options";
import { isLoopback } from "scenograph/http/guard";
import { packageFolder } from "scenograph/model/package.node";
import { openQueue, openStore } from "../queue/open.ts";
import { createApp, type ServiceOptions } from "../server/app.node.ts";
import { addKey, readKeys, removeKey } from "../server/keys.node.ts";
import { createLog, type Log } from "../server/log.node.ts";
import { listenService } from "../server/serve.node.ts";

interface Flags {
  readonly host: string;
  readonly port: number;
  readonly model?: string;
  readonly models?: readonly string[];
  readonly keys?: string;
  readonly open?: true;
  readonly openMetrics?: true;
  readonly rate?: number;
  readonly picturesRate?: number;
  readonly trustProxy: readonly string[];
  readonly maxConnections?: number;
  readonly cors: readonly string[];
  readonly allowHost: readonly string[];
  readonly publicUrl?: string;
  readonly queue?: string;
  readonly store?: string;
  readonly work?: true;
  readonly threads?: number;
  readonly maxBatch?: number;
  readonly window?: number;
  readonly maxQueue?: number;
  readonly deadline: number;
  readonly keep: number;
  readonly drain: number;
  readonly warm: boolean;
  readonly log: "json" | "none";
}

const KEYS_FILE = "scenograph-keys.json";

const HELP = `
GET /docs lists the routes, /openapi.json describes them; docs/api.md has examples. Besides its own interface the server
speaks OpenAI's (/v1/images/generations) and the Stable Diffusion web UI's (/sdapi/v1/txt2img). /healthz, /readyz and
/metrics are for those who run it. The log goes to stderr, a line of JSON a request.

For this machine alone it needs no keys. Beyond it (--host) it wants a file of API keys, or --open:
  scenograph serve keys add anna --rate 120      prints the key once; the file holds its hash
  scenograph serve --host 0.0.0.0 --keys ${KEYS_FILE}
/metrics wants a key as soon as there are keys or other machines reach it, unless --open-metrics.

SIGTERM or Ctrl-C: requests in flight finish, new ones get 503, then it ends with exit code 0.

Examples:
  scenograph serve
  curl -s localhost:8080/v1/scenes -H 'content-type: application/json' -d '{"caption": "a dog on the beach"}'
  scenograph serve --queue redis://localhost:6379 --store results      jobs are run by: scenograph worker ...`;

export function serveCommand(): Command {
  const list = (value: string, before: readonly string[]) => [...before, value];
  return new Command("serve")
    .description("the pipeline as an HTTP service: native, OpenAI's and Stable Diffusion web UI's interfaces")
    .option("--host <address>", "address to listen on", "127.0.0.1")
    .option("--port <n>", "port to listen on, 0 for any that is free", wholeNumber("--port", 0, 65535), 8080)
    .option("-m, --model <name>", 'the default model: a name or a folder (default: "illustrated")')
    .option("--models <names...>", "models that requests may name besides (default: all that ship)")
    .option("--keys <file>", "API keys; see below")
    .option("--open", "no keys although other machines reach it")
    .option("--open-metrics", "/metrics needs no key although there are keys or other machines reach it")
    .option("--rate <n>", "requests a minute by key, or by address without keys", wholeNumber("--rate", 1, 1e6))
    .option("--pictures-rate <n>", "pictures a minute, likewise", wholeNumber("--pictures-rate", 1, 1e6))
    .option("--trust-proxy <address>", "believe X-Forwarded-For and -Proto of this address or network", list, [])
    .option("--max-connections <n>", "open at a time (default: 4096)", wholeNumber("--max-connections", 1, 1e6))
    .option("--cors <origin>", 'pages of this site may use it, "*" for all; may be repeated', list, [])
    .option("--allow-host <name>", "a further name of this server; may be repeated", list, [])
    .option("--public-url <url>", "how clients reach it, for addresses of pictures (default: as they asked)")
    .option("--queue <url>", "jobs wait in Redis: redis://host:port (default: in this process)")
    .option("--store <where>", "pictures lie in a folder or s3://bucket/prefix (default: memory, 256 MiB)")
    .option("--work", "with --queue: run jobs here too")
    .option("--threads <n>", "computing threads (default: the cores, at most 8)", wholeNumber("--threads", 1, 256))
    .addOption(
      new Option("--max-batch <n>", "pictures computed together (default: 8)")
        .choices(["1", "2", "4", "8", "16"])
        .argParser((text) => {
          const n = Number(text);
          if (![1, 2, 4, 8, 16].includes(n))
            throw new ConfigError(`--max-batch: 1, 2, 4, 8 or 16, got "${text}"; correct it`);
          return n;
        }),
    )
    .option("--window <ms>", "requests are gathered for so long (default: 4)", wholeNumber("--window", 0, 1000))
    .option("--max-queue <n>", "pictures that wait; more get 429 (default: 256)", wholeNumber("--max-queue", 1, 1e5))
    .option("--deadline <s>", "a request that takes longer gets 504", wholeNumber("--deadline", 1, 3600), 30)
    .option("--keep <s>", "addresses of pictures hold so long", wholeNumber("--keep", 1, 604_800), 3600)
    .option("--drain <s>", "time for what is in flight at the end", wholeNumber("--drain", 0, 3600), 25)
    .option("--no-warm", "compile networks when they are first needed, not before")
    .addOption(new Option("--log <format>", "of requests").choices(["json", "none"]).default("json"))
    .enablePositionalOptions()
    .addCommand(keysCommand())
    .addHelpText("after", HELP)
    .action(run);
}

async function run(flags: Flags): Promise<void> {
  const log: Log = flags.log === "json" ? createLog() : () => {};
  const service = await createApp({ ...serviceOptions(flags, log), log });
  const { port, stop } = await listenService(service, flags.host, flags.port, {
    ...(flags.maxConnections !== undefined && { connections: { most: flags.maxConnections } }),
    onFailure: (error) => log("error", "request failed", { error: error.stack ?? error.message }),
  }).catch(async (error: unknown) => {
    await service.close();
    throw error;
  });
  const host = flags.host.includes(":") ? `[${flags.host}]` : flags.host;
  const ended = new Promise<void>((done) => {
    let stopping = false;
    const onSignal = (signal: string) => {
      // the second time means it
      if (stopping) return void exitProcess(130);
      stopping = true;
      log("info", "stopping", { signal });
      void stop(flags.drain * 1000).then(done);
    };
    process.on("SIGINT", onSignal).on("SIGTERM", onSignal);
  });
  // last, so that whoever reads it may end it
  process.stdout.write(`scenograph on http://${host}:${port}\n`);
  await ended;
  log("info", "stopped");
}

function serviceOptions(flags: Flags, log: Log): ServiceOptions {
  const loopback = isLoopback(flags.host);
  if (!loopback && flags.keys === undefined && !flags.open)
    throw new UserError(
      `serve: other machines reach --host ${flags.host}; name a file of API keys with --keys, or say --open`,
    );
  if (flags.queue !== undefined && flags.store === undefined)
    throw new UserError(
      "serve: --queue needs --store, where workers leave their pictures; name a folder or s3://bucket",
    );
  if (flags.publicUrl !== undefined && !(/^https?:\/\//.test(flags.publicUrl) && URL.canParse(flags.publicUrl)))
    throw new ConfigError(`--public-url: an http or https address, got "${flags.publicUrl}"; correct it`);
  const { version } = JSON.parse(readFileSync(join(packageFolder(), "package.json"), "utf8")) as { version: string };
  const {
    model,
    models,
    keys,
    rate,
    picturesRate,
    trustProxy: trustedProxies,
    publicUrl,
    threads,
    maxBatch,
    window,
    maxQueue,
  } = flags;
  return {
    version,
    warm: flags.warm,
    deadlineMs: flags.deadline * 1000,
    resultSeconds: flags.keep,
    access: { loopback, hosts: flags.allowHost, origins: flags.cors },
    ...(flags.queue !== undefined && {
      queue: openQueue(flags.queue, { log: (line) => log("warn", line) }),
      work: flags.work === true,
    }),
    ...(flags.store !== undefined && { store: openStore(flags.store) }),
    ...(model !== undefined && { model }),
    ...(models !== undefined && { models }),
    ...(keys !== undefined && { keys }),
    ...(flags.openMetrics && { openMetrics: true }),
    trustedProxies,
    ...(rate !== undefined && { rate }),
    ...(picturesRate !== undefined && { picturesRate }),
    ...(publicUrl !== undefined && { publicUrl }),
    ...(threads !== undefined && { threads }),
    ...(maxBatch !== undefined && { maxBatch }),
    ...(window !== undefined && { windowMs: window }),
    ...(maxQueue !== undefined && { maxQueue }),
  };
}

function keysCommand(): Command {
  const command = new Command("keys").description("add, list and remove API keys");
  const add = (name: string, text: string) => command.command(name).description(text);
  add("add <name>", "make a key and print it, once")
    .option("--keys <file>", "the file of keys", KEYS_FILE)
    .option("--rate <n>", "requests a minute of this key", wholeNumber("--rate", 1, 1e6))
    .option("--pictures <n>", "pictures a minute of this key", wholeNumber("--pictures", 1, 1e6))
    .action(async (name: string, { keys, rate, pictures }: { keys: string; rate?: number; pictures?: number }) => {
      process.stdout.write(`${await addKey(keys, name, rate, pictures)}\n`);
      process.stderr.write(`${keys} holds its hash; it cannot be shown again\n`);
    });
  add("list", "names of the keys")
    .option("--keys <file>", "the file of keys", KEYS_FILE)
    .action(async ({ keys }: { keys: string }) => {
      for (const { name, created, rate, pictures } of await readKeys(keys)) {
        const limits = [rate && `, ${rate} requests a minute`, pictures && `, ${pictures} pictures a minute`];
        process.stdout.write(`${name}  made ${created}${limits.filter(Boolean).join("")}\n`);
      }
    });
  add("remove <name>", "a removed key is refused within two seconds")
    .option("--keys <file>", "the file of keys", KEYS_FILE)
    .action(async (name: string, { keys }: { keys: string }) => {
      await removeKey(keys, name);
      process.stderr.write(`removed ${name} from ${keys}\n`);
    });
  return command;
}
