/**
 * The study's server: the page, the pictures (kept in memory: no path of a request reaches the file system), and the
 * answers of a rater, who is known by a cookie.
 * @module
 */
import { getRequestListener } from "@hono/node-server";
import { FormatError, UserError } from "@scenograph/graph/errors";
import { type Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { getCookie, setCookie } from "hono/cookie";
import { isLoopback } from "scenograph/http/guard";
import { listen as listenGuarded } from "scenograph/http/server.node";
import { z } from "zod";
import type { EnrolmentLimits } from "./enrolment.node.ts";
import { buildPage, policy } from "./page.node.ts";
import { type AnswerStore, busyOr } from "./store.node.ts";
import { kindsOf, publicPlan, type Study, submission } from "./study.ts";

const COOKIE = "rater";
const INVITATION = "invitation";
const COOKIE_SECONDS = 180 * 86_400;
const BODY_BYTES = 8192;

export interface StudyServerOptions {
  readonly study: Study;
  /** PNG by identifier. */
  readonly pictures: ReadonlyMap<string, Uint8Array>;
  readonly store: AnswerStore;
  readonly limits?: EnrolmentLimits;
  /** Receives what went wrong inside; raters get a line without details. */
  readonly onFailure?: (error: Error) => void;
}

/** The routes, without listening. */
export function studyApp({ study, pictures, store, limits = {}, onFailure }: StudyServerOptions): Hono {
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
    const own = token(c);
    if (own === undefined || !(store.enrolment.isIssued(own) || store.find(own)))
      give(c, COOKIE, store.enrolment.issue());
    const invitation = c.req.query("invite");
    if (invitation !== undefined && INVITED.test(invitation)) give(c, INVITATION, invitation);
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
    const invitation = getCookie(c, INVITATION);
    const who = { token: own, invitation, address: addressOf(c) };
    return c.json(session(store.find(own) ?? store.enrolment.admit(who, limits, () => store.enrol(own, "server"))));
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
    if (error instanceof UserError) return c.json({ error: error.message }, error.status as 400 | 403 | 429);
    onFailure?.(error);
    return c.json({ error: "the study's server failed; your answer will be sent again" }, 500);
  });
  return app;
}

function token(c: Context): string | undefined {
  const value = getCookie(c, COOKIE);
  // of 32 digits: those of studies that began before tokens were signed
  return value !== undefined && /^([0-9a-f]{32}|[0-9a-f]{64})$/.test(value) ? value : undefined;
}

const INVITED = /^[\w-]{1,64}$/;

/** Raters share an address behind a router; without a connection (tests) there is one. */
function addressOf(c: Context): string {
  const { incoming } = (c.env ?? {}) as { incoming?: { socket?: { remoteAddress?: string } } };
  return incoming?.socket?.remoteAddress ?? "local";
}

function give(c: Context, name: string, value: string): void {
  setCookie(c, name, value, {
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

export interface StudyListenOptions {
  readonly port: number;
  readonly host: string;
  /** Further names under which raters reach it; where not on loopback, an empty list accepts any. */
  readonly hosts?: readonly string[];
  readonly onFailure?: (error: Error) => void;
}

/** Listens, behind the guard of all servers. @throws BusyError when the port is taken, UserError when it is not allowed */
export async function listen(app: Hono, options: StudyListenOptions): Promise<Listening> {
  const { port: asked, host, hosts = [], onFailure } = options;
  const { server, port } = await listenGuarded(getRequestListener(app.fetch, { hostname: host }), {
    host,
    port: asked,
    access: { loopback: isLoopback(host), hosts, origins: [] },
    hostHint: "name it with --allow-host",
    ...(onFailure && { onFailure }),
  });
  const close = () =>
    new Promise<void>((done) => {
      server.close(() => done());
      server.closeIdleConnections();
    });
  return { url: `http://${host.includes(":") ? `[${host}]` : host}:${port}/`, close };
}
