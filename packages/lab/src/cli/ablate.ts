/** `scenograph ablate`: the ablation table, one row after the other, resumable. @module */

import { mkdir, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { basename, join, resolve } from "node:path";
import { ConfigError, nearest } from "@scenograph/graph/errors";
import { exitProcess } from "@scenograph/graph/runtime/spawn.node";
import { Command } from "commander";
import { MAX_SEED, wholeNumber } from "scenograph/cli/options";
import { createProgress, duration, type Progress } from "scenograph/cli/progress";
import { note } from "scenograph/cli/session";
import { packageFolder } from "scenograph/model/package.node";
import type { TrainProgress } from "../train/trainer.ts";
import { ABLATED_STAGES, ABLATION_ROWS, type AblatedStage, type AblationRow, FULL } from "./ablate-rows.ts";
import {
  type AblationSettings,
  checkText,
  configOf,
  keptRow,
  type RowEvents,
  type RowResult,
  runRow,
  stagesOf,
} from "./ablate-run.ts";
import { type AblationTable, ablationJson, ablationMarkdown, machineOf } from "./ablate-table.ts";

interface Flags {
  readonly data: string;
  readonly split: string;
  readonly boxesData?: string;
  readonly boxesSplit?: string;
  readonly text: string;
  readonly config?: string;
  readonly set: string[];
  readonly rows?: string[];
  readonly seed: number;
  readonly seeds: number;
  readonly size: number;
  readonly boxesSteps: number;
  readonly masksSteps: number;
  readonly imageSteps: number;
  readonly boxesCount: number;
  readonly masksCount: number;
  readonly imageCount: number;
  readonly classifierSteps?: number;
  readonly threads: number;
  readonly cache: string;
  readonly judges?: string;
  readonly out: string;
  readonly json?: true;
}

const HELP = `
Every row is trained from scratch with the same steps, data and seed, and judged on the validation part. Rows:
${ABLATION_ROWS.map((r) => `  ${r.key.padEnd(18)} ${r.name}: ${r.about}`).join("\n")}

--out gets ablation.md and ablation.json after every row; a stopped table goes on where it was with the same command, and a
row whose configuration, data and counts have not changed is not done again.

Example:
  scenograph train text --config configs/illustrated-64.yaml --data coco --vocabulary vocabulary.safetensors
  scenograph ablate --data illustrated --boxes-data coco --text runs/illustrated-64/text/weights.safetensors --out ablation`;

export function ablateCommand(): Command {
  const count = (option: string, least: number) => wholeNumber(option, least);
  return new Command("ablate")
    .description("what each part of the model is worth: trained with and without it at an equal small budget")
    .requiredOption("--data <dir>", "COCO folder with pictures and masks, e.g. of `data illustrate`")
    .option("--split <name>", "its split", "train")
    .option("--boxes-data <dir>", "COCO folder for the boxes, which need no pixels (default: --data)")
    .option("--boxes-split <name>", "and its split (default: --split)")
    .requiredOption("--text <file>", "weights.safetensors of `train text`; frozen, the same for all rows")
    .option("-c, --config <file>", "the full model's configuration (default: configs/illustrated-64.yaml)")
    .option(
      "--set <key=value>",
      "change a value in all rows; may be repeated",
      (v: string, all: string[]) => [...all, v],
      [],
    )
    .option("--rows <keys>", `only these beside "${FULL.key}", joined by commas (default: all)`, (text) =>
      text.split(","),
    )
    .option("-s, --seed <n>", "the first seed", wholeNumber("--seed", 0, MAX_SEED), 1)
    .option("--seeds <n>", "seeds a row", wholeNumber("--seeds", 1, 10), 1)
    .option("--size <pixels>", "side of the pictures: 16, 32, 64 or 128", wholeNumber("--size", 16, 128), 32)
    .option("--boxes-steps <n>", "training steps", count("--boxes-steps", 1), 300)
    .option("--masks-steps <n>", "training steps", count("--masks-steps", 1), 250)
    .option("--image-steps <n>", "training steps", count("--image-steps", 1), 400)
    .option("--boxes-count <n>", "judged pictures, each with all its captions", count("--boxes-count", 2), 100)
    .option("--masks-count <n>", "judged pictures", count("--masks-count", 2), 120)
    .option("--image-count <n>", "judged pictures", count("--image-count", 2), 128)
    .option(
      "--classifier-steps <n>",
      "steps of the classifiers that judge, the same for all rows (default: as in evaluate)",
      count("--classifier-steps", 1),
    )
    .option("--threads <n>", "threads of the compute engine", wholeNumber("--threads", 1, 64), 1)
    .option("--cache <dir>", "folder for things derived from the data", join(homedir(), ".cache", "scenograph"))
    .option("--judges <dir>", "cache folder of installed judges (default: the user's)")
    .requiredOption("-o, --out <dir>", "runs, models, results and the table")
    .option("--json", "print the table as JSON")
    .addHelpText("after", HELP)
    .action(run);
}

/** The rows that are asked for, the full model first. @throws ConfigError */
export function chosenRows(keys: readonly string[] | undefined): AblationRow[] {
  const known = ABLATION_ROWS.map((r) => r.key);
  const odd = keys?.find((key) => !known.includes(key));
  if (odd !== undefined) {
    const near = nearest(odd, known);
    throw new ConfigError(
      `ablate: --rows are ${known.join(", ")}, got "${odd}"${near ? `; did you mean "${near}"?` : "; name one of them"}`,
    );
  }
  return ABLATION_ROWS.filter((r) => r === FULL || keys === undefined || keys.includes(r.key));
}

async function run(flags: Flags): Promise<void> {
  const rows = chosenRows(flags.rows);
  await checkText(flags.text);
  const settings = settingsOf(flags);
  // a configuration that is wrong is told before anything is trained
  for (const row of rows) await configOf(row, settings);
  const seeds = Array.from({ length: flags.seeds }, (_, i) => flags.seed + i);
  const stop = new AbortController();
  const onSignal = () => {
    if (stop.signal.aborted) return void exitProcess(130);
    note("stopping after this step and saving; the same command goes on; once more to stop at once");
    stop.abort();
  };
  process.on("SIGINT", onSignal).on("SIGTERM", onSignal);
  const results = new Map<string, RowResult[]>();
  const table = (): AblationTable => ({
    command: commandLine(flags),
    machine: machineOf(flags.threads),
    date: new Date().toISOString().slice(0, 10),
    seeds,
    budget: settings.budget,
    counts: settings.counts,
    rows: rows.map((row) => ({ row, results: results.get(row.key) ?? [] })),
  });
  const plan = new Plan(
    seeds.flatMap((seed) => rows.map((row) => ({ row, seed }))),
    settings,
    stop.signal,
  );
  try {
    for (const [at, { row, seed }] of plan.entries.entries()) {
      const own = { ...settings, seed };
      const result = (await keptRow(row, own)) ?? (await runRow(row, own, plan.events(at)));
      plan.finish(at, result);
      results.set(row.key, [...(results.get(row.key) ?? []), result]);
      await mkdir(flags.out, { recursive: true });
      await writeFile(join(flags.out, "ablation.md"), ablationMarkdown(table()));
      await writeFile(join(flags.out, "ablation.json"), ablationJson(table()));
    }
  } finally {
    plan.stop();
    process.off("SIGINT", onSignal).off("SIGTERM", onSignal);
  }
  if (flags.json) process.stdout.write(ablationJson(table()));
  else process.stdout.write(ablationMarkdown(table()));
  note(`table in ${flags.out}/ablation.md`);
}

function settingsOf(flags: Flags): AblationSettings {
  return {
    budget: {
      size: flags.size,
      steps: { boxes: flags.boxesSteps, masks: flags.masksSteps, image: flags.imageSteps },
    },
    counts: { boxes: flags.boxesCount, masks: flags.masksCount, image: flags.imageCount },
    seed: flags.seed,
    config: flags.config ?? join(packageFolder(), "configs", "illustrated-64.yaml"),
    sets: flags.set,
    data: resolve(flags.data),
    split: flags.split,
    boxesData: resolve(flags.boxesData ?? flags.data),
    boxesSplit: flags.boxesSplit ?? flags.split,
    text: resolve(flags.text),
    out: resolve(flags.out),
    cache: flags.cache,
    judges: flags.judges,
    classifierSteps: flags.classifierSteps,
    threads: flags.threads,
  };
}

/** The command that makes the table again; folders without where a machine keeps them. */
function commandLine(flags: Flags): string {
  const given: [string, string | number | undefined][] = [
    ["data", basename(flags.data)],
    ["split", flags.split],
    ["boxes-data", flags.boxesData && basename(flags.boxesData)],
    ["boxes-split", flags.boxesSplit],
    ["text", basename(flags.text)],
    ["config", flags.config && basename(flags.config)],
    ["rows", flags.rows?.join(",")],
    ["seed", flags.seed],
    ["seeds", flags.seeds],
    ["size", flags.size],
    ["boxes-steps", flags.boxesSteps],
    ["masks-steps", flags.masksSteps],
    ["image-steps", flags.imageSteps],
    ["boxes-count", flags.boxesCount],
    ["masks-count", flags.masksCount],
    ["image-count", flags.imageCount],
    ["classifier-steps", flags.classifierSteps],
    ["threads", flags.threads],
    ["out", basename(flags.out)],
  ];
  const options = given.flatMap(([name, value]) => (value === undefined ? [] : [`--${name} ${value}`]));
  return ["scenograph ablate", ...options, ...flags.set.map((s) => `--set ${s}`)].join(" ");
}

/** What is to be done, how far it is, and how long the rest takes by what the same stages took so far. */
class Plan {
  #bar: Progress | undefined;
  #barOf = "";
  readonly #perStep = new Map<AblatedStage, number>();
  readonly #perJudging = new Map<AblatedStage, number>();
  #judgedSince = 0;
  #judged: AblatedStage | undefined;

  constructor(
    readonly entries: readonly { readonly row: AblationRow; readonly seed: number }[],
    private readonly settings: AblationSettings,
    private readonly signal: AbortSignal,
  ) {}

  events(at: number): RowEvents {
    const { row } = this.entries[at];
    const title = (stage: AblatedStage) => `${at + 1}/${this.entries.length} ${row.name}: ${stage}`;
    return {
      signal: this.signal,
      training: (stage, progress) => this.#training(at, stage, title(stage), progress),
      judging: (stage) => {
        this.#endBar();
        this.#endJudging();
        [this.#judged, this.#judgedSince] = [stage, performance.now()];
        note(`${title(stage)} is judged; ${this.#left(at, stage)}`);
      },
      log: (line) => (this.#bar ? this.#bar.log(line) : note(line)),
    };
  }

  finish(at: number, result: RowResult): void {
    this.#endBar();
    this.#endJudging();
    for (const stage of stagesOf(this.entries[at].row)) {
      const seconds = result.seconds[stage];
      if (seconds !== undefined) this.#perStep.set(stage, seconds / this.settings.budget.steps[stage]);
    }
    note(`${at + 1}/${this.entries.length} ${this.entries[at].row.name}: done; ${this.#left(at + 1)}`);
  }

  stop(): void {
    this.#endBar();
  }

  #training(at: number, stage: AblatedStage, title: string, progress: TrainProgress): void {
    if (this.#barOf !== title) {
      this.#endBar();
      this.#bar = createProgress({ title, total: progress.steps, unit: "steps", from: progress.step - 1 });
      this.#barOf = title;
    }
    if (progress.step > 0 && progress.secondsLeft > 0)
      this.#perStep.set(stage, progress.secondsLeft / Math.max(1, progress.steps - progress.step));
    this.#bar?.update(progress.step, { secondsLeft: progress.secondsLeft, details: this.#left(at, stage) });
  }

  #endBar(): void {
    this.#bar?.stop();
    this.#bar = undefined;
    this.#barOf = "";
  }

  #endJudging(): void {
    if (this.#judged) this.#perJudging.set(this.#judged, (performance.now() - this.#judgedSince) / 1000);
    this.#judged = undefined;
  }

  /** Of everything from entry `at` on; of its own stages only those from `stage` on. */
  #left(at: number, stage: AblatedStage = "boxes"): string {
    let seconds = 0;
    let known = true;
    for (const [i, { row }] of this.entries.slice(at).entries())
      for (const s of stagesOf(row)) {
        const [step, judging] = [this.#perStep.get(s), this.#perJudging.get(s)];
        if (step === undefined || judging === undefined) known = false;
        const begun = i === 0 && ABLATED_STAGES.indexOf(s) < ABLATED_STAGES.indexOf(stage);
        seconds += (begun ? 0 : (step ?? 0) * this.settings.budget.steps[s]) + (judging ?? 0);
      }
    return `${known ? "about" : "more than"} ${duration(seconds)} for all that is left`;
  }
}
