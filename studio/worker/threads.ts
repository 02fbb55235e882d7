/** How many threads an inference worker takes. @module */

/** One core stays with the page; threads need an isolated page. */
export function workerThreads(): number {
  return crossOriginIsolated ? Math.max(1, Math.min(4, (navigator.hardwareConcurrency || 2) - 1)) : 1;
}
