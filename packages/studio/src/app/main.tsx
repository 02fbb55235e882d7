/** The entry: storage, session, page. @module */
import { createRoot } from "react-dom/client";
import { datasetScene } from "../dataset/scene.ts";
import type { WorkerLike } from "../worker/engine.ts";
import { gpuChoice, workerThreads } from "../worker/threads.ts";
import { App } from "./App.tsx";
import { Boundary } from "./Boundary.tsx";
import { openClaims } from "./claims.ts";
import type { TabMemory } from "./documents.ts";
import type { ExportFile } from "./exporting.ts";
import { Session } from "./session.ts";
import { noStorage, openStorage } from "./storage.ts";
import "./styles.css";

const base = new URL("./", location.href).href;

function deliver({ name, type, bytes }: ExportFile): void {
  const url = URL.createObjectURL(new Blob([bytes as Uint8Array<ArrayBuffer>], { type }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

function pick(accept: string): Promise<File | undefined> {
  return new Promise((resolve) => {
    const input = document.createElement("input");
    input.type = "file";
    input.accept = accept;
    input.onchange = () => resolve(input.files?.[0]);
    input.oncancel = () => resolve(undefined);
    input.click();
  });
}

/** The tab's own memory outlives a reload; where it is refused, every load begins anew. */
function tabMemory(): TabMemory {
  const KEY = "scenograph-document";
  const quietly = <T,>(work: () => T): T | undefined => {
    try {
      return work();
    } catch {
      return undefined;
    }
  };
  return {
    get: () => quietly(() => sessionStorage.getItem(KEY)) ?? undefined,
    set: (id) => void quietly(() => sessionStorage.setItem(KEY, id)),
  };
}

declare global {
  /** The running session, for scripts and the browser's console: `scenograph.run("object.add", { label: "dog", box: [0, 0, 0.5, 0.5] })`. */
  var scenograph: Session | undefined;
}

async function begin(): Promise<void> {
  const session = new Session({
    claims: openClaims(),
    memory: tabMemory(),
    storage: openStorage().catch((error: Error) => noStorage(error.message)),
    spawn: () =>
      new Worker(new URL("../worker/worker.ts", import.meta.url), { type: "module", name: "inference" }) as WorkerLike,
    models: new URL("models/", base).href,
    wasm: new URL("ort/", base).href,
    threads: workerThreads(),
    gpu: gpuChoice(),
    calls: new URL("calls/", base).href,
    deliver,
    pick,
  });
  globalThis.scenograph = session;
  createRoot(document.getElementById("root") as HTMLElement).render(
    <Boundary>
      <App session={session} />
    </Boundary>,
  );
  document.addEventListener("visibilitychange", () => {
    void (document.visibilityState === "hidden" ? session.flush() : session.recheck());
  });
  const asked = new URLSearchParams(location.hash.slice(1));
  const data = asked.get("data");
  const link = asked.get("scene") ?? (data === null ? undefined : () => datasetScene(data));
  // the scene is the user's from now on; a reload must not bring the link's back
  if (link !== undefined) history.replaceState(null, "", location.pathname);
  await session.start(link);
  if ("serviceWorker" in navigator && isSecureContext)
    await navigator.serviceWorker.register(new URL("sw.js", base)).catch(() => {});
}

void begin();
