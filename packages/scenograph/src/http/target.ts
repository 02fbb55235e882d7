/** The target of a request line, before anything else reads it (RFC 9112, 3.2). @module */

export type Target =
  | {
      readonly ok: true;
      /** Path and query, beginning with one "/". */
      readonly path: string;
      /** Authority of an absolute target: it takes the place of the Host header (RFC 9112, 3.2.2). */
      readonly host?: string;
    }
  | { readonly ok: false; readonly message: string };

/** A path that URL parsers, file systems and routers all read alike: no second "/" that begins a host, no "\", no blanks. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it refuses
const PATH = /^\/(?![/\\])[^\\\s\x00-\x1f\x7f#?]*(\?[^\s\x00-\x1f\x7f#]*)?$/;
const ABSOLUTE = /^https?:\/\/([\w.-]{1,253}|\[[0-9a-f:.]{2,45}\])(:\d{1,5})?(?=[/?]|$)/i;
const MOST = 8192;

/** Reads the target; what no client of ours sends is refused instead of being guessed at. Never throws. */
export function readTarget(url: string | undefined): Target {
  if (url === undefined || url === "") return refused("a request names a path, got none");
  if (url.length > MOST) return refused(`an address has at most ${MOST} characters, got ${url.length}`);
  const absolute = ABSOLUTE.exec(url);
  const rest = absolute ? url.slice(absolute[0].length) : url;
  const path = absolute && !rest.startsWith("/") ? `/${rest}` : rest;
  if (!PATH.test(path))
    return refused(`a path begins with one "/" and has no "\\" and no blanks, got ${JSON.stringify(url.slice(0, 80))}`);
  return { ok: true, path, ...(absolute && { host: `${absolute[1]}${absolute[2] ?? ""}` }) };
}

function refused(message: string): Target {
  return { ok: false, message: `${message}; correct the address` };
}
