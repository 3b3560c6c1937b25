/** `path-differs`: connections go different ways by their ports, and only some of those ways lose large packets. */
import { hostLabel } from "@mxray/contracts";
import { EvidenceLog, findingOfHost } from "../finding-draft.ts";
import { linkHintOfMtu } from "../link-mtu.ts";
import { countText } from "../number-text.ts";
import type { HostRule } from "./rule.ts";

export const findPathDiffers: HostRule = (host, { observation }) => {
  const differs = host.path.differs ?? null;
  if (differs === null) return [];
  const { confidence, connections, lossy, mtu } = differs;
  const hint = mtu === null ? null : linkHintOfMtu(mtu);
  const size = mtu === null ? "large packets" : `packets of more than ${mtu} bytes`;
  const evidence = new EvidenceLog(observation)
    .add(host.path.outbound.reason, { mtu })
    .add(
      `${countText(connections, "connection")} compared, each from a source port of its own: on ${lossy} of them ${size} were lost, on ${connections - lossy} they arrived.`,
      {
        ...differs,
      },
    );
  return [
    findingOfHost(host, {
      code: "path-differs",
      confidence,
      title: `On some connections only, large packets are lost on the way to ${hostLabel(host)}`,
      summary: `Routers on the way spread connections over several paths, and at least one of them ${mtu === null ? "loses large packets" : `carries at most ${mtu} bytes${hint === null ? "" : ` (${hint})`}`} without reporting it. Messages get through on some attempts and hang on others. Ask the networks on the way to compare the MTU of the member links of each bundle or equal-cost route.`,
      evidence: evidence.rows,
      facts: { mtu },
    }),
  ];
};
