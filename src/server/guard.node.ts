/**
 * Which requests a server of one's own machine answers: those of its own pages and of programs without a browser, never
 * those that a foreign web page makes the browser send, whatever name that page's address resolves to.
 * @module
 */

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

export interface GuardedRequest {
  /** Header "host". */
  readonly host: string | undefined;
  /** Header "origin": what browsers send along. */
  readonly origin: string | undefined;
  /** Header "sec-fetch-site". */
  readonly site: string | undefined;
}

/** Whether an address to listen on is this machine's own, so that others cannot reach it. */
export function isLoopback(host: string): boolean {
  return LOOPBACK.test(host.includes(":") && !host.startsWith("[") ? `[${host}]` : host);
}

/**
 * Why a request is refused; undefined when it is answered. `loopback`: the server listens on this machine alone, so only
 * this machine's names are right: a foreign name that resolves to it (DNS rebinding) is not.
 */
export function refusal({ host, origin, site }: GuardedRequest, loopback: boolean): string | undefined {
  const name = host?.replace(/:\d+$/, "") ?? "";
  if (loopback && !LOOPBACK.test(name))
    return `this server answers to localhost alone, got "${name}"; start it with --host to open it to others`;
  if (site !== undefined && site !== "same-origin" && site !== "none")
    return "requests of other sites are not answered";
  if (origin !== undefined && origin !== `http://${host}` && origin !== `https://${host}`)
    return `requests of other sites are not answered, got "${origin}"`;
  return undefined;
}
