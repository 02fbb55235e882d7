/** Which engine computes. @module */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

/** Version of onnxruntime-node, "unknown" where its manifest cannot be read. */
export async function engineVersion(): Promise<string> {
  try {
    const manifest = createRequire(import.meta.url).resolve("onnxruntime-node/package.json");
    return (JSON.parse(await readFile(manifest, "utf8")) as { version: string }).version;
  } catch {
    return "unknown";
  }
}
