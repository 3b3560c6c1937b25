/** The HTTP API as functions: one per call, typed by the contracts; whatever goes wrong is an ApiProblem with a sentence. */
import type {
  ErrorBody,
  FindingDetail,
  FindingList,
  FindingQuery,
  LogQuery,
  LogSeries,
  LogSourceList,
  Playbook,
  ProbeDetail,
  ProbeList,
  ProbeRequest,
  ProbeSummary,
  SessionInfo,
  ShareCreated,
  ShareList,
  ShareRequest,
} from "@mxray/contracts";

export class ApiProblem extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

async function call<T>(method: string, path: string, body?: unknown): Promise<T> {
  let response: Response;
  try {
    response = await fetch(`/api/v1${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
    });
  } catch {
    throw new ApiProblem("unreachable", "The mxray server does not answer. Is it still running?");
  }
  if (response.status === 204) return undefined as T;
  const answer: unknown = await response.json().catch(() => null);
  if (response.ok) return answer as T;
  const { error } = (answer ?? {}) as Partial<ErrorBody>;
  throw new ApiProblem(error?.code ?? "internal", error?.message ?? `The server answered with status ${response.status}.`);
}

/** What is not asked for is left out. */
function searchOf(query: object): string {
  const given = Object.entries(query).flatMap(([name, value]) => (value === undefined || value === "" ? [] : [[name, String(value)]]));
  return given.length === 0 ? "" : `?${new URLSearchParams(given)}`;
}

export const api = {
  session: () => call<SessionInfo>("GET", "/session"),
  signOut: () => call<void>("DELETE", "/session"),
  startProbe: (request: ProbeRequest) => call<ProbeSummary>("POST", "/probes", request),
  probes: (query: { cursor?: string | undefined; target?: string; limit?: number }) =>
    call<ProbeList>("GET", `/probes${searchOf({ limit: 20, ...query })}`),
  probe: (id: string) => call<ProbeDetail>("GET", `/probes/${encodeURIComponent(id)}`),
  cancelProbe: (id: string) => call<ProbeSummary>("POST", `/probes/${encodeURIComponent(id)}/cancel`),
  /** Probes the same again, to be compared with it. */
  checkProbe: (id: string) => call<ProbeSummary>("POST", `/probes/${encodeURIComponent(id)}/check`),
  deleteProbe: (id: string) => call<void>("DELETE", `/probes/${encodeURIComponent(id)}`),
  findings: (query: Partial<FindingQuery>) => call<FindingList>("GET", `/findings${searchOf(query)}`),
  finding: (id: string) => call<FindingDetail>("GET", `/findings/${encodeURIComponent(id)}`),
  acknowledgeFinding: (id: string, note: string) =>
    call<FindingDetail>("POST", `/findings/${encodeURIComponent(id)}/acknowledge`, { note }),
  reopenFinding: (id: string) => call<FindingDetail>("POST", `/findings/${encodeURIComponent(id)}/reopen`),
  playbook: (family: 4 | 6) => call<Playbook>("GET", `/playbook?family=${family}`),
  logSources: () => call<LogSourceList>("GET", "/logs/sources"),
  logSeries: (query: LogQuery) => call<LogSeries>("GET", `/logs/series${searchOf(query)}`),
  share: (request: ShareRequest) => call<ShareCreated>("POST", "/shares", request),
  shares: () => call<ShareList>("GET", "/shares"),
  revokeShare: (id: string) => call<void>("DELETE", `/shares/${encodeURIComponent(id)}`),
};
