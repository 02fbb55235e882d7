/** The session for components, and when they draw anew. @module */
import { createContext, useContext, useSyncExternalStore } from "react";
import type { Action } from "../model/actions/index.ts";
import type { State } from "../model/state.ts";
import type { Session } from "./session.ts";
import type { Status } from "./status.ts";

export const SessionContext = createContext<Session | undefined>(undefined);

export function useSession(): Session {
  const session = useContext(SessionContext);
  if (!session) throw new Error("useSession(): a component lies outside of the session");
  return session;
}

/** A part of the state; the component is drawn anew when it is another value. */
export function useModel<T>(part: (state: State) => T): T {
  const { store } = useSession();
  return useSyncExternalStore(
    (changed) => store.listen({ onChange: changed }),
    () => part(store.state),
  );
}

export function useStatus<T>(part: (status: Status) => T): T {
  const { status } = useSession();
  return useSyncExternalStore(status.subscribe, () => part(status.get()));
}

/** A command for a button: whether it can run, and running it. */
export function useAction(action: Action): { readonly enabled: boolean; readonly run: () => void } {
  const { store } = useSession();
  const enabled = useModel((state) => action.enabled(state));
  return { enabled, run: () => void store.run(action) };
}

export const IS_MAC = /Mac|iPhone|iPad/.test(navigator.platform);
