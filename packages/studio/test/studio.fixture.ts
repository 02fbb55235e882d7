/** The studio in a real Chromium, with a tiny model of random weights. */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import type { RequestListener, Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { builtStudio, nativeCalls, withCalls } from "@scenograph/service/cli/studio";
import { staticHandler } from "@scenograph/service/server/static.node";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { listen } from "scenograph/http/server.node";
import { packageFolder } from "scenograph/model/package.node";
import type { Scene } from "scenograph/scene/scene";
import { tinyModel } from "../../../test/cli/tinyModel.fixture.ts";
import { CHROMIUM, LAUNCH } from "../../../test/setup/chromium.ts";
import type { Session } from "../src/app/session.ts";
import type { View } from "../src/model/state.ts";

export { CHROMIUM };

export const SENTENCE = "two people riding horses on the beach";

export interface Studio {
  readonly browser: Browser;
  readonly address: string;
  /** Folder of the tiny model. */
  readonly model: string;
  /** Ends what the server computes; it still serves files. */
  stopComputing(): void;
  close(): Promise<void>;
}

export interface StudioOptions {
  /** The server computes, too. */
  readonly native?: boolean;
  /** The model has pose and look codes. */
  readonly codes?: boolean;
  /** What else the server answers. */
  readonly wrap?: (files: RequestListener) => RequestListener;
}

export async function startStudio({
  native = false,
  codes = false,
  wrap = (files) => files,
}: StudioOptions = {}): Promise<Studio> {
  const folder = await mkdtemp(join(tmpdir(), "scenograph-studio-"));
  const { path: model } = await tinyModel(folder, codes);
  const app = await builtStudio(packageFolder());
  const served = {
    folders: { "/": app, "/models/": join(folder, "models") },
    json: { "/models/index.json": async () => ["tiny"] },
  };
  const files = wrap(staticHandler(served));
  const calls = native ? await nativeCalls(served, 1) : undefined;
  const both = calls && withCalls(files, calls.app);
  let computes = true;
  const handler: RequestListener = (request, response) => (both && computes ? both : files)(request, response);
  const { server, port } = await listen(handler, { host: "127.0.0.1", port: 0 });
  const browser = await chromium.launch(LAUNCH);
  return {
    browser,
    address: `http://127.0.0.1:${port}/`,
    model,
    stopComputing: () => {
      computes = false;
    },
    async close() {
      await browser.close();
      await closed(server);
      await calls?.runtime.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}

/** The session that the page offers to scripts. */
interface Global {
  readonly scenograph: Session;
}

/** A page of the studio, its first picture there. */
export class StudioPage {
  readonly errors: string[] = [];

  private constructor(
    readonly page: Page,
    readonly address: string,
  ) {
    page.on("pageerror", (error) => this.errors.push(error.message));
  }

  /** The page with one large stage, as people meet it. */
  static stage(studio: Studio, options: BrowserContextOptions = {}): Promise<StudioPage> {
    return StudioPage.open(studio, options, async () => {}, "stage");
  }

  /** @param early what happens to the page before its first picture */
  static async open(
    { browser, address }: Studio,
    options: BrowserContextOptions = {},
    early: (page: StudioPage) => Promise<void> = async () => {},
    layout: "side" | "stage" = "side",
  ): Promise<StudioPage> {
    const context = await browser.newContext({
      viewport: { width: 1360, height: 860 },
      acceptDownloads: true,
      // it keeps 19 MB for later; what hangs on it asks for it
      serviceWorkers: "block",
      ...options,
    });
    const studio = new StudioPage(await context.newPage(), address);
    await studio.page.goto(address);
    await early(studio);
    await studio.settled();
    await studio.run("view.layout", { layout });
    return studio;
  }

  async close(): Promise<void> {
    await this.page.context().close();
  }

  /** Waits until the model is there, nothing runs and everything that can be is up to date. */
  async settled(): Promise<void> {
    await this.page.waitForFunction(
      () => {
        const session = (globalThis as unknown as Global).scenograph;
        const { model, running, pending } = session?.status.get() ?? {};
        const { doc } = session?.store.state ?? {};
        const isFresh = doc?.stale.every((stage) => stage === "boxes");
        return model?.state === "ready" && !running && pending === 0 && doc?.picture !== undefined && isFresh;
      },
      undefined,
      { timeout: 150_000, polling: 50 },
    );
  }

  /** Waits for the first sentence. */
  async begun(): Promise<void> {
    await this.page.waitForFunction(
      () => (globalThis as unknown as Partial<Global>).scenograph?.store.state.doc.scene.caption,
    );
  }

  /** Writes what is not saved yet. */
  flush(): Promise<void> {
    return this.page.evaluate(() => (globalThis as unknown as Global).scenograph.flush());
  }

  scene(): Promise<Scene> {
    return this.page.evaluate(() => (globalThis as unknown as Global).scenograph.store.state.doc.scene);
  }

  view(): Promise<View> {
    return this.page.evaluate(() => (globalThis as unknown as Global).scenograph.store.state.view);
  }

  /** Key of the picture. */
  picture(): Promise<string | undefined> {
    return this.page.evaluate(() => (globalThis as unknown as Global).scenograph.store.state.doc.picture);
  }

  pixels(): Promise<number[]> {
    return this.page.evaluate(() => Array.from((globalThis as unknown as Global).scenograph.picture?.data ?? []));
  }

  /** Sum of the density that is drawn over the boxes. */
  density(): Promise<number> {
    return this.page.evaluate(() => {
      const { heat } = (globalThis as unknown as Global).scenograph.status.get();
      return (heat?.answer.density ?? new Float32Array()).reduce((a, b) => a + b, 0);
    });
  }

  /** Moves the object to and fro so many times, a frame each. */
  edits(count: number): Promise<void> {
    return this.page.evaluate(async (n) => {
      for (let i = 0; i < n; i++) {
        (globalThis as unknown as Global).scenograph.run("object.box", {
          id: "o1",
          box: [(i % 10) / 20, 0.2, 0.4, 0.4],
        });
        await new Promise((resolve) => setTimeout(resolve, 8));
      }
    }, count);
  }

  run(id: string, args?: unknown): Promise<boolean> {
    return this.page.evaluate(
      ([name, value]) => (globalThis as unknown as Global).scenograph.run(name as string, value),
      [id, args],
    );
  }

  /** Where inference happens. */
  place(): Promise<string> {
    return this.page.evaluate(() => (globalThis as unknown as Global).scenograph.status.get().place);
  }

  /** The file that a command hands to the user. */
  async exported(id: string): Promise<{ readonly name: string; readonly bytes: Buffer }> {
    const [download] = await Promise.all([this.page.waitForEvent("download"), this.run(id)]);
    return { name: download.suggestedFilename(), bytes: await readFile(await download.path()) };
  }

  saved(): Promise<void> {
    return this.page.locator(".saved", { hasText: "Saved" }).waitFor();
  }

  /** Lets a file fall on the page, as the user would. */
  async drop(name: string, bytes: Uint8Array): Promise<void> {
    await this.page.evaluate(
      ([fileName, data]) => {
        const transfer = new DataTransfer();
        transfer.items.add(new File([Uint8Array.from(data as number[])], fileName as string));
        window.dispatchEvent(new DragEvent("drop", { dataTransfer: transfer, bubbles: true, cancelable: true }));
      },
      [name, Array.from(bytes)] as const,
    );
  }

  /** The screen's point of a fraction of a panel's canvas. */
  async at(panel: "boxes" | "masks" | "stage", x: number, y: number): Promise<[number, number]> {
    const place = panel === "stage" ? ".stage-canvas" : `.panel-${panel} .canvas`;
    const box = await this.page.locator(place).boundingBox();
    if (!box) throw new Error(`the canvas of the ${panel} is not seen`);
    return [box.x + x * box.width, box.y + y * box.height];
  }

  async drag(
    panel: "boxes" | "masks" | "stage",
    from: readonly [number, number],
    to: readonly [number, number],
  ): Promise<void> {
    await this.page.mouse.move(...(await this.at(panel, ...from)));
    await this.page.mouse.down();
    await this.page.mouse.move(...(await this.at(panel, ...to)), { steps: 4 });
    await this.page.mouse.up();
  }

  /** One object of a known place, so that gestures have something to hold. */
  async withOneObject(): Promise<void> {
    const scene: Scene = {
      version: 2,
      caption: SENTENCE,
      width: 32,
      height: 32,
      seed: 4,
      objects: [{ id: "o1", label: "dog", box: [0.25, 0.25, 0.4, 0.4] }],
    };
    await this.run("file.open-scene", { scene });
    await this.settled();
  }
}
