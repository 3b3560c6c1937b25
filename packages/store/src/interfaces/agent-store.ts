/** Agents: mxray on other machines, which report to this server. */
import type { Act } from "./audit-store.ts";

export interface Enrolment {
  /** SHA-256 of the enrolment token, hex; the token itself is never kept. */
  readonly enrolHash: string;
  /** RFC 3339. */
  readonly enrolUntil: string;
}

export interface NewAgent {
  readonly name: string;
  /** RFC 3339. */
  readonly createdAt: string;
  /** Null: it cannot enrol before it is invited. */
  readonly enrolment: Enrolment | null;
}

/** What an agent says of itself. */
export interface AgentFacts {
  readonly host: string;
  readonly version: string;
  /** Its clock minus the server's, milliseconds. */
  readonly skewMs: number;
}

export interface StoredAgent {
  readonly id: string;
  readonly name: string;
  readonly createdAt: string;
  /** Until then it may enrol; null once it has. */
  readonly enrolUntil: string | null;
  readonly enrolledAt: string | null;
  readonly revokedAt: string | null;
  readonly lastSeenAt: string | null;
  /** Null before it reported first. */
  readonly facts: AgentFacts | null;
}

export interface AgentStore {
  /** Null where an agent that was not revoked has the name. */
  create(agent: NewAgent, act?: Act): Promise<StoredAgent | null>;
  /** Lets it enrol once more, on a new machine as well; its former secret ends when it does. False when there is none, or it was revoked. */
  invite(id: string, enrolment: Enrolment, act: Act): Promise<boolean>;
  /** Uses up an enrolment token. Null where it is not known, expired or used. @param secretHash SHA-256, hex */
  enrol(enrolHash: string, secretHash: string, act: Pick<Act, "at" | "address">): Promise<StoredAgent | null>;
  /** Also finds revoked ones: they are told so. */
  bySecretHash(secretHash: string): Promise<StoredAgent | null>;
  /** By name. */
  list(): Promise<StoredAgent[]>;
  seen(id: string, at: string, facts: AgentFacts): Promise<void>;
  revoke(id: string, act: Act): Promise<boolean>;
}
