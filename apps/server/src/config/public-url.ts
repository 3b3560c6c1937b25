/** Addresses of this server as links and messages show them. */
import { formatEndpoint } from "@mxray/contracts";
import ipaddr from "ipaddr.js";

/** `http://host:port`, for a listener on this address. */
export function listenerUrl(host: string, port: number): string {
  const shown = host === "0.0.0.0" || host === "::" ? "localhost" : host;
  return `http://${shown.includes(":") ? `[${shown}]` : shown}:${port}`;
}

/** Links of this URL work on this machine only. */
export function isLoopbackUrl(url: string): boolean {
  const { hostname } = new URL(url);
  const bare = hostname.replace(/^\[|\]$/g, "");
  return bare === "localhost" || bare.endsWith(".localhost") || (ipaddr.isValid(bare) && ipaddr.process(bare).range() === "loopback");
}

/** How the listener shows in a message. */
export function listenerName({ host, port }: { readonly host: string; readonly port: number }): string {
  return formatEndpoint(host, port);
}
