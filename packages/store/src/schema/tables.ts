/** The tables as Kysely sees them; `migrations.ts` makes them. Times are RFC 3339 text in UTC, JSON is text. */
import type {
  ActorKind,
  AlertEvent,
  AlertState,
  AuditAction,
  ChannelKind,
  FindingChangeKind,
  FindingCode,
  FindingState,
  LinkOpens,
  ProbeStatus,
  StressState,
  UserRole,
} from "@mxray/contracts";
import type { Generated } from "kysely";
import type {
  LogCountTable,
  LogDayTable,
  LogEventTable,
  LogMeasureTable,
  LogMemoryTable,
  LogPeerTable,
  LogSourceTable,
  LogTotalTable,
  PeerProbeTable,
} from "./log-tables.ts";

export interface Tables {
  probe: ProbeTable;
  finding: FindingTable;
  finding_subject: FindingSubjectTable;
  finding_alias: FindingAliasTable;
  probe_finding: ProbeFindingTable;
  finding_change: FindingChangeTable;
  delivery: DeliveryTable;
  link: LinkTable;
  sign_in_token: SignInTokenTable;
  session: SessionTable;
  sign_in: SignInTable;
  user_account: UserAccountTable;
  api_token: ApiTokenTable;
  audit: AuditTable;
  setting: SettingTable;
  agent: AgentTable;
  log_source: LogSourceTable;
  log_peer: LogPeerTable;
  log_measure: LogMeasureTable;
  log_count: LogCountTable;
  log_day: LogDayTable;
  log_total: LogTotalTable;
  log_event: LogEventTable;
  log_memory: LogMemoryTable;
  peer_probe: PeerProbeTable;
  watch: WatchTable;
  chore: ChoreTable;
  maintenance: MaintenanceTable;
  channel: ChannelTable;
  alert: AlertTable;
  stress_run: StressRunTable;
}

export interface ProbeTable {
  id: string;
  target: string;
  vantage: string;
  /** 0 or 1. */
  practice: number;
  status: ProbeStatus;
  created_at: string;
  started_at: string | null;
  finished_at: string | null;
  /** ProbeRequest. */
  request: string;
  previous_id: string | null;
  /** ProbeObservation, as measured. */
  observation: string | null;
  /** Verdict, for lists. */
  verdict: string | null;
  error: string | null;
  watch_id: string | null;
  /** The same for probes that were asked for together. */
  group_id: string | null;
  /** Of a round: the same for rounds that found the same. */
  round_key: string | null;
  /** Of a round: what it measured, in short. */
  measures: string | null;
  /** The round whose observation this one repeats, and does not have itself. */
  same_as: string | null;
  /** The process that runs it. */
  owner: string | null;
  /** Until then its owner is taken to be alive. */
  leased_until: string | null;
}

/** One row per identity (code and subject), however often it was seen. */
export interface FindingTable {
  id: string;
  code: FindingCode;
  /** Host name, else address, and port in one text, since NULLs are not equal in a unique index. */
  subject_key: string;
  /** Of the first subject. */
  address: string | null;
  /** Of all subjects, to be searched; separated by blanks. */
  addresses: string;
  state: FindingState;
  severity_rank: number;
  /** Finding, as concluded last. */
  finding: string;
  /** Of that finding, to be searched. */
  title: string;
  /** When mxray first saw it. */
  first_seen_at: string;
  /** Earliest evidence after the last fix. */
  since_at: string;
  last_seen_at: string;
  probe_id: string | null;
  fixed_at: string | null;
  fixed_by: string | null;
  /** Kept when it opens again. */
  last_fixed_at: string | null;
  note: string | null;
  /** Id of the finding that explains this one: the two are shown as one. */
  absorbed_by: string | null;
}

/** One address of a finding as one vantage sees it. */
export interface FindingSubjectTable {
  finding_id: string;
  /** Address and vantage in one text, since NULLs are not equal in a unique index. */
  place: string;
  /** Canonical. */
  address: string | null;
  vantage: string;
  /** The order in which they joined. */
  position: number;
  last_seen_at: string;
  fixed_at: string | null;
  /** Finding about this address alone, as concluded last. */
  finding: string;
}

/** Ids of findings that became one with another: their addresses lead to it. */
interface FindingAliasTable {
  id: string;
  finding_id: string;
}

/** Which probes showed a finding. */
interface ProbeFindingTable {
  probe_id: string;
  finding_id: string;
}

/** The life of findings; ids rise with time. */
interface FindingChangeTable {
  id: Generated<number>;
  finding_id: string;
  at: string;
  change: FindingChangeKind;
  probe_id: string | null;
  note: string | null;
}

/** Delivery tests; a row outlives its probe. */
interface DeliveryTable {
  id: string;
  /** In lower case. */
  recipient: string;
  /** When it was asked for. */
  at: string;
  /** Null only for those of versions that did not note it. */
  probe_id: string | null;
  /** When its first message was about to leave. */
  begun_at: string | null;
  /** JSON, of what has begun. */
  message_ids: string | null;
}

/** What opens one diagnosis, or the wall screen, without an account. */
export interface LinkTable {
  id: string;
  opens: LinkOpens;
  /** Of a diagnosis. */
  probe_id: string | null;
  /** Of a stress run. */
  stress_id: string | null;
  /** Of a wall screen. */
  name: string | null;
  token_hash: string;
  created_at: string;
  expires_at: string | null;
  note: string | null;
  include_private: number;
  revoked_at: string | null;
  last_used_at: string | null;
  opened: number;
  sign_in_id: string | null;
}

interface SignInTokenTable {
  token_hash: string;
  expires_at: string;
  /** Null for the owner. */
  user_id: string | null;
}

export interface UserAccountTable {
  id: string;
  name: string;
  /** In lower case. */
  name_key: string;
  role: UserRole;
  created_at: string;
  disabled_at: string | null;
  last_signed_in_at: string | null;
  /** PHC string. */
  password: string | null;
  /** Of the OpenID Connect provider that signs this user in, with the user's identifier there. */
  issuer: string | null;
  subject: string | null;
}

export interface ApiTokenTable {
  id: string;
  name: string;
  token_hash: string;
  /** JSON array. */
  scopes: string;
  created_at: string;
  expires_at: string;
  /** Name of the admin; null for the owner. */
  made_by: string | null;
  revoked_at: string | null;
  last_used_at: string | null;
}

export interface AuditTable {
  id: Generated<number>;
  at: string;
  actor_kind: ActorKind;
  actor_id: string | null;
  actor_name: string | null;
  address: string;
  action: AuditAction;
  object_id: string | null;
  object_name: string | null;
  detail: string | null;
}

interface SessionTable {
  session_hash: string;
  created_at: string;
  expires_at: string;
  sign_in_id: string | null;
}

/** Outlives its session: links that were made in it name it. */
interface SignInTable {
  id: string;
  at: string;
  address: string | null;
  browser: string | null;
  /** Null for the owner. */
  user_id: string | null;
}

interface SettingTable {
  name: string;
  value: string;
  changed_at: string;
}

export interface AgentTable {
  id: string;
  /** Unique among those that were not revoked. */
  name: string;
  created_at: string;
  enrol_hash: string | null;
  enrol_until: string | null;
  secret_hash: string | null;
  enrolled_at: string | null;
  revoked_at: string | null;
  last_seen_at: string | null;
  /** AgentFacts. */
  facts: string | null;
}

/** What a watch knows that its probes do not tell. */
export interface WatchTable {
  id: string;
  target: string;
  vantage: string;
  /** ProbeRequest. */
  request: string;
  created_at: string;
  due_at: string;
  refusals: number;
  trouble: string | null;
  code: FindingCode | null;
  since_at: string | null;
  /** JSON array of RoundMemory. */
  memory: string;
  every_minutes: number | null;
  /** JSON array. */
  tags: string;
  /** 0 or 1. */
  paused: number;
}

/** Times in which no rounds begin. */
interface MaintenanceTable {
  id: string;
  name: string;
  /** JSON arrays. */
  targets: string;
  tags: string;
  begins_at: string | null;
  cron: string | null;
  timezone: string;
  minutes: number;
}

export interface StressRunTable {
  id: string;
  target: string;
  address: string;
  run_by: string;
  state: StressState;
  started_at: string;
  /** When it was last known to run. */
  touched_at: string;
  ended_at: string | null;
  problem: string | null;
  /** JSON. */
  options: string;
  /** JSON, what is measured so far; `[]` once it is in the document. */
  series: string;
  /** JSON, for the list. */
  result: string | null;
  /** JSON, `mxray.stress/1`. */
  document: string | null;
}

/** What is done again and again, by one process at a time. */
interface ChoreTable {
  name: string;
  due_at: string;
}

/** Where alerts go. */
export interface ChannelTable {
  id: string;
  name: string;
  kind: ChannelKind;
  url: string;
  secret: string | null;
  /** Where `mxray apply` read the secret. */
  secret_from: string | null;
  mail_from: string | null;
  /** JSON array of mail addresses. */
  mail_to: string;
  /** JSON array of Severity. */
  severities: string;
  remind_hours: number | null;
  /** QuietHours. */
  quiet: string | null;
  /** 0 or 1. */
  paused: number;
  created_at: string;
  /** When a channel that is called regularly is called next. */
  call_at: string | null;
  trouble: string | null;
}

/** One for each change of a finding and channel; `number` rises with time. */
export interface AlertTable {
  number: Generated<number>;
  id: string;
  channel_id: string;
  /** Null for a test. */
  change_id: number | null;
  finding_id: string | null;
  event: AlertEvent;
  /** Counts reminders. */
  ordinal: number;
  /** AlertFinding. */
  finding: string | null;
  state: AlertState;
  created_at: string;
  due_at: string;
  leased_until: string | null;
  /** Begun ones. */
  attempts: number;
  /** When the first attempt began. */
  tried_at: string | null;
  answer: string | null;
  ended_at: string | null;
}
