/**
 * Watches what a parser allocates: while it runs, the constructors of typed arrays and buffers are replaced by ones that
 * refuse more than a limit, before memory is touched. What native code allocates (libvips) is not seen here.
 * @module
 */

const NAMES = [
  "ArrayBuffer",
  "SharedArrayBuffer",
  "Int8Array",
  "Uint8Array",
  "Uint8ClampedArray",
  "Int16Array",
  "Uint16Array",
  "Int32Array",
  "Uint32Array",
  "Float32Array",
  "Float64Array",
  "BigInt64Array",
  "BigUint64Array",
] as const;

type Constructor = new (...args: unknown[]) => object;

export interface Allocations {
  /** Bytes of the largest single allocation that was asked for. */
  largest: number;
  /** Bytes of all of them. */
  total: number;
}

/** Runs `work`; an allocation of more than `limit` bytes at once throws a RangeError in it, and shows in `seen`. */
export async function guarded<T>(limit: number, seen: Allocations, work: () => T | Promise<T>): Promise<T> {
  const globals = globalThis as unknown as Record<string, Constructor>;
  const kept = new Map<string, Constructor>();
  for (const name of NAMES) {
    const original = globals[name];
    kept.set(name, original);
    const width = (original as unknown as { BYTES_PER_ELEMENT?: number }).BYTES_PER_ELEMENT ?? 1;
    const proxy: Constructor = new Proxy(original, {
      construct(target, args, newTarget) {
        const bytes = sizeOf(args[0]) * width;
        seen.largest = Math.max(seen.largest, bytes);
        seen.total += bytes;
        if (bytes > limit) throw new RangeError(`${name} of ${bytes} bytes was asked for`);
        return Reflect.construct(target, args, newTarget === proxy ? target : newTarget) as object;
      },
    });
    globals[name] = proxy;
  }
  try {
    return await work();
  } finally {
    for (const [name, original] of kept) globals[name] = original;
  }
}

/** Elements that a constructor's first argument asks for; views of buffers ask for none. */
function sizeOf(argument: unknown): number {
  if (typeof argument === "number") return argument;
  if (ArrayBuffer.isView(argument)) return (argument as unknown as { length?: number }).length ?? 0;
  if (Array.isArray(argument)) return argument.length;
  return 0;
}
