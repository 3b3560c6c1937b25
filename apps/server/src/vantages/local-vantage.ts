/** This machine: always there, and bound to the policy for targets. */
import { LOCAL_VANTAGE, type Vantage } from "@mxray/contracts";
import type { ProbeRunner } from "@mxray/probe";
import type { Config } from "../config/config.ts";
import type { Settings } from "../live-settings.ts";
import { refusalOfAddress, refusalOfName, refusalOfTarget } from "./target-policy.ts";
import type { ProbeVantage } from "./vantage.ts";

export interface LocalVantageDeps {
  readonly config: Pick<Config, "controls" | "resolver" | "ownerZones">;
  readonly settings: Settings;
  readonly vantage: Vantage;
  readonly runProbe: ProbeRunner;
}

export function localVantage({ config, settings, vantage, runProbe }: LocalVantageDeps): ProbeVantage {
  const { controls, resolver, ownerZones } = config;
  return {
    name: LOCAL_VANTAGE,
    practice: false,
    paced: true,
    delivers: true,
    get settings() {
      const { helo, contact } = settings.values;
      return {
        vantage,
        controls,
        ...(helo === undefined ? {} : { helo }),
        ...(contact === undefined ? {} : { contact }),
        ...(resolver === undefined ? {} : { resolver }),
        ...(ownerZones === undefined ? {} : { ownerZones }),
      };
    },
    elsewhere: () => false,
    info: async () => ({
      name: LOCAL_VANTAGE,
      practice: false,
      description: `This server, ${vantage.host}`,
      state: "ready",
      startable: false,
      reason: null,
      remedy: null,
      domains: [],
    }),
    start: async () => undefined,
    stop: async () => undefined,
    refusalOfTarget: (target) => refusalOfTarget(settings.values, target),
    refusalOfHost: ({ name, address, port }) => refusalOfName(settings.values, name) ?? refusalOfAddress(settings.values, address, port),
    runProbe,
  };
}
