/** What of the machine an inference worker takes. @module */
import type { GpuChoice } from "@scenograph/graph/runtime/webGpu";

/** The graphics card where there is one, unless the address says ?gpu=off (or, for tests, ?gpu=software). */
export function gpuChoice(): GpuChoice {
  const asked = new URLSearchParams(location.search).get("gpu");
  return asked === "off" || asked === "software" ? asked : "auto";
}

/** One core stays with the page; threads need an isolated page. */
export function workerThreads(): number {
  return crossOriginIsolated ? Math.max(1, Math.min(4, (navigator.hardwareConcurrency || 2) - 1)) : 1;
}
