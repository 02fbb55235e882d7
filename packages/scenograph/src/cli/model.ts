/** `scenograph model ...`: model folders out of training runs, and what models there are. @module */

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "@scenograph/graph/errors";
import { readSafetensorsHeader } from "@scenograph/graph/formats/safetensors";
import { createWorkerRuntime } from "@scenograph/graph/runtime/remote.node";
import { Command } from "commander";
import { assembleModel, modelConfig, weightsFile } from "../model/assemble.node.ts";
import { parseModelInfo } from "../model/info.ts";
import { findModel, listModels, modelBytes } from "../model/load.node.ts";
import { shrinkModel } from "../model/shrink.node.ts";
import { STAGES, type StageName } from "../pipeline.ts";
import { sizeName } from "../scene/geometry.ts";
import { optional } from "./optional.ts";

export function modelCommand(): Command {
  return new Command("model")
    .description("models: folders with model.json and a weight file for each stage")
    .addCommand(assembleCommand())
    .addCommand(shrinkCommand())
    .addCommand(listCommand());
}

function shrinkCommand(): Command {
  return new Command("shrink")
    .description("a model's weights as 8-bit integers, in place: half the size, slightly other pictures")
    .argument("<folder>", "of the model; one that shares its files is shrunk again afterwards, for its hashes")
    .action(async (folder: string) => {
      const { before, after } = await shrinkModel(await findModel(folder));
      console.log(`${folder}: ${(before / 1e6).toFixed(2)} MB -> ${(after / 1e6).toFixed(2)} MB`);
    });
}

/** What is used of the lab's configurations. */
interface ConfigReader {
  loadConfig(file: string | undefined, sets: readonly string[]): Promise<Parameters<typeof assembleModel>[0]["config"]>;
}

interface AssembleFlags extends Record<StageName, string> {
  readonly name: string;
  readonly description: string;
  readonly licence?: string;
  readonly config?: string;
  readonly set: string[];
  readonly out: string;
  readonly json?: true;
}

function assembleCommand(): Command {
  const command = new Command("assemble")
    .description("the weights of four training runs as a model folder: only what generating needs, as float16")
    .requiredOption("--name <name>", "the model's name")
    .option("--description <text>", "one line about it", "")
    .option("--licence <text>", "what the weights may be used for, noted in each file")
    .option("-c, --config <file>", "configuration of all stages (default: what the runs noted in their weights)")
    .option("--set <key=value>", "change a value, e.g. boxes.endBias=0.2; may be repeated", collect, []);
  for (const stage of STAGES)
    command.requiredOption(
      `--${stage} <file>`,
      `weights.safetensors or run folder of stage ${stage}, or several joined by commas`,
    );
  return command
    .requiredOption("-o, --out <dir>", "the model's folder, e.g. models/mine")
    .option("--json", "print model.json")
    .addHelpText(
      "after",
      `
The run of the boxes trains the text encoder along, so --text is the same run. A weight file of a model beside --out
is not copied but shared. Before anything is written the model makes one picture.

Examples:
  scenograph model assemble --name mine --config configs/illustrated-64.yaml --out models/mine \\
      --text runs/boxes --boxes runs/boxes --masks runs/masks --image runs/image
  scenograph model assemble --name photo --out models/photo --image runs/photo \\
      --text models/illustrated/text.safetensors --boxes models/illustrated/boxes.safetensors \\
      --masks models/illustrated/masks.safetensors --config configs/photo-64.yaml
  scenograph generate "a dog on the beach" --model models/mine`,
    )
    .action(assemble);
}

async function assemble(flags: AssembleFlags): Promise<void> {
  const noted = flags.config === undefined ? await notedConfigs(flags) : [];
  const { loadConfig } = await optional<ConfigReader>("model assemble", "@scenograph/lab", "train/config");
  const { text, boxes, masks, image, ours } = await loadConfig(flags.config, [...noted, ...flags.set]);
  const runtime = createWorkerRuntime();
  try {
    const info = await assembleModel({
      name: flags.name,
      description: flags.description,
      licence: flags.licence,
      sources: flags,
      config: modelConfig({ text, boxes, masks, image, ours }),
      out: flags.out,
      runtime,
    });
    const bytes = await modelBytes(flags.out, Object.values(info.files));
    if (flags.json) console.log(JSON.stringify(info));
    else
      console.log(
        `${flags.out}: model ${info.name}, ${typeof info.size === "number" ? info.size : sizeName(info.size)} pixels, ${(bytes / 1e6).toFixed(1)} MB`,
      );
  } finally {
    await runtime.close();
  }
}

/** The configuration that each run kept in its weights' metadata, as --set values. */
async function notedConfigs(flags: Readonly<Record<StageName, string>>): Promise<string[]> {
  const sets: string[] = [];
  for (const stage of STAGES) {
    for (const source of flags[stage].split(",")) {
      const file = await weightsFile(source, stage);
      const { metadata } = readSafetensorsHeader(await readFile(file));
      if (metadata.config !== undefined) sets.push(...notedBy(stage, file, metadata));
    }
  }
  return sets;
}

/** What one weight file notes: the settings of its stage, or of ideas beside the paper. */
function notedBy(stage: StageName, file: string, metadata: Readonly<Record<string, string>>): string[] {
  // by stage (the run of the boxes trains the text encoder along), or the stage's own alone
  const noted = JSON.parse(metadata.config) as Record<string, unknown>;
  const own = noted[stage] ?? (metadata.stage === stage ? noted : undefined);
  const beside = !(STAGES as readonly string[]).includes(metadata.stage);
  if (!own && beside && noted.ours !== undefined)
    return Object.entries(noted.ours as Record<string, unknown>).map(
      ([name, value]) => `ours.${name}=${JSON.stringify(value)}`,
    );
  if (!own)
    throw new UserError(
      `model assemble: --${stage} wants a run of stage ${stage}, got one of ${metadata.stage} (${file}); name another`,
    );
  return [`${stage}=${JSON.stringify(own)}`];
}

function listCommand(): Command {
  return new Command("list")
    .description("the models that ship with this installation")
    .option("--json", "print as JSON")
    .action(async (flags: { json?: true }) => {
      const rows = await Promise.all(
        (await listModels()).map(async (name) => {
          const folder = await findModel(name);
          const info = parseModelInfo(await readFile(join(folder, "model.json"), "utf8"), folder);
          return { name, size: info.size, description: info.description, folder };
        }),
      );
      if (flags.json) console.log(JSON.stringify(rows));
      else if (rows.length === 0) console.log("no models; make one: scenograph model assemble --help");
      else for (const r of rows) console.log(`${r.name.padEnd(14)} ${String(r.size).padStart(4)} px  ${r.description}`);
    });
}

function collect(value: string, all: string[]): string[] {
  return [...all, value];
}
