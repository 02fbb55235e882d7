/**
 * Which requests a server answers, for every server of this project (serve, studio, study): never those that a foreign web
 * page makes a browser send (foreign Origin), nor, on this machine's own address, those under a name that only leads here
 * (foreign Host, DNS rebinding). Headers of proxies (Forwarded, X-Forwarded-Host) change nothing in it.
 * @module
 */

export interface AccessOptions {
  /** Listens for this machine alone: only its own names are accepted as Host. */
  readonly loopback: boolean;
  /** Further names of this server; where not on loopback, an empty list accepts any. */
  readonly hosts: readonly string[];
  /** Origins of other sites whose pages may use this server; "*" for all. */
  readonly origins: readonly string[];
}

export interface GuardedRequest {
  /** Header "host". */
  readonly host: string | undefined;
  /** Header "origin": what browsers send along. */
  readonly origin: string | undefined;
  /**
   * Header "sec-fetch-site". Left out by servers whose addresses other sites may show: a picture in a foreign page is
   * fetched without an Origin, and the page cannot read it.
   */
  readonly site?: string | undefined;
  /** Header "sec-fetch-mode": a link of another site that a person follows ("navigate") is answered. */
  readonly mode?: string | undefined;
}

export type Admission =
  /** `cors`: the Origin to name in Access-Control-Allow-Origin; undefined for requests of no page or of this server's own. */
  | { readonly admitted: true; readonly cors: string | undefined }
  | { readonly admitted: false; readonly code: "foreign_host" | "foreign_origin"; readonly message: string };

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/** Whether an address to listen on is this machine's own, so that others cannot reach it. */
export function isLoopback(host: string): boolean {
  return LOOPBACK.test(host.includes(":") && !host.startsWith("[") ? `[${host}]` : host);
}

/** The rule. Messages name what was wrong, not what to do: that is the caller's. */
export function admission(
  { host, origin, site, mode }: GuardedRequest,
  { loopback, hosts, origins }: AccessOptions,
): Admission {
  const name = (host ?? "").toLowerCase().replace(/:\d{1,5}$/, "");
  const known = hosts.includes(name) || (loopback ? LOOPBACK.test(name) : hosts.length === 0);
  if (!known) {
    const own = [...(loopback ? ["localhost"] : []), ...hosts].join(", ");
    return refused("foreign_host", `this server answers to ${own} alone, got Host ${quoted(host)}`);
  }
  if (origin !== undefined && (origins.includes("*") || origins.includes(origin)))
    return { admitted: true, cors: origin };
  // the scheme may be that of a proxy in front
  if (origin !== undefined && origin !== `http://${host}` && origin !== `https://${host}`)
    return refused("foreign_origin", `pages of other sites may not use this server, got Origin ${quoted(origin)}`);
  const own = site === undefined || site === "same-origin" || site === "none";
  if (!own && !(mode === "navigate" && origin === undefined))
    return refused("foreign_origin", "pages of other sites may not use this server");
  return { admitted: true, cors: undefined };
}

function refused(code: "foreign_host" | "foreign_origin", message: string): Admission {
  return { admitted: false, code, message };
}

function quoted(text: string | undefined): string {
  return text === undefined ? "(none)" : JSON.stringify(text.slice(0, 100));
}
