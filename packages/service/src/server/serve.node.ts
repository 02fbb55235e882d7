/** Listening with a service, and ending it gracefully. @module */
import type { Server } from "node:http";
import { type ServerType, serve } from "@hono/node-server";
import { BusyError, UserError } from "@scenograph/graph/errors";
import type { Service } from "./app.node.ts";

export interface Listening {
  readonly port: number;
  /**
   * Requests in flight finish, new ones get 503, then connections and service are closed. What is not done after `ms` is
   * cut off.
   */
  stop(ms?: number): Promise<void>;
}

/** Time for a request's headers and body: a client that sends slower holds a connection for nothing. */
const HEADERS_MS = 10_000;
const REQUEST_MS = 30_000;

/**
 * @param port 0 for any that is free
 * @throws BusyError when the port is taken, UserError for an address that is not this machine's
 */
export async function listenService(service: Service, host: string, port: number): Promise<Listening> {
  const server = await listening(service, host, port);
  const address = server.address();
  return {
    port: typeof address === "object" && address ? address.port : port,
    async stop(ms = 25_000) {
      const late = new Promise<void>((done) => void setTimeout(done, ms).unref());
      await Promise.race([service.drain(ms), late]);
      const closed = new Promise<void>((done) => server.close(() => done()));
      (server as Server).closeIdleConnections();
      // answers are on their way; who keeps a connection open without a request does not hold the end up
      const cut = setTimeout(() => (server as Server).closeAllConnections(), 1000);
      await closed;
      clearTimeout(cut);
      await service.close();
    },
  };
}

function listening(service: Service, host: string, port: number): Promise<ServerType> {
  return new Promise((done, refuse) => {
    const server = serve(
      {
        fetch: service.app.fetch,
        hostname: host,
        port,
        serverOptions: { headersTimeout: HEADERS_MS, requestTimeout: REQUEST_MS, keepAliveTimeout: 5000 },
      },
      () => done(server),
    );
    server.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EADDRINUSE")
        refuse(new BusyError(`port ${port} is in use; choose another with --port, or 0 for any`));
      else if (error.code === "EADDRNOTAVAIL" || error.code === "ENOTFOUND")
        refuse(new UserError(`--host ${host} is no address of this machine (${error.code}); use 127.0.0.1 or 0.0.0.0`));
      else refuse(error);
    });
  });
}
