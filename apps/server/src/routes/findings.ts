/** Findings that are kept: list them, read one with its life, acknowledge it, open it again. */

import { canonicalPeer, type FindingDetail, type FindingState, formatEndpoint, type WatchRequest, watchRequestOf } from "@mxray/contracts";
import { ErrorBody, FindingDetail as FindingDetailBody, FindingList, FindingNote, FindingQuery } from "@mxray/contracts/schemas";
import type { Act, Store, StoredFinding } from "@mxray/store";
import type { FastifyRequest } from "fastify";
import Type from "typebox";
import { actOf } from "../access/act.ts";
import type { App } from "../http/app-type.ts";
import type { LiveFeed } from "../live-feed.ts";
import { findingSummaryOf } from "../probing/finding-view.ts";
import { notFound, Refusal } from "../refusal.ts";

const Id = Type.Object({ id: Type.String({ maxLength: 64 }) });
const MOST_PROBES = 20;

interface FindingRoutesDeps {
  readonly store: Store;
  readonly feed: LiveFeed;
}

export async function findingRoutes(app: App, deps: FindingRoutesDeps): Promise<void> {
  readRoutes(app, deps);
  decisionRoutes(app, deps);
}

function readRoutes(app: App, { store }: FindingRoutesDeps): void {
  app.get(
    "/api/v1/findings",
    {
      config: { access: "viewer" },
      schema: {
        tags: ["findings"],
        summary: "List findings, the worst first",
        description: "One per cause and subject, however often it was seen. Mere information is not kept.",
        querystring: FindingQuery,
        response: { 200: FindingList, "4xx": ErrorBody },
      },
    },
    async ({ query: { limit, cursor, sort, state, detail: whole, peer, ...narrowed } }) => {
      const filter = { ...narrowed, ...(peer === undefined ? {} : { peer: canonicalPeer(peer) }) };
      const page = { limit, ...(cursor === undefined ? {} : { cursor }), ...(sort === undefined ? {} : { sort }) };
      const { findings, next } = await store.findings.list({ ...filter, ...page, ...statesOf(state), now: Math.floor(Date.now() / 1000) });
      return {
        findings: findings.map((each) => ({ ...findingSummaryOf(each), ...(whole ? { finding: each.finding } : {}) })),
        next,
        counts: await store.findings.count(filter),
      };
    },
  );

  app.get(
    "/api/v1/findings/:id",
    {
      config: { access: "viewer" },
      schema: {
        tags: ["findings"],
        summary: "Read a finding with its history, the probes that showed it and the log evidence",
        params: Id,
        response: { 200: FindingDetailBody, "4xx": ErrorBody },
      },
    },
    async ({ params }) => await findingDetail(store, params.id),
  );
}

function decisionRoutes(app: App, deps: FindingRoutesDeps): void {
  const { findings } = deps.store;
  app.post(
    "/api/v1/findings/:id/acknowledge",
    {
      config: { access: "operator", act: "finding.acknowledged" },
      schema: {
        tags: ["findings"],
        summary: "Acknowledge an open finding",
        description: "It stays acknowledged while it is seen again, until it is fixed or opened again. The note is optional.",
        params: Id,
        body: Type.Optional(FindingNote),
        response: { 200: FindingDetailBody, "4xx": ErrorBody },
      },
    },
    async (request) =>
      await decide(deps, request, new Refusal("not-open", "This finding is not open, so there is nothing to acknowledge."), (id, act) =>
        findings.acknowledge(id, noteOf(request.body), act.at, act),
      ),
  );

  app.post(
    "/api/v1/findings/:id/dismiss",
    {
      config: { access: "operator", act: "finding.dismissed" },
      schema: {
        tags: ["findings"],
        summary: "Dismiss a finding",
        description:
          "The overview, the wall and alerts no longer show it, until it gets worse, another address joins it, or it is opened again. The list of findings keeps it. The note is optional.",
        params: Id,
        body: Type.Optional(FindingNote),
        response: { 200: FindingDetailBody, "4xx": ErrorBody },
      },
    },
    async (request) =>
      await decide(deps, request, new Refusal("not-open", "This finding is fixed or dismissed already."), (id, act) =>
        findings.dismiss(id, noteOf(request.body), act.at, act),
      ),
  );

  app.post(
    "/api/v1/findings/:id/reopen",
    {
      config: { access: "operator", act: "finding.reopened" },
      schema: {
        tags: ["findings"],
        summary: "Open an acknowledged, dismissed or fixed finding again",
        params: Id,
        response: { 200: FindingDetailBody, "4xx": ErrorBody },
      },
    },
    async (request) =>
      await decide(deps, request, new Refusal("open", "This finding is open already."), (id, act) => findings.reopen(id, act.at, act)),
  );
}

/** @param refusal where the finding is in no state to be decided on */
async function decide(
  { store, feed }: FindingRoutesDeps,
  request: FastifyRequest & { readonly params: { readonly id: string } },
  refusal: Refusal,
  decision: (id: string, act: Act) => Promise<boolean>,
): Promise<FindingDetail> {
  const { id } = await findingDetail(store, request.params.id);
  if (!(await decision(id, actOf(request)))) throw refusal;
  feed.tell({ type: "findings" });
  return await findingDetail(store, id);
}

async function findingDetail(store: Store, id: string): Promise<FindingDetail> {
  const stored = await store.findings.get(id);
  if (stored === null) throw notFound("finding");
  return {
    ...findingSummaryOf(stored),
    finding: stored.finding,
    life: await store.findings.life(stored.id),
    probes: await store.probes.ofFinding(stored.id, MOST_PROBES),
    absorbed: (await store.findings.absorbedBy(stored.id)).map(findingSummaryOf),
    watch: await watchOf(store, stored),
  };
}

/** An empty body is no note. */
function noteOf(body: FindingNote | undefined): string | null {
  const note = body?.note?.trim() ?? "";
  return note === "" ? null : note;
}

function statesOf(state: FindingQuery["state"]): { readonly states?: readonly FindingState[] } {
  if (state === undefined) return {};
  return { states: state === "standing" ? ["open", "acknowledged"] : [state] };
}

/** The same as the probe that saw it last; of what only logs show, the peer, if it is one that we send to: a client has no port. */
async function watchOf(store: Store, { probeId, finding: { code, subject } }: StoredFinding): Promise<WatchRequest | null> {
  const probe = probeId === null ? null : await store.probes.get(probeId);
  if (probe !== null) return watchRequestOf(probe.request);
  if (subject.address === null || (code.startsWith("log-") && subject.port === null)) return null;
  return { target: formatEndpoint(subject.address, subject.port ?? undefined), noMx: true };
}
