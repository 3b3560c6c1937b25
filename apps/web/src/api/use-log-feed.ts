/** Keeps what is shown of followed logs as it is now, while the page is open. */
import type { LiveEvent, LogSourceList } from "@mxray/contracts";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { refreshSettings } from "./use-settings.ts";

/** Charts are asked for at most this often; how a source stands comes by itself. */
const PAUSE_MS = 2000;

/** @returns whether the connection to the server is lost, and being made again */
export function useLogFeed(): boolean {
  const client = useQueryClient();
  const [interrupted, setInterrupted] = useState(false);
  useEffect(() => {
    let pause: ReturnType<typeof setTimeout> | null = null;
    let again = false;
    const refresh = () => {
      if (pause !== null) {
        again = true;
        return;
      }
      void client.invalidateQueries({ queryKey: ["logs"] });
      pause = setTimeout(() => {
        pause = null;
        if (!again) return;
        again = false;
        refresh();
      }, PAUSE_MS);
    };
    const feed = new EventSource("/api/v1/events");
    const receive = ({ data }: MessageEvent<string>) => {
      const event = JSON.parse(data) as LiveEvent;
      if (event.type === "logs") refresh();
      if (event.type !== "log-source") return;
      client.setQueryData<LogSourceList>(
        ["log-sources"],
        (before) => before && { ...before, sources: before.sources.map((each) => (each.id === event.source.id ? event.source : each)) },
      );
    };
    feed.addEventListener("log-source", receive);
    feed.addEventListener("logs", receive);
    feed.addEventListener("settings", () => void refreshSettings(client));
    feed.addEventListener("open", () => {
      setInterrupted(false);
      void client.invalidateQueries({ queryKey: ["log-sources"] });
      refresh();
    });
    feed.addEventListener("error", () => setInterrupted(true));
    return () => {
      feed.close();
      if (pause !== null) clearTimeout(pause);
    };
  }, [client]);
  return interrupted;
}
