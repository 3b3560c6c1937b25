/** The tables as Kysely sees them; `migrations.ts` makes them. Times are RFC 3339 text in UTC, JSON is text. */
import type { FindingCode, ProbeStatus } from "@mxray/contracts";
import type { FindingState } from "./store.ts";

export interface Tables {
  probe: ProbeTable;
  finding: FindingTable;
  probe_finding: ProbeFindingTable;
  share: ShareTable;
  sign_in_token: SignInTokenTable;
  session: SessionTable;
  wall_link: WallLinkTable;
}

export interface ProbeTable {
  id: string;
  target: string;
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
}

/** One row per identity (code and subject), however often it was seen. */
export interface FindingTable {
  id: string;
  code: FindingCode;
  /** Host, address and port in one text, since NULLs are not equal in a unique index. */
  subject_key: string;
  address: string | null;
  state: FindingState;
  severity_rank: number;
  /** Finding, as concluded last. */
  finding: string;
  first_seen_at: string;
  last_seen_at: string;
  probe_id: string | null;
  fixed_at: string | null;
  fixed_by: string | null;
  note: string | null;
}

/** Which probes showed a finding. */
interface ProbeFindingTable {
  probe_id: string;
  finding_id: string;
}

export interface ShareTable {
  id: string;
  probe_id: string;
  token_hash: string;
  created_at: string;
  expires_at: string;
  note: string | null;
  include_private: number;
  revoked_at: string | null;
  last_opened_at: string | null;
  opened: number;
}

interface SignInTokenTable {
  token_hash: string;
  expires_at: string;
}

interface SessionTable {
  session_hash: string;
  created_at: string;
  expires_at: string;
}

export interface WallLinkTable {
  id: string;
  name: string;
  token_hash: string;
  created_at: string;
  last_used_at: string | null;
  revoked_at: string | null;
}
