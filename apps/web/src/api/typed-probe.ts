/** Starts the probe of a target that a person typed. A name of the practice lab starts the lab first, where it does not run. */
import { isPracticeName, type ProbeRequest, type ProbeSummary, parseTarget } from "@mxray/contracts";
import { ApiProblem, api } from "./client.ts";

/** @throws ApiProblem */
export async function startTypedProbe(request: ProbeRequest): Promise<ProbeSummary> {
  try {
    return await api.startProbe(request);
  } catch (error) {
    const parsed = parseTarget(request.target, { mailAddress: true });
    const isPractice = parsed.ok && isPracticeName(parsed.target.host);
    if (!isPractice || !(error instanceof ApiProblem) || error.code !== "vantage-not-ready") throw error;
    const lab = (await api.vantages()).vantages.find(({ practice }) => practice);
    if (lab === undefined) throw error;
    await api.startVantage(lab.name);
    return await api.startProbe(request);
  }
}
