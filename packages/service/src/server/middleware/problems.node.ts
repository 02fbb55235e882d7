/** Answers for what no route took, and for whatever a route threw. @module */
import type { ErrorHandler, NotFoundHandler } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { ROUTES, type Route } from "../api.ts";
import type { Env } from "../context.node.ts";
import type { Log } from "../log.node.ts";
import { ApiError, answered } from "../problems.ts";

const PATTERNS = (Object.values(ROUTES) as Route[]).map((route) => ({
  method: route.method.toUpperCase(),
  pattern: new RegExp(`^${route.path.replace(/\./g, "\\.").replace(/:\w+/g, "[^/]+")}$`),
}));

/** 405 with Allow where the address is right and the method is not, else 404. */
export const notThere: NotFoundHandler<Env> = (c) => {
  const methods = new Set(PATTERNS.filter(({ pattern }) => pattern.test(c.req.path)).map(({ method }) => method));
  if (methods.size === 0 || methods.has(c.req.method)) {
    const message = "there is nothing at this address; GET /openapi.json lists what there is";
    return c.json(answered(new ApiError(404, "not_found", message), c.get("requestId")).problem, 404);
  }
  if (methods.has("GET")) methods.add("HEAD");
  const allow = [...methods].sort().join(", ");
  c.header("allow", allow);
  const error = new ApiError(
    405,
    "method_not_allowed",
    `this address takes ${allow}, got ${c.req.method}; use another`,
  );
  return c.json(answered(error, c.get("requestId")).problem, 405);
};

/** Whatever was thrown in the one shape of errors; what the operator must know is logged with the request's id. */
export function problems(log: Log): ErrorHandler<Env> {
  return (error, c) => {
    const requestId = c.get("requestId");
    const { status, problem, retryAfter, failure } = answered(error, requestId);
    if (failure || status >= 500)
      log("error", "request failed", { requestId, status, error: (failure && error.stack) || String(error) });
    if (retryAfter !== undefined) c.header("retry-after", String(retryAfter));
    if (status === 401) c.header("www-authenticate", "Bearer");
    return c.json(problem, status as ContentfulStatusCode);
  };
}
