import { inflateRawSync, inflateSync } from "node:zlib";
import { afterEach, expect, test, vi } from "vitest";
import { deflate } from "./deflate.ts";

afterEach(() => {
  vi.unstubAllGlobals();
  vi.resetModules();
});

test("Node's own zlib and the streams of browsers give the same bytes; a lower level gives more of them", async () => {
  const bytes = new Uint8Array(200_000).map((_, i) => (i * i) >> 9);
  vi.stubGlobal("process", { ...process, getBuiltinModule: undefined });
  vi.resetModules();
  const { deflate: streamed } = await import("./deflate.ts");
  vi.unstubAllGlobals();
  for (const [format, inflate] of [
    ["deflate", inflateSync],
    ["deflate-raw", inflateRawSync],
  ] as const) {
    const packed = await deflate(bytes, format);
    expect(Buffer.compare(await streamed(bytes, format), packed)).toBe(0);
    const fast = await deflate(bytes, format, 1);
    expect(fast.length).toBeGreaterThan(packed.length);
    for (const one of [packed, fast]) expect(Buffer.compare(inflate(one), bytes)).toBe(0);
  }
  expect(Buffer.compare(await streamed(new Uint8Array(), "deflate"), await deflate(new Uint8Array(), "deflate"))).toBe(
    0,
  );
});
