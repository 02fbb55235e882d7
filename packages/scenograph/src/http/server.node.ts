/**
 * The HTTP server of serve, studio and study: one guard in front of their routes, one set of limits on slow and many
 * connections, one way to listen. No request ends the process, whatever its routes throw.
 * @module
 */
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from "node:http";
import { BusyError, UserError } from "@scenograph/graph/errors";
import { type AccessOptions, admission, isLoopback } from "./guard.ts";
import { readTarget } from "./target.ts";

export interface GuardOptions {
  /**
   * Who may ask. Left out by servers whose routes ask `admission` themselves (serve: it answers CORS, counts refusals in
   * its metrics, and lets probes through).
   */
  readonly access?: AccessOptions;
  /** What to do about a refused Host, after the message. Default: "start it with --host to open it to others". */
  readonly hostHint?: string;
  /** Writes a refusal. Default: {"error": message}. */
  readonly refuse?: (response: ServerResponse, status: number, code: string, message: string) => void;
  /** Receives what the routes threw; clients get 500 without details. */
  readonly onFailure?: (error: Error) => void;
}

/** Limits on connections; what is written here is what is measured, within `CHECK_MS`. */
export const CONNECTIONS = {
  /** A client that has not sent its headers by then is cut off with 408. */
  headersMs: 10_000,
  /** Nor its whole request. */
  requestMs: 30_000,
  /** A connection without a request is closed after an answer. */
  keepAliveMs: 5_000,
  /** Open at a time; a further one is closed unread. An idle one costs some 10 kB. */
  most: 4096,
} as const;
/** How often Node looks for slow ones; its own default of 30 s would make 10 s up to 40 s. */
const CHECK_MS = 1000;

/** `listener` behind the guard: target, then Host and Origin, then whatever it throws. */
export function guarded(listener: RequestListener, options: GuardOptions = {}): RequestListener {
  const { access, hostHint = "start it with --host to open it to others", refuse = answerJson, onFailure } = options;
  const failed = (response: ServerResponse, error: unknown) => {
    onFailure?.(error instanceof Error ? error : new Error(String(error)));
    if (response.headersSent) response.destroy();
    else refuse(response, 500, "internal_error", "the server failed; its log says why");
  };
  return (request, response) => {
    try {
      const target = readTarget(request.url);
      if (!target.ok) return refuse(response, 400, "invalid_target", target.message);
      if (hostsOf(request) > 1) return refuse(response, 400, "invalid_host", "a request has one Host header; send one");
      request.url = target.path;
      if (target.host !== undefined) setHost(request, target.host);
      if (access) {
        const { host, origin, "sec-fetch-site": site, "sec-fetch-mode": mode } = request.headers;
        const read = request.method === "GET" || request.method === "HEAD";
        const known = { host, origin, site: one(site), ...(read && { mode: one(mode) }) };
        const result = admission(known, access);
        if (!result.admitted) {
          const hint = result.code === "foreign_host" ? hostHint : "open its own pages";
          return refuse(response, 403, result.code, `${result.message}; ${hint}`);
        }
      }
      // listeners of frameworks are asynchronous though their type does not say so
      void Promise.resolve(listener(request, response) as unknown).catch((error) => failed(response, error));
    } catch (error) {
      failed(response, error);
    }
  };
}

export interface ListenOptions extends Omit<GuardOptions, "access"> {
  /** As in `GuardOptions`, or "routes" where they ask. Default: this machine's names on its own address, else any. */
  readonly access?: AccessOptions | "routes";
  readonly host: string;
  /** 0 for any that is free. */
  readonly port: number;
  readonly connections?: Partial<Record<keyof typeof CONNECTIONS, number>>;
}

export interface Listening {
  readonly server: Server;
  readonly port: number;
}

/**
 * Listens, guarded and limited.
 * @throws BusyError when the port is taken, UserError for an address or port that this process may not use
 */
export function listen(listener: RequestListener, options: ListenOptions): Promise<Listening> {
  const { host, port, access = { loopback: isLoopback(host), hosts: [], origins: [] }, ...rest } = options;
  const { headersMs, requestMs, keepAliveMs, most } = { ...CONNECTIONS, ...options.connections };
  const server = createServer(
    {
      headersTimeout: headersMs,
      requestTimeout: Math.max(headersMs, requestMs),
      keepAliveTimeout: keepAliveMs,
      connectionsCheckingInterval: CHECK_MS,
    },
    guarded(listener, { ...rest, ...(access !== "routes" && { access }) }),
  );
  server.maxConnections = most;
  return new Promise((done, fail) => {
    server.once("error", (error: NodeJS.ErrnoException) => fail(listenError(error, host, port)));
    server.listen(port, host, () => {
      const address = server.address();
      done({ server, port: typeof address === "object" && address ? address.port : port });
    });
  });
}

function listenError(error: NodeJS.ErrnoException, host: string, port: number): Error {
  const { code } = error;
  if (code === "EADDRINUSE")
    return new BusyError(`port ${port} is in use (${code}); choose another with --port, or 0 for any`);
  if (code === "EACCES") return new UserError(`port ${port} is not allowed (${code}); choose another with --port`);
  if (code === "EADDRNOTAVAIL" || code === "ENOTFOUND")
    return new UserError(`--host ${host} is no address of this machine (${code}); use 127.0.0.1 or 0.0.0.0`);
  return error;
}

function answerJson(response: ServerResponse, status: number, _code: string, error: string): void {
  response.writeHead(status, {
    "content-type": "application/json; charset=utf-8",
    "x-content-type-options": "nosniff",
  });
  response.end(JSON.stringify({ error }));
}

function one(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}

function hostsOf({ rawHeaders }: IncomingMessage): number {
  return rawHeaders.filter((name, i) => i % 2 === 0 && name.toLowerCase() === "host").length;
}

/** The headers as if the client had sent this Host; frameworks read the raw ones. */
function setHost(request: IncomingMessage, host: string): void {
  const raw = request.rawHeaders;
  for (let i = raw.length - 2; i >= 0; i -= 2) if (raw[i].toLowerCase() === "host") raw.splice(i, 2);
  raw.push("Host", host);
  request.headers.host = host;
}
