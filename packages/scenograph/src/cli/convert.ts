/** `scenograph convert`: a layout of one program becomes that of another. @module */
import { basename } from "node:path";
import { UserError } from "@scenograph/graph/errors";
import { Command, Option } from "commander";
import { decodePicture } from "../draw/picture.ts";
import { isPng } from "../formats/png.ts";
import { FORMATS, formatOf, importScene, ORDERS, UNITS } from "../interchange/index.ts";
import type { ImportOptions, Order, Size, Unit } from "../interchange/types.ts";
import { modelCategories } from "../model/load.node.ts";
import { COCO } from "../scene/categories.ts";
import type { Picture } from "../scene/scene.ts";
import {
  addExportOptions,
  type ExportFlags,
  type ExportSize,
  exportOptionsOf,
  exportSizeOption,
  formatOption,
  inputBytes,
  sidesOf,
  sizeOption,
  writeExport,
} from "./exports.ts";
import { note } from "./session.ts";

interface Flags extends ExportFlags {
  readonly to?: string;
  readonly from?: string;
  readonly out?: string;
  readonly size?: ExportSize;
  readonly canvas?: Size;
  readonly order?: Order;
  readonly units?: Unit;
  readonly caption?: string;
  readonly picture?: string;
  readonly model?: string;
  readonly list?: true;
}

const HELP = `
A layout may stand in the answer of a language model, with prose around it. The order of four bare numbers is never
guessed: xywh (left, top, width, height), xyxy (left, top, right, bottom), yxyx (top, left, bottom, right), yxhw.
Text goes to standard output unless --out names a file or folder; --list shows the formats.

Examples:
  scenograph convert out/a-cat.png --to ora --size 1024 --out cat.ora
  scenograph convert out/a-cat.scene.json --to ideogram
  scenograph convert answer.txt --order yxyx --units thousandths --to scene --out mine.scene.json
  scenograph convert boxes.json --from comfyui-boxes --canvas 1024x768 --to gligen
  scenograph convert photo.labelme.json --to controlnet-ade20k --place beach --out map.png`;

export function convertCommand(): Command {
  const command = new Command("convert")
    .description("a layout from or for another program: Ideogram, ComfyUI, InvokeAI, GLIGEN, PSD, OpenRaster, SVG, ...")
    .argument("[file]", 'a scene, or a layout of another program; "-" is standard input')
    .option("--to <format>", "write this format", formatOption)
    .option("--from <format>", "read this format (default: what it looks like)", (name) => formatOf(name, "read").name)
    .option("-o, --out <path>", "file or folder")
    .option("--size <pixels>", "of what is written: 1024 (the longer side) or 1024x768", exportSizeOption)
    .option("--canvas <pixels>", "that the boxes were measured on", sizeOption("--canvas", 1, 65_536))
    .addOption(new Option("--order <order>", "of a box's four bare numbers").choices([...ORDERS]))
    .addOption(new Option("--units <unit>", "of a box's numbers, where they are bare").choices([...UNITS]))
    .option("--caption <sentence>", "what the scene shows (default: what the file says)")
    .option("--model <name>", "whose categories the labels are (default: the COCO categories of the shipped ones)")
    .option("--picture <file>", "of the scene, for layers (default: the one that a PNG is)")
    .option("--list", "print the formats");
  return addExportOptions(command).addHelpText("after", HELP).action(run);
}

async function run(file: string | undefined, flags: Flags): Promise<void> {
  if (flags.list) return void process.stdout.write(listing());
  if (file === undefined)
    throw new UserError("convert: needs a file, got none; for example: scenograph convert a.scene.json --to svg");
  if (!flags.to) throw new UserError("convert: needs --to, got none; scenograph convert --list shows the formats");
  const bytes = await inputBytes("convert", file);
  const { canvas, order, units, caption } = flags;
  const categories = flags.model === undefined ? COCO : await modelCategories(flags.model);
  const options: ImportOptions = {
    ...canvas,
    categories,
    ...(order && { order }),
    ...(units && { units }),
    ...(caption !== undefined && { caption }),
  };
  const { scene, format, notes } = importScene(bytes, flags.from, options);
  for (const line of notes) note(`${file}: ${line}`);
  if (!flags.from && !format.startsWith("scene")) note(`${file}: read as ${format}`);
  const picture = flags.picture
    ? await pictureOf(flags.picture)
    : isPng(bytes)
      ? await decodePicture(bytes)
      : undefined;
  const paths = await writeExport(scene, {
    format: flags.to,
    options: { ...exportOptionsOf(flags), ...sidesOf(flags.size, picture ?? scene), categories },
    ...(picture && { picture }),
    ...(flags.out !== undefined && { out: flags.out }),
    name:
      file === "-"
        ? "scene"
        : basename(file)
            .replace(/\.[^.]*$/, "")
            .replace(/\.(?:scene|coco|seg)$/, ""),
  });
  for (const path of paths) process.stdout.write(`${path}\n`);
}

async function pictureOf(file: string): Promise<Picture> {
  try {
    return await decodePicture(await inputBytes("convert", file));
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(
      `convert: --picture ${file} is no picture (${(error as Error).message.slice(0, 80)}); name a PNG or JPEG`,
    );
  }
}

function listing(): string {
  const rows = FORMATS.map(({ name, title, write, read, use }) => {
    const ways = [write && "out", read && "in"].filter(Boolean).join(", ");
    return `${name.padEnd(18)} ${ways.padEnd(8)} ${title}\n${" ".repeat(28)}${use}\n`;
  });
  return rows.join("");
}
