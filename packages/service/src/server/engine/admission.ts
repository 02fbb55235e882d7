/**
 * Which requests are admitted, and in which order they are computed. A request waits for those before it: it is refused when
 * they would, at the rate that was measured, take longer than it may. Callers share what there is: their pictures take turns,
 * and when more than half of the places are taken nobody gets more than an equal share.
 * @module
 */
import { BusyError } from "@scenograph/graph/errors";

/** The service holds as much work as it may: try again after so many seconds. */
export class FullError extends BusyError {
  override name = "FullError";
  constructor(
    message: string,
    readonly retryAfter: number,
  ) {
    super(message);
  }
}

export interface Ticket {
  /** Smaller is computed first. */
  readonly order: number;
  /** Once, at the end. @param done whether its pictures were made */
  leave(done: boolean): void;
}

export interface Wish {
  readonly pictures: number;
  /** Whose it is. */
  readonly owner: string;
  readonly deadlineMs: number;
  /** Admitted in any case: jobs, whose number is bounded elsewhere. */
  readonly patient?: boolean;
}

/** Pictures a second before any were measured: few, since what is admitted is a promise. */
const GUESS = 1;
/** A rate is measured over so much time with work; idle time between bursts counts for none. */
const WINDOW_MS = 1000;
/** Weight of the latest window. */
const LATEST = 0.4;
/** Rates vary: a request is admitted when it should be done within this part of its time. */
const MARGIN = 0.7;
const MOST_SECONDS = 60;

interface Owner {
  pictures: number;
  /** Start time of its next picture in the virtual time of fair queueing. */
  next: number;
}

export class Admission {
  readonly #owners = new Map<string, Owner>();
  #admitted = 0;
  #rate = GUESS;
  #measured = false;
  #window = { busyMs: 0, pictures: 0 };
  /** Up to when busy time is counted. */
  #counted = 0;
  /** Virtual time: pictures that each owner with work has had (Demers et al., 1989). */
  #clock = 0;
  #ties = 0;

  constructor(
    /** Pictures that wait or are computed. */
    readonly most: number,
    private readonly now: () => number = () => performance.now(),
  ) {}

  get admitted(): number {
    return this.#admitted;
  }

  /** Pictures a second. */
  get rate(): number {
    return this.#rate;
  }

  /** @throws FullError with the seconds after which there should be room */
  enter({ pictures, owner: name, deadlineMs, patient = false }: Wish): Ticket {
    if (!patient) this.#check(pictures, name, deadlineMs);
    const owner = this.#owners.get(name) ?? { pictures: 0, next: this.#clock };
    this.#owners.set(name, owner);
    if (this.#admitted === 0) this.#counted = this.now();
    const start = Math.max(this.#clock, owner.next);
    owner.next = start + pictures;
    owner.pictures += pictures;
    this.#admitted += pictures;
    let left = false;
    return {
      // equal starts: first come, first served
      order: start + this.#ties++ * 1e-9,
      leave: (done) => {
        if (left) return;
        left = true;
        this.#admitted -= pictures;
        owner.pictures -= pictures;
        if (owner.pictures === 0) this.#owners.delete(name);
        this.#clock = Math.max(this.#clock, start);
        this.#measure(done ? pictures : 0);
      },
    };
  }

  #check(pictures: number, name: string, deadlineMs: number): void {
    const after = this.#admitted + pictures;
    if (after > this.most)
      throw this.#full(`${this.#admitted} pictures wait already, of ${this.most} that may`, after - this.most);
    const own = (this.#owners.get(name)?.pictures ?? 0) + pictures;
    const share = this.most / (this.#owners.size + (this.#owners.has(name) ? 0 : 1));
    if (after > this.most / 2 && own > Math.max(share, pictures))
      throw this.#full(`${own - pictures} pictures of yours wait already, others want some too`, own - share);
    // alone it is tried in any case: nobody else is in its way
    const inTime = Math.floor((this.#rate * MARGIN * deadlineMs) / 1000);
    if (this.#admitted > 0 && after > inTime)
      throw this.#full(`${this.#admitted} pictures wait already, more than are done in time`, after - inTime);
  }

  #full(reason: string, pictures: number): FullError {
    const seconds = Math.min(MOST_SECONDS, Math.max(1, Math.ceil(pictures / this.#rate)));
    return new FullError(`queue: ${reason}; try again in ${seconds} s`, seconds);
  }

  #measure(pictures: number): void {
    const now = this.now();
    this.#window.busyMs += now - this.#counted;
    this.#window.pictures += pictures;
    this.#counted = now;
    const { busyMs, pictures: made } = this.#window;
    if (busyMs < WINDOW_MS || made === 0) return;
    const rate = Math.max(0.1, (1000 * made) / busyMs);
    this.#rate = this.#measured ? LATEST * rate + (1 - LATEST) * this.#rate : rate;
    this.#measured = true;
    this.#window = { busyMs: 0, pictures: 0 };
  }
}
