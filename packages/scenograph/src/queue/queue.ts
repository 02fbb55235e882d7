/**
 * The job queue: the one interface behind which jobs run in this process (`memory.ts`, the default of one machine)
 * or on any number of machines (`redis.ts`, BullMQ). Same promises in both:
 * - `add` resolves when the job is held by the queue; what was acknowledged is run, or ends with a status that says why not.
 * - A job whose worker is lost (process killed, thread died, `WorkerLostError`) is retried once. An error that the
 *   handler throws is final: the same input would fail again.
 * - Inputs, progress and results are small JSON values; bytes (pictures, weights) belong in a `BlobStore`.
 * - Handlers may run twice for one job, so they must be idempotent: same input, same result, same keys.
 * @module
 */

export type JobStatus = "waiting" | "running" | "done" | "failed" | "cancelled";

export interface JobProgress {
  readonly stage: string;
  /** 0 <= done <= total, counted in `unit` ("stages", "pictures", "steps"). */
  readonly done: number;
  readonly total: number;
  readonly unit: string;
}

export interface JobState {
  /** `<kind>.<name>`: unique in the queue, letters, digits, ".", "_" and "-" only. */
  readonly id: string;
  readonly kind: string;
  readonly status: JobStatus;
  /** Times that a worker began it: 0 while it was never begun, 2 after a lost worker. */
  readonly attempts: number;
  readonly progress?: JobProgress;
  /** What the handler returned; present when done. */
  readonly result?: unknown;
  /** Present when failed or cancelled. */
  readonly error?: { readonly name: string; readonly message: string };
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  readonly startedAt?: number;
  readonly finishedAt?: number;
  /** When it is given up, waiting or running. */
  readonly deadlineAt?: number;
}

export interface AddOptions {
  /** The name after the kind; a random one if left out. Adding a job again under its name answers with the first one's state. */
  readonly id?: string;
  /** Given up (status "failed", error "DeadlineError") when not done after this many milliseconds. */
  readonly deadlineMs?: number;
}

export interface ListOptions {
  readonly prefix?: string;
  /** At most so many. Default 100. */
  readonly limit?: number;
}

export interface QueueCounts {
  readonly waiting: number;
  readonly running: number;
  /** Waiting jobs of one kind at which `add` throws. */
  readonly capacity: number;
}

export interface JobQueue {
  /**
   * @throws BusyError when `capacity` jobs of the kind wait.
   * @throws UserError on a kind or id with other characters than letters, digits, ".", "_", "-", or longer than 128.
   * @throws QueueUnavailableError when the queue's server does not answer.
   */
  add(kind: string, input: unknown, options?: AddOptions): Promise<JobState>;
  /** Undefined for an id that never was or whose retention (see the implementation) is over. */
  get(id: string): Promise<JobState | undefined>;
  /**
   * The present state, then every later one until a final one, which is the last. A slow reader skips intermediate
   * progress, never a final state. Ends early, without an error, when `signal` is aborted.
   * A job that vanishes ends with status "failed", JobLostError.
   * @throws UserError for an unknown id.
   */
  watch(id: string, signal?: AbortSignal): AsyncIterable<JobState>;
  /** True if the job was waiting or running; it then has status "cancelled" at once and its handler's signal is aborted. */
  cancel(id: string): Promise<boolean>;
  /** Jobs of a kind whose id begins with `prefix`, the latest first; finished ones as long as they are kept. */
  list(kind: string, options?: ListOptions): Promise<JobState[]>;
  /** Over all kinds, or one. */
  counts(kind?: string): Promise<QueueCounts>;
  /** Begin to run jobs of the kinds that `handlers` has. */
  work(handlers: Handlers, options?: WorkOptions): Worker;
  /** Closes this process' side: its workers (drained), its watches. Waiting jobs stay where the implementation is durable. */
  close(): Promise<void>;
}

export interface Job {
  readonly id: string;
  readonly kind: string;
  readonly input: unknown;
  /** 1 for the first, 2 after a lost worker. */
  readonly attempt: number;
}

export interface JobContext {
  /** Tell progress; never throws, cheap enough for once a step (implementations thin it out). */
  report(progress: JobProgress): void;
  /** Aborted when the job is cancelled, past its deadline, or its worker closes; `signal.reason` says which. */
  readonly signal: AbortSignal;
}

export type JobHandler = (job: Job, context: JobContext) => Promise<unknown>;
export type Handlers = Readonly<Record<string, JobHandler>>;

export interface WorkOptions {
  /** Jobs at a time in this process, over all kinds. Default 1. */
  readonly concurrency?: number;
}

export interface Worker {
  /** Jobs that this worker runs now. */
  readonly running: number;
  /**
   * Takes no new job, waits for the running ones up to `drainMs` (default: for ever), then aborts them; aborted jobs go
   * back to the queue and this does not count as their one retry.
   */
  close(options?: { readonly drainMs?: number }): Promise<void>;
}

/** Thrown by a handler (or as `signal.reason`) when the machine or thread that ran the job is gone: retried once. */
export class WorkerLostError extends Error {
  override name = "WorkerLostError";
}

/** A job's time is over. */
export class DeadlineError extends Error {
  override name = "DeadlineError";
  readonly status = 504;
}

/** A job was cancelled; `signal.reason` of its handler. */
export class CancelledError extends Error {
  override name = "CancelledError";
}

/**
 * A job that was acknowledged and is in the queue no more (its server was flushed, evicted it, or came back with an older
 * copy). `watch` ends with status "failed" and this name within `LOST_MS`; who still has the input adds it again.
 */
export class JobLostError extends Error {
  override name = "JobLostError";
}

/** A waiter is told that its job vanished at most so many milliseconds later, while the queue's server answers. */
export const LOST_MS = 5000;

/** The queue's server does not answer, or refuses to write: HTTP 503. */
export class QueueUnavailableError extends Error {
  override name = "QueueUnavailableError";
  readonly status = 503;
}

export function isFinal(status: JobStatus): boolean {
  return status === "done" || status === "failed" || status === "cancelled";
}
