/**
 * Which requests may come at all: pages of other sites must not use a server on this machine (foreign Origin), nor reach
 * it under a name of theirs that leads here (foreign Host, DNS rebinding).
 * @module
 */
import { ApiError } from "./problems.ts";

export interface AccessOptions {
  /** Listens for this machine alone: only its own names are accepted as Host. */
  readonly loopback: boolean;
  /** Further names of this server; where not on loopback, an empty list accepts any. */
  readonly hosts: readonly string[];
  /** Origins of other sites whose pages may use this server; "*" for all. */
  readonly origins: readonly string[];
}

const OWN = ["localhost", "127.0.0.1", "[::1]"];

/** @throws ApiError 403 */
export function checkHost(host: string | undefined, { loopback, hosts }: AccessOptions): void {
  const allowed = loopback ? [...OWN, ...hosts] : hosts;
  if (allowed.length === 0) return;
  const name = (host ?? "").toLowerCase().replace(/:\d{1,5}$/, "");
  if (!allowed.includes(name))
    throw new ApiError(403, "foreign_host", `the Host ${quoted(host)} is not this server's; see --allow-host`);
}

/**
 * -> the Origin to name in Access-Control-Allow-Origin; undefined for requests of no page or of this server's own.
 * @throws ApiError 403 for pages of other sites
 */
export function checkOrigin(
  origin: string | undefined,
  host: string | undefined,
  { origins }: AccessOptions,
): string | undefined {
  if (origin === undefined) return undefined;
  if (origins.includes("*") || origins.includes(origin)) return origin;
  // the scheme may be that of a proxy in front
  if (host !== undefined && origin.replace(/^https?:\/\//, "") === host) return undefined;
  throw new ApiError(403, "foreign_origin", `pages of ${quoted(origin)} may not use this server; see --cors`);
}

function quoted(text: string | undefined): string {
  return text === undefined ? "(none)" : JSON.stringify(text.slice(0, 100));
}
