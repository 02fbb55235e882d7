/** Asking the server for the dataset. @module */
import { useEffect, useState } from "react";

/** What the page looks at; kept in its address, so that reloading and going back lead here again. */
export interface Look {
  readonly split: string;
  readonly category: string;
  readonly words: string;
  /** From 0. */
  readonly page: number;
  /** The picture whose details are open. */
  readonly id?: number;
}

export function lookOf(search: string): Look {
  const params = new URLSearchParams(search);
  const whole = (name: string) => (/^\d{1,15}$/.test(params.get(name) ?? "") ? Number(params.get(name)) : undefined);
  const id = whole("id");
  return {
    split: params.get("split") ?? "",
    category: params.get("category") ?? "",
    words: params.get("words") ?? "",
    page: whole("page") ?? 0,
    ...(id !== undefined && { id }),
  };
}

/** Query of an address, "" where nothing is asked for. */
export function searchOf(look: Partial<Look>): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(look))
    if (value !== undefined && value !== "" && !(name === "page" && value === 0)) params.set(name, String(value));
  const text = params.toString();
  return text === "" ? "" : `?${text}`;
}

export interface Answer<T> {
  /** The latest answer; of an earlier question while `isOld`. */
  readonly value?: T;
  readonly isOld: boolean;
  readonly error?: string;
}

/** The JSON at an address, asked anew when it changes; undefined asks nothing. */
export function useJson<T>(url: string | undefined): Answer<T> {
  const [answer, setAnswer] = useState<Answer<T>>({ isOld: true });
  useEffect(() => {
    if (url === undefined) return;
    const stop = new AbortController();
    setAnswer(({ value }) => ({ isOld: true, ...(value !== undefined && { value }) }));
    readJson<T>(url, stop.signal).then(
      (value) => setAnswer({ value, isOld: false }),
      (error: Error) => {
        if (error.name !== "AbortError") setAnswer({ isOld: false, error: error.message });
      },
    );
    return () => stop.abort();
  }, [url]);
  return answer;
}

async function readJson<T>(url: string, signal: AbortSignal): Promise<T> {
  const response = await fetch(url, { signal });
  const isJson = response.headers.get("content-type")?.startsWith("application/json");
  const value = isJson ? ((await response.json()) as T & { readonly error?: string }) : undefined;
  if (!response.ok || value === undefined) throw new Error(value?.error ?? `the server answered ${response.status}`);
  return value;
}
