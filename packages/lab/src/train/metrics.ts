/** Metrics of a run: metrics.jsonl (an object a line) and a TensorBoard event file with the same numbers. @module */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { FormatError } from "@scenograph/graph/errors";
import { writeAtomically } from "scenograph/formats/atomic.node";
import { type EventImage, encodeEvent, eventFileHeader, readEvents } from "../formats/tfevents.ts";
import { append } from "./run.ts";

export interface MetricsLog {
  /** One line: `{"step", "seconds", ...values}`. `seconds` is the training time over all starts. */
  write(step: number, seconds: number, values: Readonly<Record<string, number>>): Promise<void>;
  /** A picture, for TensorBoard alone. */
  picture(step: number, tag: string, image: EventImage): Promise<void>;
}

/**
 * Go on with the metrics of a folder: whatever is later than `step` (of a run that was killed after its last checkpoint)
 * and lines that were cut off are dropped, so that no step is there twice.
 */
export async function openMetrics(folder: string, step: number): Promise<MetricsLog> {
  const lines = join(folder, "metrics.jsonl");
  await keepLines(lines, step);
  const old = (await readdir(folder)).find((name) => name.startsWith("events.out.tfevents."));
  const events = join(folder, old ?? `events.out.tfevents.${Math.floor(Date.now() / 1000)}.scenograph`);
  if (old) await keepEvents(events, step);
  else await append(events, eventFileHeader(Date.now() / 1000));
  return {
    async write(at, seconds, values) {
      await append(lines, `${JSON.stringify({ step: at, seconds: Number(seconds.toFixed(2)), ...values })}\n`);
      await append(events, encodeEvent({ wallTime: Date.now() / 1000, step: at, scalars: values }));
    },
    async picture(at, tag, image) {
      await append(events, encodeEvent({ wallTime: Date.now() / 1000, step: at, images: { [tag]: image } }));
    },
  };
}

/** The lines of a metrics.jsonl that are whole. */
export function parseMetrics(text: string): ({ step: number; seconds: number } & Record<string, number>)[] {
  return text.split("\n").flatMap((line) => {
    try {
      const value = JSON.parse(line);
      return typeof value?.step === "number" ? [value] : [];
    } catch {
      return [];
    }
  });
}

async function keepLines(path: string, step: number): Promise<void> {
  const text = await readFile(path, "utf8").catch(() => undefined);
  if (text === undefined) return;
  const kept = parseMetrics(text).filter((line) => line.step <= step);
  const next = kept.map((line) => `${JSON.stringify(line)}\n`).join("");
  if (next !== text) await writeAtomically(path, new TextEncoder().encode(next));
}

async function keepEvents(path: string, step: number): Promise<void> {
  const bytes = await readFile(path);
  let kept: Uint8Array[];
  try {
    const { events, validBytes } = readEvents(bytes);
    if (validBytes === bytes.length && events.every((event) => event.step <= step)) return;
    kept = events.filter((event) => event.step <= step).map(encodeEvent);
  } catch (error) {
    // the numbers are in metrics.jsonl as well
    if (!(error instanceof FormatError)) throw error;
    kept = [eventFileHeader(Date.now() / 1000)];
  }
  await writeAtomically(path, Buffer.concat(kept));
}
