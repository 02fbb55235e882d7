/**
 * `scenograph data ...`: look at, check and make COCO folders.
 * @module
 */
import path from "node:path";
import { UserError } from "@scenograph/graph/errors";
import cliProgress from "cli-progress";
import { Command, InvalidArgumentError, Option } from "commander";
import { writeWhole } from "scenograph/cli/files";
import { type CheckReport, checkCoco } from "../data/check.ts";
import { loadCoco, type Sample } from "../data/coco.ts";
import { splitOf } from "../data/coco-folder.ts";
import { judgePicture } from "../data/coco-verify.ts";
import { dataCategories } from "../data/dataCategories.ts";
import { selectSamples, showSamples } from "../data/show.ts";
import type { Part } from "../data/split.ts";
import { fillCommand } from "./data-fill.ts";
import { illustrateCommand } from "./data-illustrate.ts";
import { synthCommand } from "./data-synth.ts";
import { wordsCommand } from "./data-words.ts";

/** The command `data` with its sub-commands. */
export function dataCommand(): Command {
  return new Command("data")
    .description("check, show and make the COCO folders that everything is trained and judged on")
    .addHelpText(
      "after",
      `
A COCO folder:
  DIR/annotations/instances_<split>.json   boxes and masks
  DIR/annotations/captions_<split>.json    captions
  DIR/images/                              pictures (optional: boxes need no pixels)
Read as exported, too: CVAT, Label Studio (result.json), Roboflow (<split>/_annotations.coco.json), FiftyOne (labels.json, data/),
labelme2coco (annotations.json, JPEGImages/), LVIS (lvis_v1_<split>.json).
Pictures are JPEG, PNG, WebP, GIF (first frame), TIFF or AVIF of at most 100 megapixels, turned as their EXIF orientation says.

Examples:
  scenograph data check coco --split val2017
  scenograph data show coco --split val2017 -n 12 --out sheet.png
  scenograph data illustrate --data coco --split val2017 --out illustrated   coco's layouts as drawings with masks
  scenograph data synth --out made-up --count 2000                           no COCO at hand: made-up layouts
  scenograph data illustrate --data made-up --out illustrated                ... and their drawings
  scenograph data fill-masks coco --segmenter runs/segmenter/weights.safetensors --out coco-filled`,
    )
    .addCommand(checkCommand())
    .addCommand(showCommand())
    .addCommand(illustrateCommand())
    .addCommand(synthCommand())
    .addCommand(fillCommand())
    .addCommand(wordsCommand());
}

function checkCommand(): Command {
  return new Command("check")
    .description("list everything that is wrong with a COCO folder, with file and id")
    .argument("<dir>", "the COCO folder")
    .option("--split <names>", 'split, or several joined by commas (default: "train", or the only one)')
    .option("--no-pictures", "do not decode the pictures, only look whether they are there")
    .option("--json", "print the report as JSON")
    .addHelpText(
      "after",
      `
Exit code 0: no errors (there may be warnings); 2: errors, or no such folder or split.

Examples:
  scenograph data check coco --split train2017
  scenograph data check layouts --split train,extra --no-pictures
  scenograph data check coco --split val2017 --json | jq '.problems[] | select(.kind == "box-outside") | .id'`,
    )
    .action(async (dir: string, options: { split?: string; pictures: boolean; json?: true }) => {
      const bar = progressBar("pictures");
      const report = await checkCoco(dir, await splitOf(dir, options.split), {
        pictures: options.pictures,
        onProgress: bar.update,
      });
      bar.stop();
      process.stdout.write(options.json ? `${JSON.stringify(report)}\n` : describeReport(report));
      if (!report.ok) process.exitCode = 2;
    });
}

function showCommand(): Command {
  return new Command("show")
    .description("draw boxes, masks and captions over the pictures of a COCO folder, as one PNG sheet")
    .argument("<dir>", "the COCO folder")
    .option("--split <names>", 'split, or several joined by commas (default: "train", or the only one)')
    .option("-n, --count <n>", "how many samples, in file order", wholeNumber, 12)
    .option("--ids <ids>", "these image ids instead, joined by commas", idList)
    .option("--category <name>", "only samples that hold this category")
    .addOption(
      new Option("--part <part>", "training and validation are split by a hash of the image id")
        .choices(["all", "training", "validation"])
        .default("all"),
    )
    .option("--crowd", "draw crowd regions too")
    .option("--square", "only the centre square, which is what networks see")
    .option("--size <pixels>", "width of a place on the sheet", wholeNumber, 320)
    .option("--out <file>", "where to write the sheet", "show.png")
    .option("--json", "print what is on the sheet as JSON")
    .addHelpText(
      "after",
      `
Objects with a mask are filled, those without are outlined only. Without pictures the boxes are drawn on grey.

Examples:
  scenograph data show coco --split val2017 -n 12 --out sheet.png
  scenograph data show coco --split val2017 --category dog --out dogs.png
  scenograph data show coco --split val2017 --ids 139,285 --size 480 --out two.png`,
    )
    .action(async (dir: string, options: ShowFlags) => {
      const { part, crowd, square, count, ids, category, size, out } = options;
      if (path.extname(out).toLowerCase() !== ".png")
        throw new UserError(`data show: --out is a .png file, got "${out}"; change the ending`);
      const log = (line: string) => process.stderr.write(`note: ${line}\n`);
      const split = await splitOf(dir, options.split);
      const categories = await dataCategories(dir, split);
      const data = await loadCoco(dir, split, { part, crowd, categories, ...(square && { crop: 1 }), log });
      const chosen = await withSoundPictures(dir, selectSamples(data.samples, { count, ids, category }, categories));
      const bar = progressBar("samples");
      const png = await showSamples(chosen, { size, categories, onProgress: bar.update });
      bar.stop();
      await writeWhole(out, png);
      const shown = chosen.map((s) => ({ id: s.imageId, objects: s.objects.length, captions: s.captions }));
      process.stdout.write(options.json ? `${JSON.stringify({ out, samples: shown })}\n` : `${out}\n`);
    });
}

/** Broken pictures are left out and named, as `data check` names them: their boxes are drawn on grey; exit code 2. */
async function withSoundPictures(dir: string, samples: readonly Sample[]): Promise<Sample[]> {
  const shown: Sample[] = [];
  for (const sample of samples) {
    const { width, height } = sample.window ?? sample;
    const verdict = sample.file ? await judgePicture(sample.file, { id: sample.imageId, width, height }) : [];
    for (const { severity, message } of verdict)
      process.stderr.write(`${severity}: ${path.relative(dir, sample.file!)}: ${message}\n`);
    const isBroken = verdict.some((v) => v.severity === "error");
    if (isBroken) process.exitCode = 2;
    shown.push(isBroken ? { ...sample, file: undefined } : sample);
  }
  return shown;
}

interface ShowFlags {
  readonly split?: string;
  readonly count: number;
  readonly ids?: number[];
  readonly category?: string;
  readonly part: Part;
  readonly crowd?: true;
  readonly square?: true;
  readonly size: number;
  readonly out: string;
  readonly json?: true;
}

/** The report as text: one line a problem, then the counts. */
export function describeReport(report: CheckReport): string {
  const { counts, categories } = report;
  const lines = report.problems.map((p) => `${p.severity}: ${p.file}: ${p.message} [${p.kind}]`);
  if (lines.length > 0) lines.push("");
  const pictures = counts.pictures === undefined ? "no images/ folder" : `${counts.pictures} pictures`;
  lines.push(
    `${report.dir}, split ${report.splits.join(", ")}: ${report.errors} errors, ${report.warnings} warnings`,
    `${counts.images} images (${counts.imagesWithoutBoxes} without boxes, ${counts.imagesWithoutCaptions} without ` +
      `captions, ${counts.imagesWithAllMasks} with all masks), ${pictures}`,
    `${counts.boxes} boxes (${counts.crowd} crowd), ${counts.masks} masks, ${counts.captions} captions`,
  );
  const rows = Object.entries(categories).sort((a, b) => b[1].boxes - a[1].boxes);
  if (rows.length > 0) {
    const width = Math.max(8, ...rows.map(([name]) => name.length));
    const row = (name: string, ...cells: (string | number)[]) =>
      `${name.padEnd(width)}${cells.map((cell) => String(cell).padStart(8)).join("")}`;
    lines.push("", row("category", "images", "boxes", "masks"));
    for (const [name, { images, boxes, masks }] of rows) lines.push(row(name, images, boxes, masks));
  }
  return `${lines.join("\n")}\n`;
}

/** A bar on stderr, drawn only on a terminal and from the first update on. */
function progressBar(unit: string) {
  const format = `{bar} {percentage}% | {value}/{total} ${unit} | {eta_formatted} left`;
  const bar = new cliProgress.SingleBar(
    { format, stream: process.stderr, clearOnComplete: true, hideCursor: true },
    cliProgress.Presets.shades_classic,
  );
  let started = false;
  return {
    update(done: number, total: number) {
      if (!started) bar.start(total, 0);
      started = true;
      bar.update(done);
    },
    stop() {
      if (started) bar.stop();
    },
  };
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > 10_000)
    throw new InvalidArgumentError("a whole number from 1 to 10000.");
  return value;
}

function idList(text: string): number[] {
  const ids = text.split(",").map((part) => Number(part.trim() || Number.NaN));
  if (!ids.every(Number.isSafeInteger)) throw new InvalidArgumentError("image ids joined by commas, e.g. 139,285.");
  return ids;
}
