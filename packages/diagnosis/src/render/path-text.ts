/** The path as one line of text: us, the hops, the mail host, and the span where packets become too big. */
import { type MailHostObservation, printable } from "@mxray/contracts";

/** `this machine --1500-- 192.0.2.1 ==> 198.51.100.2 -- 203.0.113.1`, or null when no hop is known. */
export function pathText({ path, address }: MailHostObservation): string | null {
  if (path.hops.length === 0) return null;
  const broken = path.lostBetween;
  const steps: string[] = ["this machine"];
  let ttl = 0;
  for (const hop of path.hops) {
    const breaks = broken !== null && broken[0].ttl <= ttl && broken[1].ttl >= hop.ttl && broken[0].ttl < hop.ttl;
    steps.push(breaks ? "-X-" : "---", hop.address === null ? "(silent)" : printable(hop.address, 60));
    ttl = hop.ttl;
  }
  if (!path.hops.some((hop) => hop.address === address)) steps.push("---", address);
  return steps.join(" ");
}
