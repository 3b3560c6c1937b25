/** Which mail hosts are in maintenance at a moment: the targets of open windows, and what their newest probes met. */
import { canonicalAddress, parseTarget } from "@mxray/contracts";
import type { SilencedHosts, Store } from "@mxray/store";
import { maintenanceEnd, openWindows } from "./maintenance.ts";

/** @param now milliseconds since 1970 */
export async function silencedHosts(store: Pick<Store, "maintenance" | "watches" | "probes">, now: number): Promise<SilencedHosts[]> {
  const windows = openWindows(await store.maintenance.list(), now);
  if (windows.length === 0) return [];
  const watches = new Map((await store.watches.list()).map((watch) => [watch.target, watch]));
  const targets = new Set([...watches.keys(), ...windows.flatMap((window) => window.targets)]);
  const silenced: SilencedHosts[] = [];
  for (const target of targets) {
    const watch = watches.get(target);
    const end = maintenanceEnd(windows, { target, tags: watch?.tags ?? [] }, now);
    if (end === null) continue;
    const newest = watch?.rounds.find(({ status }) => status === "done")?.probeId;
    const observation = newest === undefined ? null : ((await store.probes.get(newest))?.observation ?? null);
    silenced.push({ until: new Date(end).toISOString(), ...hostsOf(target, observation?.hosts ?? []) });
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
