/** zlib and raw deflate (RFC 1950, 1951) by the platform's own CompressionStream: Node from 18, every browser, workers; no package. @module */

/** The bytes compressed. "deflate" has zlib's header and checksum (PNG), "deflate-raw" has none (zip). */
export async function deflate(bytes: Uint8Array, format: "deflate" | "deflate-raw"): Promise<Uint8Array<ArrayBuffer>> {
  const stream = new Blob([bytes as Uint8Array<ArrayBuffer>]).stream().pipeThrough(new CompressionStream(format));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
