/** `generate --from-file`: every sentence of a file, here or by the workers of a queue; goes on where it was interrupted. @module */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Size } from "../interchange/types.ts";
import { type ModelInfo, parseModelInfo, sizeNote } from "../model/info.ts";
import { findModel } from "../model/load.node.ts";
import type { StageName } from "../pipeline.ts";
import { type RunShardsOptions, runShardsHere, runShardsShared } from "../queue/shards.ts";
import { extentOf } from "../scene/geometry.ts";
import type { Scene } from "../scene/scene.ts";
import type { ModelFlags, SamplingFlags } from "./options.ts";
import { samplingOptions } from "./options.ts";
import { jsonOf, textOf } from "./printed.ts";
import { createProgress, type Progress } from "./progress.ts";
import { openSentences, type SentenceFile } from "./queue-lines.ts";
import { type QueueFlags, withQueue } from "./queue-options.ts";
import {
  drawSentences,
  planSentences,
  type SentenceRow,
  SentencesSink,
  SHARD_PICTURES,
  stagesTo,
} from "./queue-sentences.ts";
import { note, noteUnknownWords, withSession } from "./session.ts";
import { Names, pathsOf } from "./session-files.ts";

export interface FileFlags extends ModelFlags, SamplingFlags, QueueFlags {
  readonly fromFile: string;
  readonly count: number;
  readonly seed?: number;
  readonly size?: Size;
  readonly out: string;
  readonly panels: boolean;
  readonly json?: true;
}

/** Files and lines as by one `generate` a sentence, and `manifest.jsonl`; the same bytes however many workers there are. */
export async function generateFile(flags: FileFlags, to: Exclude<StageName, "text">): Promise<void> {
  const file = await openSentences("generate", flags.fromFile);
  if (flags.queue === undefined && flags.store === undefined)
    return withSession(flags, stagesTo(to), (session) =>
      drawAll(session.model.info, file, flags, to, (plan, sink, options) =>
        runShardsHere(plan, (input, context) => drawSentences(session, input, context), sink, {
          ...options,
          signal: session.signal,
        }),
      ),
    );
  const folder = await findModel(flags.model);
  const info = parseModelInfo(await readFile(join(folder, "model.json"), "utf8"), join(folder, "model.json"));
  return withQueue("generate", flags, note, (shared) =>
    drawAll(info, file, flags, to, (plan, sink, options) => runShardsShared(plan, sink, { ...options, ...shared })),
  );
}

type Run = (
  plan: ReturnType<typeof planSentences>,
  sink: SentencesSink,
  options: Pick<RunShardsOptions, "onShard" | "log">,
) => Promise<void>;

async function drawAll(
  info: ModelInfo,
  file: SentenceFile,
  flags: FileFlags,
  to: Exclude<StageName, "text">,
  run: Run,
): Promise<void> {
  const { width, height } = flags.size ?? extentOf(info.size);
  const resized = sizeNote(info, width, height);
  if (to === "image" && resized) note(resized);
  const plan = planSentences(file, {
    info,
    to,
    width,
    height,
    panels: flags.panels,
    ...(flags.model !== undefined && { model: flags.model }),
    sampling: samplingOptions(flags),
    seed: flags.seed ?? 0,
    count: flags.count,
    names: new Names(flags.out),
  });
  const sink = new SentencesSink(flags.out, plan.key);
  const total = file.count * flags.count;
  const bar: Progress | undefined =
    total > SHARD_PICTURES / 4 ? createProgress({ title: "generate", total, unit: "pictures" }) : undefined;
  const printer = new Printer(flags, sink);
  let done = 0;
  try {
    await run(plan, sink, {
      onShard(index, units) {
        done += units;
        bar?.update(done);
        printer.add(index);
      },
      log: (line) => (bar ? bar.log(`note: ${line}`) : note(line)),
    });
    await sink.finish(await printer.end());
  } finally {
    bar?.stop();
  }
}

/** Prints shards in their order, however they end. */
class Printer {
  readonly #ended = new Set<number>();
  #next = 0;
  #printing = Promise.resolve();

  constructor(
    private readonly flags: FileFlags,
    private readonly sink: SentencesSink,
  ) {}

  add(index: number): void {
    this.#ended.add(index);
    while (this.#ended.delete(this.#next)) {
      const now = this.#next++;
      this.#printing = this.#printing.then(async () => {
        for (const row of await this.sink.rows(now)) this.#print(row);
      });
      // told by end()
      this.#printing.catch(() => {});
    }
  }

  /** -> how many shards there were */
  async end(): Promise<number> {
    await this.#printing;
    return this.#next;
  }

  #print({ name, scene, objects, words, picture, ms }: SentenceRow): void {
    const { out, count, seed = 0, panels, json } = this.flags;
    const { caption } = scene;
    if ((scene.seed - seed) % count === 0)
      noteUnknownWords({ sentence: { caption, words, embedding: new Float32Array() } });
    const drawn = { ...scene, objects } as Pick<Scene, "caption" | "seed" | "model" | "objects">;
    const files = pathsOf(out, name, picture, panels);
    process.stdout.write(json ? `${JSON.stringify(jsonOf(drawn, files, ms))}\n` : textOf(drawn, files));
  }
}
