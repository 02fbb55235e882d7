/**
 * Answers in SQLite. The primary key (rater, question) and the revision make every write idempotent: the same answer
 * twice, late or out of order, is kept once. A write is on the disk before it is confirmed (WAL, synchronous = FULL).
 * libsql was chosen because it installs from the registry as a prebuilt library and locks with the operating system's
 * file locks, which end with the process: a killed server leaves nothing locked.
 * @module
 */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { BusyError, ConfigError, FormatError, UserError } from "@scenograph/graph/errors";
import { z } from "zod";
import { Enrolment } from "./enrolment.node.ts";
import { type Answer, isAnswer, type Study, type Submission, submission } from "./study.ts";

/** An answer that counts as given: the latest revision, not taken back. */
export interface GivenAnswer {
  readonly question: string;
  readonly value: Answer;
  /** Milliseconds from seeing to answering. */
  readonly ms: number;
}

export interface RaterAnswers {
  /** A number in this study, from 1, in the order of arrival. */
  readonly rater: number;
  readonly plan: number;
  readonly source: "server" | "file";
  /** In the order of the plan. */
  readonly answers: readonly GivenAnswer[];
}

interface RaterRow {
  readonly id: number;
  readonly plan: number;
}

type Database = import("libsql").Database;

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS study (id TEXT PRIMARY KEY);
  CREATE TABLE IF NOT EXISTS raters (
    id INTEGER PRIMARY KEY,
    token TEXT NOT NULL UNIQUE,
    plan INTEGER NOT NULL,
    source TEXT NOT NULL CHECK (source IN ('server', 'file')),
    at TEXT NOT NULL
  );
  CREATE TABLE IF NOT EXISTS answers (
    rater INTEGER NOT NULL REFERENCES raters (id),
    question TEXT NOT NULL,
    value TEXT,
    ms REAL NOT NULL,
    revision INTEGER NOT NULL CHECK (revision >= 1),
    at TEXT NOT NULL,
    PRIMARY KEY (rater, question)
  ) WITHOUT ROWID;`;

const answersFile = z.object({
  format: z.literal("scenograph study answers"),
  version: z.literal(1),
  study: z.string(),
  plan: z.int().min(0),
  rater: z.string().regex(/^[0-9a-f]{32}$/),
  answers: z.array(submission).max(10_000),
});

export class AnswerStore {
  readonly #db: Database;
  readonly #study: Study;
  /** Who may become a rater by the server. */
  readonly enrolment: Enrolment;

  /**
   * Opens answers.sqlite in the study's folder, made when it is not there. @throws UserError when the file belongs to
   * another study or is no database, or libsql is not there for this machine
   */
  constructor(folder: string, study: Study) {
    this.#study = study;
    const file = join(folder, "answers.sqlite");
    try {
      this.#db = openDatabase(file);
      this.#db.exec("PRAGMA busy_timeout = 5000");
      this.#db.exec("PRAGMA journal_mode = WAL");
      this.#db.exec("PRAGMA synchronous = FULL");
      this.#db.exec(SCHEMA);
    } catch (error) {
      if (error instanceof UserError) throw error;
      throw new UserError(
        `study: ${file} cannot be opened (${(error as Error).message}); is it whole, and may you write there?`,
      );
    }
    this.#db.prepare("INSERT INTO study SELECT ? WHERE NOT EXISTS (SELECT 1 FROM study)").run(study.id);
    const { id } = this.#db.prepare("SELECT id FROM study").get() as { id: string };
    if (id !== study.id) {
      this.#db.close();
      throw new UserError(`study: ${file} holds answers to another study (${id}, not ${study.id}); move it away`);
    }
    this.enrolment = new Enrolment(this.#db, study.plans.length);
  }

  close(): void {
    this.#db.close();
  }

  /** The rater of a token; undefined for an unknown one. */
  find(token: string): RaterRow | undefined {
    const row = this.#db.prepare("SELECT id, plan FROM raters WHERE token = ?").get(digest(token));
    if (row === undefined) return undefined;
    const { id, plan } = row as RaterRow;
    return { id, plan };
  }

  /** The rater of a token; a new one gets the plan that the fewest have (of those the first), or `plan`. */
  enrol(token: string, source: "server" | "file", plan?: number): RaterRow {
    // one statement: two raters at once do not get the same place
    const free = `
      WITH RECURSIVE plans (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM plans WHERE n + 1 < ?)
      SELECT n FROM plans ORDER BY (SELECT count(*) FROM raters WHERE raters.plan = n), n LIMIT 1`;
    this.#db
      .prepare(
        `INSERT INTO raters (token, plan, source, at) VALUES (?, coalesce(?, (${free})), ?, ?)
         ON CONFLICT (token) DO NOTHING`,
      )
      .run(digest(token), plan ?? null, this.#study.plans.length, source, now());
    return this.find(token)!;
  }

  /**
   * Keeps an answer, or takes one back (value null). A revision that is known already, or older than the one kept, changes
   * nothing. @throws ConfigError for a question that is not the rater's or a value that does not fit it
   */
  save(rater: RaterRow, { question: id, value, ms, revision }: Submission): void {
    const question = this.#study.plans[rater.plan].find((q) => q.id === id);
    if (!question) throw new ConfigError(`save(): a question of this rater, got "${id}"; reload the page`);
    if (value !== null && !isAnswer(question, value))
      throw new ConfigError(
        `save(): question ${id} takes ${question.kind === "pair" ? '0, 1 or "tie"' : `an order of ${question.pictures.length} pictures`}, got ${JSON.stringify(value)}; reload the page`,
      );
    this.#db
      .prepare(
        `INSERT INTO answers (rater, question, value, ms, revision, at) VALUES (?, ?, ?, ?, ?, ?)
         ON CONFLICT (rater, question) DO UPDATE
         SET value = excluded.value, ms = excluded.ms, revision = excluded.revision, at = excluded.at
         WHERE excluded.revision > answers.revision`,
      )
      .run(rater.id, id, value === null ? null : JSON.stringify(value), ms, revision, now());
  }

  /** What a rater has answered, with revisions, those taken back too: what the page goes on from. */
  entries(rater: RaterRow): Record<string, { value: Answer | null; ms: number; revision: number }> {
    const rows = this.#db
      .prepare("SELECT question, value, ms, revision FROM answers WHERE rater = ?")
      .all(rater.id) as { question: string; value: string | null; ms: number; revision: number }[];
    return Object.fromEntries(
      rows.map(({ question, value, ms, revision }) => [
        question,
        { value: value === null ? null : (JSON.parse(value) as Answer), ms, revision },
      ]),
    );
  }

  /** Everything that counts, by rater. */
  all(): RaterAnswers[] {
    const raters = this.#db.prepare("SELECT id, plan, source FROM raters ORDER BY id").all() as (RaterRow & {
      source: "server" | "file";
    })[];
    return raters.map(({ id, plan, source }) => {
      const entries = this.entries({ id, plan });
      const answers = this.#study.plans[plan].flatMap((q): GivenAnswer[] => {
        const entry = entries[q.id];
        return entry && entry.value !== null ? [{ question: q.id, value: entry.value, ms: entry.ms }] : [];
      });
      return { rater: id, plan, source, answers };
    });
  }

  /**
   * Takes in a file that the page without a server saved; the same file again changes nothing.
   * @returns answers in the file, and how many the store has gained
   * @throws FormatError for other files, UserError for one of another study
   */
  importFile(name: string, text: string): { answers: number; added: number } {
    let json: unknown;
    try {
      json = JSON.parse(text);
    } catch {
      throw new FormatError(`study import: ${name}: holds JSON, got other text; use the file that the page saved`);
    }
    const result = answersFile.safeParse(json);
    if (!result.success)
      throw new FormatError(
        `study import: ${name}: ${result.error.issues[0].path.join(".") || "the file"} is not as the page saves it; ask for the file again`,
      );
    const { study, plan, rater: token, answers } = result.data;
    if (study !== this.#study.id)
      throw new UserError(`study import: ${name} answers another study (${study}); name that study's folder`);
    if (plan >= this.#study.plans.length)
      throw new FormatError(`study import: ${name}: participant ${plan + 1} of ${this.#study.plans.length}; check it`);
    const given = answers.filter((a) => a.value !== null).length;
    const count = () => (this.#db.prepare("SELECT count(*) AS n FROM answers").get() as { n: number }).n;
    this.#db.exec("BEGIN IMMEDIATE");
    try {
      const before = count();
      const rater = this.enrol(token, "file", plan);
      for (const answer of answers) this.save(rater, answer);
      const added = count() - before;
      this.#db.exec("COMMIT");
      return { answers: given, added };
    } catch (error) {
      this.#db.exec("ROLLBACK");
      if (error instanceof ConfigError) throw new FormatError(`study import: ${name}: ${error.message}`);
      throw error;
    }
  }
}

/** @throws UserError when a study has no answers yet */
export function openAnswers(folder: string, study: Study): AnswerStore {
  if (!existsSync(join(folder, "answers.sqlite")))
    throw new UserError(`study report: ${folder} holds no answers yet; collect some with study serve or study import`);
  return new AnswerStore(folder, study);
}

function openDatabase(file: string): Database {
  let Libsql: new (path: string) => Database;
  try {
    // loaded when needed: other commands run where there is no prebuilt library
    Libsql = createRequire(import.meta.url)("libsql");
  } catch (error) {
    throw new UserError(
      `study: SQLite (package libsql) does not load on ${process.platform}-${process.arch} (${(error as Error).message.split("\n")[0]}); use the page without a server on this machine`,
    );
  }
  return new Libsql(file);
}

/** Tokens are kept as hashes: who reads the file cannot answer in a rater's name. */
function digest(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}

function now(): string {
  return new Date().toISOString();
}

/** What SQLite says when another process holds the file for longer than the timeout, as the server's "try again". */
export function busyOr(error: unknown): unknown {
  const busy = error instanceof Error && /database is locked|SQLITE_BUSY/.test(error.message);
  return busy ? new BusyError("study: the answers are in use by another program; try again") : error;
}
