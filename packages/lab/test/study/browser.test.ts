/** A rater in a real browser (Debian's chromium): by keyboard, through a reload and a killed server; by mouse, without a server. */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CHROMIUM, LAUNCH } from "../../../../test/setup/chromium.ts";
import { type AnalysisOptions, analyse, type StudyReport } from "../../src/study/analysis.ts";
import { AnswerStore } from "../../src/study/store.node.ts";
import { smallStudy } from "../../src/study/study.fixture.ts";
import type { Question, Study } from "../../src/study/study.ts";
import { kill, startServer } from "./command.fixture.ts";

if (!CHROMIUM) process.stderr.write("study in a browser: not run, there is no Chromium\n");

/** The position of the picture to prefer: the red condition's; of a check the one that is no trap. */
function preferred(study: Study, { pictures, trap }: Question): number {
  if (trap !== undefined) return pictures.findIndex((_, p) => p !== trap);
  return pictures.findIndex((id) => study.pictures.find((p) => p.id === id)!.condition === 0);
}

/** The number of the question on the page, from 1, once its pictures can be chosen. */
async function shownQuestion(page: Page): Promise<number> {
  await page.waitForSelector(".tile:enabled");
  return Number(/Question (\d+) of/.exec((await page.textContent("#count"))!)![1]);
}

async function answerByKey(page: Page, study: Study, plan: number): Promise<void> {
  const n = await shownQuestion(page);
  const question = study.plans[plan][n - 1];
  await page.keyboard.press(String(preferred(study, question) + 1));
  // the other picture of two fills the last place by itself
  if (question.kind === "rank") await page.keyboard.press("Enter");
  await moved(page, n);
}

/** Waits until the page shows another question than `n`, or the end. */
async function moved(page: Page, n: number): Promise<void> {
  await page.waitForFunction(
    (label) => document.querySelector("#count")?.textContent?.startsWith(label) !== true,
    `Question ${n} of`,
  );
}

/** Everything that the page asks for or complains about. */
function watch(page: Page): { requests: string[]; complaints: string[] } {
  const seen = { requests: [] as string[], complaints: [] as string[] };
  page.on("request", (r) => seen.requests.push(r.url()));
  page.on("pageerror", (e) => seen.complaints.push(e.message));
  page.on("console", (m) => {
    // a refused connection is what the killed server is about
    if (m.type() === "error" && !m.text().includes("ERR_CONNECTION_REFUSED")) seen.complaints.push(m.text());
  });
  return seen;
}

describe.skipIf(!CHROMIUM)("study in a browser", () => {
  let browser: Browser;
  let profile: string;

  beforeAll(async () => {
    profile = await mkdtemp(join(tmpdir(), "chromium-"));
    browser = await chromium.launch({ ...LAUNCH, artifactsDir: profile });
  }, 120_000);

  afterAll(async () => {
    await browser?.close();
    await rm(profile, { recursive: true, force: true });
  });

  it("by keyboard: undo, a reload, a killed server; the report counts each answer once", {
    timeout: 180_000,
  }, async () => {
    const { folder, study } = await smallStudy();
    const total = study.plans[0].length;
    let server = await startServer(folder);
    const page = await (await browser.newContext()).newPage();
    page.setDefaultTimeout(60_000);
    try {
      const seen = watch(page);
      await page.goto(server.url);
      await page.waitForSelector("button.primary");
      expect(await page.textContent(".consent")).toBe("You agree.");
      await page.keyboard.press("Tab");
      await page.keyboard.press("Enter");
      await answerByKey(page, study, 0);

      // a wrong answer by arrow and Enter, taken back
      const n = await shownQuestion(page);
      const wrong = 1 - preferred(study, study.plans[0][n - 1]);
      await page.keyboard.press(wrong === 0 ? "ArrowLeft" : "ArrowRight");
      await page.keyboard.press("Enter");
      await moved(page, n);
      await page.keyboard.press("Backspace");
      await moved(page, n + 1);
      expect(await shownQuestion(page)).toBe(n);
      await answerByKey(page, study, 0);

      await page.reload();
      expect(await shownQuestion(page)).toBe(n + 1);

      await kill(server.child);
      await answerByKey(page, study, 0);
      await page.waitForFunction(() =>
        document.querySelector("#status")?.textContent?.startsWith("No connection: 1 answer waits"),
      );
      server = await startServer(folder, Number(new URL(server.url).port));
      await page.waitForFunction(() => document.querySelector("#status")?.textContent === "");
      while ((await page.$("#count")) !== null) await answerByKey(page, study, 0);
      await page.waitForFunction(() =>
        document.querySelector("#saved")?.textContent?.startsWith("All answers are saved"),
      );
      await page.reload();
      await page.waitForSelector("#saved");

      const origin = new URL(server.url).origin;
      expect(seen.requests.filter((url) => !url.startsWith(origin))).toEqual([]);
      expect(seen.requests.some((url) => url.includes("/pictures/"))).toBe(true);
      expect(seen.complaints).toEqual([]);

      // the browser answers faster than people: without limits of time
      const report = reportOf(folder, study, { minMs: 0, minMedianMs: 0 });
      expect(report.counts).toMatchObject({
        raters: 1,
        finished: 1,
        excluded: 0,
        answers: total,
        pairs: 4,
        rankings: 4,
      });
      expect(report.pairs!.rows).toMatchObject([{ a: "red", b: "blue", aPreferred: 4, bPreferred: 0, ties: 0 }]);
      expect(report.ranks!.rows.map((r) => r.meanRank.value)).toEqual([1, 2]);
      expect(report.quality.checks).toMatchObject({ n: 2, value: 1 });
      expect(report.quality.repeats).toMatchObject({ n: 2, value: 1 });
      const strict = reportOf(folder, study, { minMedianMs: 60_000 });
      expect(strict.counts).toMatchObject({ excluded: 1, pairs: 0 });
    } finally {
      await page.context().close();
      await kill(server.child);
    }
  });

  it("without a server: on a phone by touch, a reload, a file that is imported once", {
    timeout: 180_000,
  }, async () => {
    const { folder, study } = await smallStudy();
    const context = await browser.newContext({ viewport: { width: 360, height: 640 }, hasTouch: true, isMobile: true });
    try {
      const page = await context.newPage();
      const seen = watch(page);
      const file = pathToFileURL(join(folder, "index.html")).href;
      await page.goto(`${file}#2`);
      await page.tap("button.primary");
      const total = study.plans[1].length;
      for (let k = 0; k < total; k++) {
        if (k === 3) {
          await page.reload();
          await page.tap("button.primary");
        }
        const n = await shownQuestion(page);
        expect(n).toBe(k + 1);
        const question = study.plans[1][k];
        // pictures and buttons fit into the window
        expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);
        await page.tap(`.tile:nth-of-type(${preferred(study, question) + 1})`);
        if (question.kind === "rank") await page.tap("button.primary:enabled");
        await moved(page, n);
      }
      const [download] = await Promise.all([page.waitForEvent("download"), page.tap("#download")]);
      const saved = join(folder, "answers.json");
      await download.saveAs(saved);
      expect(seen.complaints).toEqual([]);
      expect(seen.requests.filter((url) => !/^(file|data|blob):/.test(url))).toEqual([]);

      const store = new AnswerStore(folder, study);
      const text = await readFile(saved, "utf8");
      expect(store.importFile(saved, text)).toEqual({ answers: total, added: total });
      expect(store.importFile(saved, text)).toEqual({ answers: total, added: 0 });
      store.close();
      const report = reportOf(folder, study, { minMs: 0, minMedianMs: 0 });
      expect(report.counts).toMatchObject({ raters: 1, finished: 1, answers: total, pairs: 4, rankings: 4 });
      expect(report.pairs!.rows).toMatchObject([{ aPreferred: 4, bPreferred: 0 }]);
    } finally {
      await context.close();
    }
  });
});

function reportOf(folder: string, study: Study, rules: AnalysisOptions): StudyReport {
  const store = new AnswerStore(folder, study);
  const raters = store.all();
  store.close();
  return analyse(study, raters, { ...rules, draws: 50 });
}
