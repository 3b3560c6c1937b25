/** Which probes are taken: the vantage is there, its policy allows the target, and the limits leave room. */
import { isPracticeName, LOCAL_VANTAGE, type ProbeRequest, type ProbeSummary, parseTarget } from "@mxray/contracts";
import type { Act, ProbeClaim, ProbeRefusal, Store } from "@mxray/store";
import type { Config } from "../config/config.ts";
import type { Settings } from "../live-settings.ts";
import { Refusal } from "../refusal.ts";
import { type ProbeVantage, VantageError } from "../vantages/vantage.ts";
import type { Vantages } from "../vantages/vantages.ts";
import { deliveryLimits, deliveryRefusal } from "./delivery-test.ts";

export interface ProbeAdmissionDeps {
  readonly config: Pick<Config, "queueLimit" | "concurrency">;
  readonly settings: Settings;
  readonly store: Store;
  readonly vantages: Vantages;
}

/** Why a probe is asked for, where it is not for its own sake. */
export interface ProbeOrigin {
  /** The probe whose fix this one checks. */
  readonly previousId?: string;
  /** Of the probes that are asked for together. */
  readonly groupId?: string;
  /** It begins once, whoever sees that it is due. */
  readonly claim?: ProbeClaim;
  /** Of the person who asks for it; none where mxray itself does. */
  readonly act?: Act;
}

/**
 * Writes the probe down; null when its claim was made before.
 *
 * @throws Refusal `queue-full`, `no-such-vantage`, `vantage-not-ready`, `port-not-allowed`, `target-not-allowed`, `too-many-deliveries`
 */
export async function admitProbe(
  deps: ProbeAdmissionDeps,
  request: ProbeRequest,
  { previousId, groupId, claim, act }: ProbeOrigin,
): Promise<ProbeSummary | null> {
  await checkProbe(deps, request);
  const { config, store } = deps;
  const { name, practice } = vantageOf(deps.vantages, request);
  const now = Date.now();
  const probe = {
    target: request.target.trim(),
    request: name === LOCAL_VANTAGE ? request : { ...request, vantage: name },
    createdAt: new Date(now).toISOString(),
    previousId: previousId ?? null,
    practice,
    ...(groupId === undefined ? {} : { groupId }),
    ...(claim?.kind === "round" ? { watchId: claim.watchId } : {}),
  };
  const limits = { unended: config.queueLimit + config.concurrency, deliveries: deliveryLimits(now) };
  const admitted = await store.probes.admit(probe, limits, claim, act);
  if (typeof admitted !== "string") return admitted;
  if (admitted === "claimed") return null;
  throw refusalOf(admitted, config.queueLimit, request);
}

/**
 * That the vantage is there, and its policy does not refuse the target whatever it resolves to.
 *
 * @throws Refusal `no-such-vantage`, `vantage-not-ready`, `port-not-allowed`, `target-not-allowed`
 */
export async function checkProbe({ settings, vantages }: ProbeAdmissionDeps, request: ProbeRequest): Promise<void> {
  const vantage = vantageOf(vantages, request);
  const { state, description, startable, reason } = await vantage.info();
  if (state !== "ready") {
    throw new VantageError(
      startable || reason === null ? `${description} does not run; start it first.` : `${description} cannot probe. ${reason}`,
    );
  }
  if (request.deliverTo !== undefined && !vantage.delivers) {
    throw new Refusal(
      "invalid-request",
      `The delivery test runs from this server only, not from ${vantage.name}; probe from there without it.`,
    );
  }
  const parsed = parseTarget(request.target, { mailAddress: true });
  if (!parsed.ok) return;
  const refusal = vantage.refusalOfTarget(parsed.target);
  if (refusal === null) return;
  throw new Refusal(settings.values.allowPorts.includes(parsed.target.port) ? "target-not-allowed" : "port-not-allowed", refusal);
}

/** The vantage that the request names; else the practice lab for its names, which exist only there. @throws Refusal `no-such-vantage` */
export function vantageOf(vantages: Vantages, { vantage, target }: ProbeRequest): ProbeVantage {
  const parsed = parseTarget(target, { mailAddress: true });
  const lab = vantage === undefined && parsed.ok && isPracticeName(parsed.target.host) ? vantages.practice() : null;
  return lab ?? vantages.named(vantage ?? LOCAL_VANTAGE);
}

function refusalOf(why: Exclude<ProbeRefusal, "claimed">, queueLimit: number, { deliverTo }: ProbeRequest): Refusal {
  if (why === "queue-full") return new Refusal(why, `${queueLimit} probes are waiting already; try again in a minute.`);
  return deliveryRefusal(why, deliverTo ?? "");
}
