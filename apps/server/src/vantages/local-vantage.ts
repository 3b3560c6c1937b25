/** This machine: always there, and bound to the policy for targets. */
import type { Vantage } from "@mxray/contracts";
import type { ProbeRunner } from "@mxray/probe";
import type { Config } from "../config.ts";
import { refusalOfAddress, refusalOfName, refusalOfTarget } from "../probing/target-policy.ts";
import type { ProbeVantage } from "./vantage.ts";

export interface LocalVantageDeps {
  readonly config: Config;
  readonly vantage: Vantage;
  readonly runProbe: ProbeRunner;
}

export function localVantage({ config, vantage, runProbe }: LocalVantageDeps): ProbeVantage {
  const { controls, helo, contact, resolver, ownerZones } = config;
  return {
    name: "local",
    paced: true,
    settings: {
      vantage,
      controls,
      ...(helo === undefined ? {} : { helo }),
      ...(contact === undefined ? {} : { contact }),
      ...(resolver === undefined ? {} : { resolver }),
      ...(ownerZones === undefined ? {} : { ownerZones }),
    },
    info: async () => ({
      name: "local",
      description: `This server, ${vantage.host}`,
      state: "ready",
      startable: false,
      reason: null,
      remedy: null,
      domains: [],
    }),
    start: async () => undefined,
    stop: async () => undefined,
    refusalOfTarget: (target) => refusalOfTarget(config, target),
    refusalOfHost: ({ name, address, port }) => refusalOfName(config, name) ?? refusalOfAddress(config, address, port),
    runProbe,
  };
}
