/** Where the paths from several vantages to one mail host lose large packets, in words. Outbound only: the way back is not seen. */
import { type CommonSpan, type HopOwner, hopLabel, isPrivateSource, type MailHostObservation, type PathSpan } from "@mxray/contracts";
import { listText } from "../number-text.ts";
import { commonSpans, type LaidPath } from "./common-span.ts";

export interface HostPath {
  readonly vantage: string;
  readonly host: MailHostObservation;
}

interface KnownPath extends HostPath {
  readonly laid: LaidPath;
  /** The vantage itself first, the mail host last. */
  readonly stations: readonly HopOwner[];
  /** Hops are missing before the last station. */
  readonly open: boolean;
}

/** The stations after the vantage; the mail host only where its hops reach it. */
export function hopsOf({ path: { hops } }: Pick<MailHostObservation, "path">): HopOwner[] {
  return hops.map(({ ttl, address, name, as }) => ({ ttl, address, name, as }));
}

/** Null where no path loses large packets. */
export function hostSpan(paths: readonly HostPath[]): CommonSpan | null {
  const holes = paths.filter(({ host }) => host.path.outbound.verdict === "black-hole");
  const mtus = holes.flatMap(({ host: { path } }) => path.outbound.mtu ?? []);
  if (holes.length === 0) return null;
  const mtu = mtus.length === 0 ? null : Math.max(...mtus);
  const unknown = (sentence: string): CommonSpan => ({ outcome: "unknown", confidence: null, mtu, spans: [], sentence });
  const exact = holes.flatMap(({ host: { path } }) => (path.outbound.exact === false ? [] : (path.outbound.mtu ?? [])));
  if (mtu === null) return unknown("Which size is lost is not known, so the paths are not compared.");
  if (new Set(exact).size > 1) {
    return unknown(`The largest packets that arrive differ (${[...new Set(exact)].join(" and ")} bytes): this is more than one fault.`);
  }
  const known = paths.flatMap((path) => knownPath(path, mtu) ?? []);
  const failing = known.filter(({ laid }) => laid.fate === "loses");
  if (failing.length === 0) return unknown("Large packets of single connections only are lost, so the paths cannot be compared.");
  if (known.length < 2) return unknown("No second path could be compared: it needs large packets that are lost or arrive.");
  if (failing.every(({ host }) => host.path.hops.length === 0)) return unknown("No hop answered on the failing paths.");
  return namedSpan(known, mtu);
}

function namedSpan(known: readonly KnownPath[], mtu: number): CommonSpan {
  const spans = commonSpans(known.map(({ laid }) => laid)).flatMap(({ path: index, from, to }) => {
    const path = known[index];
    return path === undefined ? [] : [spanOf(path, from, to)];
  });
  const [first, ...others] = spans;
  const failing = known.filter(({ laid }) => laid.fate === "loses");
  const lost = `packets larger than ${mtu} bytes are lost`;
  if (first === undefined) {
    const sentence = `The paths on which ${lost} have no link in common that working paths do not have: this is more than one fault, or paths change.`;
    return { outcome: "none", confidence: null, mtu, spans, sentence };
  }
  const where = spans.map(({ vantage, from, to }) => `${stationLabel(from, vantage)} and ${stationLabel(to, vantage)}`);
  if (others.length > 0) {
    const sentence = `If one fault explains all failures, ${lost} between ${where.join(", or between ")}.`;
    return { outcome: "several", confidence: "suspected", mtu, spans, sentence };
  }
  const isLink = first.links === 1 && [first.from, first.to].every(({ ttl, address }) => ttl === 0 || address !== null);
  const basis = basisOf(known);
  if (!isLink) {
    const size = first.links === null ? "" : `, on one of ${first.links} links`;
    return { outcome: "span", confidence: "likely", mtu, spans, sentence: `Between ${where[0]}${size}, ${lost}. ${basis}` };
  }
  const proven = failing.every(({ host }) => host.path.outbound.confidence === "proven" && locates(host, first));
  return { outcome: "link", confidence: proven ? "proven" : "likely", mtu, spans, sentence: `Between ${where[0]}, ${lost}. ${basis}` };
}

function basisOf(known: readonly KnownPath[]): string {
  const names = (fate: LaidPath["fate"]) => known.filter(({ laid }) => laid.fate === fate).map(({ vantage }) => vantage);
  const [failing, passing] = [names("loses"), names("passes")];
  const shared = failing.length === 1 ? `Only the path from ${failing[0]} fails` : `The failing paths from ${listText(failing)} meet there`;
  return passing.length === 0 ? `${shared}; no path works.` : `${shared}; from ${listText(passing)} such packets arrive.`;
}

/** Whether this path's own hop search found the same link. */
function locates({ path: { lostBetween }, address }: MailHostObservation, { from, to }: PathSpan): boolean {
  if (lostBetween === null) return false;
  const [near, far] = lostBetween;
  return far.ttl - near.ttl === 1 && (far.address ?? address) === to.address && (near.ttl > 0 || from.ttl === 0);
}

/** Null where the path neither loses such packets for certain nor carries them. */
function knownPath(path: HostPath, mtu: number): KnownPath | null {
  const { vantage, host } = path;
  const { outbound, differs, lostBetween, hops } = host.path;
  // Connections that take different ways have no one path.
  if (differs !== undefined && differs !== null) return null;
  const loses = outbound.verdict === "black-hole" && outbound.mtu !== null;
  const carries = outbound.verdict === "clear" || outbound.verdict === "pmtud-works" || outbound.verdict === "lossy";
  if (!loses && !(carries && outbound.mtu !== null && outbound.mtu > mtu)) return null;
  const end = hops.find(({ final }) => final)?.ttl ?? null;
  const routers = hops.filter(({ ttl, final }) => !final && (end === null || ttl < end));
  const last = end ?? (routers.at(-1)?.ttl ?? 0) + 2;
  const stations = Array.from({ length: last + 1 }, (_, ttl): HopOwner => {
    if (ttl === last) return { ttl, address: host.address, name: host.name, as: null };
    const hop = routers.find((each) => each.ttl === ttl);
    return { ttl, address: hop?.address ?? null, name: hop?.name ?? null, as: hop?.as ?? null };
  });
  const labels = stations.map(({ ttl }) => {
    if (ttl === 0) return `vantage ${vantage}`;
    if (ttl === last) return "mail host";
    return addressOf(routers.find((each) => each.ttl === ttl)?.addresses ?? [], host.address);
  });
  const span = loses && lostBetween !== null ? ([lostBetween[0].ttl, Math.min(last, lostBetween[1].ttl)] as const) : null;
  return {
    ...path,
    stations,
    open: end === null,
    laid: { fate: loses ? "loses" : "passes", stations: labels, ...(span === null ? {} : { lostBetween: span }) },
  };
}

/** Null where several routers answer, and for an address that means another router at another vantage. */
function addressOf(addresses: readonly string[], host: string): string | null {
  const [only] = addresses;
  if (only === undefined || addresses.length > 1) return null;
  return isPrivateSource(only) && !isPrivateSource(host) ? null : only;
}

function spanOf({ vantage, stations, open }: KnownPath, from: number, to: number): PathSpan {
  const station = (index: number): HopOwner => stations[index] ?? { ttl: index, address: null, name: null, as: null };
  const last = stations.length - 1;
  const far = stations.slice(from + 1, to + 1).flatMap(({ address }) => address ?? []);
  return { vantage, from: station(from), to: station(to), stations: far, links: open && to >= last - 1 ? null : to - from };
}

function stationLabel(station: HopOwner, vantage: string): string {
  return station.ttl === 0 ? `the vantage ${vantage}` : hopLabel(station);
}
