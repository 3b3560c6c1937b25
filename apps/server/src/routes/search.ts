/** One box for all that is kept: findings, peers, messages by their queue id, probes by their target. */
import { canonicalPeer, type FoundPeer } from "@mxray/contracts";
import { ErrorBody, SearchResult } from "@mxray/contracts/schemas";
import type { Store, StoredFinding } from "@mxray/store";
import Type from "typebox";
import type { App } from "../http/app-type.ts";
import { findingSummaryOf } from "../probing/finding-view.ts";

/** Of each kind. */
const MOST = 5;
/** A peer has a row for each direction and port. */
const PEER_ROWS = 4 * MOST;

export async function searchRoutes(app: App, { store }: { store: Store }): Promise<void> {
  app.get(
    "/api/v1/search",
    {
      config: { access: "viewer" },
      schema: {
        tags: ["search"],
        summary: "Find findings, peers, messages and probes",
        description: `By a part of a name, an address or a title; messages by the beginning of their queue id. At most ${MOST} of each.`,
        querystring: Type.Object({ q: Type.String({ pattern: "\\S", maxLength: 200 }) }),
        response: { 200: SearchResult, "4xx": ErrorBody },
      },
    },
    async ({ query }) => {
      const text = query.q.trim();
      return {
        findings: (await findingsOf(store, text)).map(findingSummaryOf),
        peers: await peersOf(store, canonicalPeer(text)),
        messages: await store.logs.messages(text, MOST),
        probes: await store.probes.ofTargets(text, MOST),
      };
    },
  );
}

async function findingsOf(store: Store, text: string): Promise<StoredFinding[]> {
  const { findings } = await store.findings.list({ text, limit: MOST, states: ["open", "acknowledged"] });
  if (findings.length === MOST) return findings;
  const fixed = await store.findings.list({ text, limit: MOST - findings.length, states: ["fixed"] });
  return [...findings, ...fixed.findings];
}

async function peersOf(store: Store, text: string): Promise<FoundPeer[]> {
  const rows = [...(await store.logs.peers({ host: text, limit: PEER_ROWS })), ...(await store.logs.peers({ text, limit: PEER_ROWS }))];
  const peers = new Map(rows.map(({ name, address }) => [`${name} ${address}`, { name, address }]));
  return [...peers.values()].slice(0, MOST);
}
