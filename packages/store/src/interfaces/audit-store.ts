/** Who did what to what, when and from where. */
import type { ActorKind, AuditAction } from "@mxray/contracts";

export interface Actor {
  readonly kind: ActorKind;
  /** Id of the user or the token; null for the owner. */
  readonly id: string | null;
  /** Name at that time; null for the owner. */
  readonly name: string | null;
}

/** What somebody does, known before it is done: the method that does it adds to what, and records it in the same transaction. */
export interface Act {
  readonly at: string;
  readonly actor: Actor;
  /** Address that the request came from. */
  readonly address: string;
  readonly action: AuditAction;
}

/** What an act changed. */
export interface ActObject {
  readonly id: string | null;
  /** For a person: a target, a name. */
  readonly name: string | null;
  /** For example, `role: viewer → operator`; never a secret. */
  readonly detail?: string | null;
}

export interface StoredAct extends Act {
  /** Rises with time. */
  readonly id: number;
  readonly object: Required<ActObject>;
}

export interface ActPage {
  /** Only those with a smaller id. */
  readonly before?: number;
  readonly limit: number;
  readonly action?: AuditAction;
  /** Part of the actor's or the object's name. */
  readonly text?: string;
}

export interface AuditStore {
  /** Records an act that changes nothing in the store. */
  note(act: Act, object: ActObject): Promise<void>;
  /** Newest first. */
  list(page: ActPage): Promise<StoredAct[]>;
  /** Forgets what is older. */
  tidy(before: string): Promise<void>;
}
