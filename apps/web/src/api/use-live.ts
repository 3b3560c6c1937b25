import { createContext, useContext, useEffect, useSyncExternalStore } from "react";
import type { LiveConnection } from "./live-connection.ts";
import type { LiveMessage, LiveStatus } from "./live-link.ts";

/** The page's one connection. */
export const LiveContext = createContext<LiveConnection | null>(null);

export function useLive(): LiveConnection {
  const live = useContext(LiveContext);
  if (live === null) throw new Error("This is drawn outside of the page that has the connection.");
  return live;
}

export function useLiveStatus(): LiveStatus {
  const live = useLive();
  return useSyncExternalStore(live.onStatus, live.status);
}

/** Whether the server gives out a newer page than this one. */
export function useIsStale(): boolean {
  const live = useLive();
  return useSyncExternalStore(live.onStatus, live.isStale);
}

/** @param listener the same from one drawing to the next (`useCallback`) */
export function useLiveMessages(listener: (message: LiveMessage) => void): void {
  const live = useLive();
  useEffect(() => live.onMessage(listener), [live, listener]);
}
