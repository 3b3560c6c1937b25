/** Probes: ask for one, list them, read one, cancel, forget. */
import { type FindingFix, isMailAddress, parseTarget, printable } from "@mxray/contracts";
import { ErrorBody, ProbeDetail, ProbeList, ProbeRequest, ProbeSummary } from "@mxray/contracts/schemas";
import type { Act, Store, StoredFinding, StoredProbe } from "@mxray/store";
import Type from "typebox";
import { actOf } from "../access/act.ts";
import type { App } from "../http/app-type.ts";
import { hasEnded, type LiveFeed } from "../live-feed.ts";
import type { Probes } from "../probing/probes.ts";
import { comparisonOf, reportAsKept, vantagesOf } from "../probing/report.ts";
import { notFound, Refusal } from "../refusal.ts";

const Id = Type.Object({ id: Type.String({ maxLength: 64 }) });

export interface ProbeRoutesDeps {
  readonly store: Store;
  readonly feed: LiveFeed;
  readonly probes: Probes;
}

export async function probeRoutes(app: App, deps: ProbeRoutesDeps): Promise<void> {
  submitRoutes(app, deps);
  readRoutes(app, deps);
  endRoutes(app, deps);
}

function submitRoutes(app: App, { store, probes }: ProbeRoutesDeps): void {
  app.post(
    "/api/v1/probes",
    {
      config: { access: "operator", scopes: ["probe"], act: "probe.started", pace: 60 },
      schema: {
        tags: ["probes"],
        summary: "Probe a target",
        description:
          "Answers at once; follow the probe at /api/v1/events?probe=ID or read it at /api/v1/probes/ID. With `vantages` it starts one probe for each and answers with the first; `vantages` of each probe is the comparison.",
        body: ProbeRequest,
        response: { 202: ProbeSummary, "4xx": ErrorBody, 503: ErrorBody },
      },
    },
    async (request, reply) => {
      checkProbeRequest(request.body);
      const probe = await submitProbe(probes, request.body, { act: actOf(request) });
      return reply.code(202).header("location", `/api/v1/probes/${probe.id}`).send(probe);
    },
  );

  app.post(
    "/api/v1/probes/:id/check",
    {
      config: { access: "operator", scopes: ["probe"], act: "probe.started", pace: 60 },
      schema: {
        tags: ["probes"],
        summary: "Check the fix: probe the same again",
        description:
          "Starts the same probe again, without its delivery test. When it ends, it holds the comparison of the two, and findings of the earlier one that it proves gone are marked as fixed.",
        params: Id,
        response: { 202: ProbeSummary, "4xx": ErrorBody, 503: ErrorBody },
      },
    },
    async (asking, reply) => {
      const { params } = asking;
      const { summary, request, observation } = await storedProbe(store, params.id);
      if (!hasEnded(summary) || observation === null) {
        throw new Refusal("nothing-to-check", "This probe has no result to compare with; wait until it is done, or start it again.");
      }
      // A delivery is confirmed once, and not by asking for a check.
      const { deliverTo: _to, deliverConfirmed: _confirmed, ...again } = request;
      checkProbeRequest(again);
      const siblings = summary.groupId === null ? [] : await store.probes.ofGroup(summary.groupId);
      const previous = new Map(siblings.map(({ summary: { vantage, id } }) => [vantage, id]));
      const probe = await submitProbe(probes, again, { previous, previousId: params.id, act: actOf(asking) });
      return reply.code(202).header("location", `/api/v1/probes/${probe.id}`).send(probe);
    },
  );
}

/** From several vantages: the probe of the one that is named first, or that the checked probe was made from. */
async function submitProbe(
  probes: Probes,
  request: ProbeRequest,
  { previous, previousId, act }: { previous?: ReadonlyMap<string, string>; previousId?: string; act: Act },
): Promise<ProbeSummary> {
  const { vantages } = request;
  if (vantages === undefined) return await probes.submit(request, { ...(previousId === undefined ? {} : { previousId }), act });
  const together = await probes.submitTogether({ ...request, vantages }, { ...(previous === undefined ? {} : { previous }), act });
  const [first] = previousId === undefined ? together : together.filter((each) => each.previousId === previousId);
  const probe = first ?? together[0];
  if (probe === undefined) throw new Error("Probes of no vantage were submitted.");
  return probe;
}

function readRoutes(app: App, { store, feed }: ProbeRoutesDeps): void {
  app.get(
    "/api/v1/probes",
    {
      config: { access: "viewer" },
      schema: {
        tags: ["probes"],
        summary: "List probes, the newest first",
        querystring: Type.Object({
          limit: Type.Integer({ minimum: 1, maximum: 200, default: 50 }),
          cursor: Type.Optional(Type.String({ maxLength: 64, description: "`next` of the page before" })),
          target: Type.Optional(Type.String({ maxLength: 400, description: "part of the target" })),
          watched: Type.Boolean({ default: true, description: "false leaves out rounds of watches" }),
          practice: Type.Boolean({ default: false, description: "those from the practice lab instead of all others" }),
        }),
        response: { 200: ProbeList, "4xx": ErrorBody },
      },
    },
    async ({ query }) => await store.probes.list(query),
  );

  app.get(
    "/api/v1/probes/:id",
    {
      config: { access: "viewer", scopes: ["read", "probe"] },
      schema: { tags: ["probes"], summary: "Read a probe with its report", params: Id, response: { 200: ProbeDetail, "4xx": ErrorBody } },
    },
    async ({ params }) => {
      const probe = await storedProbe(store, params.id);
      const { summary, request, observation, unchanged } = probe;
      const kept = await store.findings.ofProbe(params.id);
      return {
        ...summary,
        request,
        report: observation === null ? null : reportAsKept(observation, params.id, kept),
        unchanged,
        comparison: await comparisonOf(store, probe),
        vantages: await vantagesOf(store, probe),
        fixes: kept.flatMap(fixOf),
        events: [...feed.soFar(params.id)],
      };
    },
  );
}

function endRoutes(app: App, { store, feed, probes }: ProbeRoutesDeps): void {
  app.post(
    "/api/v1/probes/:id/cancel",
    {
      config: { access: "operator", scopes: ["probe"], act: "probe.cancelled" },
      schema: {
        tags: ["probes"],
        summary: "End a probe early",
        description: "What it measured so far is kept.",
        params: Id,
        response: { 200: ProbeSummary, "4xx": ErrorBody },
      },
    },
    async (request) => {
      const { params } = request;
      const { summary } = await storedProbe(store, params.id);
      if (!(await probes.cancel(params.id))) throw new Refusal("already-ended", "This probe has already ended; its report is unchanged.");
      await store.audit.note(actOf(request), { id: params.id, name: summary.target });
      return (await storedProbe(store, params.id)).summary;
    },
  );

  app.delete(
    "/api/v1/probes/:id",
    {
      config: { access: "operator", act: "probe.deleted" },
      schema: { tags: ["probes"], summary: "Forget a probe, with its shares", params: Id },
    },
    async (request, reply) => {
      const { params } = request;
      await storedProbe(store, params.id);
      await probes.cancel(params.id);
      await store.probes.delete(params.id, actOf(request));
      feed.tell({ type: "probe-forgotten", id: params.id });
      feed.tell({ type: "findings" });
      return reply.code(204).send();
    },
  );
}

/** @throws Refusal when there is none */
async function storedProbe(store: Store, id: string): Promise<StoredProbe> {
  const probe = await store.probes.get(id);
  if (probe === null) throw notFound("probe");
  return probe;
}

function fixOf({ finding: { code }, subject, fixedAt, fixedBy }: StoredFinding): FindingFix[] {
  return fixedAt === null || fixedBy === null ? [] : [{ code, subject, at: fixedAt, probeId: fixedBy }];
}

/** @throws Refusal for what is no target, no recipient, or a delivery that nobody confirmed */
function checkProbeRequest(request: ProbeRequest): void {
  const targets = [parseTarget(request.target, { mailAddress: true }), ...(request.controls ?? []).map((text) => parseTarget(text))];
  const wrong = targets.find((parsed) => !parsed.ok);
  if (wrong?.ok === false) throw new Refusal("invalid-target", wrong.message);
  const { recipient, deliverTo, deliverConfirmed } = request;
  if (recipient !== undefined && recipient !== "postmaster" && !isMailAddress(recipient)) {
    throw new Refusal("invalid-recipient", `'${printable(recipient, 80)}' is not a mail address; write it as name@example.com.`);
  }
  if (deliverTo === undefined) return;
  if (!isMailAddress(deliverTo)) {
    throw new Refusal("invalid-recipient", `'${printable(deliverTo, 80)}' is not a mail address; write it as name@example.com.`);
  }
  if (request.vantages !== undefined) {
    throw new Refusal("invalid-request", "The delivery test runs from this server only; leave out 'vantages' or 'deliverTo'.");
  }
  if (deliverConfirmed !== deliverTo) {
    throw new Refusal(
      "delivery-not-confirmed",
      "The end-of-data test really delivers; repeat its recipient in 'deliverConfirmed' to confirm that its owner agrees.",
    );
  }
}
