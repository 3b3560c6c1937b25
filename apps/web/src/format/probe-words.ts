import type { ProbeSummary } from "@mxray/contracts";

/** How a probe stands, or what it found. */
export function probeWords({ status, verdict, error }: ProbeSummary): string {
  if (status === "queued") return "waits for its turn";
  if (status === "running") return "runs now";
  if (status === "failed") return error ?? "failed";
  const title = verdict?.title ?? "no result";
  return status === "cancelled" ? `cancelled; ${title}` : title;
}
