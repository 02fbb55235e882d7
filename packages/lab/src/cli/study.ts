/** `scenograph study`: pictures judged by people, from making the study to its report. @module */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ConfigError, UserError } from "@scenograph/graph/errors";
import { Command, Option } from "commander";
import { MAX_SEED, numberIn, wholeNumber } from "scenograph/cli/options";
import { analyse } from "../study/analysis.ts";
import { readPictures, readStudy } from "../study/folder.node.ts";
import { reportJson, reportMarkdown } from "../study/report.ts";
import { AnswerStore, openAnswers } from "../study/store.node.ts";
import type { Kind } from "../study/study.ts";

const CONSENT =
  "Taking part is voluntary and you can stop at any time by closing the page. Your choices and how long they took are kept without your name and used to compare methods of making pictures. By starting you agree.";

const HELP = `
Examples:
  scenograph generate --from-file captions.txt --model mine --out mine
  scenograph generate --from-file captions.txt --model theirs --out theirs
  scenograph study create --condition ours=mine --condition theirs=theirs --sentences captions.txt --out study
  scenograph study serve --study study --port 8080
  scenograph study report --study study

By invitation: a link for each rater, good for one of them; from then on nobody takes part without.
  scenograph study invite --study study --count 20 --url https://study.example
  scenograph study serve --study study --host 0.0.0.0 --allow-host study.example

Without a server: send study/index.html and a participant number to each rater; they send a file back.
  scenograph study import --study study answers-*.json`;

export function studyCommand(): Command {
  return new Command("study")
    .description("let people judge pictures: blind pairs and rankings")
    .addCommand(createCommand())
    .addCommand(serveCommand())
    .addCommand(inviteCommand())
    .addCommand(importCommand())
    .addCommand(reportCommand())
    .addHelpText("after", HELP);
}

interface CreateFlags {
  readonly condition: readonly { label: string; source: string }[];
  readonly sentences: string;
  readonly out: string;
  readonly questions: "pairs" | "ranking" | "both";
  readonly raters: number;
  readonly perRater: number;
  readonly checks: number;
  readonly repeats: number;
  readonly real?: string;
  readonly title: string;
  readonly consent: string;
  readonly seed: number;
}

const KINDS: Readonly<Record<CreateFlags["questions"], readonly Kind[]>> = {
  pairs: ["pair"],
  ranking: ["rank"],
  both: ["pair", "rank"],
};

function createCommand(): Command {
  return new Command("create")
    .description("a folder with the study: design, pictures without names, a page that needs no server")
    .requiredOption(
      "-c, --condition <name=dir>",
      "pictures of one model: a folder as generate --from-file writes it, or a manifest [{sentence, file}]; twice or more",
      condition,
    )
    .requiredOption("--sentences <file>", "a sentence a line")
    .requiredOption("-o, --out <dir>", "new folder for the study")
    .addOption(
      new Option("--questions <kind>", "two pictures at a time, all to be put in order, or both")
        .choices(Object.keys(KINDS))
        .default("pairs"),
    )
    .option("--raters <n>", "plans to make; more raters take them again", wholeNumber("--raters", 1), 10)
    .option("--per-rater <n>", "questions of a kind a rater", wholeNumber("--per-rater", 1), 40)
    .option("--checks <n>", "attention checks of a kind a rater", wholeNumber("--checks", 0), 4)
    .option("--repeats <n>", "questions of a kind asked again, for consistency", wholeNumber("--repeats", 0), 2)
    .option("--real <dir>", "real pictures of the sentences: some checks then show one of another sentence")
    .option("--title <text>", "heading of the page", "Pictures from sentences")
    .option("--consent <text>", "what a rater agrees to by starting", CONSENT)
    .option("-s, --seed <n>", "fixes the design", wholeNumber("--seed", 0, MAX_SEED), 0)
    .action(create);
}

function condition(text: string, before: readonly { label: string; source: string }[] = []) {
  const at = text.indexOf("=");
  if (at < 1 || at === text.length - 1)
    throw new ConfigError(`--condition: NAME=DIR, got "${text}"; for example ours=out/mine`);
  return [...before, { label: text.slice(0, at).trim(), source: text.slice(at + 1) }];
}

async function create(flags: CreateFlags): Promise<void> {
  const [{ askedSentences }, { slugOf }, { createStudy }] = await Promise.all([
    import("scenograph/cli/session"),
    import("scenograph/cli/session-files"),
    import("../study/create.node.ts"),
  ]);
  const asked = await askedSentences("study create", undefined, flags.sentences);
  const { study, pageBytes, coverage } = await createStudy({
    ...flags,
    conditions: flags.condition,
    sentences: asked.map((a) => a.caption),
    kinds: KINDS[flags.questions],
    slugOf,
  });
  const longest = Math.max(...study.plans.map((p) => p.length));
  const print = (line: string) => process.stdout.write(`${line}\n`);
  print(`study ${study.id}: ${study.conditions.join(", ")}; ${study.sentences.length} sentences`);
  print(`  ${study.plans.length} raters, ${longest} questions each, checks and repeats included`);
  for (const { kind, units, least, most } of coverage) {
    const times = least === most ? `${least}` : `${least} to ${most}`;
    print(`  ${units} ${kind === "pair" ? "comparisons" : "rankings"}, each judged by ${times} raters`);
    if (least === 0)
      note(
        `some ${kind === "pair" ? "comparisons" : "sentences"} are judged by nobody; more --raters or --per-rater would reach them`,
      );
    if (most < 2) note("no two raters judge the same: agreement cannot be measured; more --raters help");
  }
  if (pageBytes === undefined)
    note("the pictures are too large for one page: index.html is not written, use study serve");
  else print(`  ${join(flags.out, "index.html")} (${(pageBytes / 1e6).toFixed(1)} MB) for raters without a server`);
  print(`  keep ${join(flags.out, "study.json")} to yourself: it says which picture is whose`);
}

interface ServeFlags {
  readonly study: string;
  readonly port: number;
  readonly host: string;
  readonly allowHost: readonly string[];
  readonly maxRaters?: number;
  readonly perAddress: number;
}

function serveCommand(): Command {
  const list = (name: string, before: readonly string[]) => [...before, name.toLowerCase()];
  return new Command("serve")
    .description("the study as a web page; answers are kept in answers.sqlite")
    .requiredOption("--study <dir>", "folder made by study create")
    .option("-p, --port <n>", "port; 0 takes any", wholeNumber("--port", 0, 65_535), 8080)
    .option("--host <address>", "address to listen on; 0.0.0.0 lets other machines in", "127.0.0.1")
    .option("--allow-host <name>", "a name under which raters reach it; may be repeated", list, [])
    .option("--max-raters <n>", "raters in all (default: ten for each plan)", wholeNumber("--max-raters", 1, 1e6))
    .option("--per-address <n>", "new raters from one address in an hour", wholeNumber("--per-address", 1, 1e6), 60)
    .action(async (flags: ServeFlags) => {
      const { listen, studyApp } = await import("../study/server.node.ts");
      const study = await readStudy(flags.study);
      const pictures = await readPictures(flags.study, study);
      const store = new AnswerStore(flags.study, study);
      const onFailure = (error: Error) => note(`study serve: ${error.stack ?? error.message}`);
      const { maxRaters: raters, perAddress, port, host, allowHost: hosts } = flags;
      const limits = { perAddress, ...(raters !== undefined && { raters }) };
      const app = studyApp({ study, pictures, store, limits, onFailure });
      const server = await listen(app, { port, host, hosts, onFailure }).catch((error: unknown) => {
        store.close();
        throw error;
      });
      process.stdout.write(`${server.url}\n`);
      const { made, used } = store.enrolment.invitations();
      const invited = made === 0 ? "" : `, by invitation (${used} of ${made} used)`;
      note(`study ${study.id}, ${study.plans.length} plans${invited}; Ctrl-C stops, answers are kept`);
      await new Promise<void>((resolve) => {
        process.once("SIGINT", resolve);
        process.once("SIGTERM", resolve);
      });
      await server.close();
      store.close();
    });
}

function inviteCommand(): Command {
  return new Command("invite")
    .description("print links, each good for one rater; from then on the study is by invitation alone")
    .requiredOption("--study <dir>", "folder made by study create")
    .option("-n, --count <n>", "invitations", wholeNumber("--count", 1, 10_000), 1)
    .option("--url <address>", "where raters reach the study", "http://127.0.0.1:8080")
    .action(async (flags: { study: string; count: number; url: string }) => {
      if (!/^https?:/.test(flags.url) || !URL.canParse(flags.url))
        throw new ConfigError(`--url: an http or https address, got "${flags.url}"; correct it`);
      const store = new AnswerStore(flags.study, await readStudy(flags.study));
      try {
        for (const code of store.enrolment.invite(flags.count))
          process.stdout.write(`${new URL(`?invite=${code}`, flags.url).href}\n`);
      } finally {
        store.close();
      }
      note("these links cannot be shown again: answers.sqlite holds their hashes");
    });
}

function importCommand(): Command {
  return new Command("import")
    .description("take in the files that the page without a server saved; the same file again changes nothing")
    .argument("<files...>", "answers-*.json")
    .requiredOption("--study <dir>", "folder made by study create")
    .action(async (files: string[], flags: { study: string }) => {
      const store = new AnswerStore(flags.study, await readStudy(flags.study));
      try {
        for (const file of files) {
          const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
            throw new UserError(`study import: cannot read ${file} (${error.code}); check the path`);
          });
          const { answers, added } = store.importFile(file, text);
          process.stdout.write(`${file}: ${answers} answers, ${added} new\n`);
        }
      } finally {
        store.close();
      }
    });
}

interface ReportFlags {
  readonly study: string;
  readonly minChecks: number;
  readonly minMedianMs: number;
  readonly minMs: number;
  readonly seed: number;
  readonly json?: true;
}

function reportCommand(): Command {
  return new Command("report")
    .description("win rates, strengths, ranks, agreement; writes report.md and report.json into the study's folder")
    .requiredOption("--study <dir>", "folder made by study create")
    .option("--min-checks <share>", "least share of attention checks right", numberIn("--min-checks", 0, 1), 0.75)
    .option("--min-median-ms <n>", "least median response time of a rater", numberIn("--min-median-ms", 0, 1e6), 800)
    .option("--min-ms <n>", "least response time of an answer", numberIn("--min-ms", 0, 1e6), 300)
    .option("-s, --seed <n>", "of the bootstrap", wholeNumber("--seed", 0, MAX_SEED), 0)
    .option("--json", "print the report as JSON")
    .action(async ({ study: folder, json, ...rules }: ReportFlags) => {
      const study = await readStudy(folder);
      const store = openAnswers(folder, study);
      const raters = store.all();
      store.close();
      const report = analyse(study, raters, rules);
      const [markdown, text] = [reportMarkdown(report), reportJson(report)];
      await writeFile(join(folder, "report.md"), markdown);
      await writeFile(join(folder, "report.json"), text);
      process.stdout.write(json ? text : markdown);
    });
}

function note(text: string): void {
  process.stderr.write(`note: ${text}\n`);
}
