/** What all stages of one mail host share: where it is, what may be used up, and where its events go. */
import type { ProbeEvent } from "@mxray/contracts";
import type { ProbeOptions } from "../options.ts";
import type { ProbePorts } from "../ports.ts";
import type { ConnectionBudget } from "./connection-budget.ts";
import type { SessionContext } from "./session-context.ts";

export interface HostContext extends SessionContext {
  /** In the order of the `host` events. */
  readonly index: number;
  readonly options: ProbeOptions;
  readonly ports: ProbePorts;
  /** Clock reading at which the probe began. */
  readonly began: number;
  readonly emit: (event: ProbeEvent) => void;
  readonly budget: ConnectionBudget;
}
