/** Errors as answers: one shape for every route, one clear line, the classes of packages/graph/src/errors.ts to their status. @module */

import { UserError } from "@scenograph/graph/errors";
import { StoreError } from "scenograph/queue/blobs";
import type { z } from "zod";
import type { Problem } from "./schemas.ts";

/** An error with its answer. */
export class ApiError extends Error {
  override name = "ApiError";
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly extra: { readonly param?: string; readonly retryAfter?: number } = {},
  ) {
    super(message);
  }
}

export interface Answered {
  readonly status: number;
  readonly problem: Problem;
  readonly retryAfter?: number;
  /** Something failed here: to be logged with its stack. */
  readonly failure: boolean;
}

/** Code of a UserError by its class. */
const CODES: Readonly<Record<string, string>> = {
  FormatError: "invalid_format",
  ShapeError: "invalid_shape",
  ConfigError: "invalid_value",
  CheckpointError: "invalid_checkpoint",
  BusyError: "busy",
  FullError: "queue_full",
  UnknownModelError: "model_not_found",
};

/** What the client gets for whatever was thrown; what is not its fault is told without details. */
export function answered(error: unknown, requestId: string): Answered {
  const { status, code, message, param, retryAfter, failure } = described(error);
  const type =
    status === 429
      ? "rate_limit_error"
      : status === 401 || status === 403
        ? "authentication_error"
        : status >= 500
          ? "server_error"
          : "invalid_request_error";
  const problem: Problem = { error: { message, type, code, param: param ?? null, request_id: requestId } };
  return { status, problem, failure, ...(retryAfter !== undefined && { retryAfter }) };
}

interface Described {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly param?: string;
  readonly retryAfter?: number;
  readonly failure: boolean;
}

function described(error: unknown): Described {
  if (!(error instanceof Error)) return internal();
  // what came may be quoted in it
  const message = error.message.split("\n")[0].replace(/[\p{Cc}\u2028\u2029]+/gu, " ");
  if (error instanceof ApiError) {
    const { status, code, extra } = error;
    return { status, code, message, ...extra, failure: false };
  }
  if (error instanceof StoreError || error.name === "StoreError") {
    // its message names a place of this machine; a job's came without its class
    const { status, told } = error instanceof StoreError ? error : new StoreError(message, /is full/.test(message));
    const code = status === 507 ? "store_full" : "store_unavailable";
    return { status, code, message: told, retryAfter: 30, failure: true };
  }
  if (error instanceof UserError) {
    const retryAfter = "retryAfter" in error ? Number(error.retryAfter) : error.status === 429 ? 5 : undefined;
    const code = CODES[error.name] ?? "invalid_request";
    const param = code === "model_not_found" ? { param: "model" } : {};
    return {
      status: error.status,
      code,
      message,
      ...param,
      failure: false,
      ...(retryAfter !== undefined && { retryAfter }),
    };
  }
  if (error.name === "DeadlineError") return { status: 504, code: "deadline_exceeded", message, failure: false };
  if (error.name === "JobLostError") return { status: 500, code: "job_lost", message, failure: true };
  if (error.name === "QueueUnavailableError")
    return { status: 503, code: "queue_unavailable", message, retryAfter: 5, failure: true };
  // nobody reads it
  if (error.name === "AbortError") return { status: 499, code: "closed", message, failure: false };
  return internal();
}

function internal(): Described {
  const message = "the server failed; the request id finds the reason in its log";
  return { status: 500, code: "internal_error", message, failure: true };
}

/**
 * The value as the schema reads it. @throws ApiError 400 naming the first field that breaks a rule, its rule and what came
 */
export function validated<T extends z.ZodType>(schema: T, value: unknown): z.output<T> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  let at: unknown = value;
  let where = "";
  for (const key of issue.path) {
    at = (at as Record<PropertyKey, unknown> | null | undefined)?.[key];
    where += typeof key === "number" ? `[${key}]` : `${where ? "." : ""}${String(key)}`;
  }
  if (issue.code === "unrecognized_keys") {
    const key = issue.keys[0].slice(0, 60);
    const param = `${where ? `${where}.` : ""}${key}`;
    throw new ApiError(400, "unknown_field", `${param} is no field of this request; leave it out`, { param });
  }
  const got = at === undefined ? "nothing" : shown(at);
  const rule = issue.code === "invalid_type" && at === undefined ? "is required" : issue.message;
  const message = `${where || "the body"} ${rule}, got ${got}; correct it`;
  throw new ApiError(400, "invalid_value", message, { ...(where && { param: where }) });
}

/** At most some 60 characters of JSON, on one line. */
function shown(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.length > 60 ? `${value.slice(0, 57)}...` : value);
  if (Array.isArray(value)) return `${value.length} entries`;
  if (typeof value === "object" && value !== null) return "an object";
  return String(value);
}
