/** Running the command line: the real program in a process of its own, or in this one where that is enough. */
import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { main } from "scenograph/cli/main";
import { packageFolder } from "scenograph/model/package.node";

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly stdin?: string;
  /** Which file of bin/. */
  readonly script?: string;
  readonly onOutput?: (child: ChildProcess, stdout: string, stderr: string) => void;
}

/** `node bin/scenograph.mjs ...args` as a user would run it. */
export function runBin(args: readonly string[], options: RunOptions = {}): Promise<Outcome> {
  const script = join(packageFolder(), "bin", options.script ?? "scenograph.mjs");
  const env = { ...process.env };
  // vitest's own loaders, and threads that were bundled for the tests, are not the user's
  delete env.NODE_OPTIONS;
  delete env.SCENOGRAPH_BUNDLED_THREADS;
  const child = spawn(process.execPath, [script, ...args], { cwd: options.cwd, env });
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (d) => {
    stdout += d;
    options.onOutput?.(child, stdout, stderr);
  });
  child.stderr.on("data", (d) => {
    stderr += d;
    options.onOutput?.(child, stdout, stderr);
  });
  child.stdin.on("error", () => {});
  child.stdin.end(options.stdin ?? "");
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, stdout, stderr }));
  });
}

/** `main` in this process, its output caught. */
export async function runHere(...args: string[]): Promise<Outcome> {
  const written = { stdout: "", stderr: "" };
  const streams = ["stdout", "stderr"] as const;
  const kept = streams.map((name) => process[name].write);
  const { log, error } = console;
  for (const name of streams)
    process[name].write = ((text: string | Uint8Array) => {
      written[name] += String(text);
      return true;
    }) as typeof process.stdout.write;
  console.log = (line: unknown) => process.stdout.write(`${line}\n`);
  console.error = (line: unknown) => process.stderr.write(`${line}\n`);
  try {
    const code = await main(args);
    return { code, ...written };
  } finally {
    streams.forEach((name, i) => {
      process[name].write = kept[i];
    });
    Object.assign(console, { log, error });
    process.exitCode = undefined;
  }
}
