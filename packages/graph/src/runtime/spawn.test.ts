/** The end of a process while a thread computes; in a process of its own. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { expect, test } from "vitest";

const SCRIPT = `
const { input } = await import(new URL("../leaves.ts", BASE));
const { matmul } = await import(new URL("../ops/matmul.ts", BASE));
const { compile } = await import(new URL("../program.ts", BASE));
const { createWorkerRuntime } = await import(new URL("remote.node.ts", BASE));
const { exitProcess } = await import(new URL("spawn.node.ts", BASE));
const a = input("a", [900, 900]);
const program = compile({ outputs: { product: Array.from({ length: 12 }).reduce((x) => matmul(x, a), a) } });
const runtime = createWorkerRuntime({ threads: 1 });
const loaded = await runtime.load(program);
const run = loaded.run({ a: new Float32Array(900 * 900) });
run.then(() => console.log("answered"), () => console.log("failed"));
setTimeout(() => {
  void END(7);
  loaded.run({ a: new Float32Array(900 * 900) }).then(() => console.log("more"), () => console.log("told"));
}, 20);
`;

test("exitProcess lets a thread finish its call, and nothing else happens", async () => {
  const script = SCRIPT.replaceAll("BASE", JSON.stringify(import.meta.url)).replace("END", "exitProcess");
  const child = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "--eval", script]);
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
  expect({ code, stdout, stderr }).toEqual({ code: 7, stdout: "answered\n", stderr: "" });
});
