/** What a test and the process that holds its servers inside a namespace say to each other, over Node's IPC. */

import type { MailHostOptions } from "../mail-host/mail-host.ts";
import type { MailHostConnection } from "../mail-host/record.ts";
import type { MailHostScript } from "../mail-host/script.ts";
import type { DnsServerOptions, DnsZone } from "./dns-server.ts";

/** `server` is the number that `started` gave. */
export type ServerRequest =
  | { readonly do: "mail-host"; readonly script: MailHostScript; readonly options: MailHostOptions }
  | { readonly do: "dns-server"; readonly zone: DnsZone; readonly options: DnsServerOptions }
  | { readonly do: "connections"; readonly server: number }
  | { readonly do: "questions"; readonly server: number }
  | { readonly do: "stop"; readonly server: number };

export type ServerAnswer =
  | { readonly kind: "started"; readonly server: number; readonly port: number; readonly address: string }
  | { readonly kind: "connections"; readonly connections: readonly MailHostConnection[] }
  | { readonly kind: "questions"; readonly questions: readonly string[] }
  | { readonly kind: "stopped" }
  | { readonly kind: "failed"; readonly message: string };

export interface ServerCall {
  readonly id: number;
  readonly request: ServerRequest;
}

export interface ServerReturn {
  readonly id: number;
  readonly answer: ServerAnswer;
}
