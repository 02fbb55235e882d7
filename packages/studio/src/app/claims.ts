/**
 * Which tab has a document open. A document belongs to one tab at a time, so that no tab writes over another's work: by the
 * browser's locks where the page is secure, elsewhere by asking the other tabs.
 * @module
 */

/** How long other tabs may take to say that they have a document. */
const ASK_MS = 120;
/** A page that is reloaded may hold its document a little longer. */
const RETRY_MS = 60;

export interface Claims {
  /** Takes a document for this tab until it is closed. @param patience milliseconds -> whether it is this tab's now */
  claim(id: string, patience?: number): Promise<boolean>;
  release(id: string): void;
}

export function openClaims(locks: LockManager | undefined = navigator.locks): Claims {
  return locks ? byLocks(locks) : byAsking(new BroadcastChannel("scenograph-claims"));
}

function byLocks(locks: LockManager): Claims {
  const held = new Map<string, () => void>();
  const attempt = (id: string) =>
    new Promise<boolean>((resolve) => {
      locks
        .request(`scenograph-document-${id}`, { ifAvailable: true }, (lock) => {
          resolve(lock !== null);
          // the lock lasts as long as this promise
          return lock && new Promise<void>((done) => held.set(id, done));
        })
        .catch(() => resolve(false));
    });
  return {
    async claim(id, patience = 0) {
      if (held.has(id)) return true;
      const end = Date.now() + patience;
      for (;;) {
        if (await attempt(id)) return true;
        if (Date.now() >= end) return false;
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    },
    release(id) {
      held.get(id)?.();
      held.delete(id);
    },
  };
}

/** As much of a BroadcastChannel as is used; tests bring their own. */
export interface Channel {
  postMessage(message: unknown): void;
  addEventListener(type: "message", listener: (event: { data: unknown }) => void): void;
}

interface Word {
  readonly type: "who" | "mine";
  readonly id: string;
  readonly tab: string;
  /** When it was asked, milliseconds since 1970. */
  readonly at: number;
}

/** Without locks: a tab asks who has the document; of two that ask at once the later one waits. */
export function byAsking(channel: Channel, tab: string = crypto.randomUUID()): Claims {
  const mine = new Set<string>();
  const asking = new Map<string, { readonly at: number; readonly taken: () => void }>();
  channel.addEventListener("message", ({ data }) => {
    const { type, id, tab: other, at } = data as Word;
    const own = asking.get(id);
    if (type === "mine") return own?.taken();
    const isEarlier = own && (own.at < at || (own.at === at && tab < other));
    if (mine.has(id) || isEarlier) channel.postMessage({ type: "mine", id, tab, at });
  });
  const attempt = (id: string) =>
    new Promise<boolean>((resolve) => {
      const end = (free: boolean) => {
        asking.delete(id);
        if (free) mine.add(id);
        resolve(free);
      };
      const timer = setTimeout(() => end(true), ASK_MS);
      const at = Date.now();
      const taken = () => {
        clearTimeout(timer);
        end(false);
      };
      asking.set(id, { at, taken });
      channel.postMessage({ type: "who", id, tab, at });
    });
  return {
    async claim(id, patience = 0) {
      if (mine.has(id)) return true;
      const end = Date.now() + patience;
      for (;;) {
        if (await attempt(id)) return true;
        if (Date.now() >= end) return false;
      }
    },
    release: (id) => void mine.delete(id),
  };
}
