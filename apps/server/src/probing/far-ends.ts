/** The far ends of one probe's connections: watched where an agent runs on the mail host's machine. */
import { type BothEnds, type ConnectionRecord, type FarConnection, formatEndpoint, type ProbeObservation } from "@mxray/contracts";
import type { Endpoint } from "@mxray/probe";
import type { FarEnd } from "../vantages/vantage.ts";
import type { Vantages } from "../vantages/vantages.ts";

interface Watched {
  readonly agent: string;
  readonly end: FarEnd;
}

export class FarEnds {
  readonly #vantages: Vantages;
  /** Where the probe runs: its own end is no far one. */
  readonly #from: string;
  readonly #watched = new Map<string, Promise<Watched[]>>();

  constructor(vantages: Vantages, from: string) {
    this.#vantages = vantages;
    this.#from = from;
  }

  /** Before the first connection to a host. */
  async begin({ address, port }: Endpoint): Promise<void> {
    const key = formatEndpoint(address, port);
    const begun = this.#watched.get(key) ?? this.#begin(address, port);
    this.#watched.set(key, begun);
    await begun;
  }

  /** Ends all watches. @returns the observation with what they saw */
  async end(observation: ProbeObservation): Promise<ProbeObservation> {
    // What the vantage itself says of the far end does not count.
    const hosts = observation.hosts.map(async ({ bothEnds: _said, ...host }) => {
      const key = formatEndpoint(host.address, host.port);
      const watched = await this.#watched.get(key);
      if (watched === undefined) return host;
      this.#watched.delete(key);
      const records = host.connections ?? [];
      const flows = records.flatMap(({ local }) => local ?? []);
      const views = await Promise.all(
        watched.map(async ({ agent, end }) => ({ agent, connections: numbered(records, await end.stop(flows)) })),
      );
      const [best] = views.toSorted((a, b) => b.connections.length - a.connections.length);
      return best === undefined || best.connections.length === 0 ? host : { ...host, bothEnds: best };
    });
    return { ...observation, hosts: await Promise.all(hosts) };
  }

  /** Ends what is left, where there is no observation to add to. */
  async stop(): Promise<void> {
    const left = await Promise.all(this.#watched.values());
    this.#watched.clear();
    await Promise.all(left.flat().map(({ end }) => end.stop([])));
  }

  /** Machines at different sites may have the same private address: each is asked, and one of them sees the probe's connections. */
  async #begin(address: string, port: number): Promise<Watched[]> {
    const others = this.#vantages.all.filter(({ name }) => name !== this.#from);
    const ends = await Promise.all(
      others.map(async (vantage) => ({ agent: vantage.name, end: (await vantage.watchFarEnd?.(address, port)) ?? null })),
    );
    return ends.flatMap(({ agent, end }) => (end === null ? [] : [{ agent, end }]));
  }
}

/** Nothing of other connections is taken. Of several with one source port, the first that was seen is the first that was made. */
function numbered(records: readonly ConnectionRecord[], seen: readonly FarConnection[]): BothEnds["connections"] {
  const left = Map.groupBy(seen, ({ peer }) => formatEndpoint(peer.address, peer.port));
  return records
    .toSorted((a, b) => a.n - b.n)
    .flatMap(({ n, local }) => {
      const own = local === null ? undefined : left.get(local)?.shift();
      return own === undefined ? [] : [{ n, received: own.received, sent: own.sent, gaps: own.gaps }];
    });
}
