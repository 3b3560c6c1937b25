/** Peers: list them, most affected first, and read everything of one. */
import { canonicalPeer } from "@mxray/contracts";
import { ErrorBody, PeerDetail, PeerList, PeerQuery } from "@mxray/contracts/schemas";
import type { Store } from "@mxray/store";
import Type from "typebox";
import type { App } from "../http/app-type.ts";
import { findingSummaryOf } from "../probing/finding-view.ts";
import { notFound } from "../refusal.ts";

/** A day and a half of a destination that is watched. */
const MOST_PROBES = 150;

export async function peerRoutes(app: App, { store }: { store: Store }): Promise<void> {
  const tags = ["peers"];

  app.get(
    "/api/v1/peers",
    {
      config: { access: "viewer" },
      schema: {
        tags,
        summary: "List peers, most affected first",
        description: "Every other end of mail that followed logs, probes or findings name, with its mail of the last 7 days.",
        querystring: PeerQuery,
        response: { 200: PeerList, "4xx": ErrorBody },
      },
    },
    async ({ query }) => await store.peers.list({ ...query, now: Math.floor(Date.now() / 1000) }),
  );

  app.get(
    "/api/v1/peers/:peer",
    {
      config: { access: "viewer" },
      schema: {
        tags,
        summary: "Read a peer with its findings and the result of each probe",
        params: Type.Object({ peer: Type.String({ maxLength: 255, description: "name or address" }) }),
        response: { 200: PeerDetail, "4xx": ErrorBody },
      },
    },
    async ({ params: { peer } }) => {
      const detail = await store.peers.get(canonicalPeer(peer), MOST_PROBES);
      if (detail === null) throw notFound("peer");
      return { ...detail, findings: detail.findings.map(findingSummaryOf) };
    },
  );
}
