/** `scenograph layout`: the first half alone, a sentence becomes labelled boxes. @module */
import { Command } from "commander";
import { nameOf } from "../scene/ops.ts";
import type { Scene } from "../scene/scene.ts";
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

interface Flags extends ModelFlags, SamplingFlags {
  readonly count: number;
  readonly seed: number;
  readonly fromFile?: string;
  readonly json?: true;
}

const HELP = `
Boxes are [x, y, w, h]: left, top, width, height as fractions of the picture. --json prints one line a layout, in the
order of the sentences: {"caption", "objects": [{"label", "box", "score"}]}; score is the probability of the label.
Several sentences or -n take the seeds seed, seed + 1, ... in turn.

Examples:
  scenograph layout "two people riding horses on the beach"
  scenograph layout "a cat on a sofa" -n 5 --temperature 1
  scenograph layout --from-file captions.txt --json > layouts.jsonl`;

export function layoutCommand(): Command {
  const command = new Command("layout")
    .description("a sentence becomes labelled boxes; many sentences at once, with --from-file")
    .argument("[sentence]", "in English")
    .option("-n, --count <n>", "layouts a sentence", wholeNumber("-n", 1, 10_000), 1)
    .option("-s, --seed <n>", "fixes every random draw", wholeNumber("--seed", 0, MAX_SEED), 0)
    .option("--from-file <file>", 'a sentence a line; "-" is standard input');
  addSamplingOptions(command);
  addModelOptions(command);
  return command.option("--json", "print the layouts as JSON").addHelpText("after", HELP).action(run);
}

/** Sentences that are sampled side by side. */
const BATCH = 64;

async function run(sentence: string | undefined, flags: Flags): Promise<void> {
  const asked = await askedSentences("layout", sentence, flags.fromFile);
  await withSession(flags, ["text", "boxes"], async (session) => {
    const { info } = session.model;
    const scenes = asked.flatMap(({ caption }, i) =>
      Array.from({ length: flags.count }, (_, k): Scene => {
        const seed = flags.seed + i * flags.count + k;
        return { version: 2, caption, width: info.size, height: info.size, seed, objects: [] };
      }),
    );
    const bar =
      scenes.length > BATCH ? createProgress({ title: "layout", total: scenes.length, unit: "layouts" }) : undefined;
    try {
      for (let at = 0; at < scenes.length; at += BATCH) {
        const chunk = scenes.slice(at, at + BATCH);
        const { results } = await session.run(chunk, { ...samplingOptions(flags), to: "boxes" });
        for (const result of results) {
          const { scene } = result;
          if ((scene.seed - flags.seed) % flags.count === 0) noteUnknownWords(result);
          process.stdout.write(flags.json ? `${JSON.stringify(jsonOf(scene))}\n` : textOf(scene));
        }
        bar?.update(at + chunk.length);
      }
    } finally {
      bar?.stop();
    }
  });
}

function jsonOf({ caption, objects }: Scene) {
  return { caption, objects: objects.map(({ label, box, score }) => ({ label, box, score })) };
}

function textOf({ caption, objects, seed }: Scene): string {
  const rows = objects.map(({ box, score = 1, ...object }) => {
    const numbers = box.map((v) => v.toFixed(3)).join(" ");
    return `  ${nameOf(object).padEnd(16)} ${numbers}   ${score.toFixed(2)}`;
  });
  return `"${caption}" (seed ${seed})\n${rows.length > 0 ? rows.join("\n") : "  no objects"}\n`;
}
