// npm start -- "a sentence": installs what is missing and generates. Commands and options pass through.
import { ensureInstalled } from "./install.mjs";

ensureInstalled();
const args = process.argv.slice(2);
const [first] = args;
// a sentence has a space; a single word is one unless it is a command or an option
const commands = [
  "generate",
  "layout",
  "train",
  "data",
  "model",
  "score",
  "judges",
  "inspect",
  "export",
  "doctor",
  "help",
];
const isCommand =
  first === undefined || commands.includes(first) || ["--help", "-h", "--version", "-V"].includes(first);
if (first === undefined)
  console.error('scenograph: write a sentence, for example: npm start -- "two people riding horses on the beach"\n');
process.argv.splice(2, args.length, ...(isCommand ? (first === undefined ? ["--help"] : args) : ["generate", ...args]));
await import("./scenograph.mjs");
