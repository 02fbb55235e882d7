/** report.json, report.md and report.html of an evaluation. The same results give the same bytes. @module */
import { rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "@scenograph/graph/errors";
import { makeFolder } from "scenograph/formats/folders.node";
import { plainResult, type StageReport } from "../run.ts";
import { htmlReport } from "./html.ts";
import { markdownReport } from "./markdown.ts";

export interface ReportFacts {
  /** The command that makes the report again. */
  readonly command: string;
  /** Partial results stay. */
  readonly keep?: boolean;
}

/** Writes the three files into `out`, each whole or not at all; then the partial results go. @throws UserError when `out` cannot be written */
export async function writeReport(out: string, reports: readonly StageReport[], facts: ReportFacts): Promise<void> {
  const files: Record<string, string> = {
    "report.json": jsonReport(reports, facts),
    "report.md": markdownReport(reports, facts),
    "report.html": htmlReport(reports, facts),
  };
  try {
    await makeFolder(out);
    for (const [name, text] of Object.entries(files)) {
      const partial = join(out, `${name}.partial`);
      await writeFile(partial, text);
      await rename(partial, join(out, name));
    }
  } catch (error) {
    throw new UserError(
      `evaluate: cannot write the report into ${out} (${(error as NodeJS.ErrnoException).code}); choose another --out`,
    );
  }
  if (!facts.keep) await rm(join(out, "partial"), { recursive: true, force: true });
}

/** What `--json` prints, then everything else that the report says; pictures are left to report.html. */
export function jsonReport(reports: readonly StageReport[], facts: ReportFacts): string {
  const stages = reports.map(({ stage, protocol, metrics, rows, verdicts, tables, notes }) => ({
    stage,
    protocol,
    metrics,
    rows,
    verdicts,
    tables,
    notes,
  }));
  return `${JSON.stringify({ command: facts.command, ...plainResult(reports), stages }, null, 1)}\n`;
}
