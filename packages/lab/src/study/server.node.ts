/**
 * The study's server: the page, the pictures (kept in memory: no path of a request reaches the file system), and the
 * answers of a rater, who is known by a cookie.
 * @module
 */
import { randomBytes } from "node:crypto";
import type { AddressInfo } from "node:net";
import { type ServerType, serve } from "@hono/node-server";
import { FormatError, UserError } from "@scenograph/graph/errors";
import { type Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { getCookie, setCookie } from "hono/cookie";
import { z } from "zod";
import { buildPage, policy } from "./page.node.ts";
import { type AnswerStore, busyOr } from "./store.node.ts";
import { kindsOf, publicPlan, type Study, submission } from "./study.ts";

const COOKIE = "rater";
const COOKIE_SECONDS = 180 * 86_400;
const BODY_BYTES = 8192;

export interface StudyServerOptions {
  readonly study: Study;
  /** PNG by identifier. */
  readonly pictures: ReadonlyMap<string, Uint8Array>;
  readonly store: AnswerStore;
  /** Receives what went wrong inside; raters get a line without details. */
  readonly onFailure?: (error: Error) => void;
}

/** The routes, without listening. */
export function studyApp({ study, pictures, store, onFailure }: StudyServerOptions): Hono {
  const app = new Hono();
  const { id, title, consent } = study;
  const page = buildPage({ mode: "server", study: id, title, consent, kinds: kindsOf(study) });
  const contentPolicy = policy("server");

  app.use(async (c, next) => {
    await next();
    c.header("x-content-type-options", "nosniff");
    c.header("referrer-policy", "no-referrer");
    c.header("x-frame-options", "DENY");
    if (!c.res.headers.has("cache-control")) c.header("cache-control", "no-store");
  });
  app.use(
    "/api/*",
    bodyLimit({
      maxSize: BODY_BYTES,
      onError: (c) => c.json({ error: `a request has at most ${BODY_BYTES} bytes; reload the page` }, 413),
    }),
  );

  app.get("/", (c) => {
    if (token(c) === undefined) giveToken(c);
    c.header("content-security-policy", contentPolicy);
    return c.html(page);
  });
  app.get("/pictures/:id", (c) => {
    const png = pictures.get(c.req.param("id"));
    if (!png) return c.json({ error: "no such picture" }, 404);
    return c.body(new Uint8Array(png), 200, {
      "content-type": "image/png",
      "cache-control": "private, max-age=31536000, immutable",
    });
  });
  app.get("/favicon.ico", (c) => c.body(null, 204));

  const session = (rater: { id: number; plan: number }) => ({
    rater: String(rater.id),
    questions: publicPlan(study, rater.plan),
    answers: store.entries(rater),
  });
  app.get("/api/session", (c) => {
    const own = token(c);
    const rater = own === undefined ? undefined : store.find(own);
    return c.json(rater ? session(rater) : { rater: null });
  });
  app.post("/api/session", async (c) => {
    await body(c, z.strictObject({ consent: z.literal(true) }));
    const own = token(c);
    // the token is the idempotency key: a retry after a lost response finds the same rater
    if (own === undefined)
      throw new UserError("this study recognises you by a cookie; allow cookies for this page and reload it");
    return c.json(session(store.enrol(own, "server")));
  });
  app.put("/api/answers", async (c) => {
    const answer = await body(c, submission);
    const own = token(c);
    const rater = own === undefined ? undefined : store.find(own);
    if (!rater) return c.json({ error: "this browser has not started the study; reload the page" }, 401);
    store.save(rater, answer);
    return c.json({ saved: true });
  });

  app.notFound((c) => c.json({ error: "there is nothing at this address" }, 404));
  app.onError((thrown, c) => {
    const error = busyOr(thrown) as Error;
    if (error instanceof UserError) return c.json({ error: error.message }, error.status as 400 | 429);
    onFailure?.(error);
    return c.json({ error: "the study's server failed; your answer will be sent again" }, 500);
  });
  return app;
}

function token(c: Context): string | undefined {
  const value = getCookie(c, COOKIE);
  return value !== undefined && /^[0-9a-f]{32}$/.test(value) ? value : undefined;
}

function giveToken(c: Context): void {
  setCookie(c, COOKIE, randomBytes(16).toString("hex"), {
    httpOnly: true,
    sameSite: "Strict",
    path: "/",
    maxAge: COOKIE_SECONDS,
  });
}

/** @throws FormatError when the body is no JSON or not as `schema` */
async function body<T>(c: Context, schema: z.ZodType<T>): Promise<T> {
  // a form of another site cannot send this type without asking first
  if (!/^application\/json\b/i.test(c.req.header("content-type") ?? ""))
    throw new FormatError("a request's content-type is application/json");
  const json: unknown = await c.req.json().catch(() => undefined);
  const result = schema.safeParse(json);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new FormatError(`the request is not as expected (${issue.path.join(".") || "body"}: ${issue.message})`);
}

export interface Listening {
  readonly url: string;
  /** Stops after the requests in progress. */
  readonly close: () => Promise<void>;
}

/** Listens. @throws UserError when the port is taken or not allowed */
export function listen(app: Hono, port: number, host: string): Promise<Listening> {
  return new Promise((resolve, reject) => {
    const server: ServerType = serve({ fetch: app.fetch, port, hostname: host }, (info: AddressInfo) => {
      const name = info.family === "IPv6" ? `[${info.address}]` : info.address;
      const close = () =>
        new Promise<void>((done) => {
          server.close(() => done());
          if ("closeIdleConnections" in server) server.closeIdleConnections();
        });
      resolve({ url: `http://${name}:${info.port}/`, close });
    });
    server.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EADDRINUSE" || error.code === "EACCES" || error.code === "EADDRNOTAVAIL")
        reject(
          new UserError(`study serve: cannot listen on ${host} port ${port} (${error.code}); choose another --port`),
        );
      else reject(error);
    });
  });
}
