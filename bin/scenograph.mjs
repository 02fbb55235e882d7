#!/usr/bin/env node
// The command. Inside the repository it runs the source (through tsx); installed, what was compiled into dist/.
import { existsSync } from "node:fs";

if (Number(process.versions.node.split(".")[0]) < 20) {
  console.error(`scenograph: needs Node 20 or later, got ${process.versions.node}; install a newer one`);
  process.exit(2);
}
// a reader that has seen enough (| head) is no error
process.stdout.on("error", (error) => process.exit(error.code === "EPIPE" ? 0 : 1));
const source = new URL("../src/cli/main.ts", import.meta.url);
const compiled = new URL("../dist/src/cli/main.js", import.meta.url);
if (existsSync(source)) {
  // a fresh clone
  if (!existsSync(new URL("../node_modules", import.meta.url))) (await import("./install.mjs")).ensureInstalled();
  const tsx = await import("tsx/esm/api");
  tsx.register();
}
const { main } = await import(existsSync(source) ? source.href : compiled.href);
process.exitCode = await main(process.argv.slice(2));
