import { beforeAll, describe, expect, test } from "vitest";
import { readPictures } from "./folder.node.ts";
import { studyApp } from "./server.node.ts";
import { AnswerStore } from "./store.node.ts";
import { smallStudy, temporaryFolder } from "./study.fixture.ts";
import type { Study } from "./study.ts";

let study: Study;
let pictures: Map<string, Uint8Array>;

beforeAll(async () => {
  const made = await smallStudy();
  study = made.study;
  pictures = await readPictures(made.folder, study);
});

type Limits = Parameters<typeof studyApp>[0]["limits"];

async function server(limits: Limits = {}) {
  const store = new AnswerStore(await temporaryFolder(), study);
  const app = studyApp({ study, pictures, store, limits });
  const post = async (cookie: string) => {
    const headers = { "content-type": "application/json", cookie };
    const answer = await app.request("/api/session", { method: "POST", headers, body: '{"consent":true}' });
    return { status: answer.status, body: (await answer.json()) as { rater?: string; error?: string } };
  };
  /** A new browser that opens the page, then starts. */
  const start = async (query = "") => {
    const page = await app.request(`/${query}`);
    const cookies = page.headers.getSetCookie().map((c) => c.split(";")[0]);
    return { ...(await post(cookies.join("; "))), cookies };
  };
  return { store, app, post, start };
}

describe("tokens", () => {
  test("a made-up token enrols nobody; the one of a page does, and again", async () => {
    const { store, post, start } = await server();
    for (const token of ["0".repeat(32), "f".repeat(64), `${"a".repeat(32)}${"b".repeat(32)}`])
      expect(await post(`rater=${token}`)).toMatchObject({ status: 403, body: { error: /own cookie.*reload/ } });
    expect(store.all()).toEqual([]);
    const { status, body, cookies } = await start();
    expect([status, body.rater]).toEqual([200, "1"]);
    expect((await post(cookies.join("; "))).body.rater).toBe("1");
    store.close();
  });

  test("a token of another study's server is none of this one's; a rater of before keeps theirs", async () => {
    const [one, other] = [await server(), await server()];
    expect(other.store.enrolment.isIssued(one.store.enrolment.issue())).toBe(false);
    one.store.enrol("c".repeat(32), "server");
    expect(await one.post(`rater=${"c".repeat(32)}`)).toMatchObject({ status: 200, body: { rater: "1" } });
    const page = await one.app.request("/", { headers: { cookie: `rater=${"c".repeat(32)}` } });
    expect(page.headers.getSetCookie()).toEqual([]);
    one.store.close();
    other.store.close();
  });
});

describe("limits", () => {
  test("so many raters in all, so many from one address in an hour", async () => {
    const full = await server({ raters: 2 });
    expect([(await full.start()).status, (await full.start()).status]).toEqual([200, 200]);
    expect(await full.start()).toMatchObject({ status: 403, body: { error: /has its 2 raters/ } });
    full.store.close();
    const busy = await server({ perAddress: 1 });
    const { status, cookies } = await busy.start();
    expect(status).toBe(200);
    expect(await busy.start()).toMatchObject({ status: 429, body: { error: /try again in an hour/ } });
    // who has begun goes on
    expect((await busy.post(cookies.join("; "))).status).toBe(200);
    busy.store.close();
  });
});

describe("invitations", () => {
  test("from the first one on nobody takes part without, and each is good for one rater", async () => {
    const { store, start, post } = await server();
    const [code, second] = store.enrolment.invite(2);
    expect(await start()).toMatchObject({ status: 403, body: { error: /by invitation/ } });
    expect(await start("?invite=guessed")).toMatchObject({ status: 403, body: { error: /unknown/ } });
    const anna = await start(`?invite=${code}`);
    expect(anna).toMatchObject({ status: 200, body: { rater: "1" } });
    expect(await start(`?invite=${code}`)).toMatchObject({ status: 403, body: { error: /used already/ } });
    expect((await post(anna.cookies.join("; "))).body.rater).toBe("1");
    expect((await start(`?invite=${second}`)).status).toBe(200);
    expect(store.enrolment.invitations()).toEqual({ made: 2, used: 2 });
    store.close();
  });
});
