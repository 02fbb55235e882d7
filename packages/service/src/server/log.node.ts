/** Structured log: one line of JSON an event. @module */

export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;
export type Log = (level: "info" | "warn" | "error", message: string, fields?: LogFields) => void;

/** Writes to a stream, stderr by default: {"time", "level", "message", ...fields}. */
export function createLog(write: (line: string) => void = (line) => process.stderr.write(line)): Log {
  return (level, message, fields = {}) =>
    write(`${JSON.stringify({ time: new Date().toISOString(), level, message, ...fields })}\n`);
}
