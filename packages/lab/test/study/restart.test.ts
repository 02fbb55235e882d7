import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { studyCommand } from "../../src/cli/study.ts";
import { BLUE, conditionFolder, RED, SENTENCES, smallStudy, temporaryFolder } from "../../src/study/study.fixture.ts";
import { kill, runStudy, startServer } from "./command.fixture.ts";

const running = new Set<Awaited<ReturnType<typeof startServer>>["child"]>();

afterEach(async () => {
  for (const child of running) if (child.exitCode === null && child.signalCode === null) await kill(child);
  running.clear();
});

describe("study serve", () => {
  it("has every confirmed answer after SIGKILL, once each, and goes on with the rater", {
    timeout: 180_000,
  }, async () => {
    const { folder, study } = await smallStudy();
    const first = await startServer(folder);
    running.add(first.child);
    const cookie = (await fetch(first.url)).headers.get("set-cookie")!.split(";")[0];
    const ask = (url: string, method: string, path: string, body?: unknown) =>
      fetch(new URL(path, url), {
        method,
        headers: { cookie, ...(body !== undefined && { "content-type": "application/json" }) },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
    await ask(first.url, "POST", "/api/session", { consent: true });
    const plan = study.plans[0];
    const submissions = plan.map((q) => ({
      question: q.id,
      value: q.kind === "pair" ? 0 : q.pictures.map((_, p) => p),
      ms: 900,
      revision: 1,
    }));
    const half = submissions.slice(0, Math.floor(plan.length / 2));
    // the last one's response may be lost: it is sent and the server killed without waiting
    for (const s of half) expect((await ask(first.url, "PUT", "/api/answers", s)).status).toBe(200);
    const lost = ask(first.url, "PUT", "/api/answers", submissions[half.length]).catch(() => undefined);
    await kill(first.child);
    await lost;

    const second = await startServer(folder);
    running.add(second.child);
    const resumed = await (await ask(second.url, "GET", "/api/session")).json();
    expect(resumed.rater).toBe("1");
    for (const s of half) expect(resumed.answers[s.question]).toMatchObject({ value: s.value, revision: 1 });
    // everything again, as a page does that does not know what arrived
    for (const s of submissions) expect((await ask(second.url, "PUT", "/api/answers", s)).status).toBe(200);
    const report = JSON.parse(await runStudy("report", "--study", folder, "--json", "--min-checks", "0"));
    expect(report.counts).toMatchObject({ raters: 1, finished: 1, answers: plan.length });
    const gone = new Promise((resolve) => second.child.once("exit", (code) => resolve(code)));
    second.child.kill("SIGTERM");
    expect(await gone).toBe(0);
  });
});

describe("study", () => {
  it("create makes what was asked for, report says that nobody answered", { timeout: 180_000 }, async () => {
    const folder = join(await temporaryFolder(), "s");
    const captions = join(await temporaryFolder(), "captions.txt");
    await writeFile(captions, `${SENTENCES.join("\n")}\n`);
    const [red, blue] = await Promise.all([conditionFolder(RED), conditionFolder(BLUE)]);
    const from = ["--sentences", captions, "--out", folder, "--raters", "2", "--per-rater", "3"];
    const said = await runStudy("create", "-c", `red=${red}`, "-c", `blue=${blue}`, ...from);
    expect(said).toMatch(/red, blue; 4 sentences\n {2}2 raters, 8 questions each/);
    expect(said).toContain("4 comparisons, each judged by 0 to 2 raters");
    const here = (...args: string[]) => studyCommand().parseAsync(args, { from: "user" });
    await expect(here("report", "--study", folder)).rejects.toThrow(/no answers yet/);
    await expect(here("create", "-c", "red", ...from)).rejects.toThrow(/NAME=DIR, got "red"/);
    await expect(here("serve", "--study", captions)).rejects.toThrow(/holds no study.json/);
  });
});
