/** `scenograph evaluate`: a model judged on a COCO folder, and the report about it. @module */

import { availableParallelism } from "node:os";
import { basename, isAbsolute } from "node:path";
import { UserError } from "@scenograph/graph/errors";
import type { Device } from "@scenograph/graph/runtime/runtime";
import { exitProcess } from "@scenograph/graph/runtime/spawn.node";
import { Argument, Command, Option } from "commander";
import { DEVICES, MAX_SEED, wholeNumber } from "scenograph/cli/options";
import { createProgress, type Progress } from "scenograph/cli/progress";
import { addQueueOptions, type QueueFlags, withQueue } from "scenograph/cli/queue-options";
import { note } from "scenograph/cli/session";
import type { Part } from "../data/split.ts";
import { defaultPart, defaultSplit, partInWords } from "../evaluate/protocol.ts";
import { writeReport } from "../evaluate/report/index.ts";
import { ARROWS, cell, shownMetrics, tableCell } from "../evaluate/report/words.ts";
import type { Table } from "../evaluate/results.ts";
import { ROWS_OF } from "../evaluate/run/rows.ts";
import {
  EVALUATED_STAGES,
  type EvaluatedStage,
  type EvaluateOptions,
  evaluate,
  plainResult,
  type StageReport,
} from "../evaluate/run.ts";
import { STANDING } from "../evaluate/standing.ts";

interface Flags extends QueueFlags {
  readonly model?: string;
  readonly device?: Device;
  readonly data: string;
  readonly split?: string;
  readonly part?: Part;
  readonly trainData?: string;
  readonly trainSplit?: string;
  readonly count?: number;
  readonly boxesData?: string;
  readonly boxesSplit?: string;
  readonly boxesCount?: number;
  readonly seed: number;
  readonly jobs: number;
  readonly shown: number;
  readonly anonymous?: true;
  readonly rows?: string[];
  readonly samples: number;
  readonly against?: string;
  readonly judge?: string;
  readonly judges?: string;
  readonly captioner?: string;
  readonly out?: string;
  readonly keep?: true;
  readonly json?: true;
  readonly prompts?: string;
  readonly layouts?: string[];
  readonly seeds?: number;
  readonly list?: true;
}

type GivenFlags = Omit<Flags, "data"> & { readonly data?: string };

const HELP = `
Rows are the model, ceilings (real against real, true layouts, true masks) and floors (shuffled, noise, another sentence).
A metric that does not tell its ceiling from its floors is marked as useless and kept out of the headline.

--json prints {"protocol", "rows": {row: {metric: {"value", "low", "high", "n"}}}}: 95 % intervals, n pictures. The protocol
holds everything that fixes the numbers. With --out the report is written as report.json, report.md and report.html, and an
interrupted evaluation goes on where it stopped. Boxes need no pixels; masks need true masks; image and captions need
pixels, masks and "scenograph judges install" (metrics whose judge is missing say so, the rest runs).

Rows: boxes ${ROWS_OF.boxes.join(", ")};
masks ${ROWS_OF.masks.join(", ")}; image, captions
${ROWS_OF.image.join(", ")}.

--part: training and validation are told apart by a hash of the picture's id, as in training. Default: splits called
test..., val... or held... whole, of every other the validation part.

Examples:
  scenograph evaluate boxes --data coco --split train --json
  scenograph evaluate probes --out report
  scenograph evaluate layouts --prompts geneval.jsonl --data coco --split train --layouts gpt.jsonl
  scenograph evaluate image --model models/mine --data illustrated --split train --count 500
  scenograph evaluate image --model illustrated --against illustrated-64 --rows true-masks,against,real,noise --samples 1 \\
      --data illustrated
  scenograph evaluate all --data illustrated --split train --boxes-data coco --boxes-split val2017 --out report
  scenograph evaluate all --data /data/illustrated --split train --queue redis://host:6379 --store /shared
                    a stage each by \`scenograph worker\`s that have the data at the same path, the same numbers`;

export function evaluateCommand(): Command {
  const command = new Command("evaluate")
    .description(
      "judge a model: layouts, masks, pictures, captions of its pictures, probes; with ceilings, floors and intervals",
    )
    .addArgument(new Argument("<what>", "what to judge").choices([...EVALUATED_STAGES, "layouts", "all"]))
    .option("--data <dir>", "COCO folder: annotations/ and, for pictures, images/; probes need none")
    .option(
      "--split <name>",
      'annotations/instances_<name>.json; several joined by commas (default: the only one, else test or val, else "train")',
    );
  addQueueOptions(command);
  return command
    .option("-m, --model <name>", 'a shipped model or the path of a model folder (default: "illustrated")')
    .addOption(
      new Option("--device <name>", "where networks run; the others only where this machine has them")
        .choices([...DEVICES])
        .default("cpu"),
    )
    .addOption(new Option("--part <part>", "which pictures of the split").choices(["validation", "training", "all"]))
    .option("--train-data <dir>", "folder whose training part floors and classifiers learn from (default: --data)")
    .option("--train-split <name>", "and its split (default: --split)")
    .option("--count <n>", "at most this many pictures, the first of the split", wholeNumber("--count", 2))
    .option("--boxes-data <dir>", "another folder for the boxes, which need no pixels (default: --data)")
    .option("--boxes-split <name>", "and its split (default: --split)")
    .option("--boxes-count <n>", "at most this many of its pictures", wholeNumber("--boxes-count", 2))
    .option("-s, --seed <n>", "fixes every random draw", wholeNumber("--seed", 0, MAX_SEED), 0)
    .option("--jobs <n>", "worker threads", wholeNumber("--jobs", 1, 64), Math.min(8, availableParallelism()))
    .option("--shown <n>", "samples in the report, the first by index", wholeNumber("--shown", 0, 64), 12)
    .option("--anonymous", "samples in the report under their numbers: for captions that may not be passed on")
    .option("--rows <keys>", "only these rows, joined by commas; see below (default: all)", (text) =>
      text.split(",").map((key) => key.trim()),
    )
    .option(
      "--samples <n>",
      "pictures a sentence, 1 or 2: 1 halves the time and leaves diversity out",
      wholeNumber("--samples", 1, 2),
      2,
    )
    .option(
      "--against <model>",
      "one more row of pictures: another model's, from true boxes and masks, resized to this one's",
    )
    .option("--prompts <file>", "layouts: GenEval's evaluation_metadata.jsonl")
    .option("--layouts <files...>", "layouts: other people's, the JSON lines of layout --json; a row each")
    .option("--seeds <n>", "layouts: of a sentence", wholeNumber("--seeds", 1, 100))
    .option("--list", "layouts: print the sentences that are judged, one a line, and stop")
    .option("--judge <file>", "ONNX file as a further judge: pictures [N, 3, H, W] in [-1, 1] -> features")
    .option("--captioner <file>", "weights of a captioner (default: the one that ships for the model)")
    .option("--judges <dir>", "cache folder of installed judges (default: the user's)")
    .option("-o, --out <dir>", "write report.json, report.md, report.html; keep partial results meanwhile")
    .option("--keep", "keep partial results after the report, so that running it again is quick")
    .option("--json", "print protocol and rows as JSON")
    .addHelpText("after", HELP)
    .action(run);
}

async function run(what: EvaluatedStage | "layouts" | "all", asked: GivenFlags): Promise<void> {
  if (what === "layouts") {
    const { evaluateLayouts } = await import("./evaluate-layouts.ts");
    return evaluateLayouts(asked);
  }
  // probes bring their own sentences
  if (asked.data === undefined && what !== "probes")
    throw new UserError(`evaluate ${what}: required option '--data <dir>' not specified; name a COCO folder`);
  const given: Flags = { ...asked, data: asked.data ?? "" };
  const flags = { ...given, split: given.split ?? (what === "probes" ? "probes" : await defaultSplit(given.data)) };
  const stop = new AbortController();
  const onSignal = () => {
    if (stop.signal.aborted) return void exitProcess(130);
    stop.abort();
  };
  process.on("SIGINT", onSignal).on("SIGTERM", onSignal);
  let bar: Progress | undefined;
  const log = (line: string) => (bar ? bar.log(`note: ${line}`) : note(line));
  try {
    const stages = what === "all" ? EVALUATED_STAGES : [what];
    const {
      queue,
      store,
      json: _json,
      keep: _keep,
      prompts: _p,
      layouts: _l,
      seeds: _s,
      list: _list,
      ...settings
    } = flags;
    const said = asked.part === undefined ? partInWords(flags.split, defaultPart(flags.split)) : undefined;
    if (said) note(said);
    const options: EvaluateOptions = {
      ...settings,
      part: flags.part ?? defaultPart(flags.split),
      cache: flags.judges,
      signal: stop.signal,
      log,
      progress(title, total) {
        const own = createProgress({ title, total, unit: "steps" });
        bar = own;
        let done = 0;
        return {
          tick: (n = 1) => {
            done += n;
            own.update(done);
          },
          end: () => {
            own.stop();
            bar = undefined;
          },
        };
      },
    };
    const reports =
      queue === undefined && store === undefined
        ? await evaluate(stages, options)
        : await withQueue("evaluate", { queue, store }, log, async (shared) => {
            const { evaluateShared } = await import("./queue-evaluation.ts");
            return evaluateShared(stages, options, shared);
          });
    if (flags.out !== undefined) {
      await writeReport(flags.out, reports, { command: commandLine(what, flags), keep: flags.keep === true });
      note(`report in ${flags.out}/report.html`);
    }
    if (flags.json) process.stdout.write(`${JSON.stringify(plainResult(reports))}\n`);
    else for (const report of reports) process.stdout.write(textOf(report));
  } finally {
    // an interrupted bar's timer would keep the process alive
    bar?.stop();
    process.off("SIGINT", onSignal).off("SIGTERM", onSignal);
  }
}

/** The command that makes this report again, without what does not change its numbers. */
function commandLine(what: string, flags: Flags): string {
  const options: [string, string | number | undefined][] = [
    ["model", flags.model],
    ["data", flags.data || undefined],
    ["split", what === "probes" ? undefined : flags.split],
    ["part", flags.part],
    ["train-data", flags.trainData],
    ["train-split", flags.trainSplit],
    ["count", flags.count],
    ["boxes-data", flags.boxesData],
    ["boxes-split", flags.boxesSplit],
    ["boxes-count", flags.boxesCount],
    ["rows", flags.rows?.join(",")],
    ["samples", flags.samples === 2 ? undefined : flags.samples],
    ["against", flags.against],
    ["seed", flags.seed === 0 ? undefined : flags.seed],
    ["shown", flags.shown === 12 ? undefined : flags.shown],
    ["judge", flags.judge],
    ["captioner", flags.captioner],
    ["out", flags.out],
  ];
  const given = options.flatMap(([name, value]) => (value === undefined ? [] : [`--${name} ${shownPath(value)}`]));
  return ["scenograph evaluate", what, ...given, ...(flags.anonymous ? ["--anonymous"] : [])].join(" ");
}

/** A report names folders, not where somebody's machine keeps them. */
function shownPath(value: string | number): string | number {
  return typeof value === "string" && (isAbsolute(value) || value.startsWith("..")) ? basename(value) : value;
}

/** Metrics that may be quoted, each with its definition, rows and intervals; then the others in the same form, and why. */
function textOf(report: StageReport): string {
  const { stage, protocol, rows, verdicts, tables } = report;
  const width = Math.max(...rows.map((r) => r.name.length));
  const lines = shownMetrics(report).flatMap(({ name, meaning, better }) => [
    `  ${name}: ${meaning}; ${ARROWS[better]}`,
    ...rows.filter((r) => r.metrics[name]).map((r) => `    ${r.name.padEnd(width)}  ${cell(r, name)}`),
  ]);
  const useless = verdicts.filter((v) => !v.useful).map((v) => `  not quoted: ${v.metric} ${v.reason}`);
  const made = rows.map((r) => `    ${r.name.padEnd(width)}  ${r.kind}: ${r.about}`);
  const standing = tables.find((t) => t.title === STANDING);
  const where = `${protocol.data.pictures} pictures, split ${protocol.data.split}, ${protocol.data.part}`;
  return [
    `${stage} (${protocol.model.name}; ${where})`,
    ...lines,
    ...useless,
    "  rows",
    ...made,
    ...(standing ? [`  ${standing.title.toLowerCase()}`, ...columns(standing)] : []),
    "",
  ].join("\n");
}

/** A table in columns. */
function columns({ columns: head, rows }: Table): string[] {
  const cells = [head, ...rows].map((row) => row.map(tableCell));
  const widths = head.map((_, i) => Math.max(...cells.map((row) => row[i].length)));
  return cells.map((row) => `    ${row.map((text, i) => text.padEnd(widths[i])).join("  ")}`.trimEnd());
}
