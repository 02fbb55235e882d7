/** What the commands' options have in common: parsing of values, with messages that name the option. @module */

import type { Device } from "@scenograph/graph/runtime/runtime";
import { type Command, Option } from "commander";
import { MAX_OBJECTS, MAX_TEMPERATURE, numberError, wholeNumberError } from "../checks.ts";

export { MAX_SEED } from "../checks.ts";

/** Parser of whole numbers in [least, most]. */
export function wholeNumber(option: string, least: number, most: number = Number.MAX_SAFE_INTEGER) {
  return (text: string): number => {
    const n = Number(text);
    if (!Number.isInteger(n) || n < least || n > most || text.trim() === "")
      throw wholeNumberError(option, text, least, most);
    return n;
  };
}

/** Parser of numbers in [least, most]. */
export function numberIn(option: string, least: number, most: number) {
  return (text: string): number => {
    const n = Number(text);
    if (!(n >= least && n <= most) || text.trim() === "") throw numberError(option, text, least, most);
    return n;
  };
}

/** What --device may be, where onnxruntime-node has it. */
export const DEVICES: readonly string[] = ["cpu", "webgpu", "cuda", "coreml", "dml"];

/** Values that every generating command takes. */
export interface ModelFlags {
  readonly model?: string;
  readonly device?: Device;
  readonly threads?: number;
}

export function addModelOptions(command: Command): Command {
  return command
    .option("-m, --model <name>", 'a shipped model or the path of a model folder (default: "illustrated")')
    .addOption(
      new Option("--device <name>", "where networks run; the others only where this machine has them")
        .choices([...DEVICES])
        .default("cpu"),
    )
    .option("--threads <n>", "threads of the compute engine (default: all cores)", wholeNumber("--threads", 1, 256));
}

export interface SamplingFlags {
  readonly temperature?: number;
  readonly labelTemperature?: number;
  readonly boxTemperature?: number;
  readonly maxObjects?: number;
  readonly extras?: number;
  readonly closed?: true;
}

export function addSamplingOptions(command: Command): Command {
  return command
    .option(
      "-t, --temperature <t>",
      "of labels and boxes: 0 = the most likely, 1 = as learnt",
      numberIn("-t", 0, MAX_TEMPERATURE),
    )
    .option("--label-temperature <t>", "of labels alone", numberIn("--label-temperature", 0, MAX_TEMPERATURE))
    .option("--box-temperature <t>", "of boxes alone", numberIn("--box-temperature", 0, MAX_TEMPERATURE))
    .option("--max-objects <n>", "at most this many objects", wholeNumber("--max-objects", 1, MAX_OBJECTS))
    .option(
      "--extras <share>",
      "objects that nobody asked for: 0 none, 1 as in photographs (default: 0.3)",
      numberIn("--extras", 0, 1),
    )
    .option("--closed", "leave things out that no category names (they get a box only)");
}

/** As `BoxOptions`; what is not given is left to the model's configuration. */
export function samplingOptions(flags: SamplingFlags) {
  const label = flags.labelTemperature ?? flags.temperature;
  const box = flags.boxTemperature ?? flags.temperature;
  return {
    ...(label !== undefined && { labelTemperature: label }),
    ...(box !== undefined && { boxTemperature: box }),
    ...(flags.maxObjects !== undefined && { maxObjects: flags.maxObjects }),
    ...(flags.extras !== undefined && { extras: flags.extras }),
    ...(flags.closed && { closed: true }),
  };
}
