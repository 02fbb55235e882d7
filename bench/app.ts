/** What surrounds the networks: start of the command line, memory of a long process, the service, the studio in a browser. */

import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import type { Server } from "node:http";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { createWorkerRuntime } from "@scenograph/graph/runtime/remote.node";
import { builtStudio, studioFiles } from "@scenograph/service/cli/studio";
import { staticHandler } from "@scenograph/service/server/static.node";
import { type Browser, chromium } from "playwright-core";
import { listen } from "scenograph/http/server.node";
import { loadModel } from "scenograph/model/load.node";
import { packageFolder } from "scenograph/model/package.node";
import { generate } from "scenograph/pipeline";
import { extentOf } from "scenograph/scene/geometry";
import { median, SENTENCES } from "./shipped.ts";
import { newPage, sentenceToPicture, settled } from "./studio/measure.ts";

const run = promisify(execFile);

/** Milliseconds from the start of `scenograph generate` to its end, when its files are there; median. */
export async function coldStart(runs = 5): Promise<number> {
  const out = await mkdtemp(join(tmpdir(), "cold-"));
  const program = join(packageFolder(), "bin/scenograph.mjs");
  const times: number[] = [];
  for (let i = 0; i < runs; i++) {
    const start = performance.now();
    await run(process.execPath, [program, "generate", "a cat on a sofa", "--out", out, "--json"]);
    times.push(performance.now() - start);
  }
  await rm(out, { recursive: true });
  return median(times);
}

/** A script of this folder, and the JSON that it prints. */
async function answerOf(script: string, ...args: string[]): Promise<unknown> {
  const file = fileURLToPath(new URL(script, import.meta.url));
  const { stdout } = await run(process.execPath, ["--conditions=source", "--import", "tsx", file, ...args]);
  return JSON.parse(stdout);
}

/** Resident megabytes after each hundred of 1,000 pictures: see memory.ts. */
export const memory = (pictures: number) => answerOf("memory.ts", String(pictures));

/** Pictures a second of the service with 16 clients, and its memory: see load.ts. */
export async function service(seconds: number): Promise<unknown> {
  const limits = ["--clients", "16", "--seconds", String(seconds), "--warm-up", "5"];
  const { rps, p50, p99, rss } = (await answerOf("load.ts", "--only", "batched", ...limits)) as Record<string, unknown>;
  return { clients: 16, picturesPerSecond: rps, p50, p99, rss };
}

/** Chromium of this machine; undefined where there is none. */
export function chromiumPath(): string | undefined {
  return [process.env.CHROMIUM ?? "", "/usr/bin/chromium", "/usr/bin/google-chrome"].find(
    (path) => path !== "" && existsSync(path),
  );
}

/** The studio served without computing, in a new browser: bytes on the wire of two visits, sentence -> picture beside Node's. */
export async function browser(threads: number): Promise<unknown> {
  const executablePath = chromiumPath();
  if (!executablePath) return undefined;
  const { server, port } = await listen(
    staticHandler(await studioFiles(await builtStudio(packageFolder()), { runs: "runs" })),
    { host: "127.0.0.1", port: 0 },
  );
  const sent = counted(server);
  const client = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
  try {
    const visits = await visited(client, `http://127.0.0.1:${port}/`, sent);
    const node = await nativeTimes(threads);
    return { ...visits, node, ratio: visits.wasm / node };
  } finally {
    await client.close();
    server.closeAllConnections();
    server.close();
  }
}

/** -> bytes that the server has sent so far, headers included. */
function counted(server: Server): () => number {
  const open = new Set<Socket>();
  let closed = 0;
  server.on("connection", (socket: Socket) => {
    open.add(socket);
    socket.once("close", () => {
      closed += socket.bytesWritten;
      open.delete(socket);
    });
  });
  return () => [...open].reduce((sum, socket) => sum + socket.bytesWritten, closed);
}

/** Bytes of two visits, and median ms from a sentence to its picture in the first. */
async function visited(client: Browser, address: string, sent: () => number) {
  const page = await newPage(client, { viewport: { width: 1440, height: 900 } });
  await page.goto(address);
  await settled(page);
  // the service worker keeps the program for later visits, beside what the page itself loads
  await page.evaluate("navigator.serviceWorker.ready.then(() => true)");
  const firstVisit = await quiet(sent);
  const wasm = median(await sentenceToPicture(page, SENTENCES.slice(0, 5)));
  const before = await quiet(sent);
  const again = await page.context().newPage();
  await again.goto(address);
  await settled(again);
  return { firstVisit, secondVisit: (await quiet(sent)) - before, wasm };
}

/** The number when it has not changed for a second. */
async function quiet(sent: () => number): Promise<number> {
  for (let last = -1; ; ) {
    const now = sent();
    if (now === last) return now;
    last = now;
    await new Promise((done) => setTimeout(done, 1000));
  }
}

/** Median ms of the same chain on the native runtime, compiled before. */
async function nativeTimes(threads: number): Promise<number> {
  const runtime = createWorkerRuntime({ threads });
  const { stages, info } = await loadModel(undefined, runtime);
  const times: number[] = [];
  for (const caption of [SENTENCES[0], ...SENTENCES.slice(0, 5)]) {
    const start = performance.now();
    await generate(stages, [{ version: 2, caption, ...extentOf(info.size), seed: 1, objects: [] }]);
    times.push(performance.now() - start);
  }
  await runtime.close();
  return median(times.slice(1));
}
