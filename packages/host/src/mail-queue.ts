/** Messages in a mail queue, counted by name alone: no file is opened. */
import { opendirSync, statfsSync } from "node:fs";
import { join } from "node:path";
import type { HostGauge } from "@mxray/contracts";
import { gauge, missing, missingFor } from "./proc-root.ts";

const POSTFIX_QUEUES = ["maildrop", "incoming", "active", "deferred", "hold"] as const;
/** A queue with more is said to have so many: counting on would cost more than it tells. */
const MOST_COUNTED = 200_000;

/** Gauges `queueMaildrop` … `queueHold`, and `queueSpace`, `queueInodes` (percent used of the disk that the queue is on). */
export function mailQueueGauges(directory: string | null): Record<string, HostGauge> {
  if (directory === null) return { queue: missing("There is no mail queue in /var/spool/postfix.") };
  return {
    ...Object.fromEntries(
      POSTFIX_QUEUES.map((queue) => [`queue${queue[0]?.toUpperCase()}${queue.slice(1)}`, counted(join(directory, queue))]),
    ),
    ...space(directory),
  };
}

function counted(directory: string): HostGauge {
  try {
    return gauge(countFiles(directory, 2, 0));
  } catch (error) {
    return missingFor(error, "membership in the group of the mail system (postfix), or root");
  }
}

/** Postfix spreads large queues over directories of one hexadecimal digit, two deep at most. */
function countFiles(directory: string, depth: number, before: number): number {
  let files = before;
  const entries = opendirSync(directory);
  try {
    for (let entry = entries.readSync(); entry !== null && files < MOST_COUNTED; entry = entries.readSync()) {
      if (entry.isFile()) files += 1;
      else if (depth > 0 && entry.isDirectory() && entry.name.length === 1)
        files = countFiles(join(directory, entry.name), depth - 1, files);
    }
  } finally {
    entries.closeSync();
  }
  return files;
}

function space(directory: string): Record<string, HostGauge> {
  try {
    const { blocks, bavail, bfree, files, ffree } = statfsSync(directory);
    const usable = blocks - bfree + bavail;
    return {
      queueSpace: gauge(usable === 0 ? null : (100 * (blocks - bfree)) / usable, 100),
      queueInodes: files === 0 ? missing("This file system has no fixed number of inodes.") : gauge((100 * (files - ffree)) / files, 100),
    };
  } catch (error) {
    const none = missingFor(error, "the right to enter the queue's directory");
    return { queueSpace: none, queueInodes: none };
  }
}
