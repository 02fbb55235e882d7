import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { CLIENT } from "./client.ts";
import * as core from "./client-core.ts";
import { backoff, firstOpen, nextSubmission, ordinal, pressRank, unpressRank, withUnsent } from "./client-core.ts";
import { buildPage } from "./page.node.ts";
import type { PublicQuestion } from "./study.ts";

const questions = ["q1", "q2", "q3"].map((id): PublicQuestion => ({ id, kind: "pair", sentence: "s", pictures: [] }));

describe("what the page decides", () => {
  it("goes on at the first question without an answer, taken back ones too", () => {
    const given = { value: 1, ms: 5, revision: 1 };
    expect(firstOpen(questions, {})).toBe(0);
    expect(firstOpen(questions, { q1: given, q3: given })).toBe(1);
    expect(firstOpen(questions, { q1: { ...given, value: null, revision: 2 }, q2: given })).toBe(0);
    expect(firstOpen(questions, { q1: { ...given, value: 0 }, q2: { ...given, value: "tie" }, q3: given })).toBe(3);
  });

  it("counts revisions, and prefers the later of sent and unsent answers", () => {
    const first = nextSubmission({}, "q1", 1, 12.6);
    expect(first).toEqual({ question: "q1", value: 1, ms: 13, revision: 1 });
    const entries = withUnsent({}, [first]);
    const second = nextSubmission(entries, "q1", null, 0);
    expect(second.revision).toBe(2);
    expect(withUnsent(entries, [second]).q1.value).toBeNull();
    expect(withUnsent(withUnsent(entries, [second]), [first]).q1.value).toBeNull();
  });

  it("fills the last place of a ranking, takes places out again", () => {
    expect(pressRank([], 2, 4)).toEqual([2]);
    expect(pressRank([2, 0], 1, 4)).toEqual([2, 0, 1, 3]);
    expect(pressRank([2, 0, 1, 3], 0, 4)).toEqual([2, 1, 3]);
    expect(pressRank([], 1, 2)).toEqual([1, 0]);
    expect(unpressRank([2, 0, 1, 3], 4)).toEqual([2, 0]);
    expect(unpressRank([2, 0], 4)).toEqual([2]);
    expect([1, 2, 3, 4].map(ordinal)).toEqual(["1st", "2nd", "3rd", "4th"]);
  });

  it("waits longer after each failure, 16 s at most", () => {
    expect([1, 2, 3, 9].map(backoff)).toEqual([1000, 2000, 4000, 16000]);
  });
});

describe("the page's script", () => {
  it("holds every function of the modules that it is copied from", () => {
    const declared = (file: string) =>
      [
        ...readFileSync(new URL(file, import.meta.url), "utf8").matchAll(/^(?:export )?(?:async )?function (\w+)/gm),
      ].map((m) => m[1]);
    expect(declared("client.ts").sort()).toEqual(CLIENT.map((f) => f.name).sort());
    expect(declared("client-core.ts").sort()).toEqual(Object.keys(core).sort());
    const page = buildPage({ mode: "server", study: "0", title: "t", consent: "c", kinds: ["pair"] });
    for (const f of [...CLIENT, ...Object.values(core)]) expect(page).toContain(String(f));
  });
});
