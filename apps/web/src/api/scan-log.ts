/** Sends a log to be analysed. `fetch` cannot tell how much of a body has left, so this is an XMLHttpRequest. */
import type { LogScan } from "@mxray/contracts";
import { problemOf, unreachable } from "./client.ts";

export interface ScanLogOptions {
  /** Under which the server tells its progress. */
  readonly id: string;
  readonly signal: AbortSignal;
  /** Bytes that have left, of `file.size`. */
  readonly onSent: (bytes: number) => void;
}

/** @throws ApiProblem; an Error named AbortError when the signal ended it */
export function scanLog(file: File, { id, signal, onSent }: ScanLogOptions): Promise<LogScan> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", `/api/v1/logs/scan?${new URLSearchParams({ name: file.name.slice(0, 300), id })}`);
    request.setRequestHeader("content-type", "application/octet-stream");
    request.responseType = "json";
    request.upload.addEventListener("progress", ({ loaded }) => onSent(loaded));
    request.addEventListener("load", () => {
      const { status, response } = request;
      if (status === 200 && response !== null) resolve(response as LogScan);
      else reject(problemOf(status, response));
    });
    request.addEventListener("error", () => reject(unreachable()));
    request.addEventListener("abort", () => reject(new DOMException("The reading was cancelled.", "AbortError")));
    signal.addEventListener("abort", () => request.abort(), { once: true });
    request.send(file);
  });
}
