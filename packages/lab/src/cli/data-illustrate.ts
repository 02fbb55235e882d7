/** `scenograph data illustrate`: COCO layouts and captions -> a COCO folder of flat drawings with exact masks. @module */
import { availableParallelism } from "node:os";
import { ConfigError } from "@scenograph/graph/errors";
import { Command } from "commander";
import { createProgress, type Progress } from "scenograph/cli/progress";
import { addQueueOptions, type QueueFlags, withQueue } from "scenograph/cli/queue-options";
import { type IllustrateOptions, illustrate } from "../data/illustrate/dataset.ts";

interface Options extends QueueFlags {
  readonly data: string;
  readonly split: string;
  readonly out: string;
  readonly size: number;
  readonly variants: number;
  readonly seed: number;
  readonly count?: number;
  readonly jobs: number;
  readonly minimum: number;
  readonly colours: number;
  readonly aspect: number;
  readonly times: number;
  readonly every: number;
  readonly actions: number;
  readonly json?: boolean;
}

const EXAMPLES = `
Examples:
  scenograph data illustrate --data coco --out drawings
  scenograph data illustrate --data coco --out drawings --queue redis://host:6379 --store /shared
                                        drawn by any number of \`scenograph worker\`s, the same bytes`;

export function illustrateCommand(): Command {
  const command = new Command("illustrate")
    .description(
      "draw the layouts and captions of a COCO folder as flat pictures with exact masks; resumes where it was interrupted",
    )
    .requiredOption("--data <dir>", "COCO folder with annotations/{instances,captions}_<split>.json")
    .requiredOption("--out <dir>", "COCO folder to write")
    .option("--split <names>", "split, or several joined by commas", "train")
    .option(
      "--size <n>",
      "height of the pictures in pixels; a scene is the same at every size",
      whole("--size", 16, 1024),
      128,
    )
    .option("--aspect <ratio>", "width : height of the pictures, like 3:2 or 1.5", ratio, 1)
    .option("--variants <n>", "pictures a layout, every second one mirrored", whole("--variants", 1, 100), 2)
    .option("--seed <n>", "fixes every pixel", whole("--seed", 0, 2 ** 32 - 1), 7)
    .option("--count <n>", "at most this many layouts", whole("--count", 1, 1e7))
    .option("--jobs <n>", "threads", whole("--jobs", 1, 64), Math.min(2, availableParallelism()))
    .option(
      "--minimum <n>",
      "made-up layouts are added until each category has about this many instances, or the average of the categories",
      whole("--minimum", 0, 1e5),
      150,
    )
    .option(
      "--colours <share>",
      "share of the pictures whose caption is made to say colours (a bus -> a red bus), so that they can be learned",
      share("--colours"),
      0.6,
    )
    .option(
      "--times <share>",
      "share of the outdoor pictures whose caption is made to say a time of day or a weather (at night, in the rain)",
      share("--times"),
      0.2,
    )
    .option(
      "--actions <n>",
      "made-up layouts of people and animals that run, ride, sit, sleep, graze ..., for poses that layouts hold few of",
      whole("--actions", 0, 1e6),
      0,
    )
    .option(
      "--every <n>",
      "draw only every n-th picture of the set, as it is in the whole set",
      whole("--every", 1, 1000),
      1,
    )
    .option("--json", "print the result as JSON");
  return addQueueOptions(command)
    .addHelpText("after", EXAMPLES)
    .action(async (options: Options) => {
      let bar: Progress | undefined;
      const abort = new AbortController();
      const stop = () => abort.abort(new Error("interrupted; run the same command again to go on"));
      process.once("SIGINT", stop);
      try {
        const draw = (how: Pick<IllustrateOptions, "draw" | "signal">) =>
          illustrate({
            dir: options.data,
            ...options,
            ...how,
            onProgress: (done, total) => {
              bar ??= createProgress({ title: "illustrate", total, unit: "pictures" });
              bar.update(done);
            },
          });
        const log = (line: string) => (bar ? bar.log(line) : void process.stderr.write(`${line}\n`));
        const result =
          options.queue === undefined && options.store === undefined
            ? await draw({ signal: abort.signal })
            : await withQueue("data illustrate", options, log, async (shared) => {
                const { drawShared } = await import("./queue-drawings.ts");
                return draw({ draw: drawShared(shared, log), signal: AbortSignal.any([abort.signal, shared.signal]) });
              });
        bar?.stop();
        process.stdout.write(options.json ? `${JSON.stringify(result)}\n` : report(options.out, result));
      } catch (error) {
        bar?.stop();
        if (!abort.signal.aborted) throw error;
        process.stderr.write(`${(abort.signal.reason as Error).message}\n`);
        process.exitCode = 130;
      } finally {
        process.off("SIGINT", stop);
      }
    });
}

function report(out: string, result: Awaited<ReturnType<typeof illustrate>>): string {
  const counts = Object.entries(result.perCategory).sort((a, b) => a[1] - b[1]);
  const [rarest, instances] = counts[0];
  const places = Object.entries(result.perBackground).sort((a, b) => b[1] - a[1]);
  return (
    `${out}, split ${result.split}: ${result.pictures} pictures, ${result.objects} objects, ${result.captions} captions\n` +
    `rarest category: ${rarest}, ${instances} objects\n` +
    `backgrounds: ${places.map(([kind, n]) => `${kind} ${n}`).join(", ")}\n`
  );
}

function whole(name: string, low: number, high: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!Number.isInteger(value) || value < low || value > high)
      throw new ConfigError(
        `data illustrate: ${name} is a whole number from ${low} to ${high}, got "${text}"; correct it`,
      );
    return value;
  };
}

function share(name: string): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!(value >= 0 && value <= 1))
      throw new ConfigError(`data illustrate: ${name} is a share from 0 to 1, got "${text}"; correct it`);
    return value;
  };
}

function ratio(text: string): number {
  const [width, height = 1] = text.split(":").map(Number);
  const value = width / height;
  if (!(value >= 0.25 && value <= 4))
    throw new ConfigError(`data illustrate: --aspect is a ratio from 1:4 to 4:1, got "${text}"; correct it, like 3:2`);
  return value;
}
