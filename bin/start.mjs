// npm start -- "a sentence": installs what is missing and generates. Commands and options pass through.
import { ensureInstalled } from "./install.mjs";

ensureInstalled();
const { run } = await import("../packages/scenograph/bin/cli.mjs");
const args = process.argv.slice(2);
if (args.length === 0)
  console.error('scenograph: write a sentence, for example: npm start -- "two people riding horses on the beach"\n');
await run(args.length === 0 ? ["--help"] : args, { sentence: true });
