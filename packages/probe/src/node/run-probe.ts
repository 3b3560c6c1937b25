/** The probe with the real ports of this machine: what the command line and the server call. */
import { hostname } from "node:os";
import { canonicalHostName } from "@mxray/contracts";
import type { ProbeCapture } from "../capture/probe-capture.ts";
import type { ProbeRunner } from "../options.ts";
import type { ProbePorts } from "../ports.ts";
import { probeTarget } from "../probe-target.ts";
import { systemClock } from "./clock.ts";
import { nodeDialer } from "./dialer.ts";
import { nodeHopProber } from "./hop-prober.ts";
import { type LibcResult, loadLibc } from "./libc.ts";
import { nodeLocalHost } from "./local-host.ts";
import { nodePolicyFetcher } from "./policy-fetcher.ts";
import { nodeResolver } from "./resolver.ts";

/**
 * A vantage on this machine. The C library is looked up once.
 *
 * @param capture of the connections to mail hosts; default none
 */
export function localProbeRunner(libc: LibcResult = loadLibc(), capture?: ProbeCapture): ProbeRunner {
  const dialer = nodeDialer(libc.ok ? libc.libc : null);
  const ports: Omit<ProbePorts, "resolver"> = {
    clock: systemClock,
    dialer: capture?.captured(dialer) ?? dialer,
    policies: nodePolicyFetcher(),
    localHost: nodeLocalHost(libc),
    hopProber: nodeHopProber(libc),
  };
  const helo = defaultHelo();
  return async (options) => await probeTarget(options, { ...ports, resolver: nodeResolver(options.resolver) }, options.helo ?? helo);
}

/** A name that mail hosts accept in EHLO (RFC 5321 §4.1.4): ours, or a literal-free stand-in when ours is none. */
function defaultHelo(): string {
  return canonicalHostName(hostname()) ?? "localhost.localdomain";
}
