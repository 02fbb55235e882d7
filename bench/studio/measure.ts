/** What a person at the studio feels, measured in Chromium: painting, loading, inferring, dragging, memory, size. @module */
import { gzipSync } from "node:zlib";
import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright-core";
import type { Session } from "../../packages/studio/src/app/session.ts";

/** The session that the page offers to scripts. */
interface Global {
  readonly scenograph: Session;
  shown?: number;
}

/** A page of a context of its own. */
export async function newPage(browser: Browser, options: BrowserContextOptions = {}): Promise<Page> {
  const context = await browser.newContext(options);
  await prepare(context);
  return context.newPage();
}

/** The compiler that runs this file names functions by a helper, which a page lacks. */
async function prepare(context: BrowserContext): Promise<void> {
  await context.addInitScript("globalThis.__name = (f) => f");
}

/** Resolves when the model is there, nothing runs and all that can be is up to date. */
export async function settled(page: Page): Promise<void> {
  await page.waitForFunction(
    () => {
      const session = (globalThis as unknown as Global).scenograph;
      const { model, running, pending } = session?.status.get() ?? {};
      const { doc } = session?.store.state ?? {};
      const isFresh = doc?.stale.every((stage) => stage === "boxes");
      return model?.state === "ready" && !running && pending === 0 && doc?.picture !== undefined && isFresh;
    },
    undefined,
    { timeout: 150_000, polling: 20 },
  );
}

export interface FirstPaint {
  /** First contentful paint: the page's frame. */
  readonly frame: number;
  /** The program's own first frame: panels, sentence and tools are there. */
  readonly program: number;
  /** Of that, time that the page's thread computed: what an idle machine needs at the least. */
  readonly cpu: number;
}

/** Milliseconds from the beginning of a navigation, nothing cached. The page stays open. */
export async function firstPaint(page: Page, address: string): Promise<FirstPaint> {
  await page.addInitScript(() => {
    const look = () => {
      if (!document.querySelector(".stage-tools")) return requestAnimationFrame(look);
      // the frame after the one that has it is painted
      return requestAnimationFrame(() => {
        (globalThis as unknown as Global).shown = performance.now();
      });
    };
    requestAnimationFrame(look);
  });
  const cpu = await threadTime(page);
  await page.goto(address);
  await page.waitForFunction(() => (globalThis as unknown as Global).shown !== undefined);
  const ms = await cpu();
  const times = await page.evaluate(() => ({
    frame: performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? Number.NaN,
    program: (globalThis as unknown as Global).shown ?? Number.NaN,
  }));
  return { ...times, cpu: ms };
}

/** A function that tells the milliseconds that the page's thread has computed so far, whatever else the machine does. */
async function threadTime(page: Page): Promise<() => Promise<number>> {
  const client = await page.context().newCDPSession(page);
  await client.send("Performance.enable", { timeDomain: "threadTicks" });
  return async () => {
    const { metrics } = await client.send("Performance.getMetrics");
    return 1000 * (metrics.find((m) => m.name === "ThreadTime")?.value ?? Number.NaN);
  };
}

export interface Loading {
  /** Whether a bar with the share of the model was seen while it was loaded. */
  readonly progress: boolean;
  /** Bytes of weights over the network at the first and at the second visit. */
  readonly first: number;
  readonly second: number;
}

/** Two visits of a new browser context. */
export async function loading(browser: Browser, address: string): Promise<Loading> {
  const context = await browser.newContext();
  await prepare(context);
  try {
    const visit = async () => {
      const page = await context.newPage();
      let bytes = 0;
      context.on("response", (response) => {
        if (response.url().endsWith(".safetensors")) bytes += Number(response.headers()["content-length"] ?? 0);
      });
      await page.addInitScript(() => {
        const look = () => {
          const bar = document.querySelector("[role=progressbar]");
          const now = Number(bar?.getAttribute("aria-valuenow") ?? 0);
          if (now > 0) (globalThis as { progress?: number }).progress = now;
          requestAnimationFrame(look);
        };
        requestAnimationFrame(look);
      });
      await page.goto(address);
      await settled(page);
      const seen = await page.evaluate(() => (globalThis as { progress?: number }).progress !== undefined);
      await page.close();
      context.removeAllListeners("response");
      return { bytes, seen };
    };
    const one = await visit();
    const two = await visit();
    return { progress: one.seen, first: one.bytes, second: two.bytes };
  } finally {
    await context.close();
  }
}

/** Milliseconds from a new sentence to its picture, for each sentence, the first of them left out (it compiles). */
export async function sentenceToPicture(page: Page, sentences: readonly string[]): Promise<number[]> {
  const times: number[] = [];
  for (const caption of [sentences[0], ...sentences]) {
    const ms = await page.evaluate(async (text) => {
      const { scenograph } = globalThis as unknown as Global;
      const before = scenograph.store.state.doc.picture;
      const start = performance.now();
      scenograph.run("sentence.use", { caption: text });
      while (scenograph.store.state.doc.picture === before) await new Promise((resolve) => setTimeout(resolve, 5));
      return performance.now() - start;
    }, caption);
    times.push(ms);
    await settled(page);
  }
  return times.slice(1);
}

export interface Frames {
  readonly perSecond: number;
  /** Longest time between two frames, ms. */
  readonly worst: number;
  /** Pictures that were inferred while the drag went on. */
  readonly pictures: number;
  /** Milliseconds that the page's thread computed for a frame: below 20 it can keep 50 frames/s. */
  readonly cpu: number;
}

/**
 * Drags the selected box to and fro by mouse for so long, or until so many pictures have come, and counts animation
 * frames. Side by side pictures follow the hand; on the stage they come when it lets go.
 */
export async function dragging(page: Page, seconds: number, enough = Number.POSITIVE_INFINITY): Promise<Frames> {
  await page.evaluate(() => (globalThis as unknown as Global).scenograph.run("view.layout", { layout: "side" }));
  const place = await page.locator(".panel-boxes .canvas").boundingBox();
  if (!place) throw new Error("the canvas of the boxes is not seen");
  const [x, y, w, h] = await page.evaluate(() => {
    const { scenograph } = globalThis as unknown as Global;
    const { objects } = scenograph.store.state.doc.scene;
    const largest = [...objects].sort((a, b) => b.box[2] * b.box[3] - a.box[2] * a.box[3])[0];
    scenograph.run("view.select", { id: largest.id });
    return largest.box;
  });
  const middle = [place.x + (x + w / 2) * place.width, place.y + (y + h / 2) * place.height] as const;
  await page.mouse.move(...middle);
  await page.mouse.down();
  await page.evaluate(() => {
    const seen: number[] = [];
    const { scenograph } = globalThis as unknown as Global;
    let pictures = 0;
    let last = scenograph.store.state.doc.picture;
    const look = (now: number) => {
      seen.push(now);
      if (scenograph.store.state.doc.picture !== last) {
        pictures++;
        last = scenograph.store.state.doc.picture;
      }
      (globalThis as { drag?: unknown }).drag = { seen, pictures };
      requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  });
  const cpu = await threadTime(page);
  const before = await cpu();
  const end = performance.now() + seconds * 1000;
  const drag = () =>
    page.evaluate(() => (globalThis as unknown as { drag: { seen: number[]; pictures: number } }).drag);
  // asking costs the page time: where the frames count it is asked at the end alone
  const isEnough = async () => Number.isFinite(enough) && (await drag())?.pictures >= enough;
  for (let i = 0; performance.now() < end && !(await isEnough()); i++) {
    const angle = i / 12;
    await page.mouse.move(middle[0] + 40 * Math.sin(angle), middle[1] + 30 * Math.cos(angle));
    await new Promise((resolve) => setTimeout(resolve, 12));
  }
  const { seen, pictures } = await drag();
  const used = (await cpu()) - before;
  await page.mouse.up();
  await settled(page);
  const gaps = seen.slice(1).map((t, i) => t - seen[i]);
  const perSecond = (1000 * gaps.length) / gaps.reduce((a, b) => a + b, 0);
  return { perSecond, worst: Math.max(...gaps), pictures, cpu: used / gaps.length };
}

/** Megabytes of the page's heap after garbage is collected: before, and after each batch of edits (twice twenty warm up). */
export async function memory(page: Page, batches: number, edits: number): Promise<number[]> {
  const client = await page.context().newCDPSession(page);
  const heap = async () => {
    await client.send("HeapProfiler.collectGarbage");
    return (await client.send("Runtime.getHeapUsage")).usedSize / 2 ** 20;
  };
  const edit = async (count: number) => {
    await page.evaluate(async (n) => {
      const { scenograph } = globalThis as unknown as Global;
      const { id, box } = scenograph.store.state.doc.scene.objects[0];
      for (let i = 0; i < n; i++) {
        scenograph.run("object.box", { id, box: [(i % 10) / 20, (i % 7) / 20, box[2] / 2, box[3] / 2] });
        await new Promise((resolve) => setTimeout(resolve, 8));
      }
    }, count);
    await settled(page);
  };
  await edit(20);
  const sizes = [await heap()];
  for (let i = 0; i < batches; i++) {
    await edit(edits);
    sizes.push(await heap());
  }
  await client.detach();
  return sizes;
}

/** Kilobytes, gzipped, of all that the page loads until its first picture stands, without wasm and weights. */
export async function programSize(browser: Browser, address: string): Promise<number> {
  // what the service worker keeps for later is not what the program needs
  const context = await browser.newContext({ serviceWorkers: "block" });
  await prepare(context);
  try {
    const page = await context.newPage();
    const loaded = new Map<string, Promise<Buffer>>();
    page.on("response", (response) => {
      const { pathname } = new URL(response.url());
      if (response.ok() && !/^\/models\/|\.wasm$/.test(pathname)) loaded.set(pathname, response.body());
    });
    await page.goto(address);
    await settled(page);
    const sizes = [...loaded.values()].map(async (body) => gzipSync(await body, { level: 9 }).length);
    return (await Promise.all(sizes)).reduce((a, b) => a + b, 0) / 1000;
  } finally {
    await context.close();
  }
}
