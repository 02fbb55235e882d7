/** `scenograph layout`: the first half alone, a sentence becomes labelled boxes. @module */
import { UserError } from "@scenograph/graph/errors";
import { Command } from "commander";
import { formatOf } from "../interchange/index.ts";
import { modelCategories } from "../model/load.node.ts";
import { type Generated, STAGES } from "../pipeline.ts";
import type { Categories } from "../scene/categories.ts";
import { extentOf } from "../scene/geometry.ts";
import { nameOf } from "../scene/ops.ts";
import type { Scene } from "../scene/scene.ts";
import {
  addExportOptions,
  type ExportFlags,
  type ExportSize,
  exportOptionsOf,
  exportSizeOption,
  formatOption,
  sidesOf,
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
import { createProgress } from "./progress.ts";
import { askedSentences, noteUnknownWords, withSession } from "./session.ts";
import { Names } from "./session-files.ts";
import { noteUndone, refuseNothing, understoodLine } from "./understood.ts";

interface Flags extends ModelFlags, SamplingFlags, ExportFlags {
  readonly count: number;
  readonly seed: number;
  readonly fromFile?: string;
  readonly json?: true;
  readonly format?: string;
  readonly size?: ExportSize;
  readonly out?: string;
}

const HELP = `
Boxes are [x, y, w, h]: left, top, width, height as fractions of the picture. --json prints one line a layout, in the
order of the sentences: {"caption", "understood", "objects": [{"id", "label", "phrase", "box", "score"}]}. understood is what
the sentence asks for; score is the probability of the label. A thing that no category names has label null.
Several sentences or -n take the seeds seed, seed + 1, ... in turn. --format writes the layout for another program, text
to standard output; formats with masks or layers are drawn first. scenograph convert --list shows the formats.

Examples:
  scenograph layout "two people riding horses on the beach"
  scenograph layout "a cat on a sofa" -n 5 --temperature 1
  scenograph layout --from-file captions.txt --json > layouts.jsonl
  scenograph layout "a red couch left of a lamp and a cat on it" --format ideogram
  scenograph layout "a dog on the beach" --format ora --size 1024 --out dog.ora`;

export function layoutCommand(): Command {
  const command = new Command("layout")
    .description("a sentence becomes labelled boxes; many sentences at once, with --from-file")
    .argument("[sentence]", "in English")
    .option("-n, --count <n>", "layouts a sentence", wholeNumber("-n", 1, 10_000), 1)
    .option("-s, --seed <n>", "fixes every random draw", wholeNumber("--seed", 0, MAX_SEED), 0)
    .option("--from-file <file>", 'a sentence a line; "-" is standard input');
  command
    .option("--format <name>", "write it for another program", formatOption)
    .option("--size <pixels>", "of what --format writes: 1024 or 1024x768", exportSizeOption)
    .option("-o, --out <path>", "file or folder for --format");
  addSamplingOptions(command);
  addModelOptions(command);
  addExportOptions(command);
  return command.option("--json", "print the layouts as JSON").addHelpText("after", HELP).action(run);
}

/** Sentences that are sampled side by side. */
const BATCH = 64;

async function run(sentence: string | undefined, flags: Flags): Promise<void> {
  const { format } = flags;
  if (!format && (flags.size || flags.out !== undefined))
    throw new UserError("layout: --size and --out go with --format, got no --format; add one or leave them out");
  if (format && flags.json) throw new UserError("layout: --json and --format both print, got both; leave one out");
  const asked = await askedSentences("layout", sentence, flags.fromFile);
  if (flags.fromFile === undefined) refuseNothing("layout", asked[0].caption, await modelCategories(flags.model));
  const wants = format && formatOf(format, "write").wants;
  const to = wants === "picture" ? "image" : wants === "masks" ? "masks" : "boxes";
  const names = new Names();
  await withSession(flags, STAGES.slice(0, STAGES.indexOf(to) + 1), async (session) => {
    const { info, categories } = session.model;
    const scenes = asked.flatMap(({ caption }, i) =>
      Array.from({ length: flags.count }, (_, k): Scene => {
        const seed = flags.seed + i * flags.count + k;
        return { version: 2, caption, ...extentOf(info.size), seed, objects: [] };
      }),
    );
    const bar =
      scenes.length > BATCH ? createProgress({ title: "layout", total: scenes.length, unit: "layouts" }) : undefined;
    try {
      for (let at = 0; at < scenes.length; at += BATCH) {
        const chunk = scenes.slice(at, at + BATCH);
        const { results } = await session.run(chunk, { ...samplingOptions(flags), to });
        for (const result of results) {
          const { scene } = result;
          if ((scene.seed - flags.seed) % flags.count === 0) {
            noteUnknownWords(result);
            noteUndone(result, samplingOptions(flags));
          }
          if (format) await exported(result, format, flags, names.nameOf(scene), scenes.length > 1, categories);
          else process.stdout.write(flags.json ? `${JSON.stringify(jsonOf(result))}\n` : textOf(result));
        }
        bar?.update(at + chunk.length);
      }
    } finally {
      bar?.stop();
    }
  });
}

/** What the result is for another program; several go into a folder. */
async function exported(
  { scene, picture }: Generated,
  format: string,
  flags: Flags,
  name: string,
  several: boolean,
  categories: Categories,
): Promise<void> {
  const { out } = flags;
  const paths = await writeExport(scene, {
    format,
    options: { ...exportOptionsOf(flags), ...sidesOf(flags.size, scene), categories },
    ...(picture && { picture }),
    ...(out !== undefined && { out: several && out !== "-" && !out.endsWith("/") ? `${out}/` : out }),
    name,
  });
  for (const path of paths) process.stdout.write(`${path}\n`);
}

function jsonOf({ scene, sentence }: Generated) {
  return {
    caption: scene.caption,
    understood: sentence.understood ?? null,
    objects: scene.objects.map(({ id, label, phrase, box, score }) => ({ id, label, phrase, box, score })),
  };
}

function textOf({ scene, sentence }: Generated): string {
  const { caption, objects, seed } = scene;
  const rows = objects.map(({ box, score, ...object }) => {
    const numbers = box.map((v) => v.toFixed(3)).join(" ");
    return `  ${nameOf(object).padEnd(16)} ${numbers}${score === undefined ? "" : `   ${score.toFixed(2)}`}`;
  });
  const head = `"${caption}" (seed ${seed})\nunderstood: ${understoodLine({ sentence })}\n`;
  return `${head}${rows.length > 0 ? rows.join("\n") : "  no objects"}\n`;
}
