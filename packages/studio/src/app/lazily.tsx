/** Parts of the page that are fetched when they are first wanted. @module */
import { type ComponentType, lazy, type ReactNode, Suspense } from "react";

/** @param load gives the component of a module */
export function lazily<P extends object>(load: () => Promise<ComponentType<P>>) {
  return lazy(async () => ({ default: await load() }));
}

/** Where they will be. */
export function Later({ children }: { readonly children: ReactNode }) {
  return <Suspense fallback={<p className="muted">Fetching…</p>}>{children}</Suspense>;
}
