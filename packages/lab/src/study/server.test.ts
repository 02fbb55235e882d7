import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { FormatError, UserError } from "@scenograph/graph/errors";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { readPictures } from "./folder.node.ts";
import { listen, studyApp } from "./server.node.ts";
import { AnswerStore, openAnswers } from "./store.node.ts";
import { smallStudy, temporaryFolder } from "./study.fixture.ts";
import type { Study, Submission } from "./study.ts";

let study: Study;
let pictures: Map<string, Uint8Array>;

beforeAll(async () => {
  const made = await smallStudy();
  study = made.study;
  pictures = await readPictures(made.folder, study);
});

/** A store in a folder of its own, closed by the test. */
async function newStore() {
  const folder = await temporaryFolder();
  return { folder, store: new AnswerStore(folder, study) };
}

/** A value that fits question `i` of plan 0. */
function anyValue(i: number): number | number[] {
  const { kind, pictures: shown } = study.plans[0][i];
  return kind === "pair" ? 1 : shown.map((_, p) => p);
}

const submissionOf = (i: number, changes: Partial<Submission> = {}): Submission => ({
  question: study.plans[0][i].id,
  value: anyValue(i),
  ms: 1000,
  revision: 1,
  ...changes,
});

describe("AnswerStore", () => {
  it("keeps one answer a question, whatever is sent twice, late or out of order", async () => {
    const { store } = await newStore();
    let n = 0;
    fc.assert(
      fc.property(
        fc.array(fc.record({ revision: fc.integer({ min: 1, max: 5 }), take: fc.boolean() }), { maxLength: 12 }),
        (sent) => {
          const rater = store.enrol(`rater ${n++}`, "server", 0);
          // of one revision there is one answer: the page sends the same again
          const answerOf = (revision: number) => (revision % 2 === 0 ? null : revision % 3 === 0 ? "tie" : 1);
          for (const { revision, take } of sent) {
            store.save(rater, submissionOf(0, { revision, value: answerOf(revision) }));
            if (take) store.save(rater, submissionOf(0, { revision, value: answerOf(revision) }));
          }
          const latest = Math.max(0, ...sent.map((s) => s.revision));
          const kept = store.entries(rater)[study.plans[0][0].id];
          if (latest === 0) expect(kept).toBeUndefined();
          else expect(kept).toEqual({ value: answerOf(latest), ms: 1000, revision: latest });
          const counted = store.all().find((r) => r.rater === rater.id)!.answers;
          expect(counted.length).toBe(latest === 0 || answerOf(latest) === null ? 0 : 1);
        },
      ),
      { numRuns: 15 },
    );
    store.close();
  });

  it("gives each new rater the plan that the fewest have, the same to a token that comes again", async () => {
    const { store } = await newStore();
    store.enrol("from a file", "file", 1);
    const plans = ["a", "b", "c", "d", "e"].map((t) => store.enrol(t, "server").plan);
    expect(plans).toEqual([0, 2, 3, 0, 1]);
    expect(store.enrol("b", "server")).toEqual({ id: 3, plan: 2 });
    expect(store.all().length).toBe(6);
    store.close();
  });

  it("persists, refuses another study's answers and files that are no database", async () => {
    const { folder, store } = await newStore();
    store.save(store.enrol("a", "server"), submissionOf(0));
    store.close();
    const again = new AnswerStore(folder, study);
    expect(again.all()).toEqual([
      { rater: 1, plan: 0, source: "server", answers: [{ question: "q1", value: 1, ms: 1000 }] },
    ]);
    again.close();
    expect(() => new AnswerStore(folder, { ...study, id: "0123456789abcdef" })).toThrow(/answers to another study/);
    const other = await temporaryFolder();
    expect(() => openAnswers(other, study)).toThrow(/holds no answers yet/);
    await writeFile(join(other, "answers.sqlite"), "this is no database".repeat(100));
    expect(() => new AnswerStore(other, study)).toThrow(UserError);
  });

  it("does not keep tokens in the file", async () => {
    const { folder, store } = await newStore();
    store.enrol("feedfacefeedfacefeedfacefeedface", "server");
    store.close();
    expect((await readFile(join(folder, "answers.sqlite"))).includes("feedface")).toBe(false);
  });

  it("takes in files of the page without a server, once", async () => {
    const { store } = await newStore();
    const file = {
      format: "scenograph study answers",
      version: 1,
      study: study.id,
      plan: 0,
      rater: "0".repeat(32),
      answers: [submissionOf(0), submissionOf(1), submissionOf(2, { value: null, revision: 2 })],
    };
    const text = (changes: object = {}) => JSON.stringify({ ...file, ...changes });
    expect(store.importFile("f", text())).toEqual({ answers: 2, added: 3 });
    expect(store.importFile("f", text())).toEqual({ answers: 2, added: 0 });
    expect(store.all()).toMatchObject([{ source: "file", plan: 0, answers: [{ value: 1 }, {}] }]);
    const before = store.all();
    expect(() => store.importFile("f", "{")).toThrow(FormatError);
    expect(() => store.importFile("f", text({ format: "x" }))).toThrow(/format is not as the page saves it/);
    expect(() => store.importFile("f", text({ study: "0123456789abcdef" }))).toThrow(/another study/);
    expect(() => store.importFile("f", text({ plan: 99 }))).toThrow(/participant 100 of 4/);
    // one wrong answer: nothing of the file is kept
    const wrong = [submissionOf(3), submissionOf(0, { value: 7, revision: 9 })];
    expect(() => store.importFile("f", text({ rater: "1".repeat(32), answers: wrong }))).toThrow(FormatError);
    expect(store.all()).toEqual(before);
    store.close();
  });
});

describe("the server", () => {
  /** An app with a store, and a rater's browser: keeps its cookie. */
  async function browser() {
    const { store } = await newStore();
    const failures: Error[] = [];
    const app = studyApp({ study, pictures, store, onFailure: (e) => failures.push(e) });
    let cookie = "";
    const ask = async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
      const response = await app.request(path, {
        method,
        headers: {
          ...(cookie !== "" && { cookie }),
          ...(body !== undefined && { "content-type": "application/json" }),
          ...headers,
        },
        ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
      });
      const set = response.headers.get("set-cookie");
      if (set) cookie = set.split(";")[0];
      const json = response.headers.get("content-type")?.startsWith("application/json");
      return {
        status: response.status,
        headers: response.headers,
        set,
        body: json ? await response.json() : undefined,
      };
    };
    return { app, store, ask, failures, forget: () => (cookie = "") };
  }

  it("recognises a rater, goes on where they were, counts a retry once", async () => {
    const { ask, store, forget } = await browser();
    const page = await ask("GET", "/");
    expect(page.set).toMatch(/^rater=[0-9a-f]{64};.*HttpOnly; SameSite=Strict/);
    expect(page.headers.get("content-security-policy")).toMatch(/default-src 'none'.*connect-src 'self'/);
    expect((await ask("GET", "/")).set).toBeNull();
    expect((await ask("GET", "/api/session")).body).toEqual({ rater: null });
    const started = await ask("POST", "/api/session", { consent: true });
    expect(started.body.questions.length).toBe(study.plans[0].length);
    expect(Object.keys(started.body.questions[0]).sort()).toEqual(["id", "kind", "pictures", "sentence"]);
    expect((await ask("POST", "/api/session", { consent: true })).body).toEqual(started.body);
    for (let retry = 0; retry < 3; retry++)
      expect(await ask("PUT", "/api/answers", submissionOf(0))).toMatchObject({ status: 200, body: { saved: true } });
    await ask("PUT", "/api/answers", submissionOf(1, { value: "tie" }));
    const { body } = await ask("GET", "/api/session");
    expect(body.answers).toEqual({
      q1: { value: 1, ms: 1000, revision: 1 },
      q2: { value: "tie", ms: 1000, revision: 1 },
    });
    expect(store.all().map((r) => r.answers.length)).toEqual([2]);
    forget();
    await ask("GET", "/");
    expect((await ask("GET", "/api/session")).body).toEqual({ rater: null });
    store.close();
  });

  it("gives out pictures by identifier, and nothing else of the machine", async () => {
    const { ask, store } = await browser();
    const { id } = study.pictures[0];
    const got = await ask("GET", `/pictures/${id}`);
    expect(got.status).toBe(200);
    expect(got.headers.get("content-type")).toBe("image/png");
    const paths = [
      "study.json",
      "answers.sqlite",
      "../study.json",
      "..%2fstudy.json",
      "%2e%2e/study.json",
      "__proto__",
    ];
    for (const path of [
      ...paths,
      ...paths.map((p) => `pictures/${p}`),
      "pictures/",
      "etc/passwd",
      "api",
      "api/answers",
    ])
      expect([path, (await ask("GET", `/${path}`)).status]).toEqual([path, 404]);
    store.close();
  });

  it("answers what it does not understand with one line, and stays well", async () => {
    const { ask, store, failures, forget } = await browser();
    expect(await ask("PUT", "/api/answers", submissionOf(0))).toMatchObject({ status: 401 });
    expect((await ask("POST", "/api/session", { consent: true })).body.error).toMatch(/cookie/);
    await ask("GET", "/");
    expect((await ask("POST", "/api/session", { consent: false })).status).toBe(400);
    await ask("POST", "/api/session", { consent: true });
    const bad: [unknown, number, RegExp][] = [
      ["{", 400, /not as expected/],
      [{}, 400, /question/],
      [submissionOf(0, { question: "q99" }), 400, /question of this rater/],
      [submissionOf(0, { value: 2 }), 400, /takes 0, 1 or "tie", got 2/],
      [submissionOf(0, { value: [0, 1] }), 400, /takes 0, 1/],
      [submissionOf(0, { revision: 0 }), 400, /revision/],
      [submissionOf(0, { ms: -1 }), 400, /ms/],
      [{ ...submissionOf(0), extra: 1 }, 400, /extra/],
      ["x".repeat(9000), 413, /at most 8192 bytes/],
    ];
    for (const [body, status, message] of bad) {
      const got = await ask("PUT", "/api/answers", body);
      expect([body, got.status]).toEqual([body, status]);
      expect(got.body.error).toMatch(message);
    }
    const rank = study.plans[0].findIndex((q) => q.kind === "rank");
    expect((await ask("PUT", "/api/answers", submissionOf(rank, { value: [0, 0] }))).status).toBe(400);
    const form = await ask("PUT", "/api/answers", submissionOf(0), { "content-type": "text/plain" });
    expect(form.body.error).toMatch(/application\/json/);
    forget();
    expect((await ask("GET", "/api/session", undefined, { cookie: "rater=' OR 1=1" })).body).toEqual({ rater: null });
    expect(store.all().flatMap((r) => r.answers)).toEqual([]);
    expect(failures).toEqual([]);
    store.close();
    expect((await ask("GET", "/api/session", undefined, { cookie: `rater=${"0".repeat(32)}` })).status).toBe(500);
    expect(failures.length).toBe(1);
  });

  it("listens on this machine alone, and says when the port is taken", async () => {
    const { app, store } = await browser();
    const server = await listen(app, { port: 0, host: "127.0.0.1" });
    expect(server.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/);
    expect((await fetch(server.url)).status).toBe(200);
    // what fetch would put straight reaches the server as it is
    const raw = await fetch(`${server.url}pictures/..%2f..%2f..%2fetc%2fpasswd`);
    expect(raw.status).toBe(404);
    const port = Number(new URL(server.url).port);
    await expect(listen(app, { port, host: "127.0.0.1" })).rejects.toThrow(/EADDRINUSE.*choose another with --port/);
    await server.close();
    store.close();
  });
});
