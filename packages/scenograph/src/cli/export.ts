/** `scenograph export`: the networks of a model for other programs. @module */
import { join } from "node:path";
import { UserError } from "@scenograph/graph/errors";
import type { PortSpec } from "@scenograph/graph/program";
import { Command } from "commander";
import type { ModelInfo } from "../model/info.ts";
import { DEFAULT_MODEL, findModel, folderReader } from "../model/load.node.ts";
import { type ExportedProgram, exportPrograms } from "../model/onnx.ts";
import { startOf } from "../paper/boxes/model.ts";
import { sizeName } from "../scene/geometry.ts";
import { writeWhole } from "./files.ts";
import { wholeNumber } from "./options.ts";

interface Flags {
  readonly onnx?: true;
  readonly out: string;
  readonly model?: string;
  readonly batch: number;
  readonly objects: number;
  readonly json?: true;
}

export function exportCommand(): Command {
  return new Command("export")
    .description("write the networks of a model as ONNX files, weights inside, with a README of inputs and outputs")
    .option("--onnx", "the format; there is only this one")
    .option("-m, --model <name>", "a shipped model or the path of a model folder", DEFAULT_MODEL)
    .requiredOption("-o, --out <dir>", "folder for the files")
    .option("--batch <n>", "sentences a run, rounded up to a power of two", wholeNumber("--batch", 1, 16), 1)
    .option("--objects <n>", "objects a picture in masks.onnx, rounded up", wholeNumber("--objects", 1, 48), 8)
    .option("--json", "print names, inputs and outputs as JSON")
    .addHelpText(
      "after",
      `
Examples:
  scenograph export --onnx --out onnx
  scenograph export --onnx --model photo --batch 8 --out onnx-8`,
    )
    .action(run);
}

async function run(flags: Flags): Promise<void> {
  if (!flags.onnx) throw new UserError("export: needs a format, got none; write: scenograph export --onnx --out DIR");
  const folder = await findModel(flags.model);
  const { info, programs } = await exportPrograms(folderReader(folder), flags);
  for (const { name, bytes } of programs) await writeWhole(join(flags.out, `${name}.onnx`), bytes);
  await writeWhole(join(flags.out, "README.md"), readme(flags.model ?? DEFAULT_MODEL, info, programs));
  const rows = programs.map(({ name, bytes, inputs, outputs }) => {
    return { file: join(flags.out, `${name}.onnx`), bytes: bytes.length, inputs, outputs };
  });
  if (flags.json) console.log(JSON.stringify(rows));
  else for (const r of rows) console.log(`${r.file}  ${(r.bytes / 1e6).toFixed(1)} MB`);
}

/** What a reader of the files has to know, of a model with these settings. */
function aboutOf({ config, vocabulary }: ModelInfo): Readonly<Record<string, string>> {
  const { classes } = config.boxes;
  const whose = vocabulary
    ? `${classes} categories of the model's own, in the order of model.json`
    : `${classes} COCO categories in the order of their ids`;
  const grid =
    config.masks.ours.frame === "box" ? "64 x 64 in the box" : `${sizeName(config.masks.size)} over the picture`;
  return {
    text: "A sentence's embedding. `text.vectors`: word vectors, time first, zeros for unknown words and padding; `text.words`: row of the correction table, 0 = none; `text.valid`: 1 for words, 0 for padding. The vectors are int8 times a scale in the model's text.safetensors (vocabulary.*).",
    "boxes-sentence":
      "What follows from the sentence alone, computed once: `sentence.0`, `sentence.1` ... are inputs of the programs below. `sentence`: the embedding; where the model counts what is mentioned also `boxes.named`: 1 for each category that the sentence names, and `boxes.numbers`: log(1 + count) where it states one.",
    "boxes-step": `One step of the LSTM of p(B_1:T | s). Begin with label ${startOf(classes)}, box 0, h and c 0. \`logits\`: ${whose}, then the end. Boxes are (cx, cy, log w, log h), standardised by boxes.statistics [mean; std] of boxes.safetensors.`,
    "boxes-xy":
      "Parameters of the mixture p(x, y | l), 6 numbers a component, given the new `h` and the label that was chosen.",
    "boxes-wh": "Parameters of the mixture p(w, h | x, y, l), given the place (standardised) as well.",
    masks: `Masks ${grid}, probabilities, 0 outside the box. \`boxes\`: [x, y, w, h] in fractions${config.masks.ours.frame === "box" ? "" : ", edges on that grid"}; \`labels\`: category 0-${classes - 1}; \`valid\`: 1 for objects, 0 for padding; \`noise\`: standard normal. Objects come ${config.masks.order === "largest-first" ? "largest first" : "left to right"}.`,
    image: `The picture in [-1, 1], ${sizeName(config.image.size)} pixels, channels first. \`layout.classes\`: category 0-${classes - 1} of the nearest object at each pixel, ${classes} = none; \`layout.boundary\`: 1 where the pixel to the right or below belongs to another object; \`text\`: the embedding; where the model looks at single objects also \`layout.owner\`: slot of the nearest object, largest first, 10 = none; \`layout.u\`, \`layout.v\`: position in its box, 0-255; \`objects.classes\`, \`objects.ranks\`: category and rank in it (0-3) of each slot; \`words.vectors\`, \`words.valid\`: as those of the text, batch first; \`noise\`: standard normal.`,
  };
}

function readme(model: string, info: ModelInfo, programs: readonly ExportedProgram[]): string {
  const about = aboutOf(info);
  const ports = (list: readonly PortSpec[]) =>
    list.map((p) => `| \`${p.name}\` | ${p.dtype} | ${p.shape.join(" x ") || "scalar"} |`).join("\n");
  const parts = programs.map(
    ({ name, inputs, outputs }) =>
      `## ${name}.onnx\n\n${about[name]}\n\n| input | type | shape |\n|---|---|---|\n${ports(inputs)}\n\n` +
      `| output | type | shape |\n|---|---|---|\n${ports(outputs)}\n`,
  );
  return (
    `# Model "${model}" of Scenograph as ONNX\n\nOperator set 17, static shapes, float32 weights inside. A sentence goes ` +
    "through text and boxes-sentence, then boxes-step, boxes-xy and boxes-wh once an object, then masks, then image.\n\n" +
    `${parts.join("\n")}`
  );
}
