/** One mail host as one of the compared probes saw it. */
import { type ComparedHost, type ComparedPath, type Finding, isAbout, type MailHostObservation } from "@mxray/contracts";
import { verdictOf } from "../diagnose-probe.ts";

/** @param findings of the same probe */
export function comparedHost(host: MailHostObservation, findings: readonly Finding[]): ComparedHost {
  const { outbound, inbound } = host.path;
  const pathOf = (
    { verdict, mtu, confidence }: Pick<typeof outbound, "verdict" | "mtu" | "confidence">,
    sizes: ComparedPath["sizes"] = [],
  ) => ({
    verdict,
    mtu,
    confidence,
    ...(sizes.length === 0 ? {} : { sizes }),
  });
  return {
    verdict: verdictOf(findings.filter((finding) => isAbout(finding, host))),
    outbound: pathOf(outbound, sizesOut(host)),
    inbound: pathOf(inbound, sizesIn(host)),
    stages: host.stages.filter(({ cause }) => cause !== "not-wanted").map(({ stage, outcome, ms }) => ({ stage, outcome, ms })),
  };
}

/** A connection that ended, or a packet that was made smaller on the way, says nothing of its size. */
function sizesOut({ path }: MailHostObservation): ComparedPath["sizes"] {
  const rungs = path.outbound.rungs.filter(({ unit }) => unit === "packet");
  return sizesOf(
    rungs.map(({ size, outcome }) => ({ size, arrived: outcome === "acked", lost: outcome === "stalled" || outcome === "released" })),
  );
}

/** The largest segment that we advertised, with its headers: as large as the host's packets may be. */
function sizesIn({ path: { inbound, mss }, family }: MailHostObservation): ComparedPath["sizes"] {
  const trials = inbound.trials.flatMap(({ mss: clamped, outcome }) => {
    const own = clamped ?? mss.ours;
    return own === null ? [] : [{ size: own + HEADERS[family], arrived: outcome === "arrived", lost: outcome === "stalled" }];
  });
  // Where the first large reply came, nothing was searched for.
  const clear = inbound.verdict === "clear" && inbound.mtu !== null ? [{ size: inbound.mtu, arrived: true, lost: false }] : [];
  return sizesOf(trials.length === 0 ? clear : trials);
}

/** Of IP and TCP without options, which count as part of the segment. */
const HEADERS = { 4: 40, 6: 60 } as const;

function sizesOf(packets: readonly { size: number; arrived: boolean; lost: boolean }[]): ComparedPath["sizes"] {
  const known = packets.filter(({ arrived, lost }) => arrived || lost);
  return [...Map.groupBy(known, ({ size }) => size)]
    .toSorted(([a], [b]) => a - b)
    .map(([bytes, own]) => ({ bytes, arrived: own.some(({ arrived }) => arrived), lost: own.some(({ lost }) => lost) }));
}
