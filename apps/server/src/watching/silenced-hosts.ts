/** Which mail hosts are in maintenance at a moment: the targets of open windows, and what their newest probes met. */
import { canonicalAddress, parseTarget } from "@mxray/contracts";
import type { SilencedHosts, Store } from "@mxray/store";
import { maintenanceEnd, openWindows } from "./maintenance.ts";

/** @param now milliseconds since 1970 */
export async function silencedHosts(store: Pick<Store, "maintenance" | "watches" | "probes">, now: number): Promise<SilencedHosts[]> {
  const windows = openWindows(await store.maintenance.list(), now);
  if (windows.length === 0) return [];
  const watches = Map.groupBy(await store.watches.list(), ({ target }) => target);
  const targets = new Set([...watches.keys(), ...windows.flatMap((window) => window.targets)]);
  const silenced: SilencedHosts[] = [];
  for (const target of targets) {
    const ofTarget = watches.get(target) ?? [];
    const end = maintenanceEnd(windows, { target, tags: ofTarget.flatMap(({ tags }) => tags) }, now);
    if (end === null) continue;
    const newest = ofTarget.flatMap(({ rounds }) => rounds.find(({ status }) => status === "done")?.probeId ?? []);
    const probes = await Promise.all(newest.map((id) => store.probes.get(id)));
    const met = probes.flatMap((probe) => probe?.observation?.hosts ?? []);
    silenced.push({ until: new Date(end).toISOString(), ...hostsOf(target, met) });
  }
  return silenced;
}

function hostsOf(
  target: string,
  met: readonly { readonly name: string | null; readonly address: string }[],
): Pick<SilencedHosts, "names" | "addresses"> {
  const parsed = parseTarget(target);
  const own = parsed.ok ? [parsed.target.host] : [];
  const texts = [...own, ...met.flatMap(({ name, address }) => [name ?? address, address])];
  return {
    names: texts.filter((text) => canonicalAddress(text) === null).map((text) => text.toLowerCase()),
    addresses: texts.flatMap((text) => canonicalAddress(text)?.text ?? []),
  };
}
