/**
 * The command line. A command's module is loaded when it is asked for, so that `--help` answers at once. Results go to
 * stdout, everything else to stderr. Exit codes: 0 done, 1 failure, 2 something that the user can mend, 130 interrupted.
 * @module
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { nearest, UserError } from "@scenograph/graph/errors";
import { Command, CommanderError } from "commander";
import { packageFolder } from "../model/package.node.ts";
import { optional } from "./optional.ts";

export { exitProcess } from "@scenograph/graph/runtime/spawn.node";

interface Entry {
  readonly summary: string;
  readonly load: () => Promise<Command>;
}

/** A command of another package, which may not be installed. */
function from(packageName: string, command: string, factory: string): Entry["load"] {
  return async () => {
    const module = await optional<Record<string, () => Command>>(command, packageName, `cli/${command}`);
    return module[factory]();
  };
}

/** In the order of `--help`. */
const COMMANDS: Readonly<Record<string, Entry>> = {
  generate: {
    summary: "a sentence becomes boxes, masks and a picture",
    load: async () => (await import("./generate.ts")).generateCommand(),
  },
  layout: {
    summary: "a sentence becomes labelled boxes",
    load: async () => (await import("./layout.ts")).layoutCommand(),
  },
  convert: {
    summary: "a layout from or for another program: Ideogram, ComfyUI, InvokeAI, GLIGEN, PSD, SVG",
    load: async () => (await import("./convert.ts")).convertCommand(),
  },
  render: {
    summary: "let a running ComfyUI or SD web UI draw a scene",
    load: async () => (await import("./render.ts")).renderCommand(),
  },
  poses: {
    summary: "the likeliest silhouettes of an object of a scene",
    load: async () => (await import("./codes.ts")).posesCommand(),
  },
  looks: {
    summary: "the likeliest appearances of an object of a scene",
    load: async () => (await import("./codes.ts")).looksCommand(),
  },
  train: {
    summary: "train a stage on a COCO folder",
    load: from("@scenograph/lab", "train", "trainCommand"),
  },
  data: {
    summary: "check, show and make COCO folders; word vectors",
    load: async () => {
      const [data, vectors] = [
        from("@scenograph/lab", "data", "dataCommand"),
        from("@scenograph/lab", "vectors", "vectorsCommand"),
      ];
      return (await data()).addCommand(await vectors());
    },
  },
  model: {
    summary: "put trained weights together into a model folder; list models",
    load: async () => (await import("./model.ts")).modelCommand(),
  },
  score: {
    summary: "score captions of any program (BLEU, ROUGE-L, CIDEr-D, METEOR)",
    load: from("@scenograph/lab", "score", "scoreCommand"),
  },
  evaluate: {
    summary: "judge a model: layouts, masks, pictures; with ceilings, floors and a report",
    load: from("@scenograph/lab", "evaluate", "evaluateCommand"),
  },
  ablate: {
    summary: "what each part is worth: trained with and without it at an equal budget",
    load: from("@scenograph/lab", "ablate", "ablateCommand"),
  },
  study: {
    summary: "let people judge: blind pairs and rankings, answers, report",
    load: from("@scenograph/lab", "study", "studyCommand"),
  },
  studio: {
    summary: "the web app: see every step, take over at any of them",
    load: from("@scenograph/service", "studio", "studioCommand"),
  },
  serve: {
    summary: "the pipeline as an HTTP service",
    load: from("@scenograph/service", "serve", "serveCommand"),
  },
  worker: {
    summary: "run jobs of a queue: pictures for the service, shards of big work, rounds of training",
    load: from("@scenograph/service", "worker", "workerCommand"),
  },
  judges: {
    summary: "fetch pretrained networks for the perceptual loss and evaluation",
    load: from("@scenograph/lab", "judges", "judgesCommand"),
  },
  inspect: {
    summary: "what is in a weight file, checkpoint, model, scene or picture",
    load: async () => (await import("./inspect.ts")).inspectCommand(),
  },
  export: {
    summary: "the networks of a model as ONNX files",
    load: async () => (await import("./export.ts")).exportCommand(),
  },
  doctor: {
    summary: "check this installation",
    load: async () => (await import("./doctor.ts")).doctorCommand(),
  },
};

const EXAMPLES = `
Examples:
  scenograph generate "two people riding horses on the beach"
  scenograph generate "a cat on a sofa" -n 8 --seed 7 --out cats
  scenograph layout "a kitchen with a refrigerator and two chairs" --json
  scenograph doctor

scenograph <command> --help shows a command's options and examples. --debug, with any command, shows the stack of an error.`;

export interface MainOptions {
  /** What does not begin with a command is a sentence to generate, with its options. */
  readonly sentence?: boolean;
}

/** Runs a command line (without node and script). -> exit code */
export async function main(argv: readonly string[], options: MainOptions = {}): Promise<number> {
  const debug = argv.includes("--debug");
  const given = argv.filter((a) => a !== "--debug");
  const args = options.sentence && !isCommand(given[0]) ? ["generate", ...given] : given;
  try {
    await (await program(args)).parseAsync(args, { from: "user" });
    return Number(process.exitCode ?? 0);
  } catch (error) {
    return report(error, debug);
  }
}

async function program(args: readonly string[]): Promise<Command> {
  const { version } = JSON.parse(readFileSync(join(packageFolder(), "package.json"), "utf8")) as { version: string };
  const root = new Command("scenograph")
    .description("A sentence becomes labelled boxes, the boxes become masks, the masks become a picture.")
    .version(version, "-V, --version")
    // commands below commands have options of the same names
    .enablePositionalOptions()
    .addHelpText("after", EXAMPLES);
  const asked = args[0] === "help" ? args[1] : args[0];
  for (const [name, { summary, load }] of Object.entries(COMMANDS)) {
    const command = name === asked ? await load() : new Command(name).description(summary);
    root.addCommand(command);
  }
  if (asked !== undefined && !asked.startsWith("-") && !isCommand(asked)) throw unknown(asked);
  quiet(root);
  return root;
}

function isCommand(first = "--help"): boolean {
  return first in COMMANDS || ["help", "--help", "-h", "--version", "-V"].includes(first);
}

function unknown(asked: string): UserError {
  if (/\s/.test(asked)) {
    const shown = asked.length > 60 ? `${asked.slice(0, 60)}...` : asked;
    return new UserError(`a command comes first, got a sentence; write: scenograph generate "${shown}"`);
  }
  const near = nearest(asked, Object.keys(COMMANDS));
  return new UserError(`unknown command "${asked}"; ${near ? `did you mean ${near}?` : "see scenograph --help"}`);
}

/** Commander throws instead of exiting, and leaves messages of errors to `report`. */
function quiet(command: Command): void {
  command.exitOverride().configureOutput({ outputError: () => {} });
  for (const sub of command.commands) quiet(sub);
}

function report(error: unknown, debug: boolean): number {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return 0;
    // without a sub-command the help itself was printed
    if (error.code !== "commander.help") say(error.message.replace(/^error: /, "").replaceAll("\n", " "));
    return 2;
  }
  if (!(error instanceof Error)) {
    say(String(error));
    return 1;
  }
  if (error.name === "AbortError") {
    say("interrupted");
    return 130;
  }
  const refused = systemRefusal(error);
  if (debug) process.stderr.write(`${error.stack}\n`);
  else say(refused ?? error.message.split("\n")[0]);
  if (error instanceof UserError) return error.exitCode;
  if (refused) return 2;
  if (!debug) process.stderr.write("scenograph: this is a failure of the program; --debug shows where\n");
  return 1;
}

/**
 * What the operating system refused, and what to do; undefined for other errors. Commands that know more say it themselves. Read
 * from the message, "ENOENT: no such file or directory, open 'x'", for errors of worker threads arrive without their codes.
 */
export function systemRefusal({ message }: Error): string | undefined {
  const [, code, path] = /^(E[A-Z]+): [^']*(?:'([^']+)'.*)?$/.exec(message) ?? [];
  const named = path ?? "a file";
  switch (code) {
    case "ENOSPC":
    case "EDQUOT":
    case "EFBIG":
      return `the disk is full, ${named} was not written; free some space or choose another folder, and run it again`;
    case "ENOENT":
    case "EISDIR":
    case "ENOTDIR":
    case "EEXIST":
      return `${named} cannot be opened (${code}); check the path`;
    case "EACCES":
    case "EPERM":
    case "EROFS":
      return `${named} may not be read or written (${code}); check its permissions or choose another`;
    default:
      return undefined;
  }
}

function say(line: string): void {
  process.stderr.write(`scenograph: ${line}\n`);
}
