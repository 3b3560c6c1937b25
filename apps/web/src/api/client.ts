/** The HTTP API as functions: one per call, typed by the contracts; whatever goes wrong is an ApiProblem with a sentence. */
import type {
  AgentInvitation,
  AgentList,
  AgentRequest,
  AlertList,
  AuditAction,
  AuditList,
  ChannelChangeRequest,
  ChannelList,
  ChannelRequest,
  ChannelSummary,
  DiagnosisLinkRequest,
  ErrorBody,
  FindingDetail,
  FindingList,
  FindingQuery,
  HostHealth,
  LinkCreated,
  LinkList,
  LiveDeliveries,
  LogEventList,
  LogEventQuery,
  LogExplanation,
  LogMessage,
  LogQuery,
  LogSeries,
  LogSource,
  LogSourceList,
  LogStatistics,
  LogStatisticsQuery,
  LogWorstPeers,
  MachineList,
  MailQueue,
  Maintenance,
  MaintenanceList,
  PasswordChangeRequest,
  PeerDetail,
  PeerList,
  PeerQuery,
  Playbook,
  ProbeDetail,
  ProbeList,
  ProbeRequest,
  ProbeSummary,
  SearchResult,
  ServerAbout,
  SessionInfo,
  SettingList,
  SettingsChange,
  StressLinkRequest,
  StressRequest,
  StressRunDetail,
  StressRunList,
  StressTargetList,
  TokenCreated,
  TokenList,
  TokenRequest,
  UserChangeRequest,
  UserInvitation,
  UserList,
  UserRequest,
  UserSummary,
  VantageInfo,
  VantageList,
  WallLinkRequest,
  WallSnapshot,
  Watch,
  WatchList,
  WatchRequest,
} from "@mxray/contracts";
import { sessionEnd } from "./session-end.ts";

export class ApiProblem extends Error {
  readonly code: string;
  readonly details: unknown;

  constructor(code: string, message: string, details?: unknown) {
    super(message);
    this.code = code;
    this.details = details;
  }
}

/** Of what a server answered that is no success. */
export function problemOf(status: number, answer: unknown): ApiProblem {
  const { error } = (answer ?? {}) as Partial<ErrorBody>;
  return new ApiProblem(error?.code ?? "internal", error?.message ?? `The server answered with status ${status}.`, error?.details);
}

export function unreachable(): ApiProblem {
  return new ApiProblem("unreachable", "The mxray server does not answer. Is it still running?");
}

async function call<T>(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
  let response: Response;
  try {
    response = await fetch(`/api/v1${path}`, {
      method,
      ...(signal === undefined ? {} : { signal }),
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
    });
  } catch {
    throw unreachable();
  }
  if (response.status === 204) return undefined as T;
  const answer: unknown = await response.json().catch(() => null);
  if (response.ok) return answer as T;
  const problem = problemOf(response.status, answer);
  if (problem.code !== "not-signed-in" || signal !== undefined) throw problem;
  await sessionEnd.happened();
  return await call(method, path, body);
}

/** Whether there is a session: the one question that does not wait for one. */
async function isSignedIn(): Promise<boolean> {
  return (await fetch("/api/v1/session").catch(() => null))?.ok === true;
}

interface ProbesQuery {
  readonly cursor?: string | undefined;
  readonly target?: string;
  /** Those from the practice lab instead of all others. */
  readonly practice?: boolean;
  /** False leaves out rounds of watches. */
  readonly watched?: boolean;
  readonly limit?: number;
}

/** What is not asked for is left out. */
function searchOf(query: object): string {
  const given = Object.entries(query).flatMap(([name, value]) => (value === undefined || value === "" ? [] : [[name, String(value)]]));
  return given.length === 0 ? "" : `?${new URLSearchParams(given)}`;
}

/** Whose machine is meant. */
export interface MachineSearch {
  readonly agent?: string | undefined;
}

export const api = {
  session: () => call<SessionInfo>("GET", "/session"),
  isSignedIn,
  signOut: () => call<void>("DELETE", "/session"),
  settings: () => call<SettingList>("GET", "/settings"),
  changeSettings: (change: SettingsChange) => call<SettingList>("PATCH", "/settings", change),
  about: () => call<ServerAbout>("GET", "/about"),
  startProbe: (request: ProbeRequest) => call<ProbeSummary>("POST", "/probes", request),
  probes: ({ practice = false, ...query }: ProbesQuery) =>
    call<ProbeList>("GET", `/probes${searchOf({ limit: 20, ...query, ...(practice ? { practice: "true" } : {}) })}`),
  probe: (id: string) => call<ProbeDetail>("GET", `/probes/${encodeURIComponent(id)}`),
  cancelProbe: (id: string) => call<ProbeSummary>("POST", `/probes/${encodeURIComponent(id)}/cancel`),
  /** Probes the same again, to be compared with it. */
  checkProbe: (id: string) => call<ProbeSummary>("POST", `/probes/${encodeURIComponent(id)}/check`),
  deleteProbe: (id: string) => call<void>("DELETE", `/probes/${encodeURIComponent(id)}`),
  vantages: () => call<VantageList>("GET", "/vantages"),
  startVantage: (name: string) => call<VantageInfo>("POST", `/vantages/${name}/start`),
  stopVantage: (name: string) => call<VantageInfo>("POST", `/vantages/${name}/stop`),
  findings: (query: Partial<FindingQuery>) => call<FindingList>("GET", `/findings${searchOf(query)}`),
  finding: (id: string) => call<FindingDetail>("GET", `/findings/${encodeURIComponent(id)}`),
  /** @param decision what becomes of it */
  decideFinding: (id: string, decision: "acknowledge" | "dismiss", note: string) =>
    call<FindingDetail>("POST", `/findings/${encodeURIComponent(id)}/${decision}`, { note }),
  reopenFinding: (id: string) => call<FindingDetail>("POST", `/findings/${encodeURIComponent(id)}/reopen`),
  peers: (query: Partial<PeerQuery>) => call<PeerList>("GET", `/peers${searchOf(query)}`),
  peer: (peer: string) => call<PeerDetail>("GET", `/peers/${encodeURIComponent(peer)}`),
  playbook: (family: 4 | 6) => call<Playbook>("GET", `/playbook?family=${family}`),
  shareDiagnosis: (request: DiagnosisLinkRequest) => call<LinkCreated>("POST", "/links/diagnosis", request),
  makeWallLink: (request: WallLinkRequest) => call<LinkCreated>("POST", "/links/wall", request),
  users: () => call<UserList>("GET", "/users"),
  addUser: (request: UserRequest) => call<UserInvitation>("POST", "/users", request),
  inviteUser: (id: string) => call<UserInvitation>("POST", `/users/${encodeURIComponent(id)}/invitation`),
  changeUser: (id: string, change: UserChangeRequest) => call<UserSummary>("PATCH", `/users/${encodeURIComponent(id)}`, change),
  deleteUser: (id: string) => call<void>("DELETE", `/users/${encodeURIComponent(id)}`),
  changePassword: (request: PasswordChangeRequest) => call<void>("POST", "/session/password", request),
  agents: () => call<AgentList>("GET", "/agents"),
  makeAgent: (request: AgentRequest) => call<AgentInvitation>("POST", "/agents", request),
  inviteAgent: (id: string) => call<AgentInvitation>("POST", `/agents/${encodeURIComponent(id)}/token`),
  revokeAgent: (id: string) => call<void>("DELETE", `/agents/${encodeURIComponent(id)}`),
  tokens: () => call<TokenList>("GET", "/tokens"),
  makeToken: (request: TokenRequest) => call<TokenCreated>("POST", "/tokens", request),
  revokeToken: (id: string) => call<void>("DELETE", `/tokens/${encodeURIComponent(id)}`),
  audit: (query: { readonly action?: AuditAction | undefined; readonly text?: string; readonly before?: number | undefined }) =>
    call<AuditList>("GET", `/audit${searchOf(query)}`),
  maintenance: () => call<MaintenanceList>("GET", "/maintenance"),
  setMaintenance: (window: Maintenance) => call<Maintenance>("PUT", "/maintenance", window),
  deleteMaintenance: (name: string) => call<void>("DELETE", `/maintenance/${encodeURIComponent(name)}`),
  channels: () => call<ChannelList>("GET", "/channels"),
  makeChannel: (request: ChannelRequest) => call<ChannelSummary>("POST", "/channels", request),
  changeChannel: (id: string, change: ChannelChangeRequest) => call<ChannelSummary>("PATCH", `/channels/${encodeURIComponent(id)}`, change),
  deleteChannel: (id: string) => call<void>("DELETE", `/channels/${encodeURIComponent(id)}`),
  testChannel: (id: string) => call<{ id: string }>("POST", `/channels/${encodeURIComponent(id)}/test`),
  alerts: (query: { readonly before?: number | undefined }) => call<AlertList>("GET", `/alerts${searchOf(query)}`),
  shareStress: (request: StressLinkRequest) => call<LinkCreated>("POST", "/links/stress", request),
  stressTargets: () => call<StressTargetList>("GET", "/stress/targets"),
  stressRuns: () => call<StressRunList>("GET", "/stress"),
  stressRun: (id: string) => call<StressRunDetail>("GET", `/stress/${encodeURIComponent(id)}`),
  beginStress: (request: StressRequest) => call<StressRunDetail>("POST", "/stress", request),
  cancelStress: (id: string) => call<StressRunDetail>("POST", `/stress/${encodeURIComponent(id)}/cancel`),
  deleteStress: (id: string) => call<void>("DELETE", `/stress/${encodeURIComponent(id)}`),
  machines: () => call<MachineList>("GET", "/machines"),
  /** @param of whose machine; default the server's own */
  host: (of: MachineSearch) => call<HostHealth>("GET", `/host${searchOf(of)}`),
  live: (of: MachineSearch) => call<LiveDeliveries>("GET", `/live${searchOf(of)}`),
  queue: (of: MachineSearch) => call<MailQueue>("GET", `/queue${searchOf(of)}`),
  links: () => call<LinkList>("GET", "/links"),
  revokeLink: (id: string) => call<void>("DELETE", `/links/${encodeURIComponent(id)}`),
  wall: (query: URLSearchParams, signal: AbortSignal) => call<WallSnapshot>("GET", `/wall?${query}`, undefined, signal),
  watches: () => call<WatchList>("GET", "/monitors"),
  watch: (request: WatchRequest) => call<Watch>("PUT", "/monitors", request),
  endWatch: (id: string) => call<void>("DELETE", `/monitors/${encodeURIComponent(id)}`),
  logSources: () => call<LogSourceList>("GET", "/logs/sources"),
  followLog: (location: string) => call<LogSource>("POST", "/logs/sources", { location }),
  forgetLog: (id: number) => call<void>("DELETE", `/logs/sources/${id}`),
  logStatistics: (query: LogStatisticsQuery) => call<LogStatistics>("GET", `/logs/statistics${searchOf(query)}`),
  logSeries: (query: LogQuery) => call<LogSeries>("GET", `/logs/series?${new URLSearchParams(query)}`),
  logWorstPeers: (query: LogQuery) => call<LogWorstPeers>("GET", `/logs/worst-peers${searchOf(query)}`),
  logEvents: (query: LogEventQuery & { before?: number }) => call<LogEventList>("GET", `/logs/events${searchOf({ limit: 25, ...query })}`),
  logMessage: (queueId: string) => call<LogMessage>("GET", `/logs/messages/${encodeURIComponent(queueId)}`),
  search: (text: string) => call<SearchResult>("GET", `/search${searchOf({ q: text })}`),
  /** What log lines, a bounce or a queue id already tell. */
  explain: (text: string) => call<LogExplanation>("POST", "/logs/explain", { text }),
};
