/** Listening with a service, and ending it gracefully. @module */
import { getRequestListener } from "@hono/node-server";
import { type ListenOptions, listen } from "scenograph/http/server.node";
import type { Service } from "./app.node.ts";
import { writeProblem } from "./problems.node.ts";

export interface Listening {
  readonly port: number;
  /**
   * Requests in flight finish, new ones get 503, then connections and service are closed. What is not done after `ms` is
   * cut off.
   */
  stop(ms?: number): Promise<void>;
}

/**
 * @param port 0 for any that is free
 * @throws BusyError when the port is taken, UserError for an address that is not this machine's
 */
export async function listenService(
  service: Service,
  host: string,
  port: number,
  options: Pick<ListenOptions, "connections" | "onFailure"> = {},
): Promise<Listening> {
  const answer = getRequestListener(service.app.fetch, { hostname: host });
  const listening = await listen(answer, { ...options, host, port, access: "routes", refuse: writeProblem });
  const { server } = listening;
  return {
    port: listening.port,
    async stop(ms = 25_000) {
      const late = new Promise<void>((done) => void setTimeout(done, ms).unref());
      await Promise.race([service.drain(ms), late]);
      const closed = new Promise<void>((done) => server.close(() => done()));
      server.closeIdleConnections();
      // answers are on their way; who keeps a connection open without a request does not hold the end up
      const cut = setTimeout(() => server.closeAllConnections(), 1000);
      await closed;
      clearTimeout(cut);
      await service.close();
    },
  };
}
