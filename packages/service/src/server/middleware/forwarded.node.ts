/**
 * Headers of proxies in front: X-Forwarded-For and X-Forwarded-Proto are believed of the addresses that the operator names,
 * of nobody else. X-Forwarded-Host is never: `--public-url` says how clients reach the server.
 * @module
 */
import { BlockList, isIP } from "node:net";
import { ConfigError } from "@scenograph/graph/errors";
import type { Context } from "hono";
import type { Env } from "../context.node.ts";

/** Hops that are looked at, from the nearest on. */
const MOST_HOPS = 32;

export class Proxies {
  readonly #trusted = new BlockList();

  /** @param trusted addresses ("10.0.0.7") and networks ("10.0.0.0/8", "fd00::/8") @throws ConfigError */
  constructor(trusted: readonly string[] = []) {
    for (const one of trusted) {
      const [, address = "", bits] = /^([^/]*)(?:\/(\d{1,3}))?$/.exec(one) ?? [];
      const family = isIP(address);
      const most = family === 4 ? 32 : 128;
      if (family === 0 || Number(bits ?? 0) > most)
        throw new ConfigError(`--trust-proxy: an address or a network like 10.0.0.0/8, got "${one}"; correct it`);
      this.#trusted.addSubnet(address, Number(bits ?? most), family === 4 ? "ipv4" : "ipv6");
    }
  }

  /** The client's address: the nearest one of the chain that is no proxy of ours. */
  address(c: Context<Env>): string {
    let address = peerOf(c);
    const hops = (c.req.header("x-forwarded-for") ?? "").split(",").map((hop) => plain(hop.trim()));
    for (const hop of hops.reverse().slice(0, MOST_HOPS)) {
      if (!this.#isTrusted(address) || isIP(hop) === 0) break;
      address = hop;
    }
    return address;
  }

  /** Scheme and host as the client sees them. */
  origin(c: Context<Env>): string {
    const { origin, host } = new URL(c.req.url);
    const scheme = c.req.header("x-forwarded-proto")?.toLowerCase();
    const believed = this.#isTrusted(peerOf(c)) && (scheme === "https" || scheme === "http");
    return believed ? `${scheme}://${host}` : origin;
  }

  #isTrusted(address: string): boolean {
    const family = isIP(address);
    return family !== 0 && this.#trusted.check(address, family === 4 ? "ipv4" : "ipv6");
  }
}

/** Who holds the connection; "local" where there is none (tests). */
function peerOf(c: Context<Env>): string {
  const { incoming } = (c.env ?? {}) as { incoming?: { socket?: { remoteAddress?: string } } };
  return plain(incoming?.socket?.remoteAddress ?? "local");
}

/** IPv4 within IPv6 as IPv4; without the port that some proxies add, and brackets. */
function plain(address: string): string {
  return address
    .replace(/^::ffff:(?=\d+\.)/i, "")
    .replace(/^\[([^\]]*)\](:\d+)?$/, "$1")
    .replace(/^(\d+\.\d+\.\d+\.\d+):\d+$/, "$1");
}
