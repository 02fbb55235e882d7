/** `scenograph generate`: a sentence becomes boxes, masks and a picture. @module */

import { readFile } from "node:fs/promises";
import { FormatError, UserError } from "@scenograph/graph/errors";
import { Command, Option } from "commander";
import { createEnlarger, type Enlarger, FACTORS, type Factor } from "../enlarge/enlarge.ts";
import { enlargerReader } from "../enlarge/load.node.ts";
import type { Size } from "../interchange/types.ts";
import { firstMissing } from "../library/options.ts";
import { sizeNote } from "../model/info.ts";
import { modelCategories } from "../model/load.node.ts";
import { packageFolder } from "../model/package.node.ts";
import { type Generated, STAGES, type StageName } from "../pipeline.ts";
import type { Categories } from "../scene/categories.ts";
import { extentOf } from "../scene/geometry.ts";
import { openScene } from "../scene/open.ts";
import type { Picture, Scene } from "../scene/scene.ts";
import {
  addExportOptions,
  type ExportFlags,
  exportOptionsOf,
  formatOption,
  sizeOption,
  writeExport,
} from "./exports.ts";
import {
  addModelOptions,
  addSamplingOptions,
  MAX_SEED,
  type ModelFlags,
  type SamplingFlags,
  samplingOptions,
  wholeNumber,
} from "./options.ts";
import { jsonOf, textOf } from "./printed.ts";
import { createProgress } from "./progress.ts";
import { addQueueOptions, type QueueFlags } from "./queue-options.ts";
import { askedSentences, note, noteUnknownWords, type Session, type StageTimes, withSession } from "./session.ts";
import { Names, writeScene } from "./session-files.ts";
import { noteUndone, refuseNothing, understoodLine } from "./understood.ts";

interface Flags extends ModelFlags, SamplingFlags, QueueFlags, ExportFlags {
  readonly scene?: string;
  readonly from?: Exclude<StageName, "text">;
  readonly to?: Exclude<StageName, "text">;
  readonly count: number;
  readonly seed?: number;
  readonly size?: Size;
  readonly format?: string;
  readonly enlarge?: `${Factor}`;
  readonly out: string;
  readonly fromFile?: string;
  readonly panels: boolean;
  readonly json?: true;
}

const HELP = `
Files, for each picture, in --out:
  <sentence>-<seed>.png         the picture; its scene is inside and opens again with --scene
  <sentence>-<seed>.panels.png  sentence, boxes, masks and picture side by side
  <sentence>-<seed>.scene.json  caption, seed, objects [{id, label, box, mask}]; boxes [x, y, w, h] in fractions
  <sentence>-<seed>.coco.json   the same for programs that read COCO

--json prints one line a picture, the paths of its files and what is in it:
  {"image", "panels", "scene", "coco", "model", "seed", "understood", "objects": [{"id", "label", "box"}],
   "ms": {"text", "boxes", "masks", "image", "total"}}
  ms leaves out loading the model; in a batch it is the batch's time divided by its pictures. image is null with --to.
Several sentences or -n take the seeds seed, seed + 1, ... in turn. The same sentence and seed give the same bytes,
alone and in a batch, on the same machine. --from-file goes on where it was interrupted, leaves manifest.jsonl (a line
a picture, in order), and with --queue is computed by any number of \`scenograph worker\`s, with the same bytes.

Examples:
  scenograph generate "two people riding horses on the beach"
  scenograph generate "a cat on a sofa" -n 8 --seed 7           eight of them
  scenograph generate "a cat on a sofa" --to boxes              only the layout
  scenograph generate --scene out/a-cat-on-a-sofa-7.png --from image --seed 8
                                                                the same boxes and masks, another picture
  scenograph generate --scene mine.scene.json --from masks      your boxes; "locked": true keeps an object as it is
  scenograph generate "a bus on a street" --enlarge 4           512 pixels instead of 128, by a network
  scenograph generate --from-file captions.txt --out set --json > set.jsonl`;

export function generateCommand(): Command {
  const stage = (flags: string, text: string) => new Option(flags, text).choices(STAGES.slice(1));
  const command = new Command("generate")
    .description("a sentence becomes boxes, the boxes become masks, the masks become a picture")
    .argument("[sentence]", "in English; may be left out where --scene has a caption")
    .option("--scene <file>", "begin with this scene: a scene.json, a picture made by Scenograph, or a COCO JSON")
    .addOption(stage("--from <stage>", "infer from this stage on (default: the first whose result is missing)"))
    .addOption(stage("--to <stage>", "stop after this stage"))
    .option("-n, --count <n>", "pictures a sentence", wholeNumber("-n", 1, 10_000), 1)
    .option(
      "-s, --seed <n>",
      "fixes every random draw (default: the scene's, else 0)",
      wholeNumber("--seed", 0, MAX_SEED),
    )
    .option(
      "--size <pixels>",
      "of the picture, 256 or 256x192; other than the model's: resized",
      sizeOption("--size", 8, 2048),
    )
    .option("--format <name>", "write each for another program as well (see scenograph convert --list)", formatOption)
    .addOption(
      new Option("--enlarge <factor>", "so many times the model's size, by a super-resolution network").choices(
        FACTORS.map(String),
      ),
    )
    .option("-o, --out <dir>", "folder for the files", "out")
    .option("--no-panels", "leave the .panels.png out, which takes most of the time when there are many")
    .option("--from-file <file>", 'a sentence a line, drawn in batches; "-" is standard input');
  addSamplingOptions(command);
  addModelOptions(command);
  addQueueOptions(command);
  addExportOptions(command);
  return command.option("--json", "print the results as JSON").addHelpText("after", HELP).action(run);
}

async function run(sentence: string | undefined, flags: Flags): Promise<void> {
  const categories = await modelCategories(flags.model);
  const given = flags.scene === undefined ? undefined : await readScene(flags.scene, categories);
  if (given && flags.fromFile !== undefined)
    throw new UserError("generate: takes --scene or --from-file, got both; leave one out");
  if (flags.format && flags.fromFile !== undefined)
    throw new UserError(
      "generate: --format goes with one sentence; for many: scenograph layout --from-file FILE --format NAME --out DIR/",
    );
  const caption = sentence ?? (given?.caption.trim() || undefined);
  const to = flags.to ?? "image";
  const missing = firstMissing(given);
  const isDone = STAGES.indexOf(missing) > STAGES.indexOf(to);
  const from = flags.from ?? (isDone ? to : missing);
  if (isDone && flags.from === undefined)
    note(
      `the scene has its ${to} already: they are inferred anew, but for locked objects; --to image draws it as it is`,
    );
  const shared = flags.queue !== undefined || flags.store !== undefined;
  if (flags.fromFile !== undefined && caption === undefined && from === "boxes" && flags.enlarge === undefined) {
    const { generateFile } = await import("./queue-generate.ts");
    return generateFile({ ...flags, fromFile: flags.fromFile }, to);
  }
  if (shared)
    throw new UserError("generate: --queue and --store go with --from-file, without --enlarge; leave them out");
  const asked = await askedSentences("generate", caption, flags.fromFile);
  if (flags.fromFile === undefined && from === "boxes" && !given)
    refuseNothing("generate", asked[0].caption, categories);
  if (STAGES.indexOf(from) > STAGES.indexOf(to))
    throw new UserError(`generate: --from ${from} comes after --to ${to}; the order is boxes, masks, image`);
  if (from !== "boxes" && !given)
    throw new UserError(`generate: --from ${from} begins with your own scene, got none; name it with --scene FILE`);
  if (from === "image" && given?.objects.some((o) => !o.mask && !o.hidden))
    throw new UserError("generate: --from image needs a mask for every object, got some without; use --from masks");
  if (flags.enlarge !== undefined && (flags.size !== undefined || to !== "image"))
    throw new UserError(
      `generate: --enlarge sets the size of a picture, got ${flags.size !== undefined ? "--size" : `--to ${to}`} as well; leave one out`,
    );

  const wanted = STAGES.filter((s, i) => s === "text" || (STAGES.indexOf(from) <= i && i <= STAGES.indexOf(to)));
  const first = asked.flatMap(({ caption }) => new Array<string>(flags.count).fill(caption)).slice(0, BATCH);
  const work = async (session: Session) => {
    const { info } = session.model;
    const model = extentOf(info.size);
    const by = Number(flags.enlarge);
    const size = flags.enlarge === undefined ? flags.size : { width: model.width * by, height: model.height * by };
    const width = size?.width ?? given?.width ?? model.width;
    const height = size?.height ?? given?.height ?? model.height;
    const resized = sizeNote(info, width, height);
    if (to === "image" && flags.enlarge === undefined && resized) note(resized);
    const seed = flags.seed ?? given?.seed ?? 0;
    const scenes = asked.flatMap((a, i) =>
      Array.from({ length: flags.count }, (_, k): Scene => {
        const own = seed + i * flags.count + k;
        const start = { version: 2, caption: a.caption, width, height, seed: own, model: info.name } as const;
        return { ...start, objects: given?.objects ?? [] };
      }),
    );
    await withEnlarger(flags, (sized) => drawAll(session, scenes, flags, from, to, sized));
  };
  await withSession(flags, wanted, work, first);
}

/** A picture at its scene's size. */
type Sizing = (result: Generated, signal: AbortSignal) => Promise<Picture | undefined>;

/** Runs `work` with what --enlarge or --size asks for; the network has a runtime of its own. */
async function withEnlarger(flags: Flags, work: (sized: Sizing) => Promise<void>): Promise<void> {
  if (flags.enlarge === undefined) return work(fitted);
  const read = enlargerReader(packageFolder());
  const { createWorkerRuntime } = await import("@scenograph/graph/runtime/remote.node");
  const runtime = createWorkerRuntime(flags);
  const enlarger: Enlarger = createEnlarger(runtime, read);
  const factor = Number(flags.enlarge) as Factor;
  try {
    await work(async ({ picture }, signal) => picture && enlarger.enlarge(picture, factor, { signal }));
  } finally {
    await runtime.close();
  }
}

/** Pictures a batch: enough to fill the cores, few enough to see results soon. */
const BATCH = 16;

async function drawAll(
  session: Session,
  scenes: readonly Scene[],
  flags: Flags,
  from: StageName,
  to: StageName,
  sizing: Sizing,
): Promise<void> {
  const names = new Names(flags.out);
  // loads while the worker compiles
  import("../draw/draw.ts").catch(() => {});
  const bar =
    scenes.length > BATCH ? createProgress({ title: "generate", total: scenes.length, unit: "pictures" }) : undefined;
  try {
    for (let at = 0; at < scenes.length; at += BATCH) {
      const chunk = scenes.slice(at, at + BATCH);
      const { results, ms } = await session.run(chunk, { ...samplingOptions(flags), from, to });
      const each = Object.fromEntries(Object.entries(ms).map(([k, v]) => [k, v / chunk.length])) as StageTimes;
      for (const result of results) {
        session.signal.throwIfAborted();
        if ((result.scene.seed - scenes[0].seed) % flags.count === 0) {
          noteUnknownWords(result);
          if (from === "boxes") noteUndone(result, samplingOptions(flags));
          if (from === "boxes" && !flags.json) process.stderr.write(`understood: ${understoodLine(result)}\n`);
        }
        const sized = { ...result, picture: await sizing(result, session.signal) };
        const name = names.nameOf(result.scene);
        const files = await writeScene(flags.out, name, sized, undefined, flags.panels);
        if (flags.json)
          process.stdout.write(`${JSON.stringify(jsonOf(result.scene, files, each, session.model.categories))}\n`);
        else process.stdout.write(textOf(result.scene, files));
        const { format } = flags;
        if (!format) continue;
        const { picture } = sized;
        const options = { ...exportOptionsOf(flags), categories: session.model.categories };
        const out = `${flags.out}/`;
        const paths = await writeExport(result.scene, { format, options, out, name, ...(picture && { picture }) });
        if (!flags.json) for (const path of paths) process.stdout.write(`  ${path}\n`);
      }
      bar?.update(at + chunk.length);
      if (!bar && !flags.json) process.stderr.write(timesOf(each, chunk.length, session.loadMs));
    }
  } finally {
    bar?.stop();
  }
}

async function fitted({ scene, picture }: Generated): Promise<Picture | undefined> {
  if (!picture || (picture.width === scene.width && picture.height === scene.height)) return picture;
  const { resizePicture } = await import("../draw/picture.ts");
  return resizePicture(picture, scene.width, scene.height);
}

function timesOf(ms: StageTimes, pictures: number, loadMs: number): string {
  const stages = STAGES.filter((s) => ms[s] > 0).map((s) => `${s} ${ms[s].toFixed(0)}`);
  const each = pictures > 1 ? " a picture" : "";
  return `${stages.join(", ")}: ${ms.total.toFixed(0)} ms${each} (model read in ${loadMs.toFixed(0)} ms)\n`;
}

/** @throws UserError, FormatError naming the file */
export async function readScene(
  file: string,
  categories: Categories,
  what = "generate: cannot read --scene",
): Promise<Scene> {
  const bytes = await readFile(file).catch((error: NodeJS.ErrnoException) => {
    throw new UserError(`${what} ${file} (${error.code}); check the path`);
  });
  try {
    const { scene, notes } = openScene(bytes, file, categories);
    for (const line of notes) note(`${file}: ${line}`);
    return scene;
  } catch (error) {
    if (error instanceof FormatError && !error.message.includes(file))
      throw new FormatError(`${file}: ${error.message}`);
    throw error;
  }
}
