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
  return async (options) => {
    const ports = nodePorts(libc, options.resolver);
    const dialer = capture?.captured(ports.dialer) ?? ports.dialer;
    return await probeTarget(options, { ...ports, dialer }, options.helo ?? defaultHelo());
  };
}

/** @param resolver `IP` or `IP:PORT`; default the system's */
function nodePorts(libc: LibcResult, resolver?: string): ProbePorts {
  return {
    clock: systemClock,
    dialer: nodeDialer(libc.ok ? libc.libc : null),
    resolver: nodeResolver(resolver),
    policies: nodePolicyFetcher(),
    localHost: nodeLocalHost(libc),
    hopProber: nodeHopProber(libc),
  };
}

/** A name that mail hosts accept in EHLO (RFC 5321 §4.1.4): ours, or a literal-free stand-in when ours is none. */
function defaultHelo(): string {
  return canonicalHostName(hostname()) ?? "localhost.localdomain";
}
