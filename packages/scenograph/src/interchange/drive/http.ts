/**
 * Requests to a drawing server that the user named: loopback unless allowed, no redirects, bounded in time and size, and every
 * answer that is not what was asked for becomes one clear line. Runs in a browser.
 * @module
 */
import { UserError } from "@scenograph/graph/errors";
import { joinBytes } from "@scenograph/graph/formats/bytes";

export interface Progress {
  /** "waiting", "drawing", "fetching". */
  readonly stage: string;
  /** 0 to 1 where it is known. */
  readonly share?: number;
  /** How many are before it in the server's queue. */
  readonly ahead?: number;
}

export interface DriveOptions {
  /** Addresses of other machines too. */
  readonly allowRemote?: boolean;
  /** For everything together, in milliseconds. Default 10 minutes. */
  readonly limitMs?: number;
  /** Between questions of how far it is. Default 500. */
  readonly pollMs?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
}

const DEFAULT_LIMIT = 600_000;
/** For one short request. */
const REQUEST_MS = 30_000;
/** Bytes of an answer in JSON, and of one that holds a picture. */
const MAX_JSON = 2 ** 24;
export const MAX_PICTURE = 2 ** 27;

/** The base address, without a slash at its end. @throws UserError for what is no http address, or another machine's */
export function checkedAddress(address: string, allowRemote = false): string {
  let url: URL;
  try {
    url = new URL(address);
  } catch {
    throw new UserError(
      `render: an address is like http://127.0.0.1:8188, got ${JSON.stringify(address.slice(0, 80))}; correct it`,
    );
  }
  if (url.protocol !== "http:" && url.protocol !== "https:")
    throw new UserError(
      `render: an address begins with http:// or https://, got ${JSON.stringify(address.slice(0, 80))}; correct it`,
    );
  if (!allowRemote && !isLoopback(url.hostname))
    throw new UserError(
      `render: ${url.host} is another machine: your scene would leave this one; add --allow-remote if that is meant`,
    );
  return `${url.origin}${url.pathname.replace(/\/+$/, "")}`;
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "[::1]" || /^127(?:\.\d{1,3}){3}$/.test(host);
}

/** Runs `work` under the time limit and the caller's signal; `clean` is tried when either ends it, so that the server stops too. */
export async function limited<T>(
  server: string,
  options: DriveOptions,
  work: (signal: AbortSignal) => Promise<T>,
  clean: () => Promise<unknown>,
): Promise<T> {
  const { limitMs = DEFAULT_LIMIT, signal } = options;
  const limit = AbortSignal.timeout(limitMs);
  const both = signal ? AbortSignal.any([signal, limit]) : limit;
  try {
    return await work(both);
  } catch (error) {
    if (both.aborted) {
      await clean().catch(() => {});
      signal?.throwIfAborted();
      throw new UserError(
        `render: ${server} was not done within ${Math.round(limitMs / 100) / 10} s; it was told to stop; give it longer with --limit`,
      );
    }
    throw error;
  }
}

export interface Asked {
  readonly method?: "GET" | "POST";
  readonly json?: unknown;
  readonly form?: FormData;
  readonly signal?: AbortSignal;
  /** Milliseconds for this request; 0 for as long as the signal lets it. */
  readonly ms?: number;
  /** Most bytes that are read; default 16 MB. */
  readonly most?: number;
  /** Statuses besides 200 to 299 that are no failure. */
  readonly accept?: readonly number[];
}

export interface Answer {
  readonly status: number;
  readonly bytes: Uint8Array;
}

/** @throws UserError where it cannot be reached, is slow, redirects, or answers with an error */
export async function ask(server: string, url: string, asked: Asked = {}): Promise<Answer> {
  const { method = "GET", json, form, signal, ms = REQUEST_MS, most = MAX_JSON, accept = [] } = asked;
  const signals = [...(signal ? [signal] : []), ...(ms > 0 ? [AbortSignal.timeout(ms)] : [])];
  let response: Response;
  let bytes: Uint8Array;
  try {
    response = await fetch(url, {
      method,
      redirect: "error",
      ...(signals.length > 0 && { signal: AbortSignal.any(signals) }),
      ...(json !== undefined && { body: JSON.stringify(json), headers: { "content-type": "application/json" } }),
      ...(form && { body: form }),
    });
    bytes = await bounded(response, server, most);
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof UserError) throw error;
    throw new UserError(`render: ${server} ${reason(error as Error, ms)}; is it running at ${new URL(url).origin}?`);
  }
  if (!response.ok && !accept.includes(response.status))
    throw new UserError(
      `render: ${server} answered ${method} ${new URL(url).pathname} with ${response.status}${told(bytes)}`,
    );
  return { status: response.status, bytes };
}

async function bounded(response: Response, server: string, most: number): Promise<Uint8Array> {
  const tooLong = () => new UserError(`render: ${server} answered with more than ${most} bytes; is this its address?`);
  if (Number(response.headers.get("content-length")) > most) {
    await response.body?.cancel();
    throw tooLong();
  }
  const parts: Uint8Array[] = [];
  let size = 0;
  const reader = response.body?.getReader();
  for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) {
    parts.push(part.value);
    size += part.value.length;
    if (size > most) {
      await reader?.cancel();
      throw tooLong();
    }
  }
  return joinBytes(parts);
}

function reason(error: Error, ms: number): string {
  if (error.name === "TimeoutError") return `did not answer within ${ms / 1000} s`;
  const cause = error.cause as { code?: string; message?: string } | undefined;
  // Node's own limit, which its fetch does not let us raise
  if (cause?.code === "UND_ERR_HEADERS_TIMEOUT")
    return "did not answer within 300 s, the longest that one request may take: ask for fewer --steps or a smaller --size";
  if (/redirect/.test(`${error.message} ${cause?.message ?? ""}`))
    return "sends requests on to another address, which is not followed";
  return `cannot be reached (${cause?.code ?? cause?.message ?? error.message})`;
}

/** What an error's body says, shortly. */
function told(bytes: Uint8Array): string {
  const text = new TextDecoder().decode(bytes.subarray(0, 2000)).trim();
  if (text === "") return "";
  if (text.startsWith("<")) return " and a web page: is this the right address?";
  try {
    const value = JSON.parse(new TextDecoder().decode(bytes)) as Record<string, unknown>;
    const message = value.errors ?? value.detail ?? value.error ?? value.message;
    if (message) return `: ${(typeof message === "string" ? message : JSON.stringify(message)).slice(0, 300)}`;
  } catch {
    // plain text
  }
  return `: ${text.slice(0, 200)}`;
}

/** The JSON of an answer. @throws UserError for a web page, or anything else */
export function jsonOf(server: string, { bytes }: Answer, what: string): Record<string, unknown> {
  const text = new TextDecoder().decode(bytes);
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // said below
  }
  const got = text.trimStart().startsWith("<") ? "a web page" : JSON.stringify(text.slice(0, 60));
  throw new UserError(
    `render: ${server} answers ${what} with JSON, got ${got}; is this its address and a version with its interface?`,
  );
}

export async function sleep(ms: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  await new Promise<void>((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", stop);
      resolve();
    }, ms);
    signal.addEventListener("abort", stop, { once: true });
  });
}
