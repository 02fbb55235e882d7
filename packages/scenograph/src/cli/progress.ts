/**
 * Progress of long commands on stderr: a bar on a terminal, a plain line every half minute elsewhere (logs of CI).
 * stdout stays free for results.
 * @module
 */
import { SingleBar } from "cli-progress";

export interface ProgressOptions {
  /** e.g. "boxes" */
  readonly title: string;
  /** At this many the work is done. */
  readonly total: number;
  /** What `done` counts, e.g. "pictures". */
  readonly unit: string;
  /** Where counting begins, e.g. the step of a resumed run. Default 0. */
  readonly from?: number;
  readonly stream?: NodeJS.WriteStream;
  /** Between two lines where the stream is no terminal. Default 30. */
  readonly everySeconds?: number;
}

export interface ProgressState {
  /** Shown in place of the measured `unit`/s. */
  readonly rate?: string;
  /** Instead of the measured time. */
  readonly secondsLeft?: number;
  /** Appended, e.g. losses. */
  readonly details?: string;
}

export interface Progress {
  update(done: number, state?: ProgressState): void;
  /** A line of its own, above the bar. */
  log(line: string): void;
  /** Must be called at the end: the bar's timer keeps the process alive. */
  stop(): void;
}

export function createProgress(options: ProgressOptions): Progress {
  const stream = options.stream ?? process.stderr;
  const meter = new Meter(options);
  return stream.isTTY ? barProgress(options, stream, meter) : lineProgress(options, stream, meter);
}

function barProgress({ title, total, from = 0 }: ProgressOptions, stream: NodeJS.WriteStream, meter: Meter): Progress {
  const bar = new SingleBar({
    stream,
    format: `${title} {bar} {percentage}% {value}/{total} {text}`,
    barsize: 24,
    barCompleteChar: "█",
    barIncompleteChar: "░",
    // log lines overwrite the bar
    forceRedraw: true,
    fps: 4,
  });
  bar.start(total, from, { text: "" });
  return {
    update: (done, state) => bar.update(done, { text: meter.text(done, state) }),
    log: (line) => void stream.write(`\r\x1b[K${line}\n`),
    stop: () => bar.stop(),
  };
}

function lineProgress(
  { title, total, everySeconds = 30 }: ProgressOptions,
  stream: NodeJS.WriteStream,
  meter: Meter,
): Progress {
  let shown = performance.now();
  let latest: { done: number; state?: ProgressState } | undefined;
  const show = () => {
    if (!latest) return;
    const { done, state } = latest;
    const percent = Math.floor((100 * done) / Math.max(1, total));
    stream.write(`${`${title} ${done}/${total} (${percent}%) ${meter.text(done, state)}`.trimEnd()}\n`);
    latest = undefined;
  };
  return {
    update(done, state) {
      meter.note(done);
      latest = { done, state };
      if (performance.now() - shown < everySeconds * 1000 && done < total) return;
      show();
      shown = performance.now();
    },
    log: (line) => void stream.write(`${line}\n`),
    stop: show,
  };
}

/** Rate over the latest ten seconds or so, and the time left by it. */
class Meter {
  readonly #total: number;
  readonly #unit: string;
  #at = performance.now();
  #done: number;
  #rate = 0;

  constructor({ total, unit, from = 0 }: ProgressOptions) {
    this.#total = total;
    this.#unit = unit;
    this.#done = from;
  }

  note(done: number): void {
    const seconds = (performance.now() - this.#at) / 1000;
    if (seconds < 0.5 || done <= this.#done) return;
    const rate = (done - this.#done) / seconds;
    const weight = this.#rate === 0 ? 1 : 1 - Math.exp(-seconds / 10);
    this.#rate += (rate - this.#rate) * weight;
    this.#at += seconds * 1000;
    this.#done = done;
  }

  text(done: number, { rate, secondsLeft, details }: ProgressState = {}): string {
    this.note(done);
    const left = secondsLeft ?? (this.#rate > 0 ? (this.#total - done) / this.#rate : undefined);
    const parts = [
      rate ?? (this.#rate > 0 ? `${short(this.#rate)} ${this.#unit}/s` : undefined),
      done < this.#total && left !== undefined ? `${duration(left)} left` : undefined,
      details,
    ];
    return parts.filter((part) => part).join(", ");
  }
}

/** 75 -> "1:15", 3675 -> "1:01:15". */
export function duration(seconds: number): string {
  const s = Math.max(0, Math.round(seconds));
  const two = (n: number) => String(n).padStart(2, "0");
  const [hours, minutes] = [Math.floor(s / 3600), Math.floor(s / 60) % 60];
  return hours > 0 ? `${hours}:${two(minutes)}:${two(s % 60)}` : `${minutes}:${two(s % 60)}`;
}

/** Three significant digits, without an exponent where it can be avoided. */
export function short(value: number): string {
  const size = Math.abs(value);
  if (size >= 100 && size < 1e6) return String(Math.round(value));
  return String(Number(value.toPrecision(3)));
}
