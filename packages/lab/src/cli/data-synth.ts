/** `scenograph data synth`: captions and layouts from the built-in grammar, no outside data needed. @module */

import { ConfigError } from "@scenograph/graph/errors";
import { Command } from "commander";
import { synthesise } from "../data/synth.ts";

interface Options {
  readonly out: string;
  readonly count: number;
  readonly seed: number;
  readonly split: string;
  readonly json?: boolean;
}

export function synthCommand(): Command {
  return new Command("synth")
    .description(
      "write a COCO folder of captions and layouts made by a grammar, without pictures (data illustrate draws them)",
    )
    .requiredOption("--out <dir>", "COCO folder to write")
    .option("--count <n>", "scenes", whole("--count", 1, 1e6), 2000)
    .option("--seed <n>", "fixes every scene", whole("--seed", 0, 2 ** 20), 1)
    .option("--split <name>", "name of the split", "train")
    .option("--json", "print the result as JSON")
    .action(async (options: Options) => {
      const result = await synthesise(options);
      process.stdout.write(
        options.json
          ? `${JSON.stringify(result)}\n`
          : `${options.out}, split ${options.split}: ${result.pictures} scenes, ${result.objects} objects\n`,
      );
    });
}

function whole(name: string, low: number, high: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!Number.isInteger(value) || value < low || value > high)
      throw new ConfigError(`data synth: ${name} is a whole number from ${low} to ${high}, got "${text}"; correct it`);
    return value;
  };
}
