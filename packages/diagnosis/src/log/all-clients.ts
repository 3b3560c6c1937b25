/**
 * Clients of different organisations whose messages all stop after the same number of bytes: what stops them is at this end, such
 * as a proxy, a firewall or the line of this server. Each client shows too little on its own, so all are judged together. Counts
 * that differ, or that are zero as behind a client's own small link, say nothing about this end.
 */
import type { Finding } from "@mxray/contracts";
import { findingOfTarget } from "../finding-draft.ts";
import { countText } from "../number-text.ts";
import { organisationOf } from "../shared-fault.ts";
import { atMost, confidenceOfChance } from "./chance.ts";
import { LogEvidence } from "./log-evidence.ts";
import type { LogContext } from "./log-rule.ts";
import { mergedPeer, mergedReceived } from "./merged-peer.ts";
import { peerLabel, writerFacts } from "./peer-finding.ts";
import { contentStallsOf, judgeStalls } from "./peer-stalls.ts";
import { NO_PACKETS, pileSentence, receivedPileOf } from "./received-pile.ts";

const LEAST_ORGANISATIONS = 4;
const CLIENTS_SHOWN = 8;

/** @param found about single clients and organisations; what they show surely needs no other explanation */
export function withAllClients(found: readonly Finding[], context: LogContext): Finding[] {
  const together = findAllClients(context, found);
  return together === null ? [...found] : [together, ...found.filter(({ code }) => code !== "log-inbound-stalls")];
}

function findAllClients({ peers, statistics }: LogContext, found: readonly Finding[]): Finding | null {
  const clients = peers.filter(({ direction }) => direction === "inbound");
  const stalled = clients.filter((peer) => contentStallsOf(peer).all > 0);
  const organisations = new Set(stalled.map(({ name, address }) => organisationOf(name, address ?? "")));
  if (organisations.size < LEAST_ORGANISATIONS) return null;
  if (found.some(({ code, confidence }) => code === "log-inbound-stalls" && confidence !== "suspected")) return null;
  const pile = receivedPileOf(mergedReceived(stalled));
  if (pile === null || !NO_PACKETS.has(pile.kind)) return null;
  const together = mergedPeer(clients, { name: null, address: null });
  const verdict = judgeStalls(together, 1);
  if (verdict === null) return null;
  const evidence = new LogEvidence(statistics);
  const worst = stalled.toSorted((a, b) => b.stalled - a.stalled).slice(0, CLIENTS_SHOWN);
  for (const peer of worst) {
    evidence
      .add(
        `${peerLabel(peer)}: ${countText(contentStallsOf(peer).all, "stall")}, ${peer.sent} accepted.`,
        { client: peerLabel(peer) },
        peer.lastStalled,
      )
      .addLines(peer.examples.stalled.slice(0, 1));
  }
  return findingOfTarget({
    code: "log-inbound-stalls",
    // That clients of different organisations stop at one count is no chance, whatever the rate.
    confidence: atMost(confidenceOfChance(verdict.chance) ?? "suspected", "likely"),
    title: `Mail from ${countText(organisations.size, "organisation")} stops at the same point while its content is received`,
    summary: `${countText(verdict.stalls.all, "message")} of ${countText(stalled.length, "client")} stopped, and ${together.sent} arrived. ${pileSentence(pile)} As clients of different organisations are affected, look for the cause at this end first.`,
    evidence: evidence.rows,
    remediesOf: "size-cliff",
    facts: writerFacts(together.writers),
  });
}
