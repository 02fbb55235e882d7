/** A refusal before any route, in the shape of all others. @module */
import { randomUUID } from "node:crypto";
import type { ServerResponse } from "node:http";
import { ApiError, answered } from "./problems.ts";

/** Writes {"error": {...}} with a request id of its own. */
export function writeProblem(response: ServerResponse, status: number, code: string, message: string): void {
  const requestId = randomUUID();
  const { problem } = answered(new ApiError(status, code, message), requestId);
  response.writeHead(status, {
    "content-type": "application/json",
    "x-request-id": requestId,
    "x-content-type-options": "nosniff",
    "cache-control": "no-store",
  });
  response.end(JSON.stringify(problem));
}
