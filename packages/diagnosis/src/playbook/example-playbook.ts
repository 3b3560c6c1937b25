/** The whole playbook to be read without any finding: documentation addresses and an MTU as of a tunnel stand for what a probe measures. */
import type { PlaybookRemedy } from "@mxray/contracts";
import { PLAYBOOK } from "./playbook.ts";
import type { RemedyFacts } from "./remedy-facts.ts";
import { renderRemedy } from "./render-remedy.ts";

const EXAMPLES: Readonly<Record<4 | 6, RemedyFacts>> = {
  4: {
    family: 4,
    mailHostName: "mx1.example.net",
    mailHostAddress: "203.0.113.25",
    senderAddress: "192.0.2.10",
    port: 25,
    mtu: 1400,
    routerAddress: "198.51.100.1",
    fragmentsArrive: null,
    mta: null,
    hostLimits: { files: 200_000, processFiles: 1024, tasks: 32_768, conntrack: 65_536 },
  },
  6: {
    family: 6,
    mailHostName: "mx1.example.net",
    mailHostAddress: "2001:db8:9::25",
    senderAddress: "2001:db8:1::10",
    port: 25,
    mtu: 1400,
    routerAddress: "2001:db8:5::1",
    fragmentsArrive: null,
    mta: null,
    hostLimits: { files: 200_000, processFiles: 1024, tasks: 32_768, conntrack: 65_536 },
  },
};

/** Remedies that exist for the family, in the playbook's order. */
export function examplePlaybook(family: 4 | 6): PlaybookRemedy[] {
  return PLAYBOOK.map((entry) => ({ ...renderRemedy(entry, EXAMPLES[family]), codes: [...entry.codes] })).filter(
    ({ steps }) => steps !== "",
  );
}
