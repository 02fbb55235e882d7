/** `scenograph studio`: the web app, served from this machine. @module */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { readdir, rename, rm, stat } from "node:fs/promises";
import type { RequestListener } from "node:http";
import { createRequire } from "node:module";
import { availableParallelism } from "node:os";
import { dirname, join } from "node:path";
import { getRequestListener } from "@hono/node-server";
import { UserError } from "@scenograph/graph/errors";
import { createWorkerRuntime } from "@scenograph/graph/runtime/remote.node";
import type { Runtime } from "@scenograph/graph/runtime/runtime";
import { Command } from "commander";
import { Hono } from "hono";
import { wholeNumber } from "scenograph/cli/options";
import { isLoopback } from "scenograph/http/guard";
import { listen } from "scenograph/http/server.node";
import { DEFAULT_MODEL, findModel, folderReader, listModels, sha256Hex } from "scenograph/model/load.node";
import { packageFolder } from "scenograph/model/package.node";
import { callsApp } from "../server/calls.node.ts";
import { openDataset } from "../server/dataset.node.ts";
import { withDataset } from "../server/datasetRoutes.node.ts";
import { listRuns } from "../server/runs.node.ts";
import { type StaticOptions, staticHandler } from "../server/static.node.ts";
import { writeSite } from "./site.ts";

interface Flags {
  readonly model?: string;
  readonly host: string;
  readonly allowHost: readonly string[];
  readonly port: number;
  readonly runs: string;
  readonly data?: string;
  readonly compute: boolean;
  readonly threads?: number;
  readonly rebuild?: true;
  readonly build?: string;
}

const HELP = `
The studio computes on this machine's native runtime while this command runs, in the browser otherwise (its menu says
where); nothing is sent anywhere else. After the first visit it works without this command too, until the browser's storage
is cleared.

Examples:
  scenograph studio                       then open the address it prints
  scenograph studio --port 0              any free port
  scenograph studio --model runs/mine     a model of your own
  scenograph studio --runs runs           watch training at /training.html
  scenograph studio --data coco           look through a COCO folder at /dataset.html
  scenograph studio --no-compute          serve files alone; every browser computes by itself
  scenograph studio --build site          a folder for any static host: addresses are relative, browsers compute
  scenograph studio --host 0.0.0.0        for other machines; in their browsers threads need https, so they are slower`;

export function studioCommand(): Command {
  return new Command("studio")
    .description("sentence, boxes, masks and picture in the browser: see every step, take over at any of them")
    .option("-m, --model <name>", 'the model to begin with: a name or a folder (default: "illustrated")')
    .option("--host <address>", "address to listen on", "127.0.0.1")
    .option(
      "--allow-host <name>",
      "a further name of this server; may be repeated",
      (name: string, before: readonly string[]) => [...before, name.toLowerCase()],
      [] as readonly string[],
    )
    .option("--port <n>", "port to listen on, 0 for any that is free", wholeNumber("--port", 0, 65535), 4180)
    .option("--runs <dir>", "folder of training runs to watch on the training page", "runs")
    .option("--data <dir>", "COCO folder to look through on the dataset page")
    .option("--no-compute", "do not compute here: browsers do")
    .option(
      "--threads <n>",
      "threads of one computation (default: the machine's cores)",
      wholeNumber("--threads", 1, 256),
    )
    .option("--build <dir>", "write the studio and its models as files for any static host, and end")
    .option("--rebuild", "build the app anew from its source")
    .addHelpText("after", HELP)
    .action(run);
}

async function run(flags: Flags): Promise<void> {
  const app = await builtStudio(packageFolder(), flags.rebuild === true);
  const files = await studioFiles(app, flags);
  if (flags.build !== undefined) {
    const names = await writeSite(flags.build, files);
    process.stdout.write(`${flags.build}: the studio with ${names.join(", ")}; serve it over https\n`);
    return;
  }
  const native = flags.compute ? await nativeCalls(files, flags.threads) : undefined;
  const loopback = isLoopback(flags.host);
  const served = await withData(staticHandler(files), flags.data);
  const { server, port } = await listen(native ? withCalls(served, native.app) : served, {
    host: flags.host,
    port: flags.port,
    access: { loopback, hosts: flags.allowHost, origins: [] },
    onFailure: (error) => process.stderr.write(`studio: ${error.stack ?? error.message}\n`),
  });
  const host = flags.host.includes(":") ? `[${flags.host}]` : flags.host;
  process.stdout.write(`studio on http://${host === "0.0.0.0" ? "localhost" : host}:${port}\n`);
  process.stderr.write("Ctrl-C ends it\n");
  await new Promise<void>((done) => {
    const stop = () => server.close(() => done()).closeAllConnections();
    process.once("SIGINT", stop).once("SIGTERM", stop);
  });
  await native?.runtime.close();
}

/** The file server with a COCO folder below "/data/". @throws UserError when the folder has no annotations */
export async function withData(serveFiles: RequestListener, dir: string | undefined): Promise<RequestListener> {
  if (dir === undefined) return serveFiles;
  const dataset = openDataset(dir);
  const { splits } = await dataset.index();
  if (splits.length === 0)
    throw new UserError(`studio: --data ${dir} has no annotations/instances_<split>.json; name a COCO folder`);
  return withDataset(serveFiles, dataset);
}

/** The models that the studio is served, computed here. */
export async function nativeCalls(
  { folders, json }: StaticOptions,
  threads = availableParallelism(),
): Promise<{ readonly app: Hono; readonly runtime: Runtime }> {
  const names = (await json?.["/models/index.json"]()) as readonly string[];
  const folderOf = (name: string) => folders[`/models/${name}/`] ?? join(folders["/models/"], name);
  const models = new Map(names.map((name) => [name, folderReader(folderOf(name))]));
  const runtime = createWorkerRuntime({ threads });
  return { app: callsApp({ models, runtime, threads, sha256: sha256Hex }), runtime };
}

/** The file server with the calls below "/calls/". */
export function withCalls(serveFiles: RequestListener, calls: Hono): RequestListener {
  const app = new Hono().route("/calls/", calls);
  const answer = getRequestListener(app.fetch);
  return (request, response) => {
    if (!/^\/calls(\/|$)/.test(request.url ?? "")) return serveFiles(request, response);
    return answer(request, response);
  };
}

/**
 * What is served: the app, the models with a list of them, the runs with a list of them.
 * @throws UserError when there is no such model
 */
export async function studioFiles(
  app: string,
  { model, runs }: { readonly model?: string; readonly runs: string },
): Promise<StaticOptions> {
  const models = join(packageFolder(), "models");
  const folder = await findModel(model);
  const shipped = folder === join(models, model ?? DEFAULT_MODEL);
  const first = shipped ? (model ?? DEFAULT_MODEL) : "yours";
  return {
    folders: { "/": app, "/models/": models, "/runs/": runs, ...(!shipped && { [`/models/${first}/`]: folder }) },
    json: {
      "/runs/index.json": () => listRuns(runs),
      "/models/index.json": async () => [first, ...(await listModels()).filter((name) => name !== first)],
    },
  };
}

/**
 * The folder of the built app. In the repository it is built when it is missing or older than its source; a package has
 * it already. @throws UserError when there is neither app nor source
 */
export async function builtStudio(root: string, rebuild = false): Promise<string> {
  const source = studioFolder(root);
  const built = join(source, "dist");
  const page = join(built, "index.html");
  if (!existsSync(join(source, "vite.config.ts"))) {
    if (existsSync(page)) return built;
    throw new UserError(`studio: the built app is missing in ${built}; install scenograph again`);
  }
  const isFresh = async () => existsSync(page) && (await stat(page)).mtimeMs >= (await newest(sourcesOf(source)));
  if (rebuild || !(await isFresh())) {
    process.stderr.write("building the studio (once, some 10 seconds)\n");
    // another process may have built it meanwhile, and serve it already
    await build(join(source, "vite.config.ts"), built, async () => rebuild || !(await isFresh()));
  }
  return built;
}

/** In the repository the studio's source, installed its package. */
function studioFolder(root: string): string {
  const source = join(root, "packages", "studio");
  if (existsSync(source)) return source;
  try {
    return dirname(createRequire(import.meta.url).resolve("@scenograph/studio/package.json"));
  } catch {
    throw new UserError("studio: needs the package @scenograph/studio, which is not installed; install it");
  }
}

/** Folders whose files end up in the built app. */
function sourcesOf(studio: string): string[] {
  return [
    join(studio, "src"),
    join(studio, "public"),
    ...["graph", "scenograph"].map((p) => join(studio, "..", p, "src")),
  ];
}

/**
 * Runs Vite in a process of its own: what it needs of memory and environment does not stay. The app is put in its place
 * when it is whole.
 */
async function build(config: string, out: string, isWanted: () => Promise<boolean>): Promise<void> {
  const partial = `${out}.${process.pid}`;
  const vite = join(dirname(createRequire(import.meta.url).resolve("vite/package.json")), "bin/vite.js");
  const child = spawn(
    process.execPath,
    [vite, "build", "--config", config, "--outDir", partial, "--logLevel", "error"],
    {
      env: { ...process.env, NODE_ENV: "production" },
      stdio: ["ignore", "ignore", "pipe"],
    },
  );
  let said = "";
  child.stderr.on("data", (text) => {
    said += text;
  });
  const [code] = await once(child, "close");
  try {
    if (code !== 0) throw new Error(`the studio could not be built: ${said.trim() || `exit code ${code}`}`);
    if (!(await isWanted())) return;
    await rm(out, { recursive: true, force: true });
    await rename(partial, out);
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}

/** Time of the latest change below folders, tests left out. */
async function newest(folders: readonly string[]): Promise<number> {
  const times = await Promise.all(
    folders.map(async (folder) => {
      const entries = await readdir(folder, { recursive: true, withFileTypes: true });
      const files = entries.filter((e) => e.isFile() && !/\.(test|fixture|node)\.tsx?$/.test(e.name));
      const stats = await Promise.all(files.map((e) => stat(join(e.parentPath, e.name))));
      return stats.reduce((latest, s) => Math.max(latest, s.mtimeMs), 0);
    }),
  );
  return Math.max(...times);
}
