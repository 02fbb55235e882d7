/**
 * Autosave: changes are written a moment after the last one, one write at a time, and "saved" is said only when the write
 * of the newest change was confirmed.
 * @module
 */

export type SaveStatus =
  | { readonly state: "saved" }
  | { readonly state: "unsaved" }
  | { readonly state: "failed"; readonly message: string };

export class Autosave<T> {
  #newest: { readonly value: T } | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #writing: Promise<void> | undefined;

  /** @param write resolves once the value is on disk */
  constructor(
    private readonly write: (value: T) => Promise<void>,
    private readonly onStatus: (status: SaveStatus) => void,
    private readonly delayMs = 300,
  ) {}

  change(value: T): void {
    this.#newest = { value };
    this.onStatus({ state: "unsaved" });
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.flush(), this.delayMs);
  }

  /** Writes what is not written yet, now. Resolves when nothing is left to write or a write has failed. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    if (this.#writing) await this.#writing;
    const newest = this.#newest;
    if (!newest) return;
    this.#writing = this.#attempt(newest.value, newest);
    await this.#writing;
    this.#writing = undefined;
  }

  async #attempt(value: T, token: object): Promise<void> {
    try {
      await this.write(value);
      if (this.#newest !== token) return;
      this.#newest = undefined;
      this.onStatus({ state: "saved" });
    } catch (error) {
      // the value stays the newest: the next change or flush tries again
      this.onStatus({ state: "failed", message: (error as Error).message });
    }
  }
}
