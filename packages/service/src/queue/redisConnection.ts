/** The connection to Redis: answers in time or an error of ours, outages that end by themselves. @module */
import { setTimeout as sleep } from "node:timers/promises";
import { UserError } from "@scenograph/graph/errors";
import { Redis } from "ioredis";
import { QueueUnavailableError } from "scenograph/queue/queue";

export interface RedisConnectionOptions {
  readonly url: string;
  /** How long to wait for an answer, ms. */
  readonly answerMs: number;
  /** Errors of connections, which mend themselves. */
  readonly log: (line: string) => void;
}

/** Between two questions whether Redis is there, while it is waited for. */
const PING_MS = 500;

export class RedisConnection {
  readonly client: Redis;
  /** Connections that BullMQ makes of it, for what blocks. */
  readonly #copies: Redis[] = [];
  #closed = false;
  #lastError = "";
  #downSince: number | undefined;

  /** @throws UserError: an address that is none */
  constructor(private readonly options: RedisConnectionOptions) {
    this.client = new Redis(checkUrl(options.url), {
      // BullMQ's blocking commands must outlive an outage
      maxRetriesPerRequest: null,
      retryStrategy: (times) => Math.min(100 * 2 ** Math.min(times, 5), 2000),
    });
    const duplicate = this.client.duplicate.bind(this.client);
    this.client.duplicate = (override) => {
      const copy = duplicate(override);
      this.#copies.push(copy);
      return copy;
    };
    this.client.on("error", this.onError);
    this.client.on("close", () => {
      this.#downSince ??= Date.now();
    });
    this.client.on("ready", () => {
      this.#downSince = undefined;
    });
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** From here on the end of connections is no error. */
  closing(): void {
    this.#closed = true;
  }

  /**
   * Waits for `work`, the orderly end of what uses the connections, as long as Redis answers within `answerMs`; then ends
   * all connections.
   * @param away called when Redis did not answer
   */
  async end(work: Promise<unknown>, away: () => void): Promise<void> {
    const { answerMs } = this.options;
    let ended = false;
    const done = work.finally(() => {
      ended = true;
    });
    done.catch(() => {});
    const answers = async () => {
      const answered = this.client.ping().then(
        () => true,
        () => false,
      );
      return Promise.race([answered, sleep(answerMs, false, { ref: false })]);
    };
    const silent = async () => {
      while (!ended && (await answers())) await Promise.race([done, sleep(PING_MS)]);
      if (!ended) away();
    };
    await Promise.race([done, silent()]);
    for (const client of [this.client, ...this.#copies]) client.disconnect();
    // what waited for Redis has failed now; a handler that does not listen is not waited for
    await Promise.race([done.catch(() => {}), sleep(answerMs, undefined, { ref: false })]);
  }

  /** What `work` gives, within `answerMs`. @throws QueueUnavailableError: no answer in time, or Redis refuses to write */
  async ask<T>(what: string, work: () => Promise<T>): Promise<T> {
    const { answerMs } = this.options;
    const unavailable = () =>
      new QueueUnavailableError(
        `${what}(): the queue's Redis did not answer within ${answerMs} ms${this.#lastError}; see that it runs`,
      );
    // commands of an outage are kept until it ends: a long one must not fill the memory with them
    if (this.#downSince !== undefined && Date.now() - this.#downSince > answerMs) throw unavailable();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(unavailable()), answerMs);
    });
    const asked = work();
    asked.catch(() => {});
    try {
      return await Promise.race([asked, late]);
    } catch (error) {
      const refused = refusalOf(error);
      if (refused === undefined) throw error;
      throw new QueueUnavailableError(
        `${what}(): the queue's Redis refuses to write (${refused}); see to its memory and disk`,
      );
    } finally {
      clearTimeout(timer);
    }
  }

  /** Connections mend themselves; the same error again and again is told once. */
  readonly onError = (error: Error): void => {
    const { code } = error as NodeJS.ErrnoException;
    const line = code ?? error.message.split("\n")[0];
    const told = line ? ` (${line})` : "";
    if (told !== this.#lastError && !this.#closed) this.options.log(`queue: ${line || error.name}`);
    this.#lastError = told;
  };
}

/** Why Redis refuses a command that changes something: full, a replica, its disk, its password. Undefined for other errors. */
function refusalOf(error: unknown): string | undefined {
  const message = error instanceof Error ? error.message : "";
  return /\b(OOM|READONLY|MISCONF|NOREPLICAS|MASTERDOWN|CLUSTERDOWN|LOADING|NOAUTH|WRONGPASS|NOPERM)\b/.exec(
    message,
  )?.[1];
}

/** @throws UserError */
function checkUrl(url: string): string {
  if (!/^rediss?:\/\/[^\s/]+/.test(url) || !URL.canParse(url))
    throw new UserError(`--queue: redis://host:port or rediss://host:port, got "${shown(url)}"; correct it`);
  return url;
}

/** Without user and password, however the rest is misspelt. */
function shown(url: string): string {
  return url.replace(/^.*@/s, "***@").slice(0, 120);
}
