/**
 * zlib and raw deflate (RFC 1950, 1951) by the platform: CompressionStream in every browser and worker; Node's own zlib where there
 * is one, which gives the same bytes without the copies of its streams, and knows levels. No package.
 * @module
 */

type Callback = (error: Error | null, bytes: Uint8Array<ArrayBuffer>) => void;
type Compress = (bytes: Uint8Array, options: { level?: number }, done: Callback) => void;

/** Node's module, looked up without an import, so that bundlers for browsers do not meet it. */
const zlib = (
  globalThis as {
    process?: { getBuiltinModule?: (id: string) => { deflate: Compress; deflateRaw: Compress } | undefined };
  }
).process?.getBuiltinModule?.("node:zlib");

/**
 * The bytes compressed. "deflate" has zlib's header and checksum (PNG), "deflate-raw" has none (zip).
 * @param level 1 (fast) to 9 (small); default 6, which is also what browsers have alone
 */
export async function deflate(
  bytes: Uint8Array,
  format: "deflate" | "deflate-raw",
  level?: number,
): Promise<Uint8Array<ArrayBuffer>> {
  if (zlib) {
    const compress = format === "deflate" ? zlib.deflate : zlib.deflateRaw;
    return new Promise((resolve, reject) => {
      compress(bytes, level === undefined ? {} : { level }, (error, packed) =>
        error ? reject(error) : resolve(packed),
      );
    });
  }
  const stream = new CompressionStream(format);
  const writer = stream.writable.getWriter();
  // failures are those of reading
  writer
    .write(bytes as Uint8Array<ArrayBuffer>)
    .then(() => writer.close())
    .catch(() => {});
  return new Uint8Array(await new Response(stream.readable).arrayBuffer());
}
