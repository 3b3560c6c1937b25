/** What a watch watches, in one spelling: two requests with the same text and vantage are the same watch. */

import { formatEndpoint, parseTarget } from "../names/target.ts";
import type { ProbeRequest } from "./probes.ts";
import type { WatchRequest } from "./watches.ts";

/** A target that probes the same as the request does; null for what is no target. A name whose MX records are not asked bears its port. */
export function watchTarget({ target, noMx }: Pick<WatchRequest, "target" | "noMx">): string | null {
  const parsed = parseTarget(target, { mailAddress: true });
  if (!parsed.ok) return null;
  const { host, family, port, explicitPort } = parsed.target;
  return family === null && (explicitPort || noMx === true) ? `${host}:${port}` : formatEndpoint(host, port);
}

/** To watch what a probe probed. */
export function watchRequestOf({ target, noMx, family, allAddresses, vantage }: ProbeRequest): WatchRequest {
  return {
    target,
    ...(noMx === undefined ? {} : { noMx }),
    ...(family === undefined ? {} : { family }),
    ...(allAddresses === undefined ? {} : { allAddresses }),
    ...(vantage === undefined ? {} : { vantage }),
  };
}
