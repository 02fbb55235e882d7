/**
 * Who may become a rater: tokens that this study's server gave out itself, invitations that are good for one rater each,
 * and limits on how many enrol, in all and from one address.
 * @module
 */
import { createHash, createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { BusyError, UserError } from "@scenograph/graph/errors";

type Database = import("libsql").Database;

/** A rater is turned away: HTTP 403. */
export class EnrolmentError extends UserError {
  override name = "EnrolmentError";
  override readonly status = 403;
}

export interface EnrolmentLimits {
  /** Raters in all, of files too. Default: ten for each plan. */
  readonly raters?: number;
  /** New raters from one address in an hour. Default 60: a class behind one router. */
  readonly perAddress?: number;
}

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS secret (value TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS invitations (code TEXT PRIMARY KEY, rater INTEGER REFERENCES raters (id)) WITHOUT ROWID;`;
const HOUR_MS = 3_600_000;
/** Addresses that are remembered; the one that enrolled longest ago is forgotten first. */
const MOST_ADDRESSES = 10_000;

export class Enrolment {
  readonly #db: Database;
  readonly #secret: string;
  readonly #enrolled = new Map<string, number[]>();

  constructor(
    db: Database,
    private readonly plans: number,
    private readonly now: () => number = Date.now,
  ) {
    this.#db = db;
    db.exec(SCHEMA);
    db.prepare("INSERT INTO secret SELECT ? WHERE NOT EXISTS (SELECT 1 FROM secret)").run(
      randomBytes(32).toString("hex"),
    );
    this.#secret = (db.prepare("SELECT value FROM secret").get() as { value: string }).value;
  }

  /** A token for a new browser: 128 random bits and their signature, 64 hexadecimal digits. Nothing is stored. */
  issue(): string {
    const random = randomBytes(16).toString("hex");
    return random + this.#sign(random);
  }

  /** Whether `issue` of this study made it. */
  isIssued(token: string): boolean {
    if (!/^[0-9a-f]{64}$/.test(token)) return false;
    return timingSafeEqual(Buffer.from(token.slice(32)), Buffer.from(this.#sign(token.slice(0, 32))));
  }

  /** New invitations, shown once: the file keeps their hashes. From the first one on, the study is by invitation alone. */
  invite(count: number): string[] {
    const codes = Array.from({ length: count }, () => randomBytes(12).toString("base64url"));
    const insert = this.#db.prepare("INSERT INTO invitations (code) VALUES (?)");
    for (const code of codes) insert.run(digest(code));
    return codes;
  }

  /** How many invitations there are, and how many a rater has used. */
  invitations(): { readonly made: number; readonly used: number } {
    const row = this.#db.prepare("SELECT count(*) AS made, count(rater) AS used FROM invitations").get();
    const { made, used } = row as { made: number; used: number };
    return { made, used };
  }

  /**
   * Runs `enrol` for a token that is not a rater yet, in one transaction with its invitation.
   * @throws EnrolmentError for a made-up token, a missing, unknown or used invitation, a full study; BusyError when the
   *   address enrolled too many this hour
   */
  admit<T extends { readonly id: number }>(
    who: { readonly token: string; readonly invitation?: string | undefined; readonly address: string },
    { raters = 10 * this.plans, perAddress = 60 }: EnrolmentLimits,
    enrol: () => T,
  ): T {
    if (!this.isIssued(who.token))
      throw new EnrolmentError("this study gives each browser its own cookie, got another; reload the page");
    this.#count(who.address, perAddress);
    this.#db.exec("BEGIN IMMEDIATE");
    try {
      const { n } = this.#db.prepare("SELECT count(*) AS n FROM raters").get() as { n: number };
      if (n >= raters) throw new EnrolmentError(`this study has its ${raters} raters; thank you for coming`);
      const code = this.#invitation(who.invitation);
      const rater = enrol();
      if (code !== undefined) this.#db.prepare("UPDATE invitations SET rater = ? WHERE code = ?").run(rater.id, code);
      this.#db.exec("COMMIT");
      return rater;
    } catch (error) {
      this.#db.exec("ROLLBACK");
      throw error;
    }
  }

  /** Hash of the invitation to be used up; undefined where none is needed. */
  #invitation(code: string | undefined): string | undefined {
    if (this.invitations().made === 0) return undefined;
    if (code === undefined) throw new EnrolmentError("this study is by invitation; open the link that you were sent");
    const row = this.#db.prepare("SELECT rater FROM invitations WHERE code = ?").get(digest(code)) as
      | { rater: number | null }
      | undefined;
    if (row === undefined) throw new EnrolmentError("this invitation is unknown; open the link that you were sent");
    if (row.rater !== null) throw new EnrolmentError("this invitation was used already; ask for one of your own");
    return digest(code);
  }

  #count(address: string, most: number): void {
    const since = this.now() - HOUR_MS;
    const times = (this.#enrolled.get(address) ?? []).filter((t) => t > since);
    if (times.length >= most) throw new BusyError("too many began this study from your network; try again in an hour");
    this.#enrolled.delete(address);
    this.#enrolled.set(address, [...times, this.now()]);
    if (this.#enrolled.size > MOST_ADDRESSES) this.#enrolled.delete(this.#enrolled.keys().next().value as string);
  }

  #sign(random: string): string {
    return createHmac("sha256", this.#secret).update(random).digest("hex").slice(0, 32);
  }
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
