/**
 * `npm run bench:studio`: the studio's numbers in headless Chromium with the shipped model, beside the native runtime's.
 * @module
 */

import { existsSync } from "node:fs";
import { availableParallelism, loadavg } from "node:os";
import { createWorkerRuntime } from "@scenograph/graph/runtime/remote.node";
import { builtStudio, studioFiles } from "@scenograph/service/cli/studio";
import { staticHandler } from "@scenograph/service/server/static.node";
import { chromium } from "playwright-core";
import { listen } from "scenograph/http/server.node";
import { loadModel } from "scenograph/model/load.node";
import { packageFolder } from "scenograph/model/package.node";
import { generate } from "scenograph/pipeline";
import { extentOf } from "scenograph/scene/geometry";
import {
  dragging,
  firstPaint,
  loading,
  memory,
  newPage,
  programSize,
  sentenceToPicture,
  settled,
} from "./studio/measure.ts";

const SENTENCES = [
  "a dog on the beach",
  "two people riding horses on the beach",
  "a cat sitting on a couch next to a laptop",
  "three elephants walking through the grass",
  "a bus driving down a city street at night",
];

async function main(): Promise<void> {
  const executablePath = [process.env.CHROMIUM ?? "", "/usr/bin/chromium", "/usr/bin/google-chrome"].find(
    (path) => path !== "" && existsSync(path),
  );
  if (!executablePath) throw new Error("no Chromium on this machine; set CHROMIUM to its path");
  const app = await builtStudio(packageFolder());
  const { server, port } = await listen(staticHandler(await studioFiles(app, { runs: "runs" })), {
    host: "127.0.0.1",
    port: 0,
  });
  const address = `http://127.0.0.1:${port}/`;
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
  const say = (name: string, value: string, aim: string) =>
    console.log(`${name.padEnd(34)} ${value.padEnd(38)} ${aim}`);
  const ms = (v: number) => `${Math.round(v)} ms`;
  console.log(`${availableParallelism()} cores, load ${loadavg()[0].toFixed(1)} at the beginning\n`);

  const size = await programSize(browser, address);
  say("program, gzipped, no wasm, no weights", `${Math.round(size)} kB`, "aim < 500 kB");

  const paints = [];
  for (let i = 0; i < 3; i++) {
    const page = await newPage(browser);
    paints.push(await firstPaint(page, address));
    await page.context().close();
  }
  const least = (values: readonly number[]) => Math.min(...values);
  say("first paint: frame", ms(least(paints.map((p) => p.frame))), "");
  say(
    "first paint: panels and tools",
    paints.map((p) => ms(p.program)).join(", "),
    `aim < 1000 ms; its own computing ${ms(least(paints.map((p) => p.cpu)))}`,
  );

  const { progress, first, second } = await loading(browser, address);
  const mega = (n: number) => `${(n / 2 ** 20).toFixed(1)} MB`;
  say("model over the network", `${mega(first)}, then ${mega(second)}`, `progress shown: ${progress ? "yes" : "no"}`);

  const page = await newPage(browser, { viewport: { width: 1440, height: 900 } });
  await page.goto(address);
  await settled(page);
  const native = await nativeTimes();
  const wasm = await sentenceToPicture(page, SENTENCES);
  const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
  say("sentence to picture, wasm, median", ms(median(wasm)), `aim: the more of 1500 ms and ${ms(2 * median(native))}`);
  say("sentence to picture, native, median", ms(median(native)), "");

  const frames = await dragging(page, 4);
  say(
    "dragging, live",
    `${frames.perSecond.toFixed(1)} frames/s, ${frames.pictures} pictures in 4 s`,
    `aim >= 50 frames/s; worst ${ms(frames.worst)}, computing ${frames.cpu.toFixed(1)} ms a frame`,
  );
  const heaps = await memory(page, 2, 200);
  say("heap after 20, 220, 420 edits", heaps.map((h) => `${h.toFixed(1)} MB`).join(", "), "aim: steady");
  await browser.close();
  server.closeAllConnections();
  server.close();
}

/** The same chain on the native runtime, as many threads as cores, compiled before. */
async function nativeTimes(): Promise<number[]> {
  const runtime = createWorkerRuntime();
  const { stages, info } = await loadModel(undefined, runtime);
  const times: number[] = [];
  for (const caption of [SENTENCES[0], ...SENTENCES]) {
    const start = performance.now();
    await generate(stages, [{ version: 2, caption, ...extentOf(info.size), seed: 1, objects: [] }]);
    times.push(performance.now() - start);
  }
  await runtime.close();
  return times.slice(1);
}

await main();
