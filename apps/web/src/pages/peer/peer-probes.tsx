import { formatEndpoint, type PeerDetail, type PeerProbe } from "@mxray/contracts";
import { useNavigate } from "@tanstack/react-router";
import { TranscriptPanel } from "../../panels/probes/transcript-panel.tsx";
import { PathMtuPanel } from "../../panels/watching/path-mtu-panel.tsx";
import { StageTimesPanel } from "../../panels/watching/stage-times-panel.tsx";
import { PillChoice } from "../../ui/pill-choice.tsx";

/** What probe after probe saw of it; one address at a time, since each has a path of its own. */
export function PeerProbes({
  detail: { probes, transcripts },
  address: wanted,
  choose,
}: {
  detail: PeerDetail;
  address: string | undefined;
  choose: (address: string) => void;
}) {
  const navigate = useNavigate();
  const addresses = probedAddresses(probes);
  const address = addresses.find((one) => one === wanted) ?? addresses[0];
  // By when they ended: one that was begun later may have been faster.
  const shown = probes.filter((probe) => probe.address === address).toSorted((a, b) => b.at.localeCompare(a.at));
  const open = (id: string) => void navigate({ to: "/diagnose/$id", params: { id } });
  if (shown.length === 0) return <p className="text-soft">Not probed yet.</p>;
  return (
    <>
      <div className="flex flex-wrap items-center justify-between gap-3 pt-3">
        <h2 className="text-lg font-bold">Probe results</h2>
        {address !== undefined && addresses.length > 1 && (
          <PillChoice
            label="Address"
            value={address}
            options={addresses.map(
              (one) =>
                [
                  one,
                  <span key={one} className="font-mono text-[13px]">
                    {one}
                  </span>,
                ] as const,
            )}
            change={choose}
          />
        )}
      </div>
      <div className="grid gap-4 lg:grid-cols-2">
        <PathMtuPanel probes={shown} onPick={open} />
        <StageTimesPanel probes={shown} onPick={open} />
      </div>
      {transcripts.map(({ address: of, port, lines }) => (
        <TranscriptPanel key={`${of} ${port}`} transcript={lines} title={`Newest transcript, ${formatEndpoint(of, port)}`} />
      ))}
    </>
  );
}

/** The one with the most probes first. */
function probedAddresses(probes: readonly PeerProbe[]): string[] {
  const groups = [...Map.groupBy(probes, ({ address }) => address)];
  return groups.toSorted(([, a], [, b]) => b.length - a.length).map(([address]) => address);
}
