/** `scenograph doctor`: is this installation in order? @module */
import "@scenograph/graph/runtime/silence.node";
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { cpus, freemem, totalmem } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { input } from "@scenograph/graph/leaves";
import { judgesFolder, loadWeights, type NetworkName } from "@scenograph/graph/nn/perceptual/cache.node";
import { matmul } from "@scenograph/graph/ops/matmul";
import { compile } from "@scenograph/graph/program";
import { createWorkerRuntime } from "@scenograph/graph/runtime/remote.node";
import type { Device } from "@scenograph/graph/runtime/runtime";
import { Command, Option } from "commander";
import { findModel, listModels } from "../model/load.node.ts";
import { packageFolder } from "../model/package.node.ts";
import { inspect } from "./inspect.ts";
import { DEVICES } from "./options.ts";

export interface Diagnosis {
  /** False when anything that generating needs is missing or broken. */
  readonly ok: boolean;
  readonly problems: readonly string[];
  readonly scenograph: string;
  readonly node: string;
  readonly platform: string;
  readonly cores: number;
  readonly memoryGB: { readonly total: number; readonly free: number };
  /** `devices`: what --device may be here: those that have computed the self-test right. `tried`: all that onnxruntime was built with. */
  readonly onnxruntime: {
    readonly version: string;
    readonly devices: readonly string[];
    readonly tried: readonly Tried[];
  } | null;
  readonly models: readonly { readonly name: string; readonly ok: boolean; readonly problems: readonly string[] }[];
  /** Pretrained networks; only training and evaluation want them. */
  readonly judges: { readonly folder: string; readonly installed: readonly string[] };
  /** A product of two 256 x 256 matrices in the worker: right or not, milliseconds to start and to run. */
  readonly selfTest: { readonly ok: boolean; readonly startMs: number; readonly runMs: number } | null;
}

/** A device that onnxruntime was built with, and whether this machine has it. */
export interface Tried {
  readonly device: string;
  readonly ok: boolean;
  readonly problem?: string;
  readonly runMs?: number;
}

export function doctorCommand(): Command {
  return new Command("doctor")
    .description("check node, the compute engine, its devices, the models' files and a small computation")
    .option("--json", "print as JSON")
    .addOption(new Option("--try <device>", "try one device, print as JSON").choices(DEVICES).hideHelp())
    .addHelpText(
      "after",
      "\nExit code 0: all is well; 1: something is wrong, each with a line.\n\nExample:\n  scenograph doctor",
    )
    .action(async (flags: { json?: true; try?: Device }) => {
      if (flags.try) return console.log(JSON.stringify(await tryHere(flags.try)));
      const found = await diagnose();
      console.log(flags.json ? JSON.stringify(found) : describe(found));
      if (!found.ok) process.exitCode = 1;
    });
}

export async function diagnose(): Promise<Diagnosis> {
  const problems: string[] = [];
  const major = Number(process.versions.node.split(".")[0]);
  if (major < 20) problems.push(`node ${process.versions.node} is too old; install 20 or later`);
  const models = await Promise.all((await listModels()).map(checkModel));
  if (models.length === 0) problems.push("there is no model in models/; install again");
  for (const model of models) for (const problem of model.problems) problems.push(`model ${model.name}: ${problem}`);
  const onnxruntime = await engine().catch((error: Error) => {
    problems.push(`onnxruntime-node does not load: ${error.message.split("\n")[0]}; run npm ci again`);
    return null;
  });
  const selfTest = onnxruntime && (await compute("cpu"));
  if (selfTest && !selfTest.ok) problems.push("the self-test computed wrong numbers; run npm ci again");
  return {
    ok: problems.length === 0,
    problems,
    scenograph: (JSON.parse(await readFile(join(packageFolder(), "package.json"), "utf8")) as { version: string })
      .version,
    node: process.versions.node,
    platform: `${process.platform}-${process.arch}`,
    cores: cpus().length,
    memoryGB: { total: gigabytes(totalmem()), free: gigabytes(freemem()) },
    onnxruntime,
    models,
    judges: await judges(),
    selfTest,
  };
}

async function checkModel(name: string) {
  try {
    const { files } = (await inspect(await findModel(name))) as unknown as {
      files: { path: string; whole: boolean; problem?: string }[];
    };
    const problems = files
      .filter((f) => !f.whole)
      .map((f) => f.problem ?? `${f.path} is not the file that model.json names; restore it`);
    return { name, ok: problems.length === 0, problems };
  } catch (error) {
    return { name, ok: false, problems: [(error as Error).message] };
  }
}

async function engine() {
  const { listSupportedBackends } = await import("onnxruntime-node");
  const manifest = createRequire(import.meta.url).resolve("onnxruntime-node/package.json");
  const { version } = JSON.parse(await readFile(manifest, "utf8")) as { version: string };
  const names = listSupportedBackends().flatMap((b) => (DEVICES.includes(b.name) ? [b.name] : []));
  const tried: Tried[] = [];
  // one after the other: a device that is not there may take its time to say so
  for (const name of names) tried.push(await (name === "cpu" ? tryHere(name) : tryDevice(name as Device)));
  return { version, devices: tried.filter((t) => t.ok).map((t) => t.device), tried };
}

const DEVICE_MS = 60_000;

async function tryHere(device: Device): Promise<Tried> {
  try {
    const { ok, runMs } = await compute(device);
    return { device, ok, runMs, ...(!ok && { problem: "computes wrong numbers" }) };
  } catch (error) {
    return { device, ok: false, problem: (error as Error).message.split("\n")[0] };
  }
}

/** In a process of its own: drivers that are not there write to stderr by themselves, and broken ones crash. */
function tryDevice(device: Device): Promise<Tried> {
  const program = fileURLToPath(new URL("../../bin/scenograph.mjs", import.meta.url));
  return new Promise((resolve) => {
    const args = [program, "doctor", "--try", device];
    execFile(process.execPath, args, { timeout: DEVICE_MS, killSignal: "SIGKILL" }, (error, stdout) => {
      if (!error) return resolve(JSON.parse(stdout) as Tried);
      const problem = error.killed
        ? `no answer within ${DEVICE_MS / 1000} s`
        : `ended with ${error.signal ?? error.code}`;
      resolve({ device, ok: false, problem });
    });
  });
}

async function compute(device: Device) {
  const n = 256;
  const program = compile({ outputs: { c: matmul(input("a", [n, n]), input("b", [n, n])) } });
  const [a, b] = [new Float32Array(n * n).map((_, i) => (i % 7) - 3), new Float32Array(n * n).map((_, i) => i % 5)];
  const start = performance.now();
  const runtime = createWorkerRuntime({ device });
  try {
    const run = await runtime.load(program);
    const loaded = performance.now();
    const { c } = await run.run({ a, b });
    const done = performance.now();
    // whole numbers below 2^24 are exact in float32
    let expected = 0;
    for (let k = 0; k < n; k++) expected += a[3 * n + k] * b[k * n + 5];
    return { ok: c[3 * n + 5] === expected, startMs: Math.round(loaded - start), runMs: Math.round(done - loaded) };
  } finally {
    await runtime.close();
  }
}

async function judges() {
  const names: NetworkName[] = ["coco-ssd", "inception-mixed5"];
  const whole = await Promise.all(
    names.map((name) =>
      loadWeights(name).then(
        () => true,
        () => false,
      ),
    ),
  );
  return { folder: judgesFolder(), installed: names.filter((_, i) => whole[i]) };
}

function gigabytes(bytes: number): number {
  return Math.round(bytes / 1e8) / 10;
}

function describe(d: Diagnosis): string {
  const engineLine = d.onnxruntime
    ? `${d.onnxruntime.version}, devices that work here: ${d.onnxruntime.devices.join(", ") || "none"}`
    : "does not load";
  const models = d.models.map((m) => `${m.name}${m.ok ? "" : " (broken)"}`).join(", ") || "none";
  const test = d.selfTest ? `${d.selfTest.ok ? "right" : "WRONG"}, ${d.selfTest.startMs} ms to start` : "not run";
  return [
    `scenograph   ${d.scenograph}`,
    `node         ${d.node} on ${d.platform}, ${d.cores} cores, ${d.memoryGB.free} of ${d.memoryGB.total} GB free`,
    `onnxruntime  ${engineLine}`,
    ...(d.onnxruntime?.tried ?? [])
      .filter((t) => !t.ok)
      .map((t) => `             ${t.device}: not here (${t.problem})`),
    `self-test    ${test}`,
    `models       ${models}`,
    `judges       ${d.judges.installed.join(", ") || "none (only needed to train and evaluate: scenograph judges install)"}`,
    ...(d.ok ? ["all is well"] : d.problems.map((p) => `problem: ${p}`)),
  ].join("\n");
}
