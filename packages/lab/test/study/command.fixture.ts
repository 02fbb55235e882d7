/** The command line `study ...` as a process of its own, so that tests can kill it. */
import { type ChildProcess, spawn } from "node:child_process";
import { studyCommand } from "../../src/cli/study.ts";

const main = new URL(import.meta.url).pathname;

if (process.argv[1] === main) {
  await studyCommand()
    .parseAsync(process.argv.slice(2), { from: "user" })
    .catch((error: Error) => {
      process.stderr.write(`${error.message}\n`);
      process.exitCode = 2;
    });
}

/** Starts `study serve` and waits for its address. */
export async function startServer(folder: string, port = 0): Promise<{ url: string; child: ChildProcess }> {
  const args = ["--conditions=source", "--import", "tsx", main, "serve", "--study", folder, "--port", String(port)];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  child.stderr.on("data", (chunk) => {
    said += chunk;
  });
  const url = await new Promise<string>((resolve, reject) => {
    let out = "";
    child.stdout.on("data", (chunk) => {
      out += chunk;
      if (out.includes("\n")) resolve(out.split("\n")[0]);
    });
    child.once("exit", (code) => reject(new Error(`study serve ended with ${code}: ${said}`)));
  });
  return { url, child };
}

/** Runs `study ...` to its end. -> what it printed; throws what it complained about */
export async function runStudy(...args: string[]): Promise<string> {
  const child = spawn(process.execPath, ["--conditions=source", "--import", "tsx", main, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let out = "";
  let said = "";
  child.stdout.on("data", (chunk) => {
    out += chunk;
  });
  child.stderr.on("data", (chunk) => {
    said += chunk;
  });
  const code = await new Promise((resolve) => child.once("close", resolve));
  if (code !== 0) throw new Error(said);
  return out;
}

/** Ends a server at once, without a chance to tidy up. */
export async function kill(child: ChildProcess): Promise<void> {
  const gone = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGKILL");
  await gone;
}
