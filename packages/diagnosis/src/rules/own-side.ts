/** Findings about us and not about the target: port 25 does not get out, or packets are limited on our side. */
import { type Finding, hopLabel, type ProbeObservation, printable } from "@mxray/contracts";
import { EvidenceLog, findingOfTarget } from "../finding-draft.ts";
import { countText, listText } from "../number-text.ts";
import { failedToConnect, type OwnTrouble } from "./own-trouble.ts";

/** The least that every IPv6 link carries (RFC 8200 §5); a smaller interface breaks more than mail. */
const SMALLEST_SENSIBLE_MTU = 1280;

export function findOwnSide(observation: ProbeObservation, own: OwnTrouble): Finding[] {
  return [...findBlockedPort(observation, own), ...findOwnMtu(observation, own), ...findTinyInterface(observation)];
}

function findBlockedPort(observation: ProbeObservation, { blockedPort }: OwnTrouble): Finding[] {
  if (blockedPort === null) return [];
  const { controls, at, confidence } = blockedPort;
  const evidence = new EvidenceLog(observation);
  for (const { address, port, name } of observation.hosts.filter(failedToConnect)) {
    evidence.add(`No connection to port ${port} of ${printable(name ?? address, 120)} (${address}) could be established.`, {
      address,
      port,
    });
  }
  for (const { host, cause, address } of controls) {
    evidence.add(`The control host ${printable(host, 120)}, which has nothing to do with this target, could not be reached either.`, {
      control: host,
      address,
      cause,
    });
  }
  if (at !== null) {
    evidence.add(
      at.ttl === 0
        ? "Not even the first router sees our SYNs to port 25, while other packets to the same address get on: this machine's own firewall or the first router stops them."
        : `SYNs to port 25 get as far as hop ${at.ttl}, ${hopLabel(at)}, and no farther, while other packets to the same address get on.`,
      { ttl: at.ttl, address: at.address },
    );
  }
  const where = at === null ? "" : at.ttl === 0 ? " at this machine or the first router" : ` at or right behind ${hopLabel(at)}`;
  const others =
    controls.length === 0
      ? confidence === "suspected"
        ? "The packets are stopped at our first router or right behind it. One destination alone does not show whether others are affected; test another one."
        : "The packets are stopped so near to us that this is no matter of the target's."
      : `${countText(controls.length, "unrelated host")} cannot be reached on that port either, so this is no matter of the target's.`;
  return [
    findingOfTarget({
      code: "port-25-blocked",
      confidence,
      title: `Port 25 ${confidence === "suspected" ? "seems to be" : "is"} blocked on our side${where}`,
      summary: `${confidence === "suspected" ? "Mail may not leave this network" : "Mail cannot leave this network"}: connections to port 25 are not established. ${others} Providers and clouds often block port 25; port 587 to a relay usually works.`,
      evidence: evidence.rows,
    }),
  ];
}

function findOwnMtu(observation: ProbeObservation, { mtu: own }: OwnTrouble): Finding[] {
  if (own === null) return [];
  const hosts = observation.hosts.filter(({ path }) => path.outbound.verdict === "black-hole" && path.outbound.mtu === own.mtu);
  const evidence = new EvidenceLog(observation);
  for (const { address, path } of hosts) {
    evidence.add(`To ${address}: ${path.outbound.reason}`, { address, mtu: own.mtu });
  }
  for (const { host, address } of own.controls) {
    evidence.add(`To the unrelated control host ${printable(host, 120)}, packets of more than ${own.mtu} bytes are lost, too.`, {
      control: host,
      address,
      mtu: own.mtu,
    });
  }
  evidence.addIf(interfaceSentence(hosts[0]?.path.localMtu ?? null, own.mtu));
  return [
    findingOfTarget({
      code: "local-mtu",
      confidence: own.confidence,
      title: `Packets of more than ${own.mtu} bytes ${own.confidence === "suspected" ? "seem to" : "do"} not leave our own network`,
      summary: `The same packet size is lost on the way to ${listText(own.controls.map(({ host }) => printable(host, 120)))}, so the small link is on our side of the internet, not the target's. Setting this machine's interface to ${own.mtu} bytes cures it for every destination at once.`,
      evidence: evidence.rows,
      facts: { mtu: own.mtu, family: hosts[0]?.family ?? 4 },
    }),
  ];
}

function interfaceSentence(localMtu: number | null, mtu: number): string | null {
  if (localMtu === null) return null;
  return localMtu > mtu
    ? `This machine's interface allows ${localMtu} bytes, which is more than its own network carries.`
    : `This machine's interface allows ${localMtu} bytes.`;
}

function findTinyInterface(observation: ProbeObservation): Finding[] {
  const tiny = observation.hosts.find(({ path }) => path.localMtu !== null && path.localMtu < SMALLEST_SENSIBLE_MTU);
  if (tiny === undefined || tiny.path.localMtu === null) return [];
  const { localMtu } = tiny.path;
  return [
    findingOfTarget({
      code: "local-mtu",
      confidence: "proven",
      title: `This machine's own interface allows only ${localMtu} bytes`,
      summary: `The interface that leads to ${tiny.address} has an MTU of ${localMtu} bytes. Mail gets through, in small packets; IPv6 needs at least ${SMALLEST_SENSIBLE_MTU}, and nearly every link of today carries more.`,
      evidence: new EvidenceLog(observation).add(`The MTU of the interface towards ${tiny.address} is ${localMtu} bytes.`, { localMtu })
        .rows,
      facts: { mtu: localMtu, family: tiny.family },
    }),
  ];
}
