/** A line that is kept as an example of its kind. */

import { printable } from "../printable.ts";
import type { MailStage } from "../terms/log-terms.ts";
import { LOG_CAPS } from "./log-caps.ts";
import type { LogExample } from "./log-statistics.ts";
import type { MailEvent } from "./mail-event.ts";

export function logExampleOf({
  file,
  line,
  time,
  event,
  reason,
}: Pick<MailEvent, "file" | "line" | "time" | "event" | "reason">): LogExample {
  return { file: printable(file, LOG_CAPS.exampleText), line, at: time, text: printable(reason ?? event, LOG_CAPS.exampleText) };
}

/**
 * Whether a stall at this stage happened while content was under way: only such a stall can tell something of sizes.
 * `body` is also what a server's "after DATA (N bytes)" and "after BDAT (N bytes)" are.
 */
export function isContentStage(stage: MailStage | null): boolean {
  return stage === "body" || stage === "end-of-data";
}
