/** The ways to fail that may be a fault on our side, and what each finds among mail hosts. */
import { type FindingCode, printable } from "@mxray/contracts";
import type { SharedFault } from "../shared-fault.ts";
import type { SideHost, SideOutcome } from "./side-witness.ts";

export interface SideKind {
  readonly fault: SharedFault;
  /** What fails: "connections to the mail port". */
  readonly what: string;
  readonly outcomeAt: (host: SideHost) => SideOutcome;
  readonly explains: readonly FindingCode[];
  readonly remediesOf: FindingCode;
  /** Largest packet that gets out, bytes. */
  readonly mtu?: number;
  /** Says nothing more where this one is found. */
  readonly partOf?: SideKind;
}

const CONNECTIONS: SideKind = {
  fault: "connections",
  what: "connections to the mail port",
  outcomeAt: ({ connection }) => connection,
  explains: ["connect-timeout", "ipv6-unreachable", "port-25-blocked"],
  remediesOf: "port-25-blocked",
};

const IPV6_CONNECTIONS: SideKind = {
  ...CONNECTIONS,
  what: "connections over IPv6",
  outcomeAt: ({ family, connection }) => (family === 6 ? connection : null),
  remediesOf: "our-side",
  partOf: CONNECTIONS,
};

const TLS: SideKind = {
  fault: "tls",
  what: "TLS handshakes",
  outcomeAt: ({ tls }) => tls,
  explains: ["starttls-failed", "pmtu-black-hole-inbound"],
  remediesOf: "our-side",
};

const REWRITTEN: SideKind = {
  fault: "rewriting",
  what: "SMTP sessions without rewritten commands",
  outcomeAt: ({ unchanged }) => unchanged,
  explains: ["smtp-fixup", "starttls-masked"],
  remediesOf: "smtp-fixup",
};

/** Those that any of these hosts may be a sign of. */
export function sideKindsAmong(hosts: readonly SideHost[]): SideKind[] {
  const holes = hosts.flatMap(({ packets }) => (packets !== null && "lostAbove" in packets ? [packets.lostAbove] : []));
  const lists = hosts.flatMap(({ list }) => list ?? []);
  return [CONNECTIONS, IPV6_CONNECTIONS, TLS, REWRITTEN, ...[...new Set(holes)].map(largePackets), ...[...new Set(lists)].map(listed)];
}

function largePackets(mtu: number): SideKind {
  return {
    fault: "large-packets",
    what: `packets of more than ${mtu} bytes`,
    outcomeAt({ packets }) {
      if (packets === null) return null;
      if ("lostAbove" in packets) return packets.lostAbove === mtu ? "failed" : "other";
      // A smaller limit, such as the peer's MSS, keeps such packets from being sent.
      return packets.pass > mtu ? "worked" : null;
    },
    explains: ["pmtu-black-hole", "local-mtu"],
    remediesOf: "local-mtu",
    mtu,
  };
}

function listed(list: string): SideKind {
  return {
    fault: "listing",
    what: `messages from an address that ${printable(list, 120)} lists`,
    outcomeAt: (host) => (host.list === list ? "failed" : host.list === null ? host.envelope : "other"),
    explains: ["rejected-recipient", "greeting-refused"],
    remediesOf: "rejected-recipient",
  };
}
