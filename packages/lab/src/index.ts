export {
  hostileHosts,
  mailHostScript,
  mailHostScripts,
  middleboxHosts,
  ordinaryHosts,
  refusalHosts,
  stallHosts,
} from "./hosts/index.ts";
export { type Capability, describeCapability } from "./kernel/capability.ts";
export type { FirewallDirection, FirewallFault, FirewallVerdict } from "./kernel/firewall.ts";
export { HolderError } from "./kernel/holder.ts";
export { NetworkNode, type NodeExecOptions, type NodeExecResult, type NodeSpawnOptions } from "./kernel/node.ts";
export { type CertificateBundle, certificateBundle } from "./mail-host/certificate.ts";
export { type MailHost, type MailHostOptions, startMailHost } from "./mail-host/mail-host.ts";
export type { MailHostConnection, MailHostEnd } from "./mail-host/record.ts";
export type {
  MailHostAction,
  MailHostAnswers,
  MailHostBodyFault,
  MailHostCertificate,
  MailHostExpectation,
  MailHostFixup,
  MailHostLimits,
  MailHostPoint,
  MailHostScript,
  MailHostVerb,
} from "./mail-host/script.ts";
export { buildNetwork, Network, type NetworkOptions } from "./network/network.ts";
export { PRACTICE_HOSTS, PRACTICE_MTU, type PracticeHost, type PracticePath } from "./practice/practice-hosts.ts";
export { type PracticeDomain, type PracticeLab, startPracticeLab } from "./practice/practice-lab.ts";
export type { Availability } from "./real/availability.ts";
export { type EximOptions, eximAvailability, eximUnpacking, startExim } from "./real/exim.ts";
export type { MailServer } from "./real/mail-server.ts";
export { type Postfix, type PostfixOptions, postfixAvailability, startPostfix } from "./real/postfix.ts";
export { type PostgresOptions, type PostgresServer, postgresAvailability, startPostgres } from "./real/postgres.ts";
export { type SmtpSinkOptions, smtpSinkAvailability, startSmtpSink } from "./real/smtp-sink.ts";
export type { RelayConditions, RelayPlan } from "./relay/relay-conditions.ts";
export { seededRandom } from "./relay/seeded-random.ts";
export {
  type DnsFault,
  type DnsRecords,
  type DnsServer,
  type DnsServerOptions,
  type DnsZone,
  dnsNibbles,
  dnsReverseName,
  startDnsServer,
} from "./servers/dns-server.ts";
export { type RemoteDnsServer, type RemoteMailHost, ServerProcess } from "./servers/server-process.ts";
export { type SignOnFault, type SignOnPerson, SignOnProvider, type SignOnProviderOptions } from "./sign-on/sign-on-provider.ts";
