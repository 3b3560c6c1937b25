/**
 * Commands with which a reader who does not trust mxray sees a black hole with the tools of their own system, filled in with
 * the measured numbers, and the answer to expect from each. Sizes on the command line differ by tool: most want the payload
 * of an ICMP echo (IP packet less 28 bytes, IPv6 less 48), Cisco IOS wants the IP packet.
 *
 * Addresses are canonical and numbers are numbers: nothing from a peer reaches a shell.
 */
import { canonicalAddress } from "../names/target.ts";
import type { MailHostObservation } from "../probes/observation.ts";
import { flowSeenAs, flowSource, isPrivateSource } from "./flow.ts";
import { lostPackets } from "./lost-packets.ts";

export const REPRODUCE_SYSTEMS = ["Linux", "BSD and macOS", "Windows", "Cisco IOS", "Cisco ASA", "Junos"] as const;
export type ReproduceSystem = (typeof REPRODUCE_SYSTEMS)[number];

export interface ReproduceCommand {
  readonly system: ReproduceSystem;
  /** Where it runs. */
  readonly where: string;
  readonly command: string;
  /** The answer that shows the black hole, and the one that disproves it. */
  readonly expect: string;
}

interface Hole {
  /** Where the packets start, in words, and the address that they go to. */
  readonly from: "the sender" | "the mail host";
  readonly address: string;
  readonly family: 4 | 6;
  readonly port: number;
  /** Bytes of the IP packet: the largest that passes, and the smallest that was lost. */
  readonly fits: number;
  readonly lost: number;
  /** TTLs of the routers before and behind the small link; null where they are not known. */
  readonly hops: readonly [number, number] | null;
  /** MTU of the interface that the probe left by. */
  readonly localMtu: number;
}

/** Bytes of IP and ICMP echo headers; of IP and TCP headers without options. */
const ECHO = { 4: 28, 6: 48 } as const;
const TCP = { 4: 40, 6: 60 } as const;

/** Empty unless the probe found a black hole, with its size. */
export function reproduceCommands(host: MailHostObservation): ReproduceCommand[] {
  return [...outboundCommands(host), ...inboundCommands(host)];
}

function outboundCommands({ address, family, port, path }: MailHostObservation): ReproduceCommand[] {
  const { verdict, mtu } = path.outbound;
  const canonical = canonicalAddress(address);
  if (verdict !== "black-hole" || mtu === null || canonical === null) return [];
  const hole: Hole = {
    from: "the sender",
    address: canonical.text,
    family,
    port,
    fits: mtu,
    lost: lostPackets(path.outbound).smallest ?? mtu + 1,
    hops: path.lostBetween === null ? null : [path.lostBetween[0].ttl, path.lostBetween[1].ttl],
    localMtu: path.localMtu ?? 1500,
  };
  return [...pings(hole), ...traces(hole), ...tcpTests(hole), ...captures(hole)];
}

/** Packets from the host to us: its side can send them by any tool, ours by asking the host for much. */
function inboundCommands(host: MailHostObservation): ReproduceCommand[] {
  const { address, family, port, path, stages } = host;
  const { verdict, mtu } = path.inbound;
  const canonical = canonicalAddress(address);
  if (verdict !== "black-hole" || mtu === null || canonical === null) return [];
  const back: Hole = {
    from: "the mail host",
    address: senderAddress(host) ?? SENDER_PLACE,
    ...{ family, port, fits: mtu, lost: mtu + 1, hops: null, localMtu: path.localMtu ?? 1500 },
  };
  const handshake = stages.some(({ stage, outcome }) => stage === "starttls" && outcome === "stalled");
  return [...(handshake ? handshakes(canonical.text, back) : []), ...pings(back), ...inboundCaptures(canonical.text, back)];
}

/** In place of our address, where it is not shown. */
const SENDER_PLACE = "SENDER-ADDRESS";

/** As the host sees us: behind address translation that is another address than our own. */
function senderAddress(host: MailHostObservation): string | null {
  const own = flowSource(host);
  const seen = flowSeenAs(host);
  const address = own !== null && isPrivateSource(own) && seen !== null && !isPrivateSource(seen) ? seen : own;
  return address === null ? null : (canonicalAddress(address)?.text ?? null);
}

/** The certificate is the first large thing that a host sends. */
function handshakes(host: string, { family, port, fits }: Hole): ReproduceCommand[] {
  const [ip, prefix] = family === 4 ? ["ip", `${host}/32`] : ["ip -6", `${host}/128`];
  const endpoint = family === 4 ? `${host}:${port}` : `[${host}]:${port}`;
  const client = `timeout 20 openssl s_client -starttls smtp -connect ${endpoint} </dev/null`;
  const where = "the sender, as root";
  return [
    {
      ...{ system: "Linux", where: "the sender", command: client },
      expect: "“CONNECTED”, then no certificate: the host’s large packets do not arrive.",
    },
    {
      ...{ system: "Linux", where },
      command: `${ip} route add ${prefix} $(${ip} -o route get ${host} | grep -oE '(via [^ ]+ )?dev [^ ]+') advmss ${fits - TCP[family]}\n${client}\n${ip} route del ${prefix}`,
      expect: `The certificate, at once: with segments that fit packets of ${fits} bytes, the host gets through. The last line undoes the first.`,
    },
  ];
}

function inboundCaptures(host: string, { address, family, port, fits }: Hole): ReproduceCommand[] {
  const { large, icmp, message } = filtersOf(family, fits);
  return [
    {
      ...{ system: "Linux", where: "the sender, as root" },
      command: `tcpdump -ni any 'src host ${host} and tcp src port ${port} and ${large}'`,
      expect: `Nothing: no packet of more than ${fits} bytes arrives from the host.`,
    },
    {
      ...{ system: "Linux", where: "the mail host, as root" },
      command: `tcpdump -ni any '(host ${address} and tcp port ${port}) or (${icmp})'`,
      expect: `While mxray probes: the same large segment again and again, no acknowledgement of it, and no ${message}.`,
    },
    {
      ...{ system: "Cisco ASA", where: "a firewall on the way" },
      command: `capture mxray interface outside match tcp host ${host} eq ${port} any${family}\nshow capture mxray`,
      expect: `Packets from port ${port} of more than ${fits} bytes only in front of the small link. “no capture mxray” ends it.`,
    },
  ];
}

function pings({ from, address, family, fits, lost }: Hole): ReproduceCommand[] {
  const [small, large] = [fits - ECHO[family], lost - ECHO[family]];
  const six = family === 6;
  const pair = (system: ReproduceSystem, form: (size: number) => string, sizes: readonly [number, number], told: string) => [
    {
      system,
      where: from,
      command: form(sizes[0]),
      expect: `Replies: packets of ${fits} bytes pass. No reply at all: ${from === "the sender" ? "the host does not answer ping; use the TCP test" : "the sender, or a firewall in front of it, does not answer ping"}.`,
    },
    {
      system,
      where: from,
      command: form(sizes[1]),
      expect: `No reply and no error: packets of ${lost} bytes are lost silently. ${told}`,
    },
  ];
  return [
    ...pair(
      "Linux",
      (size) => `ping ${six ? "-6 " : ""}-M do -c 3 -s ${size} ${address}`,
      [small, large],
      `“Message too long” or “Frag needed … mtu = ${fits}” would mean that path MTU discovery works.`,
    ),
    ...pair(
      "BSD and macOS",
      (size) => `${six ? "ping6" : "ping"} -D -c 3 -s ${size} ${address}`,
      [small, large],
      "“frag needed and DF set” or “Message too long” would mean that path MTU discovery works.",
    ),
    ...pair(
      "Windows",
      (size) => (six ? `ping -6 -n 3 -l ${size} ${address}` : `ping -f -n 3 -l ${size} ${address}`),
      [small, large],
      six
        ? "Replies to the larger size after a first loss would mean that path MTU discovery works."
        : "“Packet needs to be fragmented but DF set” would mean that path MTU discovery works.",
    ),
    ...pair(
      "Cisco IOS",
      (size) => (six ? `ping ipv6 ${address} size ${size} repeat 3` : `ping ${address} size ${size} df-bit repeat 3`),
      [fits, lost],
      "“!” is a reply and “.” a loss; “M” would mean that path MTU discovery works.",
    ),
    ...pair(
      "Junos",
      (size) => (six ? `ping inet6 ${address} size ${size} count 3` : `ping ${address} do-not-fragment size ${size} count 3`),
      [small, large],
      "“frag needed and DF set” or “Message too long” would mean that path MTU discovery works.",
    ),
  ];
}

function traces({ address, family, fits, hops, localMtu }: Hole): ReproduceCommand[] {
  const six = family === 6 ? "-6 " : "";
  const [before, behind] = hops ?? [null, null];
  // Behind the small link each hop costs seconds of silence.
  const most = (option: string) => (behind === null ? "" : `${option} ${behind + 2} `);
  const silent = behind === null ? "“no reply” from some hop on" : `“no reply” from hop ${behind} on`;
  const at = before === null || before === 0 ? "" : ` at hop ${before}`;
  return [
    {
      system: "Linux",
      where: "the sender",
      command: `tracepath ${six}-n ${most("-m")}${address}`,
      expect: `“pmtu ${localMtu}”, then ${silent}. “pmtu ${fits}”${at} would mean that path MTU discovery works for UDP.`,
    },
    {
      system: "Linux",
      where: "the sender",
      command: `traceroute ${six}--mtu -n ${most("-m")}${address}`,
      expect: `“F=${localMtu}” at hop 1, then “*”${behind === null ? "" : ` from hop ${behind} on`}. “F=${fits}” would mean that path MTU discovery works for UDP.`,
    },
  ];
}

function tcpTests({ address, family, port, fits, lost }: Hole): ReproduceCommand[] {
  // Neither tool sends such packets over IPv6.
  if (family === 6) return [];
  const syn = (size: number) => `hping3 -S -y -c 3 -p ${port} -d ${size - TCP[family]} ${address}`;
  return [
    {
      system: "Linux",
      where: "the sender, as root",
      command: syn(fits),
      expect: `“flags=SA”: a SYN of ${fits} bytes reaches port ${port}.`,
    },
    { system: "Linux", where: "the sender, as root", command: syn(lost), expect: `100 % packet loss: a SYN of ${lost} bytes does not.` },
    {
      system: "Linux",
      where: "the sender, as root",
      command: `nmap -Pn -p ${port} --script path-mtu ${address}`,
      expect: `“PMTU ==” with ${fits} or a smaller standard size; it finds the size without any router’s help.`,
    },
  ];
}

function captures({ address, family, port, fits, hops }: Hole): ReproduceCommand[] {
  const { large, icmp, message } = filtersOf(family, fits);
  const router = (ttl: number | null, fallback: string) => (ttl === null || ttl === 0 ? fallback : `hop ${ttl}`);
  const [before, behind] = hops ?? [null, null];
  const toHost = `dst host ${address} and tcp dst port ${port}`;
  return [
    {
      system: "Linux",
      where: "the sender, as root",
      command: `tcpdump -ni any '(host ${address} and tcp port ${port}) or (${icmp})'`,
      expect: `While a message is sent: the same large segment again and again, no acknowledgement of it, and no ${message}.`,
    },
    {
      system: "Linux",
      where: router(before, "the router before the small link"),
      command: `tcpdump -ni any '(${toHost} and ${large}) or (${icmp})'`,
      expect: `Packets of more than ${fits} bytes arrive. If no ${message} leaves, this router does not send it; if one leaves, a filter behind it drops it.`,
    },
    {
      system: "Linux",
      where: router(behind, "the router behind the small link"),
      command: `tcpdump -ni any '${toHost} and ${large}'`,
      expect: `Nothing: no packet of more than ${fits} bytes gets here.`,
    },
    {
      system: "Cisco ASA",
      where: "a firewall on the way",
      command: `capture mxray interface outside match tcp any${family} host ${address} eq ${port}\nshow capture mxray`,
      expect: `Packets to port ${port} of more than ${fits} bytes only in front of the small link. “no capture mxray” ends it.`,
    },
  ];
}

/** Filters of tcpdump for packets of more than so many bytes and for the report of a smaller link, and what that report is called. */
function filtersOf(family: 4 | 6, fits: number): { large: string; icmp: string; message: string } {
  return family === 4
    ? { large: `ip[2:2] > ${fits}`, icmp: "icmp[icmptype] == 3 and icmp[icmpcode] == 4", message: "ICMP type 3 code 4" }
    : { large: `ip6[4:2] > ${fits - 40}`, icmp: "icmp6 and ip6[40] == 2", message: "ICMPv6 type 2" };
}
