#!/usr/bin/env node
// The command line in this repository; a fresh clone installs its dependencies first.
import { existsSync } from "node:fs";

const root = new URL("..", import.meta.url);
if (existsSync(new URL("packages/scenograph/src", root)) && !existsSync(new URL("node_modules", root)))
  (await import("./install.mjs")).ensureInstalled();
const { run } = await import("../packages/scenograph/bin/cli.mjs");
await run(process.argv.slice(2));
