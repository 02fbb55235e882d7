/** A service of the tiny model, in this process, with its own folder. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { tinyModel } from "../../../../test/cli/tinyModel.fixture.ts";
import { type Client, createClient } from "../../src/client/index.ts";
import { createApp, type Service, type ServiceOptions } from "../../src/server/app.node.ts";

export interface Tiny {
  readonly folder: string;
  readonly model: string;
  start(options?: ServiceOptions): Promise<Started>;
  end(): Promise<void>;
}

export interface Started extends Service {
  /** Over the app itself, without a network. */
  readonly client: Client;
  fetch(path: string, init?: RequestInit): Promise<Response>;
  post(path: string, body: unknown, init?: RequestInit): Promise<Response>;
}

export const ORIGIN = "http://127.0.0.1:8080";

export async function tiny(): Promise<Tiny> {
  const folder = await mkdtemp(join(tmpdir(), "scenograph-server-"));
  const { path: model } = await tinyModel(folder);
  const services: Service[] = [];
  return {
    folder,
    model,
    async start(options = {}) {
      const service = await createApp({ model, models: [], threads: 1, warm: false, deadlineMs: 240_000, ...options });
      services.push(service);
      const send = async (path: string, init: RequestInit = {}) => {
        const headers = new Headers(init.headers);
        if (!headers.has("host")) headers.set("host", "127.0.0.1:8080");
        return service.app.request(new URL(path, ORIGIN).href, { ...init, headers });
      };
      const client = createClient({
        baseUrl: ORIGIN,
        fetch: (input, init) => send(String(input).slice(ORIGIN.length), init),
      });
      const post = (path: string, body: unknown, init: RequestInit = {}) =>
        send(path, { method: "POST", body: typeof body === "string" ? body : JSON.stringify(body), ...init });
      return { ...service, client, fetch: send, post };
    },
    async end() {
      await Promise.all(services.map((s) => s.close()));
      await rm(folder, { recursive: true, force: true });
    },
  };
}
