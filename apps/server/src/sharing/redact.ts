/**
 * Takes out of a report what a stranger need not know: mail addresses, name and address of the machine that probed, and names that
 * mean something inside a network only. Addresses of routers stay: where packets are lost is what the reader has to find.
 */
import { type Finding, flowSeenAs, flowSource, type Hop, type HopOwner, type ProbeReport } from "@mxray/contracts";
import ipaddr from "ipaddr.js";
import { ownNames, SENDER } from "./own-names.ts";

const MAIL_ADDRESS = /[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@(?=[A-Za-z0-9[])/g;
const INTERNAL_NAME = /(?:^|\.)(?:local|localdomain|lan|internal|intranet|corp|home|private|home\.arpa)$/i;
const INTERNAL_RANGES: ReadonlySet<string> = new Set(["private", "uniqueLocal", "linkLocal", "loopback", "carrierGradeNat"]);

export function redactReport(report: ProbeReport): ProbeReport {
  const names = ownNames(report);
  const cleanSaid = (text: string) => names.cleanSaid(withoutMailAddresses(text));
  // Also where it is quoted.
  const said = saidTexts(report).filter((text) => cleanSaid(text) !== text);
  const cleanQuotes = (text: string) => said.reduce((quoting, each) => quoting.replaceAll(each, () => cleanSaid(each)), text);
  const addresses = ownAddresses(report);
  const clean = (text: string) => addresses(names.clean(withoutMailAddresses(cleanQuotes(text))));
  const { findings, ...observation } = report;
  const redacted = deepMap(observation, clean) as Omit<ProbeReport, "findings">;
  return {
    ...redacted,
    // Who was written to is nobody's business; where the mail goes is the subject.
    target: report.target.slice(report.target.lastIndexOf("@") + 1),
    vantage: { ...report.vantage, host: SENDER },
    hosts: redacted.hosts.map((host) => ({
      ...host,
      path: {
        ...host.path,
        hops: host.path.hops.map(withoutInternalName<Hop>),
        lostBetween:
          host.path.lostBetween === null
            ? null
            : [withoutInternalName(host.path.lostBetween[0]), withoutInternalName(host.path.lostBetween[1])],
        portBlockedAt: host.path.portBlockedAt === null ? null : withoutInternalName<HopOwner>(host.path.portBlockedAt),
      },
    })),
    controls: redacted.controls.map((control) => ({
      ...control,
      blockedAt: control.blockedAt === null ? null : withoutInternalName<HopOwner>(control.blockedAt),
    })),
    findings: findings.map((finding) => redactFinding(finding, clean, internalRouterNames(report))),
  };
}

/** Takes out this machine's addresses only. */
export function redactSource(report: ProbeReport): ProbeReport {
  return deepMap(report, ownAddresses(report)) as ProbeReport;
}

/**
 * The addresses that the probe came from, and the one that a host saw behind address translation: ports stay. An address that the
 * diagnosis is about stays, too, where this machine probed itself.
 */
function ownAddresses({ hosts }: ProbeReport): (text: string) => string {
  const subjects = new Set(hosts.map(({ address }) => address));
  const own = new Set(hosts.flatMap((host) => [flowSource(host), flowSeenAs(host)]).filter((address) => address !== null));
  const patterns = [...own]
    .filter((address) => !subjects.has(address))
    .map((address) => {
      const literal = address.replaceAll(".", String.raw`\.`);
      return new RegExp(String.raw`\[${literal}\](?=:\d)|(?<![0-9A-Fa-f:.])${literal}(?![0-9A-Fa-f]|:[0-9A-Fa-f]*:|\.\d)`, "gi");
    });
  return (text) => patterns.reduce((cleaned, pattern) => cleaned.replace(pattern, SENDER), text);
}

/** Remedies hold checked addresses, numbers and host names only, and are meant to be pasted: they stay as they are. */
function redactFinding({ remedies, ...finding }: Finding, clean: (text: string) => string, internal: readonly string[]): Finding {
  const cleaner = (text: string) => internal.reduce((cleaned, name) => cleaned.replaceAll(name, "an internal router"), clean(text));
  return { ...(deepMap(finding, cleaner) as Omit<Finding, "remedies">), remedies };
}

/** What either side said, the longest first. */
function saidTexts({ hosts }: ProbeReport): string[] {
  const texts = hosts.flatMap(({ transcript, stages }) => [
    ...transcript.filter(({ dir }) => dir !== "*").map(({ text }) => text),
    ...stages.flatMap(({ reply }) => reply?.text ?? []),
  ]);
  return [...new Set(texts)].toSorted((a, b) => b.length - a.length);
}

function withoutMailAddresses(text: string): string {
  return text.replace(MAIL_ADDRESS, "…@");
}

/** The mail hosts themselves are what the diagnosis is about: their names stay. */
function internalRouterNames({ hosts, controls }: ProbeReport): string[] {
  const subjects = new Set(hosts.map(({ name }) => name));
  const ofHosts = hosts.flatMap(({ path: { hops, lostBetween, portBlockedAt } }) => [...hops, ...(lostBetween ?? []), portBlockedAt]);
  return [...ofHosts, ...controls.map(({ blockedAt }) => blockedAt)].flatMap((router) =>
    router !== null && router.name !== null && isInternal(router) && !subjects.has(router.name) ? [router.name] : [],
  );
}

function withoutInternalName<H extends Pick<HopOwner, "address" | "name">>(hop: H): H {
  return isInternal(hop) ? { ...hop, name: null } : hop;
}

function isInternal({ address, name }: Pick<HopOwner, "address" | "name">): boolean {
  if (name !== null && (INTERNAL_NAME.test(name) || !name.includes("."))) return true;
  return address !== null && ipaddr.isValid(address) && INTERNAL_RANGES.has(ipaddr.process(address).range());
}

function deepMap(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === "string") return change(value);
  if (Array.isArray(value)) return value.map((item) => deepMap(item, change));
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, deepMap(item, change)]));
  }
  return value;
}
