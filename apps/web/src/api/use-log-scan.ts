/** One file at a time is read by the server: how far it is, and what came of it. */
import { type LogScan, printable } from "@mxray/contracts";
import { useCallback, useEffect, useRef, useState } from "react";
import { scanLog } from "./scan-log.ts";
import { useLive } from "./use-live.ts";

const LONGEST_NAME = 200;

export type LogScanState =
  | { readonly kind: "idle" }
  | { readonly kind: "reading"; readonly name: string; readonly size: number; readonly sent: number; readonly lines: number }
  | { readonly kind: "read"; readonly name: string; readonly scan: LogScan }
  | { readonly kind: "failed"; readonly name: string; readonly message: string };

export interface LogScanControl {
  readonly state: LogScanState;
  readonly start: (file: File) => void;
  /** Ends a reading, or puts its result away. */
  readonly dismiss: () => void;
}

export function useLogScan(): LogScanControl {
  const live = useLive();
  const [state, setState] = useState<LogScanState>({ kind: "idle" });
  const running = useRef<AbortController | null>(null);

  const dismiss = useCallback(() => {
    running.current?.abort();
    running.current = null;
    setState({ kind: "idle" });
  }, []);
  useEffect(() => () => running.current?.abort(), []);

  const start = useCallback(
    (file: File) => {
      running.current?.abort();
      const controller = new AbortController();
      running.current = controller;
      const { size } = file;
      const name = printable(file.name, LONGEST_NAME);
      const id = randomId();
      const update = (change: Partial<{ sent: number; lines: number }>) =>
        setState((before) => (before.kind === "reading" && !controller.signal.aborted ? { ...before, ...change } : before));
      setState({ kind: "reading", name, size, sent: 0, lines: 0 });
      const listenNoMore = live.onMessage((message) => {
        if (message.type === "log-scan" && message.id === id) update({ lines: message.lines });
      });
      scanLog(file, { id, signal: controller.signal, onSent: (sent) => update({ sent }) })
        .then(
          (scan) => setState({ kind: "read", name, scan }),
          (error: Error) => {
            if (!controller.signal.aborted) setState({ kind: "failed", name, message: error.message });
          },
        )
        .finally(listenNoMore);
    },
    [live],
  );
  return { state, start, dismiss };
}

/** `crypto.randomUUID` is withheld from pages over plain http. */
function randomId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
