/** `scenograph data fill-masks`: the segmenter's masks for the objects that have none. @module */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { FormatError } from "@scenograph/graph/errors";
import { createWorkerRuntime } from "@scenograph/graph/runtime/remote.node";
import { Command } from "commander";
import { numberIn, wholeNumber } from "scenograph/cli/options";
import { createProgress, type Progress } from "scenograph/cli/progress";
import { z } from "zod";
import { pictureReader } from "../data/coco-pictures.ts";
import { type FillResult, fillMasks } from "../data/fill.ts";
import { segmenterConfig } from "../segmenter/config.ts";
import { createSegmenter } from "../segmenter/infer.ts";
import { readWeightFile } from "../train/export.ts";
import { segmenterEncoder } from "../train/tasks/segmenter.ts";

interface Options {
  readonly segmenter: string;
  readonly out: string;
  readonly split: string;
  readonly threads?: number;
  readonly leastSide?: number;
  readonly leastConfidence?: number;
  readonly json?: boolean;
}

const EXAMPLES = `
Validation pictures stay as they are. Inferred masks say "mask_source": "inferred": training uses them, evaluation never does.

Examples:
  scenograph train segmenter -c configs/photo-64.yaml --data coco --run runs/segmenter
  scenograph data fill-masks coco --segmenter runs/segmenter/weights.safetensors --out coco-filled
  scenograph data show coco-filled -n 12 --out sheet.png`;

export function fillCommand(): Command {
  return new Command("fill-masks")
    .description(
      "write a COCO folder in which every object of a training picture has a mask: its own, or a segmenter's; resumes where it was interrupted",
    )
    .argument("<dir>", "COCO folder with pictures and some masks")
    .requiredOption("--segmenter <file>", "weights.safetensors of `scenograph train segmenter`")
    .requiredOption("--out <dir>", "COCO folder to write")
    .option("--split <names>", "split, or several joined by commas", "train")
    .option("--threads <n>", "threads of the compute engine (default: all cores)", wholeNumber("--threads", 1, 256))
    .option("--least-side <pixels>", "boxes with a shorter side get an ellipse", numberIn("--least-side", 0, 1e5))
    .option(
      "--least-confidence <share>",
      "masks of a lower expected overlap become an ellipse",
      numberIn("--least-confidence", 0, 1),
    )
    .option("--json", "print the result as JSON")
    .addHelpText("after", EXAMPLES)
    .action(async (dir: string, options: Options) => {
      const { tensors, metadata } = await readWeightFile(options.segmenter);
      const config = { ...configOf(options.segmenter, metadata.config), ...changed(options) };
      const encoder = await segmenterEncoder();
      const runtime = createWorkerRuntime({ threads: options.threads });
      const abort = new AbortController();
      const stop = () => abort.abort(new Error("interrupted; run the same command again to go on"));
      process.once("SIGINT", stop);
      let bar: Progress | undefined;
      try {
        const segmenter = createSegmenter(runtime, config, encoder, tensors);
        const result = await fillMasks({
          dir,
          split: options.split,
          out: options.out,
          segmenter,
          identity: createHash("sha256")
            .update(await readFile(options.segmenter))
            .update(JSON.stringify(config))
            .digest("hex"),
          read: pictureReader(0),
          signal: abort.signal,
          onProgress: (done, total) => {
            bar ??= createProgress({ title: "fill-masks", total, unit: "pictures" });
            bar.update(done);
          },
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
        await runtime.close();
      }
    });
}

function report(out: string, r: FillResult): string {
  return (
    `${out}, split ${r.splits.join(", ")}: ${r.pictures} training pictures, ${r.real} real masks, ${r.inferred} inferred ` +
    `(expected overlap ${r.confidence.toFixed(3)}), ${r.ellipses} of them ellipses\n`
  );
}

/** The configuration that the weights were trained with. @throws FormatError for weights of another stage */
export function configOf(file: string, text: string | undefined) {
  const parsed = z.object({ segmenter: segmenterConfig }).safeParse(JSON.parse(text ?? "null"));
  if (!parsed.success)
    throw new FormatError(
      `data fill-masks: "${file}" holds no segmenter; name the weights of \`scenograph train segmenter\``,
    );
  return parsed.data.segmenter;
}

function changed({ leastSide, leastConfidence }: Options) {
  return {
    ...(leastSide !== undefined && { leastSide }),
    ...(leastConfidence !== undefined && { leastConfidence }),
  };
}
