export type { ProbeCapture } from "./capture/probe-capture.ts";
export { type OwnerZones, parseOwnerZones } from "./hops/hop-owners.ts";
export { localAbilities } from "./node/local-abilities.ts";
export { type MailSocketsResult, mailSocketReader } from "./node/mail-sockets.ts";
export { ownSocketMarker } from "./node/own-socket.ts";
export { openCapture } from "./node/packet-socket.ts";
export { localProbeRunner } from "./node/run-probe.ts";
export type { Endpoint, ProbeOptions, ProbeRunner } from "./options.ts";
export { type ProbeCall, type ProbeNotice, RemoteProber } from "./remote/remote-prober.ts";
