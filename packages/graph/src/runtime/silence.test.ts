/** A process that computes leaves nothing of onnxruntime's in the home folder; in a process of its own, as it happens once each. */
import { execFile } from "node:child_process";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const SCRIPT = `
const { input } = await import(new URL("../leaves.ts", BASE));
const { add } = await import(new URL("../ops/elementwise.ts", BASE));
const { compile } = await import(new URL("../program.ts", BASE));
const { createNodeRuntime } = await import(new URL("node.ts", BASE));
const { createWorkerRuntime } = await import(new URL("remote.node.ts", BASE));
const program = compile({ outputs: { sum: add(input("a", [1]), 1) } });
const runtime = WORKER ? createWorkerRuntime({ threads: 1 }) : createNodeRuntime({ threads: 1 });
const loaded = await runtime.load(program);
console.log(String((await loaded.run({ a: Float32Array.of(2) })).sum));
await runtime.close();
`;

test.each([false, true])("nothing is kept or sent about the user (in a worker: %s)", async (worker) => {
  const home = await mkdtemp(join(tmpdir(), "scenograph-home-"));
  const script = SCRIPT.replaceAll("BASE", JSON.stringify(import.meta.url)).replace("WORKER", String(worker));
  // under CI or a test runner onnxruntime is silent by itself
  const env = { PATH: process.env.PATH, HOME: home, TMPDIR: home };
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ["--import", "tsx", "--input-type=module", "--eval", script],
    { env },
  );
  expect(stdout.trim()).toBe("3");
  expect((await readdir(home, { recursive: true })).filter((f) => /onnxruntime|mat-debug|Microsoft/i.test(f))).toEqual(
    [],
  );
  await rm(home, { recursive: true });
});
