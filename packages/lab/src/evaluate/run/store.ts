/** Partial results on disk: an interrupted evaluation goes on where it stopped. @module */
import { readFile, rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { UserError } from "@scenograph/graph/errors";
import { makeFolder } from "scenograph/formats/folders.node";

/** Values by key ("image/true-masks/pictures-003"). Without a folder nothing is kept. */
export class Store {
  constructor(private readonly folder?: string) {}

  /** What was kept under `key`, else what `make` gives, which is kept. */
  async json<T>(key: string, make: () => Promise<T>): Promise<T> {
    const bytes = await this.bytes(`${key}.json`, async () => new TextEncoder().encode(JSON.stringify(await make())));
    return JSON.parse(new TextDecoder().decode(bytes)) as T;
  }

  async floats(key: string, make: () => Promise<Float32Array>): Promise<Float32Array> {
    const bytes = await this.bytes(`${key}.f32`, async () => {
      const { buffer, byteOffset, byteLength } = await make();
      return new Uint8Array(buffer, byteOffset, byteLength);
    });
    // a fresh buffer begins at a multiple of four
    return new Float32Array(bytes.slice().buffer);
  }

  async bytes(key: string, make: () => Promise<Uint8Array>): Promise<Uint8Array> {
    if (this.folder === undefined) return make();
    const path = join(this.folder, key);
    const kept = await readFile(path).catch(() => undefined);
    if (kept) return kept;
    const made = await make();
    try {
      await makeFolder(dirname(path));
      // whole or not there
      const partial = `${path}.${process.pid}.partial`;
      await writeFile(partial, made);
      await rename(partial, path);
    } catch (error) {
      throw new UserError(
        `evaluate: cannot keep partial results in ${this.folder} (${(error as NodeJS.ErrnoException).code}); choose another --out`,
      );
    }
    return made;
  }
}
