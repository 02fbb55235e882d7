/**
 * The enlarging worker, beside the one that infers: it lives while pictures are enlarged, so its memory is given back,
 * and cancelling is ending it. One request at a time.
 * @module
 */

import { chooseWebRuntimes } from "@scenograph/graph/runtime/webGpu";
import { createEnlarger, type Enlarger } from "scenograph/enlarge/enlarge";
import { fileReader } from "scenograph/library/files";
import type { EnlargeRequest, FromEnlarger } from "./protocol.ts";

let enlarger: Enlarger | undefined;

function say(message: FromEnlarger, transfer: Transferable[] = []): void {
  self.postMessage(message, { transfer });
}

self.addEventListener("message", async ({ data }: MessageEvent<EnlargeRequest>) => {
  const { picture, factor, network, wasm, threads, gpu } = data;
  try {
    enlarger ??= createEnlarger(
      (await chooseWebRuntimes({ wasmPaths: wasm, threads }, gpu)).large,
      // kept by the browser after the first time, and there without a connection
      fileReader(network, ({ loaded, total }) =>
        say({ type: "progress", progress: { stage: "network", loaded, total } }),
      ),
    );
    const enlarged = await enlarger.enlarge(picture, factor, {
      onProgress: (done) => say({ type: "progress", progress: { stage: "picture", done } }),
    });
    say({ type: "done", picture: enlarged }, [enlarged.data.buffer as ArrayBuffer]);
  } catch (error) {
    say({ type: "error", message: error instanceof Error ? error.message : String(error) });
  }
});
