/** The file of `mxray probe --pcap`: made before the first packet leaves, so that a probe is not made in vain. */
import { closeSync, openSync, writeFileSync } from "node:fs";
import { localProbeRunner, openCapture, type ProbeRunner } from "@mxray/probe";

export interface CaptureFile {
  readonly runProbe: ProbeRunner;
  /** @returns what the file holds, in sentences */
  readonly write: () => Promise<string>;
}

/**
 * @param path an existing file is replaced
 * @param ports of the targets
 * @returns a sentence where packets cannot be captured or the file cannot be written
 */
export function openCaptureFile(path: string, ports: readonly number[]): CaptureFile | string {
  const opened = openCapture(ports);
  if (!opened.ok) return `--pcap: ${opened.reason} Nothing was probed.`;
  const { capture } = opened;
  let file: number;
  try {
    // It shows this machine's address.
    file = openSync(path, "w", 0o600);
  } catch (error) {
    return `--pcap: ${path} cannot be written (${error instanceof Error && "code" in error ? error.code : error}). Name a file in an existing directory that you may write to.`;
  }
  return {
    runProbe: localProbeRunner(undefined, capture),
    async write() {
      const { file: bytes, packets, connections, missed } = await capture.finish();
      try {
        writeFileSync(file, bytes);
      } catch (error) {
        return `${path} could not be written (${error instanceof Error ? error.message : error}).`;
      } finally {
        closeSync(file);
      }
      const lost = missed === 0 ? "" : ` ${missed} packets were not read in time, so some may be missing.`;
      return `${path}: ${packets} packets of ${connections} connections, headers only.${lost}`;
    },
  };
}
