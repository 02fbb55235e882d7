/**
 * `node --conditions=source --import tsx bench/memory.ts [pictures]`: resident memory of a process that generates 1,000
 * pictures of the shipped model, as one line of JSON: megabytes after each hundred, and how fast they grow after the first.
 */

import { createWorkerRuntime } from "@scenograph/graph/runtime/remote.node";
import { loadModel } from "scenograph/model/load.node";
import { generate } from "scenograph/pipeline";
import { extentOf } from "scenograph/scene/geometry";
import { growthOf } from "./growth.ts";
import { SENTENCES } from "./shipped.ts";

const pictures = Number(process.argv[2] ?? 1000);
const runtime = createWorkerRuntime({ threads: 1 });
const { stages, info } = await loadModel(undefined, runtime);
const megabytes: number[] = [];
for (let seed = 0; seed < pictures; seed++) {
  const caption = SENTENCES[seed % SENTENCES.length];
  await generate(stages, [{ version: 2, caption, ...extentOf(info.size), seed, objects: [] }]);
  if ((seed + 1) % 100 === 0) megabytes.push(Math.round(process.memoryUsage().rss / 1e5) / 10);
}
await runtime.close();
const growth =
  megabytes.length > 2
    ? growthOf(
        megabytes.map((_, i) => i),
        megabytes,
      )
    : undefined;
process.stdout.write(`${JSON.stringify({ pictures, megabytes, percentPer100: growth })}\n`);
