/**
 * The commands for a Linux machine or router, run for real: taken out of the rendered remedies, pasted into a shell of the
 * lab's network, looked at, undone. And whether they help: a black hole that swallows 20 kB lets them through afterwards.
 */
import { buildNetwork, describeCapability, type Network, type NetworkNode } from "@mxray/lab";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { PLAYBOOK, type PlaybookEntry, type RemedyFacts, renderRemedy } from "../src/index.ts";
import { fillAsked, pasteLines } from "./paste.ts";

const tools = [
  ["iptables", "iptables"],
  ["ip6tables", "iptables"],
  ["tcpdump", "tcpdump"],
] as const;
const capability = await describeCapability([...tools]);
if (!capability.ok) console.log(`Commands of the playbook are not run: ${capability.reason} ${capability.remedy}`);
const FAMILIES = [4, 6] as const;
type Family = (typeof FAMILIES)[number];

const starts = (pattern: RegExp) => (line: string) => pattern.test(line);
const RULE = {
  nft: /^nft (?:insert|add) rule /,
  iptables: /^ip6?tables (?!-S)/,
  route: /^ip (?:-6 )?(?:route|link) (?!get|show)/,
} as const;
/** What only looks at routes and links. */
const LOOK = /^ip (?:-6 )?(?:route|link) (?:get|show)/;

/** What is done at the mail host in an inbound hole is the same, letter by letter, as at the sender in an outbound one. */
const OWN = PLAYBOOK.filter(({ id }) => !id.endsWith("-at-mail-host"));

/** Entries with such a line in their steps, once per family. */
function entriesWith(pattern: RegExp): (readonly [string, Family, PlaybookEntry])[] {
  return FAMILIES.flatMap((family) =>
    OWN.filter((entry) => renderRemedy(entry, { family }).steps.split("\n").some(starts(pattern))).map(
      (entry) => [entry.id, family, entry] as const,
    ),
  );
}

describe.skipIf(!capability.ok)("commands of the playbook, run", () => {
  let network: Network;
  beforeAll(async () => {
    network = await buildNetwork({ routers: 1 });
    for (const node of network.nodes) await node.run("nft", ["-f", "-"], { input: TABLE });
  });
  afterAll(() => network?.stop());
  afterEach(() => network.reset());

  const text = (node: NetworkNode, family: Family) => node.address[family === 4 ? "v4" : "v6"];
  /** The client sends to the server, by way of the router. */
  const factsOf = (family: Family): RemedyFacts => ({
    family,
    mailHostName: "mx1.example.test",
    mailHostAddress: text(network.server, family),
    senderAddress: text(network.client, family),
    port: 2525,
    mtu: 1400,
    routerAddress: text(network.router(0), family),
    fragmentsArrive: null,
    mta: null,
    hostLimits: null,
  });
  const askedAt = (node: NetworkNode, family: Family) => {
    const next = node.topology.routes.find(({ via }) => via !== null)?.via;
    return { interface: node.topology.ports[0]?.device ?? "", gateway: (family === 4 ? next?.v4 : next?.v6) ?? "" };
  };
  const lines = (entry: PlaybookEntry, field: "steps" | "undo" | "check", node: NetworkNode, family: Family, pattern: RegExp) =>
    pasteLines(entry, field, factsOf(family), askedAt(node, family)).filter(starts(pattern));
  const paste = (node: NetworkNode, line: string) => node.run("sh", ["-c", line]);

  /** Takes nftables' rules away as the remedy says: list with handles, then delete each. */
  async function undoNft(entry: PlaybookEntry, node: NetworkNode, family: Family): Promise<void> {
    const { undo } = renderRemedy(entry, factsOf(family));
    const list = /^nft -a list .*$/m.exec(undo)?.[0] ?? "";
    const remove = /nft delete rule .*$/m.exec(undo)?.[0] ?? "";
    let chain = "";
    for (const line of (await paste(node, list)).split("\n")) {
      chain = /^\s*chain (\S+)/.exec(line)?.[1] ?? chain;
      const handle = /\S.*# handle (\d+)$/.exec(line)?.[1];
      if (handle === undefined || /^\s*(?:chain|table)\b/.test(line)) continue;
      await paste(node, fillAsked(remove, { chain, handle }));
    }
  }

  test.each(entriesWith(RULE.nft))("%s, IPv%d: nft takes the rules and gives them back", async (_id, family, entry) => {
    const node = network.router(0);
    const before = await paste(node, "nft list ruleset");
    const rules = lines(entry, "steps", node, family, RULE.nft);
    for (const rule of rules) await paste(node, rule.replace(/^nft /, "nft -c "));
    expect(await paste(node, "nft list ruleset"), "a check changes nothing").toBe(before);
    for (const rule of rules) await paste(node, rule);
    expect(await paste(node, "nft list ruleset")).not.toBe(before);
    await undoNft(entry, node, family);
    expect(await paste(node, "nft list ruleset")).toBe(before);
  });

  test.each(entriesWith(RULE.iptables))("%s, IPv%d: iptables takes the rules and gives them back", async (_id, family, entry) => {
    const node = network.router(0);
    const program = family === 4 ? "iptables" : "ip6tables";
    const rules = () => paste(node, `${program} -S; ${program} -t mangle -S`);
    const before = await rules();
    const added = lines(entry, "steps", node, family, RULE.iptables);
    for (const line of added) await paste(node, line);
    expect((await rules()).split("\n").length).toBe(before.split("\n").length + added.length);
    for (const line of lines(entry, "undo", node, family, RULE.iptables)) await paste(node, line);
    expect(await rules()).toBe(before);
  });

  test.each(entriesWith(RULE.route))("%s, IPv%d: ip takes it, shows it and gives it back", async (_id, family, entry) => {
    const node = entry.audience === "receiver" ? network.server : network.client;
    // Where the tools show no expiry times, two looks at the same state are the same text.
    const state = () => paste(node, "ip -4 route show; ip -6 route show | grep -v expires; ip -o link show | sed 's/qlen.*//'");
    const before = await state();
    for (const line of lines(entry, "steps", node, family, RULE.route)) await paste(node, line);
    expect(await state()).not.toBe(before);
    const check = renderRemedy(entry, factsOf(family)).check;
    const expected = /must show: (.*)$/m.exec(check)?.[1];
    // A route that refuses is shown by an error.
    const looks = expected === undefined ? [] : lines(entry, "check", node, family, LOOK);
    for (const look of looks) expect(await paste(node, look)).toContain(expected);
    for (const line of lines(entry, "undo", node, family, RULE.route)) await paste(node, line);
    // A tunnel goes back to what it had before, which only its owner knows.
    if (looks.length > 0 || lines(entry, "undo", node, family, RULE.route).length > 0) expect(await state()).toBe(before);
    else await node.ip([`link set dev ${askedAt(node, family).interface} mtu 1500`]);
  });

  const sysctls = OWN.filter(({ platform, steps }) => platform === "linux" && JSON.stringify(steps).includes("sysctl"));
  test.each(sysctls.map((entry) => [entry.id, entry] as const))("%s: the kernel knows these settings", async (_id, entry) => {
    const remedy = renderRemedy(entry, factsOf(4));
    const names = new Set(
      `${remedy.steps}\n${remedy.undo}\n${remedy.sideEffects}`.match(/\b(?:net|fs|kernel)\.[a-z0-9_-]+(?:\.[a-z0-9_]+)*/g),
    );
    expect(names.size).toBeGreaterThan(0);
    for (const name of names) await network.client.run("test", ["-e", `/proc/sys/${name.replaceAll(".", "/")}`]);
    // Tracked connections are limited for the whole machine, and a namespace cannot set that.
    const set = (field: "steps" | "undo") => lines(entry, field, network.client, 4, /^sysctl -w net\.(?!netfilter\.)/);
    const probing = await paste(network.client, "sysctl -n net.ipv4.tcp_mtu_probing");
    for (const field of ["steps", "undo"] as const) {
      for (const line of set(field)) {
        await paste(network.client, line);
        const [, name = "", value = ""] = /^sysctl -w ([^=]+)='?([^']*)'?$/.exec(line) ?? [];
        const now = await paste(network.client, `sysctl -n ${name}`);
        expect(now.trim().replace(/\s+/g, " "), line).toBe(value);
      }
    }
    // One remedy's undo sets it to 2, where it was found; what comes later starts from the kernel's own value.
    await paste(network.client, `sysctl -w net.ipv4.tcp_mtu_probing=${probing.trim()}`);
  });

  const dumps = FAMILIES.flatMap((family) =>
    OWN.filter((entry) => renderRemedy(entry, { family }).check.startsWith("tcpdump -ni")).map(
      (entry) => [entry.id, family, entry] as const,
    ),
  );
  test.each(dumps)("%s, IPv%d: tcpdump understands the filter", async (_id, family, entry) => {
    for (const line of lines(entry, "check", network.client, family, /^tcpdump -ni/))
      await paste(network.client, line.replace("-ni", "-d -ni"));
  });

  test.each(FAMILIES)("looking at our own firewall works, IPv%d", async (family) => {
    const entry = entryOf("linux-own-firewall");
    for (const line of lines(entry, "steps", network.client, family, /^nstat /)) await paste(network.client, line);
    for (const line of lines(entry, "check", network.client, family, /^nstat /)) await paste(network.client, line);
  });

  describe("help against a black hole", () => {
    const entries: readonly (readonly [id: string, where: "client" | "router" | "server", families: readonly Family[]])[] = [
      ["linux-mtu-probing", "client", FAMILIES],
      ["linux-route-mtu", "client", FAMILIES],
      ["linux-no-pmtu-discovery", "client", [4]],
      ["linux-interface-mtu", "client", FAMILIES],
      ["linux-receiver-mtu", "server", FAMILIES],
      ["linux-advmss", "server", FAMILIES],
      ["nftables-clamp-mss", "router", FAMILIES],
      ["nftables-clamp-mss-to-pmtu", "router", FAMILIES],
      ["iptables-clamp-mss", "router", FAMILIES],
      ["iptables-clamp-mss-to-pmtu", "router", FAMILIES],
    ];
    const runnable = /^(?:nft |ip6?tables |ip |sysctl -w )/;
    beforeAll(async () => {
      const server = network.server.spawn(process.execPath, ["--input-type=module", "-e", LISTENER], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      await new Promise((resolve) => server.stdout?.once("data", resolve));
    });

    const delivers = async (family: Family, seconds: number) =>
      (await network.client.exec(process.execPath, ["--input-type=module", "-e", SENDER, text(network.server, family), String(seconds)]))
        .code === 0;

    test.each(entries.flatMap(([id, where, families]) => families.map((family) => [id, family, where] as const)))(
      "%s, IPv%d",
      async (id, family, where) => {
        const entry = entryOf(id);
        const node = where === "router" ? network.router(0) : network[where];
        await network.setLinkMtu(1, 1400);
        // The link's own end on the server would tell by its MSS; the hole has to be on the way.
        await network.server.ip([`link set dev ${askedAt(network.server, family).interface} mtu 1500`]);
        await network.dropFragNeeded(0);
        await network.flushRoutes();
        expect(await delivers(family, 0.4), "without the remedy").toBe(false);
        await network.flushRoutes();
        try {
          for (const line of lines(entry, "steps", node, family, runnable)) await paste(node, line);
          expect(await delivers(family, id === "linux-mtu-probing" ? 12 : 2), "with the remedy").toBe(true);
        } finally {
          for (const line of lines(entry, "undo", node, family, /^(?:ip6?tables |ip |sysctl -w )/)) await paste(node, line);
          if (id.startsWith("nftables")) await undoNft(entry, node, family);
        }
      },
    );
  });
});

test.skipIf(capability.ok)("says why no command is run, and what helps", () => {
  if (!capability.ok) expect([capability.reason, capability.remedy]).not.toContain("");
});

function entryOf(id: string): PlaybookEntry {
  const entry = PLAYBOOK.find((each) => each.id === id);
  if (entry === undefined) throw new Error(`no entry ${id}`);
  return entry;
}

/** The table that the remedies assume. */
const TABLE = `table inet filter {
  chain input { type filter hook input priority 0; policy accept; }
  chain forward { type filter hook forward priority 0; policy accept; }
  chain output { type filter hook output priority 0; policy accept; }
}
`;

/** Answers after 20,000 bytes. */
const LISTENER = `import net from "node:net";
  net.createServer((socket) => {
    let bytes = 0;
    socket.on("error", () => {}).on("data", (data) => { bytes += data.length; if (bytes >= 20000) socket.end("250"); });
  }).listen(2525, "::", () => console.log("ready"));`;

/** Exit status 0 when the answer came in time. */
const SENDER = `import net from "node:net";
  const socket = net.connect(2525, process.argv[1], () => socket.write(Buffer.alloc(20000)));
  socket.on("data", () => process.exit(0)).on("error", () => process.exit(1));
  setTimeout(() => process.exit(2), Number(process.argv[2]) * 1000);`;
