/**
 * `npm run bench`: our training steps and inference against the same networks in PyTorch, both on the CPU with the same
 * number of threads, measured in turns so that a busy machine slows both alike. Prints a table and, with --json FILE,
 * writes `{machine, load, ratios, ms, growth, results}`: what the shipped models take as well. Ratios are ours / PyTorch of elapsed and of processor time; on a machine with other work take the
 * latter, with --threads 1 (waiting threads cost processor time too). Without PyTorch only ours are measured.
 *
 * With --app also what surrounds the networks: start of the command line, memory of 1,000 pictures, service, browser (minutes).
 *
 *   npm run bench -- [--rounds 5] [--threads 2] [--only boxes,masks,image,pipeline,shipped] [--app] [--python python3] [--json FILE]
 */
import { writeFile } from "node:fs/promises";
import { cpus, loadavg } from "node:os";
import { parseArgs } from "node:util";
import { initialise, type Program } from "@scenograph/graph/program";
import { createNodeRuntime } from "@scenograph/graph/runtime/node";
import type { Runtime } from "@scenograph/graph/runtime/runtime";
import { BACKGROUND_KINDS } from "scenograph/ours/text/background";
import { WORD_DIM } from "scenograph/paper/text/vocabulary";
import { COCO } from "scenograph/scene/categories";
import * as app from "./app.ts";
import * as networks from "./networks.ts";
import { OBJECTS, pipeline, TOKENS } from "./pipeline.ts";
import { Reference, type Sample } from "./reference.ts";
import { calibrate, median, peak, shipped } from "./shipped.ts";

type Run = () => Promise<unknown>;

interface Workload {
  readonly name: string;
  readonly title: string;
  /** Largest acceptable ratio ours / PyTorch. */
  readonly target: number;
  /** Runs a round. */
  readonly runs: number;
  prepare(runtime: Runtime, training: readonly Runtime[]): Promise<Run>;
}

/** On one thread or on all, spinning: whichever is faster here and now, as the trainer chooses (`train` without --threads). */
async function trainingStep(runtimes: readonly Runtime[], program: Program): Promise<Run> {
  const feeds = networks.randomFeeds(program);
  const steps: { readonly run: Run; readonly ms: number }[] = [];
  for (const runtime of runtimes) {
    const executable = await runtime.load(program);
    await executable.writeState(initialise(program, 1));
    const run = () => executable.run(feeds);
    await run();
    steps.push({ run, ms: median((await measure(run, 5)).map((s) => s.wall)) });
  }
  return steps.reduce((a, b) => (b.ms < 0.9 * a.ms ? b : a)).run;
}

const WORKLOADS: readonly Workload[] = [
  {
    name: "boxes",
    title: `text-to-boxes step, batch ${networks.boxes.train.batch}, hidden ${networks.boxes.hidden}`,
    target: 0.4,
    runs: 3,
    prepare: (_, training) => trainingStep(training, networks.boxesProgram()),
  },
  {
    name: "masks",
    title: `shape step, ${networks.masks.train.batch} pictures of ${networks.masks.maxObjects} objects`,
    target: 0.9,
    runs: 2,
    prepare: (_, training) => trainingStep(training, networks.masksProgram()),
  },
  {
    name: "image",
    title: `image step, ${networks.image.size} px, batch ${networks.image.train.batch}, no perceptual network`,
    target: 1,
    runs: 2,
    prepare: (_, training) => trainingStep(training, networks.imageProgram()),
  },
  {
    name: "pipeline",
    title: `inference: ${TOKENS} words, ${OBJECTS} objects, one picture`,
    target: 0.4,
    runs: 3,
    prepare: pipeline,
  },
];

async function measure(run: Run, runs: number): Promise<Sample[]> {
  const samples: Sample[] = [];
  for (let i = 0; i < runs; i++) {
    const before = process.cpuUsage();
    const start = performance.now();
    await run();
    const wall = performance.now() - start;
    const { user, system } = process.cpuUsage(before);
    samples.push({ wall, cpu: (user + system) / 1000 });
  }
  return samples;
}

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "5" },
    threads: { type: "string", default: "2" },
    only: { type: "string" },
    python: { type: "string" },
    json: { type: "string" },
    app: { type: "boolean", default: false },
  },
});
const threads = Number(values.threads);
const rounds = Number(values.rounds);
const chosen = WORKLOADS.filter((w) => !values.only || values.only.split(",").includes(w.name));
const runtime = createNodeRuntime({ threads });
const training = [createNodeRuntime({ threads: 1 }), createNodeRuntime({ threads, spin: true })];
const reference = await Reference.start(values.python ? [values.python] : ["python3", "/usr/bin/python3"], {
  threads,
  text: networks.text,
  boxes: { ...networks.boxes, head: networks.boxes.ours.head },
  masks: networks.masks,
  image: networks.image,
  classes: COCO.count,
  wordDim: WORD_DIM,
  places: BACKGROUND_KINDS.length,
  corrections: networks.CORRECTIONS,
  frequent: networks.FREQUENT,
  tokens: TOKENS,
  objects: OBJECTS,
});

const before = { average: loadavg(), ...calibrate() };
const cell = (v: number | undefined, digits = 1) => (v === undefined ? "-" : v.toFixed(digits)).padStart(9);
process.stdout.write(`${"medians in ms".padEnd(60)}     ours   PyTorch    ratio  CPU ratio  target\n`);
const results = [];
for (const { name, title, target, runs, prepare } of chosen) {
  const run = await prepare(runtime, training);
  await measure(run, 1);
  if (reference) await reference.measure(name, 1);
  const ours: Sample[] = [];
  const pytorch: Sample[] = [];
  const wall: number[] = [];
  const cpu: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const a = await measure(run, runs);
    const b = reference ? await reference.measure(name, runs) : [];
    ours.push(...a);
    pytorch.push(...b);
    if (b.length === 0) continue;
    // within a round both sides saw the same machine
    wall.push(median(a.map((s) => s.wall)) / median(b.map((s) => s.wall)));
    cpu.push(median(a.map((s) => s.cpu)) / median(b.map((s) => s.cpu)));
  }
  const of = (list: readonly number[]) => (list.length > 0 ? median(list) : undefined);
  const row = {
    name,
    title,
    target,
    oursMs: of(ours.map((s) => s.wall)),
    oursCpuMs: of(ours.map((s) => s.cpu)),
    pytorchMs: of(pytorch.map((s) => s.wall)),
    pytorchCpuMs: of(pytorch.map((s) => s.cpu)),
    ratio: of(wall),
    cpuRatio: of(cpu),
    ratios: wall,
    cpuRatios: cpu,
  };
  results.push(row);
  const numbers = [cell(row.oursMs), cell(row.pytorchMs), cell(row.ratio, 2), cell(row.cpuRatio, 2)].join(" ");
  process.stdout.write(`${title.padEnd(60)}${numbers}   ${target}\n`);
}
reference?.stop();

const after = calibrate();
const load = {
  before,
  after: { average: loadavg(), ...after },
  idle: before.average[0] < 0.5 && after.median < 1.2 * after.best,
};
const only = values.only?.split(",");
const ours = !only || only.includes("shipped") ? await shipped(threads, rounds) : undefined;
const gflops = await peak(runtime);
if (ours)
  process.stdout.write(
    `\nshipped models, medians in ms: ${JSON.stringify(ours.ms)}\ngrowth: ${JSON.stringify(ours.growth)}\n`,
  );
process.stdout.write(`matrix products: ${gflops.toFixed(0)} GFLOP/s; load: ${JSON.stringify(load)}\n`);

const around = values.app && {
  coldStart: await app.coldStart(),
  memory: await app.memory(1000),
  service: await app.service(20),
  browser: await app.browser(threads),
};
if (around) process.stdout.write(`around: ${JSON.stringify(around)}\n`);

if (values.json) {
  const { model } = cpus()[0];
  const torch = reference && { version: reference.version, matmulGflops: reference.matmul };
  const machine = { cpu: model, cores: cpus().length, threads, node: process.version, torch, matmulGflops: gflops };
  const names: Readonly<Record<string, string>> = { pipeline: "inference" };
  const ratios = Object.fromEntries(results.map((r) => [names[r.name] ?? r.name, r.ratio]));
  const written = {
    machine,
    date: new Date().toISOString(),
    load,
    ratios,
    ...ours,
    ...(around && { around }),
    rounds,
    results,
  };
  await writeFile(values.json, `${JSON.stringify(written, null, 2)}\n`);
}
