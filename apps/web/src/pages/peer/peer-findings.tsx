import type { FindingSummary } from "@mxray/contracts";
import { Link } from "@tanstack/react-router";
import { FindingRow } from "../../panels/findings/finding-row.tsx";

const FEW = 6;

/** What is and what was wrong with a peer; what stands comes first. */
export function PeerFindings({ findings, peer }: { findings: readonly FindingSummary[]; peer: string }) {
  if (findings.length === 0) return null;
  return (
    <section aria-label="Findings">
      <ul className="divide-y divide-line overflow-hidden rounded-xl border border-line bg-card">
        {findings.slice(0, FEW).map((finding) => (
          <li key={finding.id}>
            <FindingRow finding={finding} withState />
          </li>
        ))}
      </ul>
      {findings.length > FEW && (
        <p className="mt-2 text-right text-sm">
          <Link to="/findings" search={{ text: peer, state: "all" }} className="text-accent underline-offset-2 hover:underline">
            All {findings.length} findings of this peer
          </Link>
        </p>
      )}
    </section>
  );
}
