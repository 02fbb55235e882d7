/** The dataset page's requests below "/data/": JSON, and pictures by their id. @module */
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { UserError } from "@scenograph/graph/errors";
import type { Dataset } from "./dataset.node.ts";
import { ISOLATION } from "./static.node.ts";

/**
 * `next` with the dataset below "/data/": index.json, split.json?split=, page.json?split=&category=&words=&page=,
 * item.json?split=&id=, scene.json?split=&id=&caption=, picture?split=&id=. Who may ask is the guard's in front.
 */
export function withDataset(next: RequestListener, dataset: Dataset): RequestListener {
  return (request, response) => {
    if (!request.url?.startsWith("/data/")) return next(request, response);
    serve(dataset, new URL(`http://localhost${request.url}`), request, response).catch((error: Error) => {
      if (response.headersSent) return void response.destroy();
      // what the user can mend is told; the rest might name places of this machine
      if (error instanceof UserError) fail(response, 404, error.message);
      else fail(response, 500, "the folder could not be read");
    });
  };
}

async function serve(
  dataset: Dataset,
  { pathname, searchParams }: URL,
  { method }: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (method !== "GET" && method !== "HEAD") return fail(response, 405, "only GET and HEAD");
  const text = (name: string) => searchParams.get(name) ?? "";
  const number = (name: string) => (/^\d{1,15}$/.test(text(name)) ? Number(text(name)) : 0);
  const json = (value: unknown) =>
    send(
      response,
      method,
      "application/json; charset=utf-8",
      "no-store",
      new TextEncoder().encode(JSON.stringify(value)),
    );
  switch (pathname) {
    case "/data/index.json":
      return json(await dataset.index());
    case "/data/split.json":
      return json(await dataset.split(text("split")));
    case "/data/page.json":
      return json(
        await dataset.page(text("split"), {
          ...(text("category") !== "" && { category: text("category") }),
          words: text("words").slice(0, 200),
          page: number("page"),
        }),
      );
    case "/data/item.json":
      return json(await dataset.item(text("split"), number("id")));
    case "/data/scene.json":
      return json(await dataset.scene(text("split"), number("id"), number("caption")));
    case "/data/picture": {
      const { type, bytes } = await dataset.picture(text("split"), number("id"));
      return send(response, method, type, "private, max-age=60", bytes);
    }
    default:
      return fail(response, 404, "not found");
  }
}

function send(response: ServerResponse, method: string, type: string, cache: string, bytes: Uint8Array): void {
  const headers = { ...ISOLATION, "Content-Type": type, "Cache-Control": cache, "Content-Length": bytes.length };
  response.writeHead(200, headers).end(method === "HEAD" ? undefined : bytes);
}

function fail(response: ServerResponse, status: number, error: string): void {
  response.writeHead(status, { ...ISOLATION, "Content-Type": "application/json; charset=utf-8" });
  response.end(JSON.stringify({ error }));
}
